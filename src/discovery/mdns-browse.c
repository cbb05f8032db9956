// SPDX-License-Identifier: Apache-2.0
/*
 * Inside ipdoor-mdns: browses _ipdoor._tcp and keeps a resolver for each instance, because a device that restarts
 * changes its TXT record (boot id) and nothing else.
 */
#include <avahi-core/lookup.h>
#include <string.h>

#include "core/device.h"
#include "core/name.h"
#include "discovery/discovery.h"
#include "discovery/mdns-line.h"
#include "discovery/mdns-server.h"
#include "wire/txt.h"

/* key -> AvahiSServiceResolver, which has the key as its user data. Bounded like the parent's set. */
static GHashTable *resolvers;
/* Keys the parent was told of. */
static GHashTable *told;

static char *
key_for (AvahiIfIndex interface, const char *name)
{
  return g_strdup_printf ("%d/%s", interface, name);
}

static void
lose (const char *key)
{
  if (g_hash_table_remove (told, key))
    ipd_mdns_emit (ipd_mdns_event ("lost", "key", key));
}

static bool
read_txt (AvahiStringList *list, IpdTxt *ret_txt)
{
  uint8_t octets[IPD_TXT_MAX + 1];
  gsize size = avahi_string_list_serialize (list, NULL, 0);

  if (size > IPD_TXT_MAX)
    return false;
  size = avahi_string_list_serialize (list, octets, sizeof octets);
  return ipd_txt_parse (octets, size, ret_txt, NULL);
}

static void
tell (const char *key, const char *name, const AvahiAddress *address, uint16_t port, const IpdTxt *txt)
{
  JsonObject *line = ipd_mdns_event ("found", "key", key);
  char host[AVAHI_ADDRESS_STR_MAX];

  json_object_set_string_member (line, "id", txt->id.s);
  json_object_set_string_member (line, "plant", txt->plant.s);
  json_object_set_string_member (line, "boot", txt->boot.s);
  json_object_set_string_member (line, "name", name);
  json_object_set_string_member (line, "host", avahi_address_snprint (host, sizeof host, address));
  json_object_set_int_member (line, "roles", txt->roles);
  json_object_set_int_member (line, "http", port);
  json_object_set_int_member (line, "sip", txt->sip_port);
  g_hash_table_add (told, g_strdup (key));
  ipd_mdns_emit (line);
}

static void
on_resolved (AvahiSServiceResolver *resolver, AvahiIfIndex interface, AvahiProtocol protocol, AvahiResolverEvent event,
             const char *name, const char *type, const char *domain, const char *host_name, const AvahiAddress *address,
             uint16_t port, AvahiStringList *list, AvahiLookupResultFlags flags, void *user_data)
{
  const char *key = user_data;
  IpdTxt txt;

  if (event == AVAHI_RESOLVER_FOUND && port != 0 && ipd_name_valid (name) && read_txt (list, &txt))
    tell (key, name, address, port, &txt);
  else
    lose (key);
}

static void
appear (AvahiServer *server, AvahiIfIndex interface, const char *name, char *key)
{
  g_autofree char *owned = key;
  AvahiSServiceResolver *resolver;

  if (g_hash_table_contains (resolvers, owned) || g_hash_table_size (resolvers) >= IPD_DISCOVERY_DEVICES_MAX)
    return;
  resolver = avahi_s_service_resolver_new (server, interface, AVAHI_PROTO_INET, name, IPD_MDNS_TYPE, NULL,
                                           AVAHI_PROTO_INET, 0, on_resolved, owned);
  if (resolver != NULL)
    g_hash_table_insert (resolvers, g_steal_pointer (&owned), resolver);
}

static void
on_browsed (AvahiSServiceBrowser *browser, AvahiIfIndex interface, AvahiProtocol protocol, AvahiBrowserEvent event,
            const char *name, const char *type, const char *domain, AvahiLookupResultFlags flags, void *user_data)
{
  g_autofree char *key = NULL;

  if ((event != AVAHI_BROWSER_NEW && event != AVAHI_BROWSER_REMOVE) || strlen (name) > IPD_NAME_OCTETS)
    return;
  key = key_for (interface, name);
  if (event == AVAHI_BROWSER_NEW)
    appear (user_data, interface, name, g_steal_pointer (&key));
  else
    {
      lose (key);
      g_hash_table_remove (resolvers, key);
    }
}

bool
ipd_mdns_browse (AvahiServer *server)
{
  resolvers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) avahi_s_service_resolver_free);
  told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return avahi_s_service_browser_new (server, AVAHI_IF_UNSPEC, AVAHI_PROTO_INET, IPD_MDNS_TYPE, NULL, 0, on_browsed,
                                      server)
         != NULL;
}
