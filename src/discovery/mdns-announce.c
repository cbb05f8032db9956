// SPDX-License-Identifier: Apache-2.0
/*
 * Inside ipdoor-mdns: one service with a host name of its own. Without a fixed address it follows the machine's
 * addresses (rtnetlink tells), since the responder publishes none by itself.
 */
#include <arpa/inet.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-core/publish.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/name.h"
#include "discovery/mdns-line.h"
#include "discovery/mdns-server.h"

#define TXT_STRINGS_MAX 16
/* Octets of a DNS name we make: "ipdoor-<id>" and the domain. */
#define HOST_NAME_MAX_OCTETS 63

struct _IpdMdnsAnnouncement {
  AvahiServer *server;
  const AvahiPoll *poll;
  AvahiSEntryGroup *group;
  AvahiStringList *txt;
  char *name;      /* the one in use, perhaps with " #2" */
  char *interface; /* (nullable) */
  char *host;      /* (nullable) fixed address */
  char *fqdn;
  uint16_t port;
  char *told;      /* the name the parent knows, %NULL before the first */
  char *addresses; /* those published, "index address " each; %NULL when the address is fixed */
  int netlink;     /* -1: the address is fixed */
  AvahiWatch *watch;
};

static void
fail (const char *reason)
{
  ipd_mdns_emit (ipd_mdns_event ("failed", "reason", reason));
}

static int
add_address (IpdMdnsAnnouncement *self, int interface, const char *text)
{
  AvahiAddress address;

  if (avahi_address_parse (text, AVAHI_PROTO_INET, &address) == NULL)
    return AVAHI_ERR_INVALID_ADDRESS;
  /* No reverse record: that one would be the machine's to publish. */
  return avahi_server_add_address (self->server, self->group, interface, AVAHI_PROTO_INET, AVAHI_PUBLISH_NO_REVERSE,
                                   self->fqdn, &address);
}

static bool
wants (IpdMdnsAnnouncement *self, const struct ifaddrs *entry)
{
  if (entry->ifa_addr == NULL || entry->ifa_addr->sa_family != AF_INET || (entry->ifa_flags & IFF_UP) == 0)
    return false;
  if (self->interface != NULL)
    return g_str_equal (self->interface, entry->ifa_name);
  return (entry->ifa_flags & IFF_LOOPBACK) == 0;
}

/* Returns: (transfer full): "index address " for each address of ours, for comparing and for publishing. */
static char *
own_addresses (IpdMdnsAnnouncement *self)
{
  g_autoptr (GString) all = g_string_new (NULL);
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) != 0)
    return g_strdup ("");
  for (const struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next)
    if (wants (self, entry))
      {
        char text[INET_ADDRSTRLEN];
        const struct sockaddr_in *address = (const struct sockaddr_in *) (const void *) entry->ifa_addr;

        inet_ntop (AF_INET, &address->sin_addr, text, sizeof text);
        g_string_append_printf (all, "%u %s ", if_nametoindex (entry->ifa_name), text);
      }
  freeifaddrs (list);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

/* Each address is said on its own interface only: others could not reach it. */
static int
add_own_addresses (IpdMdnsAnnouncement *self)
{
  g_auto (GStrv) words = g_strsplit (self->addresses, " ", -1);
  int result = 0;

  for (gsize i = 0; words[i] != NULL && words[i + 1] != NULL && result == 0; i += 2)
    result = add_address (self, (int) g_ascii_strtoull (words[i], NULL, 10), words[i + 1]);
  return result;
}

static void
publish (IpdMdnsAnnouncement *self)
{
  int result;

  avahi_s_entry_group_reset (self->group);
  /* Without an address there is nothing to say yet; rtnetlink will call again. */
  if (self->host == NULL && *self->addresses == '\0')
    return;
  result = self->host != NULL ? add_address (self, AVAHI_IF_UNSPEC, self->host) : add_own_addresses (self);
  if (result == 0)
    result = avahi_server_add_service_strlst (self->server, self->group, AVAHI_IF_UNSPEC, AVAHI_PROTO_INET, 0,
                                              self->name, IPD_MDNS_TYPE, NULL, self->fqdn, self->port, self->txt);
  if (result == 0)
    result = avahi_s_entry_group_commit (self->group);
  if (result != 0)
    fail (avahi_strerror (result));
}

static void
rename_and_publish (IpdMdnsAnnouncement *self)
{
  char *other = avahi_alternative_service_name (self->name);

  g_free (self->name);
  self->name = g_strdup (other);
  avahi_free (other);
  publish (self);
}

