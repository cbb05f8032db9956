// SPDX-License-Identifier: Apache-2.0
/*
 * Offers inside the call of the raw client (docs/protocol.md §8). See party.h.
 */
#include "party.h"

#include "station-test.h"
#include "wire/sip-auth.h"

#include <string.h>

static IpdSipAuth
auth_of (const Party *self, const char *sdp)
{
  return (IpdSipAuth){ .method = "INVITE",
                       .signer = self->key.id.s,
                       .receiver = self->station.s,
                       .from_tag = self->invite.to_tag,
                       .ruri_user = self->invite.contact_user,
                       .call_id = self->invite.call_id,
                       .cseq = self->offers * IPD_SIP_CSEQ_STEP,
                       .visit = self->invite.visit,
                       .body = sdp,
                       .body_length = strlen (sdp) };
}

/* The station's answer must be signed over our tags and its own status. */
void
party_take_offer_answer (Party *self, const IpdSipEvent *event)
{
  self->offer_status = event->status;
  if (event->status != 200)
    return;
  IpdSipAuth auth = auth_of (self, event->body);
  auth.status = 200;
  auth.signer = self->station.s;
  auth.receiver = self->key.id.s;
  g_assert_true (ipd_sip_auth_verify (&auth, event->auth, strlen (event->auth), self->station_pk, NULL));
  g_free (self->offer_answer);
  self->offer_answer = g_strdup (event->body);
}

static gboolean
has_status (gpointer data)
{
  return ((Party *) data)->offer_status != 0;
}

static void
check_answer (const Party *self, gboolean held)
{
  IpdSdp answer;
  gboolean is_held = !held;
  g_assert_true (ipd_sdp_parse (self->offer_answer, strlen (self->offer_answer), &answer, NULL));
  g_assert_true (ipd_sdp_hold_fits (&self->offer, &answer, &is_held));
  g_assert_cmpint (is_held, ==, held);
}

void
party_send_hold (Party *self, gboolean held, PartyOffer how)
{
  IpdSdp offer;
  IpdKeyPair stranger;
  char value[IPD_SIP_AUTH_LENGTH + 1];
  self->offers++;
  ipd_sdp_init_hold (&offer, &self->answer, held, self->answer.version + self->offers);
  if (how == PARTY_OFFER_MOVED)
    offer.audio_port += 2;
  g_autofree char *sdp = ipd_sdp_write (&offer);
  IpdSipAuth auth = auth_of (self, sdp);
  ipd_key_pair_generate (&stranger);
  auth.signer = how == PARTY_OFFER_FORGED ? stranger.id.s : auth.signer;
  g_assert_true (ipd_sip_auth_sign (&auth, how == PARTY_OFFER_FORGED ? &stranger : &self->key, value));
  self->offer_status = 0;
  g_assert_true (ipd_sip_reinvite (self->sip, self->call, auth.cseq, sdp, value, NULL));
}

int
party_hold (Party *self, gboolean held, PartyOffer how)
{
  party_send_hold (self, held, how);
  station_test_until (has_status, self);
  if (self->offer_status == 200)
    check_answer (self, held);
  return self->offer_status;
}
