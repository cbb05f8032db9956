// SPDX-License-Identifier: Apache-2.0
/*
 * Offers, answers, signatures and stream keys of a leg to one of our clients (docs/protocol.md §8, §9). Used through
 * its table by the files of a visit and directly by look-out.c; pure but for randomness and the nonce that goes into a
 * leg.
 */
#include "station/leg-client.h"

#include "sip/signature.h"
#include "wire/random.h"
#include "wire/sdp.h"
#include "wire/secret.h"

#include <string.h>

#define FIRST_CSEQ 1

typedef struct {
  uint8_t client_pk[IPD_PK_OCTETS];
  char auth[IPD_SIP_AUTH_LENGTH + 1]; /* of our INVITE */
  char *from_tag;
  char *call_id;
  char *ruri_user;
  char *visit; /* Ipdoor-Visit of the INVITE, %NULL if it had none */
  guint32 cseq;
  guint32 their_cseq; /* of their last offer inside the call */
  IpdStationKeys keys;
  IpdClientKeys client_keys;
  IpdSdp local;
  IpdSdp remote;
  guint64 version; /* of our last SDP */
} Own;

static gsize
octets_of (const char *body)
{
  return body != NULL ? strlen (body) : 0;
}

static Own *
begin (IpdLeg *self, const IpdClient *client)
{
  Own *own = g_new0 (Own, 1);
  self->kind = &ipd_leg_kind_client;
  self->id = client->licence.client;
  self->own = own;
  memcpy (own->client_pk, client->licence.pk, sizeof own->client_pk);
  return own;
}

static void
leg_client_clear (IpdLeg *self)
{
  Own *own = self->own;
  g_free (own->from_tag);
  g_free (own->call_id);
  g_free (own->ruri_user);
  g_free (own->visit);
  ipd_wipe (own, sizeof *own);
  g_free (own);
}

static void
make_keys (const IpdLeg *self, const IpdLegContext *with, IpdStationKeys *ret_keys)
{
  memcpy (ret_keys->visit_secret, with->visit_secret, sizeof ret_keys->visit_secret);
  ipd_random_octets (ret_keys->leg_secret, sizeof ret_keys->leg_secret);
  ret_keys->leg_tag = with->tag;
  ret_keys->visit = *with->visit;
  if (!ipd_commands_visit_nonce (with->commands, &self->id, with->visit, &ret_keys->nonce))
    g_message ("visit %s: client %s holds too many nonces and must ask for one", with->visit->s, self->id.s);
}

/* Sprop, camera and keys, and the whole as text. */
static gboolean
complete_sdp (IpdLeg *self, const IpdLegContext *with)
{
  Own *own = self->own;
  make_keys (self, with, &own->keys);
  g_autofree char *sealed = ipd_station_keys_seal (&own->keys, own->client_pk);
  if (sealed == NULL)
    return FALSE;
  g_strlcpy (own->local.sprop, with->media.sprop != NULL ? with->media.sprop : "", sizeof own->local.sprop);
  g_strlcpy (own->local.keys, sealed, sizeof own->local.keys);
  own->local.no_camera = with->media.no_camera;
  own->version = own->local.version;
  self->tag = with->tag;
  self->local_sdp = ipd_sdp_write (&own->local);
  return TRUE;
}

static IpdSipAuth
auth_of (const Own *own, guint status, const char *signer, const char *receiver, const char *body)
{
  return (IpdSipAuth){ .method = "INVITE",
                       .status = status,
                       .signer = signer,
                       .receiver = receiver,
                       .from_tag = own->from_tag,
                       .ruri_user = own->ruri_user,
                       .call_id = own->call_id,
                       .cseq = own->cseq,
                       .visit = own->visit,
                       .body = body,
                       .body_length = octets_of (body) };
}

