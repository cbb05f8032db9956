// SPDX-License-Identifier: Apache-2.0
/*
 * Builds and believes the SIP of a leg. Nothing of an INVITE is used before its signature has been verified with the
 * key that the directory lists for its sender. Main context only.
 */
#include "agent/leg-own.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sip/signature.h"
#include "wire/random.h"
#include "wire/secret.h"

#define FIRST_CSEQ 1

static size_t
body_length (const char *body)
{
  return body != NULL ? strlen (body) : 0;
}

IpdSipAuth
ipd_leg_own_auth (const IpdLeg *leg, bool ours, unsigned status, const char *body)
{
  const IpdLegDialog *dialog = &leg->own->dialog;
  const char *us = leg->agent->membership->key.id.s;
  const char *them = leg->station->device->id.s;

  return (IpdSipAuth){ .method = "INVITE",
                       .status = status,
                       .signer = ours ? us : them,
                       .receiver = ours ? them : us,
                       .from_tag = dialog->from_tag,
                       .ruri_user = dialog->ruri_user,
                       .call_id = dialog->call_id,
                       .cseq = dialog->cseq,
                       .visit = dialog->visit,
                       .body = body,
                       .body_length = body_length (body) };
}

/* ---- a ring ---- */

static bool
invite_is_signed (const IpdAgent *agent, const IpdStation *station, const IpdSipEvent *event)
{
  const IpdSipAuth auth = ipd_sip_event_auth (event, event->from_user, agent->membership->key.id.s);

  return ipd_sip_event_is_signed (event, &auth, station->device->pk);
}

/* The checks of docs/protocol.md §8, in its order. The order matters: only what is signed may be remembered. */
static IpdStation *
check_invite (IpdAgent *agent, const IpdSipEvent *event, const char **ret_why)
{
  IpdStation *station
      = agent->membership != NULL ? ipd_stations_find_contact (agent->stations, event->ruri_user) : NULL;

  if (station == NULL)
    *ret_why = "not to a current Contact";
  else if (g_strcmp0 (event->from_user, station->device->id.s) != 0)
    *ret_why = "not from the station of that Contact";
  else if (!invite_is_signed (agent, station, event))
    *ret_why = "signature";
  else if (!g_hash_table_add (station->call_ids, g_strdup (event->call_id)))
    *ret_why = "Call-ID seen before";
  else if (!ipd_membership_licence_holds (agent->membership))
    *ret_why = "our licence is not valid now";
  else
    return station;
  return NULL;
}

static void
mind_camera (IpdLeg *leg)
{
  if (leg->own->remote.no_camera)
    ipd_leg_set_notice (leg, g_strdup (_ ("The camera of the station does not work.")));
}

static bool
take_offer (IpdLeg *leg, const IpdSipEvent *event)
{
  const IpdKeyPair *key = &leg->agent->membership->key;

  if (!ipd_sdp_parse (event->body != NULL ? event->body : "", body_length (event->body), &leg->own->remote, NULL)
      || !ipd_station_keys_open (leg->own->remote.keys, strlen (leg->own->remote.keys), key, &leg->own->station_keys,
                                 NULL))
    return false;
  leg->own->have_keys = true;
  leg->nonce = leg->own->station_keys.nonce;
  mind_camera (leg);
  return g_strcmp0 (leg->own->station_keys.visit.s, event->visit) == 0;
}

IpdLeg *
ipd_leg_from_invite (IpdAgent *agent, const IpdSipEvent *event, const char **ret_why)
{
  IpdStation *station = check_invite (agent, event, ret_why);
  g_autoptr (IpdLeg) leg = NULL;

  if (station == NULL)
    return NULL;
  leg = ipd_leg_new (agent, station);
  if (!take_offer (leg, event))
    {
      *ret_why = "SDP or keys";
      return NULL;
    }
  leg->sip_call = event->call;
  leg->reliable = event->reliable;
  leg->own->dialog = (IpdLegDialog){ .from_tag = g_strdup (event->from_tag),
                                     .ruri_user = g_strdup (event->ruri_user),
                                     .call_id = g_strdup (event->call_id),
                                     .visit = g_strdup (event->visit),
                                     .cseq = event->cseq };
  leg->own->to_tag = g_strdup (event->to_tag);
  leg->own->peer_user = g_strdup (event->contact_user);
  return g_steal_pointer (&leg);
}

