// SPDX-License-Identifier: Apache-2.0
/*
 * Goes through the ways of a driver. Each way says whether it can be gone now, goes, and reports what is certain about
 * it; "unconfirmed" is the most that digits can ever be. Main context only.
 */
#include "agent/vendor-opening.h"

#include "agent/leg-peer.h"
#include "agent/vendor-call.h"
#include "agent/vendor-http.h"
#include "agent/vendor-station.h"
#include "wire/secret.h"

struct _IpdVendorOpening {
  IpdStation *station;
  IpdLeg *leg; /* (nullable): while its digits are under way, and before */
  bool in_leg; /* digits are under way there */
  IpdOutputId output;
  bool allowed;
  char *digits; /* the whole of them; NULL: there is no code */
  unsigned way; /* the next one */
  IpdVendorHttp *http;
  IpdVendorCall *call;
  guint start;
  /* What to say when no way is left. */
  IpdOpeningEventType last;
  IpdRefusal refusal;
  IpdVendorOpeningDone done;
  gpointer user_data;
};

static void
finish (IpdVendorOpening *self, IpdOpeningEventType type, IpdRefusal refusal)
{
  self->done (type, refusal, self->user_data); /* frees us */
}

static void next_way (IpdVendorOpening *self);

/* It certainly did nothing: the next way, and if there is none, this is the result. */
static void
go_on (IpdVendorOpening *self, IpdOpeningEventType last, IpdRefusal refusal)
{
  self->last = last;
  self->refusal = refusal;
  next_way (self);
}

/* ---- by HTTP ---- */

