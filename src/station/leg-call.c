// SPDX-License-Identifier: Apache-2.0
/*
 * Offers, answers, signatures and stream keys of one leg. Used by visit-engine.c and visit-effects.c; pure but for
 * randomness.
 */
#include "station/leg-call.h"

#include "wire/random.h"
#include "wire/secret.h"

#include <string.h>

#define FIRST_CSEQ 1

static gsize
octets_of (const char *body)
{
  return body != NULL ? strlen (body) : 0;
}

static gboolean
seal_keys (IpdLegCall *self, const IpdStationKeys *keys)
{
  g_autofree char *sealed = ipd_station_keys_seal (keys, self->client_pk);
  if (sealed == NULL)
    return FALSE;
  self->keys = *keys;
  g_strlcpy (self->local.keys, sealed, sizeof self->local.keys);
  self->local_sdp = ipd_sdp_write (&self->local);
  return TRUE;
}

static IpdSipAuth
auth_of (const IpdLegCall *self, guint status, const char *signer, const char *receiver, const char *body)
{
  return (IpdSipAuth){ .method = "INVITE",
                       .status = status,
                       .signer = signer,
                       .receiver = receiver,
                       .from_tag = self->from_tag,
                       .ruri_user = self->ruri_user,
                       .call_id = self->call_id,
                       .cseq = self->cseq,
                       .visit = self->visit,
                       .body = body,
                       .body_length = octets_of (body) };
}

static void
begin (IpdLegCall *self, const IpdClient *client)
{
  memset (self, 0, sizeof *self);
  self->client = client->licence.client;
  memcpy (self->client_pk, client->licence.pk, sizeof self->client_pk);
}

gboolean
ipd_leg_call_offer (IpdLegCall *self, const IpdStationIdentity *identity, const IpdClient *client,
                    const IpdBinding *binding, const IpdStationKeys *keys, const IpdLegMedia *media,
                    char ret_auth[static IPD_SIP_AUTH_LENGTH + 1], IpdSipInvite *ret_invite)
{
  IpdShortId tag = ipd_random_short_id (), call_id = ipd_random_short_id ();
  begin (self, client);
  self->from_tag = g_strdup (tag.s);
  self->call_id = g_strdup (call_id.s);
  self->ruri_user = g_strdup (binding->contact_user.s);
  self->visit = g_strdup (keys->visit.s);
  self->cseq = FIRST_CSEQ;
  g_strlcpy (self->media_host, binding->source_host, sizeof self->media_host);
  ipd_sdp_init_offer (&self->local, media->host, media->sockets->audio_port, media->sockets->video_port,
                      &IPD_CODECS_BASIC, FALSE);
  g_strlcpy (self->local.sprop, media->sprop != NULL ? media->sprop : "", sizeof self->local.sprop);
  self->local.no_camera = media->no_camera;
  if (!seal_keys (self, keys))
    return FALSE;
  IpdSipAuth auth = auth_of (self, 0, identity->device.id.s, self->client.s, self->local_sdp);
  *ret_invite = (IpdSipInvite){ .target = { .user = binding->contact_user.s,
                                            .host = binding->contact_host,
                                            .port = binding->contact_port,
                                            .via_host = binding->source_host,
                                            .via_port = binding->source_port },
                                .from_user = identity->device.id.s,
                                .from_tag = self->from_tag,
                                .call_id = self->call_id,
                                .cseq = self->cseq,
                                .visit = self->visit,
                                .auth = ret_auth,
                                .sdp = self->local_sdp };
  return ipd_sip_auth_sign (&auth, &identity->device, ret_auth);
}

static gboolean
verify (const IpdSipAuth *auth, const char *value, const uint8_t *pk)
{
  return value != NULL && ipd_sip_auth_verify (auth, value, strlen (value), pk, NULL);
}

static gboolean
take_remote (IpdLegCall *self, const IpdStationIdentity *identity, const IpdSdp *remote)
{
  if (!ipd_client_keys_open (remote->keys, strlen (remote->keys), &identity->device, &self->client_keys, NULL))
    return FALSE;
  self->remote = *remote;
  self->has_remote = TRUE;
  return TRUE;
}

gboolean
ipd_leg_call_take_answer (IpdLegCall *self, const IpdStationIdentity *identity, const IpdSipEvent *event)
{
  IpdSipAuth auth = auth_of (self, (guint) event->status, self->client.s, identity->device.id.s, event->body);
  IpdSdp remote;
  if (g_strcmp0 (event->contact_user, self->ruri_user) != 0 || !verify (&auth, event->auth, self->client_pk))
    return FALSE;
  /* After PRACK the 200 has no SDP; and what the first answer set, media may be running on. */
  if (event->body == NULL || self->has_remote)
    return self->has_remote;
  return ipd_sdp_parse (event->body, octets_of (event->body), &remote, NULL)
         && ipd_sdp_answer_fits (&self->local, &remote) && take_remote (self, identity, &remote);
}

