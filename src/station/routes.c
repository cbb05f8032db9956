// SPDX-License-Identifier: Apache-2.0
/*
 * What one part of a station says, handed to the part it is for. Given to the parts by station.c; main thread, but for
 * ipd_station_secret_of().
 */
#include "station/station-private.h"

#include "wire/secret.h"
#include "wire/sip-auth.h"

#include <string.h>

/* ---- SIP ---- */

/* Called in the SIP thread; reads what never changes. Every id has a secret, so a stranger cannot tell who exists. */
char *
ipd_station_secret_of (const char *user, gpointer data)
{
  const IpdStation *self = data;
  const char *of_phone = ipd_phones_secret (self->config, user);
  IpdId client;
  if (of_phone != NULL)
    return g_strdup (of_phone);
  if (!ipd_id_from_text (user, &client))
    return NULL;
  IpdShortId secret = ipd_sip_secret (self->identity.k_station, &client);
  char *text = g_strdup (secret.s);
  ipd_wipe (&secret, sizeof secret);
  return text;
}

static void
emit (IpdStation *self, const char *kind, const char *id, const char *state)
{
  ipd_control_emit (self->control, kind, g_variant_new_parsed ("{'id': <%s>, 'state': <%s>}", id, state));
}

static void
tell_registration (IpdStation *self, const char *noun, const IpdSipEvent *event, IpdRegistrarVerdict verdict)
{
  if (verdict != IPD_REGISTRAR_NEW && verdict != IPD_REGISTRAR_GONE)
    return;
  const char *state = verdict == IPD_REGISTRAR_NEW ? "registered" : "unregistered";
  if (ipd_refusals_may_tell (self->refusals, event->from_user))
    g_message ("%s %s %s from %s:%u", noun, event->from_user, state, event->source_host, event->source_port);
  emit (self, noun, event->from_user, state);
}

static void
on_register_phone (IpdStation *self, const IpdSipEvent *event)
{
  guint expires = 0;
  IpdRegistrarVerdict verdict = ipd_phones_take (self->phones, event, &expires);
  ipd_sip_register_reply (self->sip, event->request, verdict == IPD_REGISTRAR_REFUSED ? 403 : 200, self->boot.s,
                          expires);
  tell_registration (self, "phone", event, verdict);
}

static void
on_register_client (IpdStation *self, const IpdSipEvent *event)
{
  guint expires = 0;
  IpdId client;
  const IpdBinding *before
      = ipd_id_from_text (event->from_user, &client) ? ipd_registrar_find (self->registrar, &client) : NULL;
  /* A new Contact is a client that has started again, or has lost the one before. */
  gboolean anew = before == NULL || g_strcmp0 (before->contact_user.s, event->contact_user) != 0;
  IpdRegistrarVerdict verdict = ipd_registrar_take (self->registrar, event, &expires);
  ipd_sip_register_reply (self->sip, event->request, verdict == IPD_REGISTRAR_REFUSED ? 403 : 200, self->boot.s,
                          expires);
  if (verdict == IPD_REGISTRAR_REFUSED)
    ipd_refusals_log (self->refusals, event->source_host, "registration", "no valid licence");
  tell_registration (self, "client", event, verdict);
  if (verdict == IPD_REGISTRAR_NEW || verdict == IPD_REGISTRAR_REFRESHED)
    ipd_visit_engine_join_client (self->visits, &client, verdict == IPD_REGISTRAR_NEW && anew);
}

static void
on_register (IpdStation *self, const IpdSipEvent *event)
{
  if (ipd_phones_by_user (self->phones, event->from_user) != NULL)
    on_register_phone (self, event);
  else
    on_register_client (self, event);
}

static void
on_message (IpdStation *self, const IpdSipEvent *event)
{
  IpdMessageSource source = { event->source_host, event->source_port };
  ipd_commands_receive (self->commands, event->body, &source);
}

static void
on_stopped (IpdStation *self)
{
  void (*stopped) (gpointer data) = g_steal_pointer (&self->stopped);
  if (stopped != NULL)
    stopped (self->stopped_data);
}

void
ipd_station_on_sip (IpdSip *sip, const IpdSipEvent *event, gpointer data)
{
  IpdStation *self = data;
  switch (event->type)
    {
    case IPD_SIP_REGISTER_REQUEST:
      on_register (self, event);
      break;
    case IPD_SIP_MESSAGE:
      on_message (self, event);
      break;
    case IPD_SIP_STOPPED:
      on_stopped (self);
      break;
    case IPD_SIP_INVITE:
    case IPD_SIP_PROGRESS:
    case IPD_SIP_ANSWERED:
    case IPD_SIP_TALKING:
    case IPD_SIP_FAILED:
    case IPD_SIP_CANCELLED:
    case IPD_SIP_BYE:
    case IPD_SIP_REOFFER:
    case IPD_SIP_REANSWERED:
    case IPD_SIP_INFO:
    case IPD_SIP_INFO_DONE:
      ipd_visit_engine_take_sip (self->visits, event);
      break;
    case IPD_SIP_MESSAGE_DONE:
      if (event->status >= 300)
        g_debug ("a message was not delivered: %d", event->status);
      break;
    case IPD_SIP_REGISTERED:
    case IPD_SIP_REGISTER_FAILED:
      break; /* a station registers nowhere */
    }
}