static gboolean
leg_client_offer (IpdLeg *self, const IpdLegContext *with, IpdSipInvite *ret_invite, const char **ret_why)
{
  const IpdClient *client = ipd_plant_find (with->plant, &self->id);
  const IpdBinding *binding = ipd_registrar_find (with->registrar, &self->id);
  IpdShortId tag = ipd_random_short_id (), call_id = ipd_random_short_id ();
  *ret_why = "no longer registered";
  if (client == NULL || binding == NULL)
    return FALSE;
  Own *own = begin (self, client);
  own->from_tag = g_strdup (tag.s);
  own->call_id = g_strdup (call_id.s);
  own->ruri_user = g_strdup (binding->contact_user.s);
  own->visit = g_strdup (with->visit->s);
  own->cseq = FIRST_CSEQ;
  g_strlcpy (self->media_host, binding->source_host, sizeof self->media_host);
  ipd_sdp_init_offer (&own->local, with->media.host, with->media.sockets->audio_port, with->media.sockets->video_port,
                      &with->media.codecs, FALSE);
  *ret_why = "its key is not usable";
  if (!complete_sdp (self, with))
    return FALSE;
  IpdSipAuth auth = auth_of (own, 0, with->identity->device.id.s, self->id.s, self->local_sdp);
  *ret_invite = (IpdSipInvite){ .target = { .user = binding->contact_user.s,
                                            .host = binding->contact_host,
                                            .port = binding->contact_port,
                                            .via_host = binding->source_host,
                                            .via_port = binding->source_port },
                                .from_user = with->identity->device.id.s,
                                .from_tag = own->from_tag,
                                .call_id = own->call_id,
                                .cseq = own->cseq,
                                .visit = own->visit,
                                .auth = own->auth,
                                .sdp = self->local_sdp };
  return ipd_sip_auth_sign (&auth, &with->identity->device, own->auth);
}

static gboolean
take_remote (IpdLeg *self, const IpdStationIdentity *identity, const IpdSdp *remote)
{
  Own *own = self->own;
  if (!ipd_client_keys_open (remote->keys, strlen (remote->keys), &identity->device, &own->client_keys, NULL))
    return FALSE;
  own->remote = *remote;
  self->has_remote = TRUE;
  return TRUE;
}

static gboolean
leg_client_take_answer (IpdLeg *self, const IpdLegContext *with, const IpdSipEvent *event)
{
  Own *own = self->own;
  IpdSipAuth auth = auth_of (own, (guint) event->status, self->id.s, with->identity->device.id.s, event->body);
  IpdSdp remote;
  if (g_strcmp0 (event->contact_user, own->ruri_user) != 0 || !ipd_sip_event_is_signed (event, &auth, own->client_pk))
    return FALSE;
  /* After PRACK the 200 has no SDP; and what the first answer set, media may be running on. */
  if (event->body == NULL || self->has_remote)
    return self->has_remote;
  return ipd_sdp_parse (event->body, octets_of (event->body), &remote, NULL)
         && ipd_sdp_answer_fits (&own->local, &remote) && take_remote (self, with->identity, &remote);
}

/* ---- look-out ---- */

gboolean
ipd_leg_client_invite_is_signed (const IpdStationIdentity *identity, const IpdClient *client, const IpdSipEvent *event)
{
  IpdSipAuth auth = ipd_sip_event_auth (event, client->licence.client.s, identity->device.id.s);
  return ipd_sip_event_is_signed (event, &auth, client->licence.pk);
}

gboolean
ipd_leg_client_take_invite (IpdLeg *self, const IpdStationIdentity *identity, const IpdClient *client,
                            const IpdSipEvent *event)
{
  IpdSdp remote;
  Own *own = begin (self, client);
  self->call = event->call;
  own->from_tag = g_strdup (event->from_tag);
  own->call_id = g_strdup (event->call_id);
  own->ruri_user = g_strdup (event->ruri_user);
  own->visit = g_strdup (event->visit);
  own->cseq = event->cseq;
  own->their_cseq = event->cseq;
  g_strlcpy (self->media_host, event->source_host, sizeof self->media_host);
  return event->body != NULL && ipd_sdp_parse (event->body, octets_of (event->body), &remote, NULL)
         && take_remote (self, identity, &remote);
}

gboolean
ipd_leg_client_answer (IpdLeg *self, const IpdLegContext *with, char ret_auth[static IPD_SIP_AUTH_LENGTH + 1])
{
  Own *own = self->own;
  if (!ipd_sdp_init_answer (&own->local, &own->remote, with->media.host, with->media.sockets->audio_port,
                            with->media.sockets->video_port, &with->media.codecs)
      || !complete_sdp (self, with))
    return FALSE;
  IpdSipAuth auth = auth_of (own, 200, with->identity->device.id.s, self->id.s, self->local_sdp);
  return ipd_sip_auth_sign (&auth, &with->identity->device, ret_auth);
}

/* ---- inside the call ---- */