static void
tell_name (IpdMdnsAnnouncement *self)
{
  if (g_strcmp0 (self->told, self->name) == 0)
    return;
  ipd_mdns_emit (ipd_mdns_event (self->told != NULL ? "renamed" : "published", "name", self->name));
  g_free (self->told);
  self->told = g_strdup (self->name);
}

static void
on_group_state (AvahiServer *server, AvahiSEntryGroup *group, AvahiEntryGroupState state, void *user_data)
{
  IpdMdnsAnnouncement *self = user_data;

  switch (state)
    {
    case AVAHI_ENTRY_GROUP_ESTABLISHED:
      tell_name (self);
      break;
    case AVAHI_ENTRY_GROUP_COLLISION:
      rename_and_publish (self);
      break;
    case AVAHI_ENTRY_GROUP_FAILURE:
      fail ("the responder failed");
      break;
    case AVAHI_ENTRY_GROUP_UNCOMMITED:
    case AVAHI_ENTRY_GROUP_REGISTERING:
      break;
    }
}

static void
on_addresses_changed (AvahiWatch *watch, int fd, AvahiWatchEvent event, void *user_data)
{
  IpdMdnsAnnouncement *self = user_data;
  g_autofree char *now = NULL;
  char octets[8192];

  /* What happened does not matter, only what is so now: a renewed lease is news too, and changes nothing. */
  while (recv (fd, octets, sizeof octets, MSG_DONTWAIT) > 0)
    ;
  now = own_addresses (self);
  if (g_str_equal (now, self->addresses))
    return;
  g_free (self->addresses);
  self->addresses = g_steal_pointer (&now);
  publish (self);
}

/* Listens first and looks then, so that no change falls in between. */
static void
follow_addresses (IpdMdnsAnnouncement *self)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR };

  self->netlink = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (self->netlink < 0 || bind (self->netlink, (struct sockaddr *) &address, sizeof address) != 0)
    fail ("address changes cannot be followed");
  else
    self->watch = self->poll->watch_new (self->poll, self->netlink, AVAHI_WATCH_IN, on_addresses_changed, self);
  self->addresses = own_addresses (self);
}

static AvahiStringList *
read_txt (JsonObject *order)
{
  JsonNode *node = json_object_get_member (order, "txt");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  AvahiStringList *list = NULL;

  if (array == NULL)
    return NULL;
  /* avahi prepends. */
  for (guint i = MIN (json_array_get_length (array), TXT_STRINGS_MAX); i > 0; i--)
    {
      JsonNode *element = json_array_get_element (array, i - 1);

      if (JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_STRING)
        list = avahi_string_list_add (list, json_node_get_string (element));
    }
  return list;
}

IpdMdnsAnnouncement *
ipd_mdns_announce (AvahiServer *server, const AvahiPoll *poll, JsonObject *order)
{
  const char *name = ipd_mdns_line_string (order, "name", 63);
  const char *host_name = ipd_mdns_line_string (order, "hostname", HOST_NAME_MAX_OCTETS);
  IpdMdnsAnnouncement *self;
  guint port;

  if (name == NULL || host_name == NULL || !ipd_mdns_line_number (order, "port", G_MAXUINT16, &port))
    return NULL;
  self = g_new0 (IpdMdnsAnnouncement, 1);
  self->server = server;
  self->poll = poll;
  self->netlink = -1;
  self->name = g_strdup (name);
  self->interface = g_strdup (ipd_mdns_line_string (order, "interface", IFNAMSIZ - 1));
  self->host = g_strdup (ipd_mdns_line_string (order, "host", 45));
  self->fqdn = g_strconcat (host_name, ".", avahi_server_get_domain_name (server), NULL);
  self->port = (uint16_t) port;
  self->txt = read_txt (order);
  self->group = avahi_s_entry_group_new (server, on_group_state, self);
  if (self->host == NULL)
    follow_addresses (self);
  publish (self);
  return self;
}

void
ipd_mdns_announcement_free (IpdMdnsAnnouncement *self)
{
  if (self == NULL)
    return;
  if (self->watch != NULL)
    self->poll->watch_free (self->watch);
  if (self->netlink >= 0)
    close (self->netlink);
  avahi_s_entry_group_free (self->group);
  avahi_string_list_free (self->txt);
  g_free (self->name);
  g_free (self->told);
  g_free (self->addresses);
  g_free (self->interface);
  g_free (self->host);
  g_free (self->fqdn);
  g_free (self);
}