/* ---- our answers ---- */

static bool
sign_and_answer (IpdLeg *leg, guint status, const char *sdp)
{
  const IpdSipAuth auth = ipd_leg_own_auth (leg, true, status, sdp);
  char value[IPD_SIP_AUTH_LENGTH + 1];
  IpdSip *sip = ipd_stations_sip (leg->agent->stations);

  return sip != NULL && ipd_sip_auth_sign (&auth, &leg->agent->membership->key, value)
         && ipd_sip_answer (sip, leg->sip_call, (int) status, NULL, sdp, value, NULL);
}

static bool
seal_client_keys (IpdLeg *leg)
{
  g_autofree char *sealed = NULL;

  ipd_random_octets (leg->own->client_keys.secret, sizeof leg->own->client_keys.secret);
  sealed = ipd_client_keys_seal (&leg->own->client_keys, leg->station->device->pk);
  if (sealed == NULL)
    return false;
  g_strlcpy (leg->own->local.keys, sealed, sizeof leg->own->local.keys);
  leg->local_sdp = ipd_sdp_write (&leg->own->local);
  return true;
}

static bool
send_early (IpdLeg *leg)
{
  return ipd_sdp_init_answer (&leg->own->local, &leg->own->remote, ipd_stations_local_host (leg->agent->stations),
                              leg->media.audio_port, leg->media.video_port, &leg->agent->codecs)
         && seal_client_keys (leg) && sign_and_answer (leg, 183, leg->local_sdp);
}

static bool
send_answer (IpdLeg *leg)
{
  return sign_and_answer (leg, 200, leg->reliable ? NULL : leg->local_sdp);
}

static bool
send_final (IpdLeg *leg, int status)
{
  IpdSip *sip = ipd_stations_sip (leg->agent->stations);

  return sip != NULL && ipd_sip_answer (sip, leg->sip_call, status, NULL, NULL, NULL, NULL);
}

/* ---- looking out ---- */

static void
begin_dialog (IpdLeg *leg)
{
  const IpdShortId tag = ipd_random_short_id ();
  const IpdShortId call_id = ipd_random_short_id ();

  leg->own->dialog = (IpdLegDialog){ .from_tag = g_strdup (tag.s),
                                     .ruri_user = g_strdup (leg->station->boot.s),
                                     .call_id = g_strdup (call_id.s),
                                     .visit = g_strdup (leg->call.visit.s),
                                     .cseq = FIRST_CSEQ };
  leg->own->peer_user = g_strdup (leg->station->boot.s); /* it answers under the name it was called by */
}

static void
fill_invite (const IpdLeg *leg, const char *auth, IpdSipInvite *ret_invite)
{
  *ret_invite = (IpdSipInvite){
    .target = { .user = leg->own->dialog.ruri_user, .host = leg->station->host, .port = leg->station->sip_port },
    .from_user = leg->agent->membership->key.id.s,
    .from_tag = leg->own->dialog.from_tag,
    .call_id = leg->own->dialog.call_id,
    .cseq = leg->own->dialog.cseq,
    .contact_user = leg->station->contact_user.s,
    .visit = leg->own->dialog.visit,
    .auth = auth,
    .sdp = leg->local_sdp
  };
}

static bool
send_invite (IpdLeg *leg)
{
  IpdSip *sip = ipd_stations_sip (leg->agent->stations);
  char value[IPD_SIP_AUTH_LENGTH + 1];
  g_autoptr (GError) error = NULL;
  IpdSipInvite invite;
  IpdSipAuth auth;

  begin_dialog (leg);
  ipd_sdp_init_offer (&leg->own->local, ipd_stations_local_host (leg->agent->stations), leg->media.audio_port,
                      leg->media.video_port, &leg->agent->codecs, TRUE);
  if (sip == NULL || !seal_client_keys (leg))
    return false;
  auth = ipd_leg_own_auth (leg, true, 0, leg->local_sdp);
  if (!ipd_sip_auth_sign (&auth, &leg->agent->membership->key, value))
    return false;
  fill_invite (leg, value, &invite);
  leg->sip_call = ipd_sip_invite (sip, &invite, &error);
  if (leg->sip_call == 0)
    g_warning ("visit %s: %s", leg->call.visit.s, error->message);
  return leg->sip_call != 0;
}

