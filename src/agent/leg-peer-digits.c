// SPDX-License-Identifier: Apache-2.0
/*
 * Digits in a leg of a third-party station, one request after the other: by the media process in RTP, or by SIP. Main
 * context only.
 */
#include "agent/leg-peer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wire/secret.h"

/* What the media process takes longer than the digits last; nobody plays it, if it does not say then that they are
 * sent. */
#define SENT_MS 5000

typedef struct {
  char *digits;
  IpdDigitsDone done; /* NULL: nobody wants to know (any more) */
  gpointer user_data;
  bool by_person; /* and not to open something */
} Press;

static void
press_free (Press *press)
{
  ipd_wipe_string (press->digits);
  g_free (press);
}

static bool
sound_of (const IpdLeg *leg, IpdPeerSound *ret_sound)
{
  return leg->peer->have_remote && ipd_peer_sdp_sound (&leg->peer->local, &leg->peer->remote, ret_sound);
}

/* A station whose SDP has no telephone-event hears no digits in RTP, whatever its driver hopes. */
static IpdDtmfDialect
dialect_of (const IpdLeg *leg)
{
  IpdDtmfDialect wanted = leg->peer->driver->digits.dialect;
  IpdPeerSound sound;

  if (wanted != IPD_DTMF_RFC4733 || (sound_of (leg, &sound) && sound.dtmf_tx_pt != 0))
    return wanted;
  return IPD_DTMF_INFO_RELAY;
}

bool
ipd_leg_peer_takes_digits (const IpdLeg *leg)
{
  return leg->peer->confirmed && leg->call.state == IPD_CALL_TALKING;
}

static void finish (IpdLeg *leg, IpdDigitsEnd end);

static gboolean
on_not_sent (gpointer user_data)
{
  IpdLeg *leg = user_data;

  leg->peer->digits_timer = 0;
  g_message ("visit %s: nobody says that the digits were sent", leg->call.visit.s);
  finish (leg, IPD_DIGITS_LOST);
  return G_SOURCE_REMOVE;
}

static void
on_info_done (IpdDigitsEnd end, gpointer user_data)
{
  finish (user_data, end);
}

static void
start_first (IpdLeg *leg)
{
  const IpdDriverDigits *way = &leg->peer->driver->digits;
  const Press *press = g_queue_peek_head (&leg->peer->digits);
  IpdDtmfDialect dialect = dialect_of (leg);
  guint each_ms = (guint) way->duration_ms + way->gap_ms;

  if (press == NULL)
    return;
  if (dialect != IPD_DTMF_RFC4733)
    {
      leg->peer->info = ipd_info_digits_new (leg->station, leg->sip_call, dialect, press->digits, on_info_done, leg);
      return;
    }
  leg->peer->digits_timer = g_timeout_add ((guint) strlen (press->digits) * each_ms + SENT_MS, on_not_sent, leg);
  ipd_contract_emit_digits_wanted (leg->agent->contract, leg->call.visit.s, press->digits, way->duration_ms,
                                   way->gap_ms);
}

static void
stop (IpdLeg *leg)
{
  g_clear_handle_id (&leg->peer->digits_timer, g_source_remove);
  g_clear_pointer (&leg->peer->info, ipd_info_digits_free);
}

static void
end_first (IpdLeg *leg, IpdDigitsEnd end)
{
  Press *press = g_queue_pop_head (&leg->peer->digits);

  if (press->done != NULL)
    press->done (end, press->user_data);
  press_free (press);
}

/* Of keys that a person pressed, nobody else says that they came to nothing. */
static void
tell_person (IpdLeg *leg, IpdDigitsEnd end)
{
  const Press *press = g_queue_peek_head (&leg->peer->digits);

  if (!press->by_person || end == IPD_DIGITS_SENT)
    return;
  ipd_leg_set_notice (leg, g_strdup (_ ("The station may not have got the keys that were pressed.")));
  ipd_contract_emit_visit (leg->agent->contract, ipd_leg_to_variant (leg));
}

static void
finish (IpdLeg *leg, IpdDigitsEnd end)
{
  stop (leg);
  tell_person (leg, end);
  end_first (leg, end);
  start_first (leg);
}

void
ipd_leg_peer_send_digits (IpdLeg *leg, const char *digits, IpdDigitsDone done, gpointer user_data)
{
  Press *press = g_new0 (Press, 1);

  *press = (Press){ g_strdup (digits), done, user_data, done == NULL };
  g_queue_push_tail (&leg->peer->digits, press);
  if (g_queue_get_length (&leg->peer->digits) == 1)
    start_first (leg);
}

void
ipd_leg_peer_take_info (IpdLeg *leg, const IpdSipEvent *event)
{
  if (leg->peer->info != NULL)
    ipd_info_digits_take (leg->peer->info, event);
}

void
ipd_leg_peer_digits_ended (IpdLeg *leg, IpdDigitsEnd end)
{
  if (leg->peer->digits_timer != 0)
    finish (leg, end);
}

void
ipd_leg_peer_drop_digits (IpdLeg *leg)
{
  stop (leg);
  while (!g_queue_is_empty (&leg->peer->digits))
    end_first (leg, IPD_DIGITS_LOST);
}

void
ipd_leg_peer_forget_digits (IpdLeg *leg, gpointer user_data)
{
  for (GList *item = leg->peer->digits.head; item != NULL; item = item->next)
    {
      Press *press = item->data;

      if (press->user_data == user_data)
        press->done = NULL;
    }
}
