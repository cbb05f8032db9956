// SPDX-License-Identifier: Apache-2.0
/* Sends digits one by one, each when the one before has its answer and its time is over. Main context only. */
#include "agent/info-digits.h"

#include <string.h>

#include "agent/vendor-station.h"
#include "wire/secret.h"

struct _IpdInfoDigits {
  IpdStation *station;
  guint64 sip_call;
  IpdDtmfDialect dialect;
  char *digits;
  gsize next;      /* of the digits */
  guint64 request; /* that has no answer yet */
  gint64 free_us;  /* the station has room for the next one from then on */
  guint timer;
  IpdDigitsDone done;
  gpointer user_data;
};

static void
finish (IpdInfoDigits *self, IpdDigitsEnd end)
{
  self->done (end, self->user_data); /* may free us */
}

static bool
send_one (IpdInfoDigits *self)
{
  const IpdDriverDigits *way = &self->station->driver->digits;
  const char *type = ipd_dtmf_content_type (self->dialect);
  IpdSip *sip = ipd_stations_sip (self->station->agent->stations);
  bool whole = self->dialect == IPD_DTMF_MESSAGE;
  char *body
      = whole ? g_strdup (self->digits) : ipd_dtmf_write (self->dialect, self->digits[self->next], way->duration_ms);

  self->request = sip != NULL && body != NULL ? ipd_sip_info (sip, self->sip_call, type, body, NULL) : 0;
  ipd_wipe_string (body);
  self->next = whole ? strlen (self->digits) : self->next + 1;
  self->free_us = g_get_monotonic_time () + (gint64) (way->duration_ms + way->gap_ms) * 1000;
  return self->request != 0;
}

static gboolean
on_time (gpointer user_data)
{
  IpdInfoDigits *self = user_data;

  self->timer = 0;
  if (self->digits[self->next] == '\0')
    finish (self, IPD_DIGITS_SENT);
  else if (!send_one (self))
    finish (self, IPD_DIGITS_LOST);
  return G_SOURCE_REMOVE;
}

/* Also after the last one: a BYE that comes while a station still sounds the tone would cut it off. */
static void
wait_for_room (IpdInfoDigits *self)
{
  gint64 left_us = MAX (self->free_us - g_get_monotonic_time (), 0);
  guint ms = (guint) ((left_us + 999) / 1000);

  if (self->digits[self->next] != '\0')
    ms = MAX (ms, ipd_vendor_station_pace (self->station));
  self->timer = g_timeout_add (ms, on_time, self);
}

IpdInfoDigits *
ipd_info_digits_new (IpdStation *station, guint64 sip_call, IpdDtmfDialect dialect, const char *digits,
                     IpdDigitsDone done, gpointer user_data)
{
  IpdInfoDigits *self = g_new0 (IpdInfoDigits, 1);

  self->station = station;
  self->sip_call = sip_call;
  self->dialect = dialect;
  self->digits = g_strdup (digits);
  self->done = done;
  self->user_data = user_data;
  wait_for_room (self);
  return self;
}

void
ipd_info_digits_free (IpdInfoDigits *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  ipd_wipe_string (self->digits);
  g_free (self);
}

void
ipd_info_digits_take (IpdInfoDigits *self, const IpdSipEvent *event)
{
  if (self->request == 0 || event->request != self->request)
    return;
  self->request = 0;
  if (event->status < 300)
    wait_for_room (self);
  else
    finish (self, event->status == 408 || event->status == 481 ? IPD_DIGITS_LOST : IPD_DIGITS_REFUSED);
}