static bool
answer_is_signed (const IpdLeg *leg, const IpdSipEvent *event)
{
  const IpdSipAuth auth = ipd_leg_own_auth (leg, false, (unsigned) event->status, event->body);

  /* The station answers under the name it was called by, as a client does. */
  return g_strcmp0 (event->contact_user, leg->own->dialog.ruri_user) == 0
         && ipd_sip_event_is_signed (event, &auth, leg->station->device->pk);
}

static bool
take_answer (IpdLeg *leg, const IpdSipEvent *event)
{
  IpdSdp answer;
  IpdStationKeys keys;
  bool good;

  if (event->body == NULL && event->status < 200)
    return true; /* 180 and the like say nothing that is believed */
  if (!answer_is_signed (leg, event))
    return false;
  if (event->body == NULL)
    return leg->own->have_keys; /* the SDP came in a reliable 183 */
  good = ipd_sdp_parse (event->body, body_length (event->body), &answer, NULL)
         && ipd_sdp_answer_fits (&leg->own->local, &answer)
         && ipd_station_keys_open (answer.keys, strlen (answer.keys), &leg->agent->membership->key, &keys, NULL)
         && ipd_short_id_equal (&keys.visit, &leg->call.visit);
  /* A second answer must not change what the first one set: media may be running on it. */
  if (good && !leg->own->have_keys)
    {
      leg->own->remote = answer;
      leg->own->station_keys = keys;
      leg->nonce = keys.nonce;
      leg->own->have_keys = true;
      mind_camera (leg);
    }
  ipd_wipe (&keys, sizeof keys);
  return good;
}

static void
take_sip (IpdLeg *leg, const IpdSipEvent *event)
{
  if (event->type == IPD_SIP_TALKING)
    ipd_leg_happens (leg, IPD_CALL_EV_CONFIRMED);
  else if (event->type == IPD_SIP_REOFFER)
    ipd_leg_own_take_reoffer (leg, event);
  else if (event->type == IPD_SIP_REANSWERED)
    ipd_leg_own_take_reanswer (leg, event);
}

/* ---- the kind ---- */

static void
init (IpdLeg *leg)
{
  leg->own = g_new0 (IpdLegOwn, 1);
}

static void
take_report (IpdLeg *leg, const char *event)
{
}

/* A station of ours opens by signed commands and listens to no keys. */
static bool
send_digits (IpdLeg *leg, const char *digits)
{
  return false;
}

static bool
has_media (const IpdLeg *leg)
{
  return leg->own->have_keys && leg->local_sdp != NULL;
}

static void
add_view (const IpdLeg *leg, GVariantDict *visit)
{
  g_variant_dict_insert (visit, "encrypted", "b", TRUE);
  g_variant_dict_insert (visit, "digits", "b", FALSE);
  g_variant_dict_insert (visit, "preview", "s", "rtp");
}

static void
end (IpdLeg *leg)
{
  ipd_wipe (&leg->own->client_keys, sizeof leg->own->client_keys);
}

static void
clear (IpdLeg *leg)
{
  g_free (leg->own->dialog.from_tag);
  g_free (leg->own->dialog.ruri_user);
  g_free (leg->own->dialog.call_id);
  g_free (leg->own->dialog.visit);
  g_free (leg->own->to_tag);
  g_free (leg->own->peer_user);
  ipd_wipe (leg->own, sizeof *leg->own);
  g_free (leg->own);
}

const IpdLegKind ipd_leg_own_kind = {
  .init = init,
  .send_early = send_early,
  .send_answer = send_answer,
  .send_final = send_final,
  .send_invite = send_invite,
  .take_answer = take_answer,
  .send_hold = ipd_leg_own_send_hold,
  .take_sip = take_sip,
  .take_report = take_report,
  .send_digits = send_digits,
  .has_media = has_media,
  .add_media = ipd_leg_own_add_media,
  .add_view = add_view,
  .end = end,
  .clear = clear,
};