gboolean
ipd_leg_call_invite_is_signed (const IpdStationIdentity *identity, const IpdClient *client, const IpdSipEvent *event)
{
  IpdSipAuth auth = { .method = "INVITE",
                      .signer = client->licence.client.s,
                      .receiver = identity->device.id.s,
                      .from_tag = event->from_tag,
                      .ruri_user = event->ruri_user,
                      .call_id = event->call_id,
                      .cseq = event->cseq,
                      .visit = event->visit,
                      .body = event->body,
                      .body_length = octets_of (event->body) };
  return verify (&auth, event->auth, client->licence.pk);
}

gboolean
ipd_leg_call_take_invite (IpdLegCall *self, const IpdStationIdentity *identity, const IpdClient *client,
                          const IpdSipEvent *event)
{
  IpdSdp remote;
  begin (self, client);
  self->call = event->call;
  self->from_tag = g_strdup (event->from_tag);
  self->call_id = g_strdup (event->call_id);
  self->ruri_user = g_strdup (event->ruri_user);
  self->visit = g_strdup (event->visit);
  self->cseq = event->cseq;
  g_strlcpy (self->media_host, event->source_host, sizeof self->media_host);
  return event->body != NULL && ipd_sdp_parse (event->body, octets_of (event->body), &remote, NULL)
         && take_remote (self, identity, &remote);
}

gboolean
ipd_leg_call_answer (IpdLegCall *self, const IpdStationIdentity *identity, const IpdStationKeys *keys,
                     const IpdLegMedia *media, char ret_auth[static IPD_SIP_AUTH_LENGTH + 1])
{
  if (!ipd_sdp_init_answer (&self->local, &self->remote, media->host, media->sockets->audio_port,
                            media->sockets->video_port, &IPD_CODECS_BASIC))
    return FALSE;
  g_strlcpy (self->local.sprop, media->sprop != NULL ? media->sprop : "", sizeof self->local.sprop);
  self->local.no_camera = media->no_camera;
  if (!seal_keys (self, keys))
    return FALSE;
  IpdSipAuth auth = auth_of (self, 200, identity->device.id.s, self->client.s, self->local_sdp);
  return ipd_sip_auth_sign (&auth, &identity->device, ret_auth);
}

void
ipd_leg_call_viewer (const IpdLegCall *self, IpdMediaViewer *ret_viewer)
{
  IpdStreamKey rtcp;
  ipd_stream_key_expand (self->client_keys.secret, IPD_STREAM_VIDEO_CLIENT, &rtcp);
  *ret_viewer = (IpdMediaViewer){ .host = self->media_host,
                                  .rtp_port = self->remote.video_port,
                                  .rtcp_port = (uint16_t) (self->remote.video_port + 1),
                                  .tag = self->keys.leg_tag,
                                  .codec = IPD_VIDEO_H264,
                                  .payload = self->remote.video_pt };
  memcpy (ret_viewer->rtcp_rx_key, rtcp.key, sizeof ret_viewer->rtcp_rx_key);
  ipd_wipe (&rtcp, sizeof rtcp);
}

void
ipd_leg_call_talk (const IpdLegCall *self, IpdMediaTalk *ret_talk)
{
  IpdStreamKey tx, rx;
  ipd_stream_key_expand (self->keys.leg_secret, IPD_STREAM_AUDIO_STATION, &tx);
  ipd_stream_key_expand (self->client_keys.secret, IPD_STREAM_AUDIO_CLIENT, &rx);
  /* The answerer's choice: theirs when we were asked, ours when they looked out. */
  const IpdSdpAudio *audio = self->remote.n_audio == 1 ? &self->remote.audio[0] : &self->local.audio[0];
  *ret_talk = (IpdMediaTalk){
    .host = self->media_host,
    .port = self->remote.audio_port,
    .audio = { .codec = audio->codec, .tx_payload = audio->pt, .rx_payload = audio->pt },
    .tx = { .ssrc = tx.ssrc },
    .tag = self->keys.leg_tag
  };
  memcpy (ret_talk->tx.key, tx.key, sizeof ret_talk->tx.key);
  memcpy (ret_talk->rx_key, rx.key, sizeof ret_talk->rx_key);
  ipd_wipe (&tx, sizeof tx);
  ipd_wipe (&rx, sizeof rx);
}

void
ipd_leg_call_clear (IpdLegCall *self)
{
  g_free (self->from_tag);
  g_free (self->call_id);
  g_free (self->ruri_user);
  g_free (self->visit);
  g_free (self->local_sdp);
  ipd_wipe (self, sizeof *self);
}