static void
on_http (IpdVendorHttpEnd end, IpdRefusal refusal, gpointer user_data)
{
  IpdVendorOpening *self = user_data;

  g_clear_pointer (&self->http, ipd_vendor_http_free);
  switch (end)
    {
    case IPD_VENDOR_HTTP_OPENED:
      finish (self, IPD_OPENING_EV_ACTUATED, IPD_REFUSAL_NONE);
      break;
    case IPD_VENDOR_HTTP_REFUSED:
      finish (self, IPD_OPENING_EV_REFUSED, refusal);
      break;
    case IPD_VENDOR_HTTP_NO_ANSWER:
      finish (self, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
      break;
    case IPD_VENDOR_HTTP_NOTHING:
      go_on (self, IPD_OPENING_EV_REFUSED, IPD_REFUSAL_DRIVER);
      break;
    case IPD_VENDOR_HTTP_NOBODY:
      go_on (self, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
      break;
    }
}

static bool
can_http (const IpdVendorOpening *self)
{
  return true;
}

static void
go_http (IpdVendorOpening *self, const IpdDriverOpening *opening)
{
  self->http = ipd_vendor_http_new (self->station, opening, &self->output, on_http, self);
}

/* ---- by digits in the call that goes on ---- */

static void
on_digits (IpdDigitsEnd end, gpointer user_data)
{
  IpdVendorOpening *self = user_data;

  self->in_leg = false;
  switch (end)
    {
    case IPD_DIGITS_SENT:
      finish (self, IPD_OPENING_EV_UNCONFIRMED, IPD_REFUSAL_NONE);
      break;
    case IPD_DIGITS_REFUSED:
      finish (self, IPD_OPENING_EV_REFUSED, IPD_REFUSAL_DRIVER);
      break;
    case IPD_DIGITS_LOST:
      finish (self, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
      break;
    }
}

static bool
can_digits (const IpdVendorOpening *self)
{
  return self->digits != NULL && self->leg != NULL && !ipd_leg_is_over (self->leg)
         && ipd_leg_peer_takes_digits (self->leg);
}

static void
go_digits (IpdVendorOpening *self, const IpdDriverOpening *opening)
{
  self->in_leg = true;
  ipd_leg_peer_send_digits (self->leg, self->digits, on_digits, self);
}

/* ---- by digits in a second call ---- */

static void
on_call (IpdVendorCallEnd end, gpointer user_data)
{
  IpdVendorOpening *self = user_data;

  g_clear_pointer (&self->call, ipd_vendor_call_free);
  switch (end)
    {
    case IPD_VENDOR_CALL_SENT:
      finish (self, IPD_OPENING_EV_UNCONFIRMED, IPD_REFUSAL_NONE);
      break;
    case IPD_VENDOR_CALL_REFUSED:
      finish (self, IPD_OPENING_EV_REFUSED, IPD_REFUSAL_DRIVER);
      break;
    case IPD_VENDOR_CALL_LOST:
      finish (self, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
      break;
    case IPD_VENDOR_CALL_BUSY:
      go_on (self, IPD_OPENING_EV_REFUSED, IPD_REFUSAL_BUSY);
      break;
    case IPD_VENDOR_CALL_UNANSWERED:
      go_on (self, IPD_OPENING_EV_SEND_FAILED, IPD_REFUSAL_NONE);
      break;
    case IPD_VENDOR_CALL_DECLINED:
      go_on (self, IPD_OPENING_EV_REFUSED, IPD_REFUSAL_DRIVER);
      break;
    }
}

static bool
can_call (const IpdVendorOpening *self)
{
  return self->digits != NULL;
}

static void
go_call (IpdVendorOpening *self, const IpdDriverOpening *opening)
{
  self->call = ipd_vendor_call_new (self->station, self->digits, on_call, self);
}

/* ---- the order of ways ---- */

static const struct {
  bool (*can) (const IpdVendorOpening *self);
  void (*go) (IpdVendorOpening *self, const IpdDriverOpening *opening);
} ways[] = {
  [IPD_DRIVER_BY_HTTP] = { can_http, go_http },
  [IPD_DRIVER_BY_DIGITS] = { can_digits, go_digits },
  [IPD_DRIVER_BY_CALL] = { can_call, go_call },
};

static void
next_way (IpdVendorOpening *self)
{
  const IpdDriver *driver = self->station->driver;

  while (self->allowed && self->way < driver->n_openings)
    {
      const IpdDriverOpening *opening = &driver->openings[self->way++];

      if (!ways[opening->way].can (self))
        continue;
      ways[opening->way].go (self, opening);
      return;
    }
  finish (self, self->last, self->refusal);
}

static gboolean
on_start (gpointer user_data)
{
  IpdVendorOpening *self = user_data;

  self->start = 0;
  next_way (self);
  return G_SOURCE_REMOVE;
}

/* The plant's authority gives the codes of what the profile allows, and of nothing else (docs/protocol.md §14). */
static void
take_code (IpdVendorOpening *self)
{
  const IpdDriver *driver = self->station->driver;
  guint number;
  const char *code = ipd_vendor_station_code (self->station, &self->output, &number);

  self->last = IPD_OPENING_EV_REFUSED;
  self->refusal = code != NULL ? IPD_REFUSAL_DRIVER : IPD_REFUSAL_PROFILE;
  self->allowed = code != NULL && driver != NULL;
  if (self->allowed && ipd_dtmf_digits_valid (code, IPD_ENROL_CODE_MAX))
    self->digits = g_strconcat (driver->digits.prefix, code, driver->digits.suffix, NULL);
}

IpdVendorOpening *
ipd_vendor_opening_new (IpdStation *station, IpdLeg *leg, const IpdOutputId *output, IpdVendorOpeningDone done,
                        gpointer user_data)
{
  IpdVendorOpening *self = g_new0 (IpdVendorOpening, 1);

  self->station = station;
  self->leg = leg;
  self->output = *output;
  take_code (self);
  self->done = done;
  self->user_data = user_data;
  self->start = g_idle_add (on_start, self);
  return self;
}

void
ipd_vendor_opening_free (IpdVendorOpening *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->start, g_source_remove);
  if (self->in_leg)
    ipd_leg_peer_forget_digits (self->leg, self);
  ipd_vendor_http_free (self->http);
  ipd_vendor_call_free (self->call);
  ipd_wipe_string (self->digits);
  g_free (self);
}

bool
ipd_vendor_opening_take_sip (IpdVendorOpening *self, const IpdSipEvent *event)
{
  return self->call != NULL && ipd_vendor_call_take_sip (self->call, event);
}

void
ipd_vendor_opening_lose_sip (IpdVendorOpening *self)
{
  if (self->call != NULL)
    ipd_vendor_call_lose_sip (self->call);
}
