// SPDX-License-Identifier: Apache-2.0
/*
 * A station's announcement: an ipdoor-mdns that publishes one service for as long as this object lives. Used by the
 * station, on the thread it was created in.
 */
#include "discovery/mdns.h"

#include <net/if.h>
#include <string.h>

#include "core/device.h"
#include "core/name.h"
#include "discovery/mdns-child.h"
#include "discovery/mdns-line.h"
#include "wire/txt.h"

struct _IpdMdnsPublisher {
  IpdMdnsChild *child;
  IpdMdnsStateHandler handler; /* (nullable) */
  gpointer user_data;
};

static void
tell (IpdMdnsPublisher *self, IpdMdnsState state, const char *name)
{
  if (self->handler != NULL)
    self->handler (self, state, name, self->user_data);
}

static void
on_child_died (const char *reason, gpointer user_data)
{
  tell (user_data, IPD_MDNS_DOWN, reason);
}

static void
on_child_said (JsonObject *line, gpointer user_data)
{
  const char *event = ipd_mdns_line_string (line, "event", 16);
  const char *name = ipd_mdns_line_string (line, "name", IPD_NAME_OCTETS);
  const char *reason = ipd_mdns_line_string (line, "reason", 256);

  if (event == NULL)
    return;
  if (g_str_equal (event, "published") && name != NULL)
    tell (user_data, IPD_MDNS_PUBLISHED, name);
  else if (g_str_equal (event, "renamed") && name != NULL)
    tell (user_data, IPD_MDNS_RENAMED, name);
  else if (g_str_equal (event, "failed"))
    tell (user_data, IPD_MDNS_DOWN, reason != NULL ? reason : "no reason given");
}

static const IpdMdnsChildHandler child_handler = {
  .said = on_child_said,
  .died = on_child_died,
};

static bool
check (const IpdMdnsService *service, const char *interface, GError **error)
{
  const char *wrong = NULL;

  if (!ipd_id_valid (service->id.s) || !ipd_id_valid (service->plant.s) || !ipd_short_id_valid (service->boot.s))
    wrong = "an id is missing";
  else if (service->name == NULL || *service->name == '\0')
    wrong = "the name is empty";
  else if (service->http_port == 0 || service->sip_port == 0 || service->roles == 0)
    wrong = "a port or the role is missing";
  else if (service->host != NULL && !g_hostname_is_ip_address (service->host))
    wrong = "the host is not a numeric address";
  if (wrong != NULL)
    g_set_error (error, IPD_DISCOVERY_ERROR, IPD_DISCOVERY_ERROR_BAD_SERVICE, "Cannot announce: %s", wrong);
  else if (interface != NULL && if_nametoindex (interface) == 0)
    g_set_error (error, IPD_DISCOVERY_ERROR, IPD_DISCOVERY_ERROR_NO_INTERFACE, "There is no network interface %s",
                 interface);
  else
    return true;
  return false;
}

/* The host record is ours alone, never the machine's own name: two responders on one machine would fight over that. */
static char *
host_name_for (const IpdId *id)
{
  return g_strconcat ("ipdoor-", id->s, NULL);
}

/* A DNS label holds 63 octets, a name of ours 64. Cut on a character. */
static char *
label_for (const char *name)
{
  IpdName clean;
  gsize length;

  ipd_name_set (&clean, name);
  length = strlen (clean.s);
  while (length > 63 || (length < strlen (clean.s) && (clean.s[length] & 0xC0) == 0x80))
    length--;
  return g_strndup (clean.s, length);
}

/* A station that listens on one address of this machine has nothing to announce on the network. */
static const char *
interface_for (const IpdMdnsOptions *options, const char *host)
{
  if (options != NULL && options->interface != NULL)
    return options->interface;
  return host != NULL && g_str_has_prefix (host, "127.") ? "lo" : NULL;
}

static JsonObject *
order_for (const IpdMdnsService *service, const char *interface)
{
  IpdTxt txt = { .id = service->id,
                 .roles = service->roles,
                 .plant = service->plant,
                 .sip_port = service->sip_port,
                 .boot = service->boot };
  g_auto (GStrv) strings = ipd_txt_write (&txt);
  g_autofree char *host_name = host_name_for (&service->id);
  g_autofree char *label = label_for (service->name);
  JsonArray *array = json_array_new ();
  JsonObject *order = json_object_new ();

  for (gsize i = 0; strings[i] != NULL; i++)
    json_array_add_string_element (array, strings[i]);
  json_object_set_string_member (order, "do", "publish");
  if (interface != NULL)
    json_object_set_string_member (order, "interface", interface);
  if (service->host != NULL && !g_str_equal (service->host, "0.0.0.0"))
    json_object_set_string_member (order, "host", service->host);
  json_object_set_string_member (order, "hostname", host_name);
  json_object_set_string_member (order, "name", label);
  json_object_set_int_member (order, "port", service->http_port);
  json_object_set_array_member (order, "txt", array);
  return order;
}

IpdMdnsPublisher *
ipd_mdns_publish (const IpdMdnsService *service, const IpdMdnsOptions *options, IpdMdnsStateHandler handler,
                  gpointer user_data, GError **error)
{
  const char *interface = interface_for (options, service->host);
  g_autoptr (JsonObject) order = NULL;
  IpdMdnsPublisher *self;

  if (!check (service, interface, error))
    return NULL;
  order = order_for (service, interface);
  self = g_new0 (IpdMdnsPublisher, 1);
  self->handler = handler;
  self->user_data = user_data;
  self->child = ipd_mdns_child_new (order, &child_handler, self, error);
  if (self->child == NULL)
    g_clear_pointer (&self, g_free);
  return self;
}

void
ipd_mdns_publisher_free (IpdMdnsPublisher *self)
{
  if (self == NULL)
    return;
  ipd_mdns_child_free (self->child);
  g_free (self);
}
