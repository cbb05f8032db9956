// SPDX-License-Identifier: Apache-2.0
/* Gives each SIP message to its call and keeps the maker's limits. Main loop. */
#include "station.h"

#include "call.h"
#include "journal.h"

#include <string.h>

enum { FIRST_AUDIO_PORT = 20000, VIDEO_PORT = 21000 };

struct _QuirkStation {
  QuirkBox box;
  char *address;
  GPtrArray *calls;
  guint rings;
  gint64 last_request_us; /* of the other side */
};

static QuirkCall *
find_call (QuirkStation *self, const QuirkSip *message)
{
  for (guint i = 0; i < self->calls->len; i++)
    if (g_str_equal (((QuirkCall *) self->calls->pdata[i])->id, quirk_sip_header (message, "Call-ID")))
      return self->calls->pdata[i];
  return NULL;
}

static guint
count_live (const QuirkStation *self, bool outgoing)
{
  guint n = 0;

  for (guint i = 0; i < self->calls->len; i++)
    n += ((QuirkCall *) self->calls->pdata[i])->state != QUIRK_OVER
         && ((QuirkCall *) self->calls->pdata[i])->outgoing == outgoing;
  return n;
}

static void
refuse (QuirkStation *self, const QuirkSip *request, GSocketAddress *from, int status, const char *reason)
{
  GString *text = quirk_sip_answer (request, status, reason, "station");

  quirk_sip_finish (text, NULL, NULL);
  quirk_endpoint_answer (self->box.endpoint, request, text->str, from);
  g_string_free (text, TRUE);
}

/* "gap-ms": the least time between two requests that make the station work. Ending something is always allowed. */
static bool
too_soon (QuirkStation *self, const QuirkSip *request)
{
  static const char *const counted[] = { "INVITE", "INFO", "MESSAGE", "OPTIONS", "UPDATE", NULL };
  int gap_ms = quirk_number (self->box.dialect, "sip", "gap-ms", 0);
  gint64 now_us = g_get_monotonic_time ();
  gint64 before_us = self->last_request_us;

  if (gap_ms == 0 || !g_strv_contains (counted, request->method))
    return false;
  self->last_request_us = now_us;
  if (before_us == 0 || now_us - before_us >= gap_ms * 1000)
    return false;
  quirk_violation ("SIP requests come too soon after each other");
  return true;
}

static void
take_new (QuirkStation *self, const QuirkSip *request, GSocketAddress *from)
{
  guint limit = (guint) quirk_number (self->box.dialect, "sip", "calls-in", 1);
  bool busy = count_live (self, true) > 0 && !quirk_flag (self->box.dialect, "sip", "second-call");

  if (g_str_equal (request->method, "OPTIONS"))
    refuse (self, request, from, 200, "OK");
  else if (!g_str_equal (request->method, "INVITE"))
    refuse (self, request, from, g_str_equal (request->method, "CANCEL") ? 481 : 405, "No such call");
  else if (busy || count_live (self, false) >= limit)
    refuse (self, request, from, 486, "Busy Here");
  else
    g_ptr_array_add (self->calls, quirk_call_take (&self->box, request, from));
}

static void
on_message (const QuirkSip *message, GSocketAddress *from, gpointer data)
{
  QuirkStation *self = data;
  QuirkCall *call = find_call (self, message);

  if (message->method == NULL)
    {
      if (call != NULL)
        quirk_call_response (call, message);
    }
  else if (too_soon (self, message))
    refuse (self, message, from, 503, "Slow down");
  else if (call != NULL)
    quirk_call_request (call, message, from);
  else if (!g_str_equal (message->method, "ACK"))
    take_new (self, message, from);
}

QuirkStation *
quirk_station_new (const QuirkDialect *dialect, const char *address, guint16 sip_port)
{
  QuirkStation *self = g_new0 (QuirkStation, 1);

  self->address = g_strdup (address);
  self->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) quirk_call_free);
  self->box = (QuirkBox){
    .dialect = dialect,
    .address = self->address,
    .sip_port = sip_port,
    .next_port = FIRST_AUDIO_PORT + (quirk_flag (dialect, "audio", "odd-port") ? 1 : 0),
    .endpoint = quirk_endpoint_new (address, sip_port, on_message, self),
    .picture = quirk_picture_new (dialect, address, VIDEO_PORT),
  };
  quirk_picture_sprop (self->box.picture);
  return self;
}

void
quirk_station_free (QuirkStation *self)
{
  g_ptr_array_unref (self->calls);
  quirk_endpoint_free (self->box.endpoint);
  quirk_picture_free (self->box.picture);
  g_free (self->address);
  g_free (self);
}

void
quirk_station_press (QuirkStation *self, const char *user, const char *host, guint16 port)
{
  if (count_live (self, true) > 0)
    return;
  self->rings++;
  g_ptr_array_add (self->calls, quirk_call_ring (&self->box, user, host, port));
}

void
quirk_station_hang_up (QuirkStation *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    quirk_call_end (self->calls->pdata[i]);
}

bool
quirk_station_rings (const QuirkStation *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      const QuirkCall *call = self->calls->pdata[i];
      if (call->outgoing && call->state <= QUIRK_EARLY)
        return true;
    }
  return false;
}

guint
quirk_station_ring (const QuirkStation *self)
{
  return quirk_station_rings (self) ? self->rings : 0;
}