/* Hold and resume: directions may change, nothing else. */
static void
leg_client_take_reoffer (IpdLeg *self, const IpdLegContext *with, const IpdSipEvent *event, IpdLegReanswer *ret_answer)
{
  Own *own = self->own;
  const char *station = with->identity->device.id.s;
  IpdSipAuth auth = ipd_sip_event_auth (event, self->id.s, station);
  IpdSdp offer, answer;
  ret_answer->status = 403;
  if (g_strcmp0 (event->call_id, own->call_id) != 0 || g_strcmp0 (event->visit, own->visit) != 0
      || event->cseq <= own->their_cseq || !ipd_sip_event_is_signed (event, &auth, own->client_pk))
    return;
  own->their_cseq = event->cseq;
  ret_answer->status = 488;
  if (event->body == NULL || !ipd_sdp_parse (event->body, octets_of (event->body), &offer, NULL)
      || !ipd_sdp_hold_fits (&own->remote, &offer, &ret_answer->held))
    return;
  ipd_sdp_init_hold (&answer, &own->local, ret_answer->held, ++own->version);
  ret_answer->sdp = ipd_sdp_write (&answer);
  auth.status = 200;
  auth.signer = station;
  auth.receiver = self->id.s;
  auth.body = ret_answer->sdp;
  auth.body_length = strlen (ret_answer->sdp);
  ret_answer->auth = g_malloc0 (IPD_SIP_AUTH_LENGTH + 1);
  ret_answer->status = ipd_sip_auth_sign (&auth, &with->identity->device, ret_answer->auth) ? 200 : 488;
}

/* We never leave the offer to a client, so nothing that comes this way is believed. */
static void
leg_client_take_late_answer (IpdLeg *self, const IpdSipEvent *event, IpdLegReanswer *ret_answer)
{
  ret_answer->status = 488;
}

/* ---- media ---- */

static gboolean
leg_client_viewer (const IpdLeg *self, IpdMediaViewer *ret_viewer)
{
  const Own *own = self->own;
  IpdStreamKey rtcp;
  if (own->remote.video_port == 0)
    return FALSE;
  ipd_stream_key_expand (own->client_keys.secret, IPD_STREAM_VIDEO_CLIENT, &rtcp);
  *ret_viewer = (IpdMediaViewer){ .host = self->media_host,
                                  .rtp_port = own->remote.video_port,
                                  .rtcp_port = (uint16_t) (own->remote.video_port + 1),
                                  .tag = self->tag,
                                  .codec = IPD_VIDEO_H264,
                                  .payload = own->remote.video_pt };
  memcpy (ret_viewer->rtcp_rx_key, rtcp.key, sizeof ret_viewer->rtcp_rx_key);
  ipd_wipe (&rtcp, sizeof rtcp);
  return TRUE;
}

static void
leg_client_talk (const IpdLeg *self, IpdMediaTalk *ret_talk)
{
  const Own *own = self->own;
  IpdStreamKey tx, rx;
  ipd_stream_key_expand (own->keys.leg_secret, IPD_STREAM_AUDIO_STATION, &tx);
  ipd_stream_key_expand (own->client_keys.secret, IPD_STREAM_AUDIO_CLIENT, &rx);
  /* The answerer's choice: theirs when we were asked, ours when they looked out. */
  const IpdSdpAudio *audio = own->remote.n_audio == 1 ? &own->remote.audio[0] : &own->local.audio[0];
  *ret_talk = (IpdMediaTalk){ .host = self->media_host,
                              .port = own->remote.audio_port,
                              .audio = { .codec = audio->codec, .tx_payload = audio->pt, .rx_payload = audio->pt },
                              .tx = { .ssrc = tx.ssrc },
                              .tag = self->tag };
  memcpy (ret_talk->tx.key, tx.key, sizeof ret_talk->tx.key);
  memcpy (ret_talk->rx_key, rx.key, sizeof ret_talk->rx_key);
  ipd_wipe (&tx, sizeof tx);
  ipd_wipe (&rx, sizeof rx);
}

/* No press: our clients open by signed commands and by nothing else. */
const IpdLegKind ipd_leg_kind_client = {
  .noun = "client",
  .takes_news = TRUE,
  .offer = leg_client_offer,
  .take_answer = leg_client_take_answer,
  .take_reoffer = leg_client_take_reoffer,
  .take_late_answer = leg_client_take_late_answer,
  .viewer = leg_client_viewer,
  .talk = leg_client_talk,
  .clear = leg_client_clear,
};
