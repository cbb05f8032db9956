// SPDX-License-Identifier: Apache-2.0
/*
 * The mDNS backend of IpdDiscovery: an ipdoor-mdns that browses, its lines turned into announcements. Used by the
 * agent.
 */
#include "discovery/mdns.h"

#include <net/if.h>
#include <string.h>

#include "core/device.h"
#include "core/name.h"
#include "discovery/discovery-private.h"
#include "discovery/mdns-child.h"
#include "discovery/mdns-line.h"

/* After a restart of the child, how long an announcement may take to be seen again (two of avahi's query intervals). */
#define REBUILD_MS 10000

typedef struct {
  char *interface;
  GMainContext *context;
  IpdMdnsChild *child; /* %NULL while stopped */
  IpdFoundSet *set;    /* (unowned) */
  GSource *rebuild;    /* runs out when what is still doubtful is lost */
} Browser;

static void
stop_rebuild (Browser *self)
{
  if (self->rebuild != NULL)
    g_source_destroy (self->rebuild);
  g_clear_pointer (&self->rebuild, g_source_unref);
}

static gboolean
on_rebuild_timeout (gpointer user_data)
{
  Browser *self = user_data;

  stop_rebuild (self);
  ipd_found_set_drop_doubtful (self->set);
  return G_SOURCE_REMOVE;
}

static void
on_child_started (gpointer user_data)
{
  Browser *self = user_data;

  stop_rebuild (self);
  self->rebuild = g_timeout_source_new (REBUILD_MS);
  g_source_set_static_name (self->rebuild, "ipdoor-mdns rebuild");
  g_source_set_callback (self->rebuild, on_rebuild_timeout, self, NULL);
  g_source_attach (self->rebuild, self->context);
}

static void
on_child_died (const char *reason, gpointer user_data)
{
  Browser *self = user_data;

  stop_rebuild (self);
  ipd_found_set_doubt (self->set);
}

static bool
read_address (JsonObject *line, IpdFound *found)
{
  const char *host = ipd_mdns_line_string (line, "host", sizeof found->host - 1);

  if (host == NULL || !g_hostname_is_ip_address (host))
    return false;
  g_strlcpy (found->host, host, sizeof found->host);
  return true;
}

static bool
read_found (JsonObject *line, IpdFound *ret_found)
{
  IpdFound found = { 0 };
  const char *name = ipd_mdns_line_string (line, "name", IPD_NAME_OCTETS);
  guint http, sip, roles;

  if (!ipd_id_from_text (ipd_mdns_line_string (line, "id", IPD_ID_LENGTH), &found.id)
      || !ipd_id_from_text (ipd_mdns_line_string (line, "plant", IPD_ID_LENGTH), &found.plant)
      || !ipd_short_id_from_text (ipd_mdns_line_string (line, "boot", IPD_SHORT_ID_LENGTH), &found.boot)
      || !ipd_name_valid (name) || !read_address (line, &found)
      || !ipd_mdns_line_number (line, "roles", G_MAXUINT16, &roles)
      || !ipd_mdns_line_number (line, "http", G_MAXUINT16, &http)
      || !ipd_mdns_line_number (line, "sip", G_MAXUINT16, &sip))
    return false;
  g_strlcpy (found.name, name, sizeof found.name);
  found.roles = roles;
  found.http_port = (uint16_t) http;
  found.sip_port = (uint16_t) sip;
  *ret_found = found;
  return true;
}

static void
on_child_said (JsonObject *line, gpointer user_data)
{
  Browser *self = user_data;
  const char *event = ipd_mdns_line_string (line, "event", 16);
  const char *key = ipd_mdns_line_string (line, "key", IPD_MDNS_KEY_MAX);
  IpdFound found;

  if (event == NULL || key == NULL)
    return;
  if (g_str_equal (event, "found") && read_found (line, &found))
    ipd_found_set_put (self->set, key, &found);
  else if (g_str_equal (event, "lost"))
    ipd_found_set_remove (self->set, key);
}

static const IpdMdnsChildHandler child_handler = {
  .started = on_child_started,
  .said = on_child_said,
  .died = on_child_died,
};

static bool
browser_start (gpointer backend, IpdFoundSet *set, GError **error)
{
  Browser *self = backend;
  g_autoptr (JsonObject) order = json_object_new ();

  if (self->interface != NULL && if_nametoindex (self->interface) == 0)
    {
      g_set_error (error, IPD_DISCOVERY_ERROR, IPD_DISCOVERY_ERROR_NO_INTERFACE, "There is no network interface %s",
                   self->interface);
      return false;
    }
  json_object_set_string_member (order, "do", "browse");
  if (self->interface != NULL)
    json_object_set_string_member (order, "interface", self->interface);
  self->set = set;
  self->child = ipd_mdns_child_new (order, &child_handler, self, error);
  return self->child != NULL;
}

static void
browser_stop (gpointer backend)
{
  Browser *self = backend;

  stop_rebuild (self);
  g_clear_pointer (&self->child, ipd_mdns_child_free);
}

static void
browser_free (gpointer backend)
{
  Browser *self = backend;

  g_main_context_unref (self->context);
  g_free (self->interface);
  g_free (self);
}

IpdDiscovery *
ipd_mdns_new (const IpdMdnsOptions *options)
{
  static const IpdDiscoveryClass klass = { "mdns", browser_start, browser_stop, browser_free };
  Browser *self = g_new0 (Browser, 1);

  self->interface = options != NULL ? g_strdup (options->interface) : NULL;
  self->context = g_main_context_ref_thread_default ();
  return ipd_discovery_new (&klass, self);
}