/* To where the client is registered; to @source, which it wrote from, when it is not (any more). */
static void
send_token (const IpdId *client, const IpdMessageSource *source, const char *token, gpointer data)
{
  IpdStation *self = data;
  const IpdBinding *binding = ipd_registrar_find (self->registrar, client);
  g_autoptr (GError) error = NULL;
  IpdSipTarget target = { .user = client->s };
  if (binding != NULL)
    target = (IpdSipTarget){ binding->contact_user.s, binding->contact_host, binding->contact_port,
                             binding->source_host, binding->source_port };
  else if (source != NULL)
    target = (IpdSipTarget){ client->s, source->host, source->port, source->host, source->port };
  else
    return; /* gone, and nobody waits */
  if (ipd_sip_message (self->sip, &target, self->identity.device.id.s, token, &error) == 0)
    g_warning ("client %s cannot be told: %s", client->s, error->message);
}

void
ipd_station_send_news (const IpdId *client, const char *token, gpointer data)
{
  send_token (client, NULL, token, data);
}

/* ---- between commands and visits ---- */

static IpdShortId
current_visit (gpointer data)
{
  const IpdStation *self = data;
  const IpdVisit *visit = ipd_visit_engine_current (self->visits);
  return visit != NULL && visit->state != IPD_VISIT_ENDED ? visit->id : (IpdShortId){ "" };
}

static void
on_opened (const IpdActor *by, const IpdOutputConfig *output, gpointer data)
{
  ipd_visit_engine_opened (((IpdStation *) data)->visits, by, output);
}

static void
on_contact (const char *output, gboolean open, gpointer data)
{
  ipd_visit_engine_contact (((IpdStation *) data)->visits, output, open);
}

gboolean
ipd_station_end_licence (IpdStation *self, const IpdId *client, GError **error)
{
  gboolean kept = ipd_plant_remove (self->plant, client, error);
  ipd_visit_engine_drop_client (self->visits, client);
  ipd_registrar_forget (self->registrar, client);
  ipd_commands_forget_client (self->commands, client);
  g_message ("client %s: licence removed", client->s);
  emit (self, "client", client->s, "removed");
  return kept;
}

static void
on_un_enrol (const IpdId *client, gpointer data)
{
  g_autoptr (GError) error = NULL;
  if (!ipd_station_end_licence (data, client, &error))
    g_warning ("the end of the licence of client %s will not survive a restart: %s", client->s, error->message);
}

IpdCommandPorts
ipd_station_command_ports (IpdStation *self)
{
  return (IpdCommandPorts){ send_token, current_visit, on_opened, on_contact, on_un_enrol, self };
}

/* ---- from the other parts ---- */

void
ipd_station_on_visit (const IpdVisit *visit, gpointer data)
{
  emit (data, "visit", visit->id.s, ipd_visit_state_to_string (visit->state));
}

/* The URL of a camera may hold its password: from the slashes to the last at sign stays out of the log. */
static void
log_camera_lost (const char *spec, const char *detail)
{
  const char *slashes = strstr (spec, "//");
  const char *at = slashes != NULL ? strrchr (slashes, '@') : NULL;
  int shown = at != NULL ? (int) (slashes + strlen ("//") - spec) : (int) strlen (spec);
  g_message ("Camera lost: %s Visits ring without a live picture. Camera: %.*s%s", detail, shown, spec,
             at != NULL ? at + 1 : "");
}

void
ipd_station_on_media (IpdMediaStation *media, IpdMediaStationEvent event, guint leg, const char *detail, gpointer data)
{
  IpdStation *self = data;
  switch (event)
    {
    case IPD_MEDIA_STATION_CAMERA_READY:
      self->lost[IPD_MEDIA_STATION_CAMERA_LOST] = FALSE;
      break;
    case IPD_MEDIA_STATION_CAMERA_LOST:
      log_camera_lost (self->config->camera, detail);
      self->lost[event] = TRUE;
      break;
    case IPD_MEDIA_STATION_NO_MICROPHONE:
      g_message ("No microphone: %s", detail);
      self->lost[event] = TRUE;
      break;
    case IPD_MEDIA_STATION_NO_SPEAKER:
      g_message ("No speaker: %s", detail);
      self->lost[event] = TRUE;
      break;
    case IPD_MEDIA_STATION_DIGIT:
      ipd_visit_engine_take_digit (self->visits, leg, detail[0]);
      break;
    case IPD_MEDIA_STATION_TALK_SILENT:
      ipd_visit_engine_talk_silent (self->visits, leg);
      break;
    case IPD_MEDIA_STATION_VIEWER_SEEN:
      g_debug ("leg %u: its packets arrive", leg);
      break;
    }
}

void
ipd_station_on_publisher (IpdMdnsPublisher *publisher, IpdMdnsState state, const char *name, gpointer data)
{
  if (state == IPD_MDNS_DOWN)
    g_message ("not announced by multicast DNS for now: %s", name);
  else
    g_message ("announced by multicast DNS as “%s”", name);
}
