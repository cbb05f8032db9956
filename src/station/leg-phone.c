// SPDX-License-Identifier: Apache-2.0
/*
 * Offers, answers and keys pressed of a leg to a SIP phone (docs/protocol.md §15): unsigned, plain RTP, to and from the
 * address that its SIP comes from. Used through its table by the files of a visit; pure but for randomness.
 */
#include "station/leg.h"

#include "wire/peer-sdp.h"
#include "wire/random.h"
#include "wire/secret.h"

#include <string.h>

#define FIRST_CSEQ      1
#define DOOR            "door" /* who calls, where the station's name has no letter that a SIP user may have */
#define CALLER_MAX      32
#define CALLER_CHARS    G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS
#define CODES_OF(phone) g_strv_length ((phone)->outputs)

/* What was agreed, as far as the media must know of a change. */
typedef struct {
  gboolean has_sound;
  IpdAudioCodec codec;
  guint8 tx_pt;
  guint8 rx_pt;
  guint8 dtmf_pt;
  guint16 port;
  guint16 rtcp_port;
  gboolean has_picture;
  IpdVideoCodec video;
  guint8 video_pt;
  gboolean single_nal;
  guint16 video_port;
  guint16 video_rtcp_port;
} Agreed;

typedef struct {
  const IpdPhoneConfig *phone;
  char *from_tag;
  char *call_id;
  IpdPeerSdp local;
  IpdPeerSdp remote;
  Agreed agreed;
  guint64 session; /* of o=, the same in all we write */
  guint64 version;
  guint32 ssrc; /* of our sound */
  IpdDtmfCollector keys;
  IpdLegKeyWay way; /* of its first key */
} Own;

static void
leg_phone_clear (IpdLeg *self)
{
  Own *own = self->own;
  g_free (own->from_tag);
  g_free (own->call_id);
  ipd_wipe (own, sizeof *own); /* part of a code may be in there */
  g_free (own);
}

static Own *
begin (IpdLeg *self, const IpdPhone *phone, guint16 tag)
{
  Own *own = g_new0 (Own, 1);
  IpdShortId from_tag = ipd_random_short_id (), call_id = ipd_random_short_id ();
  self->kind = &ipd_leg_kind_phone;
  self->own = own;
  self->tag = tag;
  g_strlcpy (self->media_host, phone->source_host, sizeof self->media_host);
  own->phone = phone->config;
  own->from_tag = g_strdup (from_tag.s);
  own->call_id = g_strdup (call_id.s);
  ipd_random_octets (&own->ssrc, sizeof own->ssrc);
  ipd_dtmf_collector_init (&own->keys);
  return own;
}

/* The picture's parameter sets, for a phone that wants them before the first packet. Once: they are in the stream too,
 * and with two copies the INVITE passes 1,300 octets where addresses are long. */
static void
add_sprop (IpdPeerSdp *sdp, const char *sprop)
{
  for (guint i = 0; sprop != NULL && i < sdp->n_video_formats; i++)
    if (sdp->video_formats[i].codec == IPD_VIDEO_H264)
      {
        g_strlcpy (sdp->video_formats[i].sprop, sprop, sizeof sdp->video_formats[i].sprop);
        return;
      }
}

/* The user of From: what a phone shows when it rings. Returns: (transfer full) */
static char *
caller_of (const char *station_name)
{
  g_autofree char *ascii = g_str_to_ascii (station_name, "C");
  g_strcanon (ascii, CALLER_CHARS, '-');
  if (strlen (ascii) > CALLER_MAX)
    ascii[CALLER_MAX] = '\0';
  return strpbrk (ascii, CALLER_CHARS) != NULL ? g_steal_pointer (&ascii) : g_strdup (DOOR);
}

static gboolean
leg_phone_offer (IpdLeg *self, const IpdLegContext *with, IpdSipInvite *ret_invite, const char **ret_why)
{
  const IpdPhone *phone = ipd_phones_find (with->phones, &self->id);
  *ret_why = "no longer registered";
  if (phone == NULL || !ipd_phones_is_registered (with->phones, phone))
    return FALSE;
  Own *own = begin (self, phone, with->tag);
  ipd_peer_sdp_init_offer (&own->local, with->media.host, with->media.sockets->audio_port,
                           with->media.sockets->video_port, &with->media.codecs, IPD_SDP_SENDONLY);
  add_sprop (&own->local, with->media.sprop);
  own->session = own->local.session;
  own->version = own->local.version;
  self->local_sdp = ipd_peer_sdp_write (&own->local);
  self->from_user = caller_of (with->station_name);
  *ret_invite = (IpdSipInvite){ .target = { .user = phone->contact_user,
                                            .host = phone->contact_host,
                                            .port = phone->contact_port,
                                            .via_host = phone->source_host,
                                            .via_port = phone->source_port,
                                            .params = phone->contact_params },
                                .from_user = self->from_user,
                                .from_tag = own->from_tag,
                                .call_id = own->call_id,
                                .cseq = FIRST_CSEQ,
                                .sdp = self->local_sdp,
                                .foreign = TRUE };
  return TRUE;
}

/* ---- what was agreed ---- */

static Agreed
agree (const IpdPeerSdp *local, const IpdPeerSdp *remote)
{
  Agreed agreed = { 0 };
  IpdPeerSound sound;
  IpdPeerPicture picture;
  if (ipd_peer_sdp_sound (local, remote, &sound))
    {
      agreed.has_sound = TRUE;
      agreed.codec = sound.codec;
      agreed.tx_pt = sound.tx_pt;
      agreed.rx_pt = sound.rx_pt;
      agreed.dtmf_pt = sound.dtmf_rx_pt;
      agreed.port = sound.port;
      agreed.rtcp_port = sound.rtcp_port;
    }
  if (ipd_peer_sdp_picture (local, remote, &picture) && picture.send && picture.tx != NULL && picture.port != 0)
    {
      agreed.has_picture = TRUE;
      agreed.video = picture.tx->codec;
      agreed.video_pt = picture.tx->pt;
      agreed.single_nal = picture.tx->codec == IPD_VIDEO_H264 && picture.tx->packetization_mode == 0;
      agreed.video_port = picture.port;
      agreed.video_rtcp_port = picture.rtcp_port;
    }
  return agreed;
}

static gboolean
is_same (const Agreed *a, const Agreed *b)
{
  return a->has_sound == b->has_sound && a->codec == b->codec && a->tx_pt == b->tx_pt && a->rx_pt == b->rx_pt
         && a->dtmf_pt == b->dtmf_pt && a->port == b->port && a->rtcp_port == b->rtcp_port
         && a->has_picture == b->has_picture && a->video == b->video && a->video_pt == b->video_pt
         && a->single_nal == b->single_nal && a->video_port == b->video_port
         && a->video_rtcp_port == b->video_rtcp_port;
}

/* Their answer to an offer of ours. */
static gboolean
take_remote (Own *own, const char *body, IpdPeerSdp *ret_remote, Agreed *ret_agreed)
{
  if (body == NULL || !ipd_peer_sdp_parse (body, strlen (body), ret_remote, NULL)
      || !ipd_peer_sdp_take_answer (&own->local, ret_remote))
    return FALSE;
  *ret_agreed = agree (&own->local, ret_remote);
  return TRUE;
}

/* A phone may say another thing in its 200 than in its 183: what it says last counts. */
static gboolean
leg_phone_take_answer (IpdLeg *self, const IpdLegContext *with, const IpdSipEvent *event)
{
  Own *own = self->own;
  IpdPeerSdp remote;
  Agreed agreed;
  if (event->body == NULL)
    return self->has_remote && (event->status < 200 || own->agreed.has_sound);
  if (!take_remote (own, event->body, &remote, &agreed) || (event->status >= 200 && !agreed.has_sound))
    return FALSE;
  self->is_viewer = self->is_viewer && is_same (&own->agreed, &agreed);
  self->has_remote = TRUE;
  own->remote = remote;
  own->agreed = agreed;
  return TRUE;
}

/* ---- inside the call ---- */

/* While it is held, nothing goes anywhere: where it went before is kept for the resume. */
static void
settle (Own *own, const IpdPeerSdp *local, const IpdPeerSdp *remote, IpdLegReanswer *ret_answer)
{
  Agreed agreed = agree (local, remote);
  own->local = *local;
  own->remote = *remote;
  ret_answer->held = ipd_peer_sdp_is_held (remote);
  ret_answer->has_moved = !ret_answer->held && !is_same (&own->agreed, &agreed);
  if (!ret_answer->held)
    own->agreed = agreed;
}

static void
leg_phone_take_reoffer (IpdLeg *self, const IpdLegContext *with, const IpdSipEvent *event, IpdLegReanswer *ret_answer)
{
  Own *own = self->own;
  IpdPeerSdp offer, answer = own->local;
  gboolean good = TRUE;
  if (event->body == NULL) /* it leaves the offer to us: its answer comes later */
    ipd_peer_sdp_init_offer (&answer, with->media.host, with->media.sockets->audio_port,
                             with->media.sockets->video_port, &with->media.codecs, IPD_SDP_SENDONLY);
  else
    good = ipd_peer_sdp_parse (event->body, strlen (event->body), &offer, NULL)
           && ipd_peer_sdp_init_answer (&answer, &offer, with->media.host, with->media.sockets->audio_port,
                                        with->media.sockets->video_port, &with->media.codecs, TRUE, 0)
           && answer.audio.port != 0;
  ret_answer->status = good ? 200 : 488;
  if (!good)
    return;
  add_sprop (&answer, with->media.sprop);
  answer.session = own->session;
  answer.version = ++own->version;
  ret_answer->sdp = ipd_peer_sdp_write (&answer);
  if (event->body != NULL)
    settle (own, &answer, &offer, ret_answer);
  else
    own->local = answer;
}

static void
leg_phone_take_late_answer (IpdLeg *self, const IpdSipEvent *event, IpdLegReanswer *ret_answer)
{
  Own *own = self->own;
  IpdPeerSdp remote;
  Agreed agreed;
  ret_answer->status = 488;
  if (!take_remote (own, event->body, &remote, &agreed) || !agreed.has_sound)
    return;
  ret_answer->status = 200;
  settle (own, &own->local, &remote, ret_answer);
}

/* ---- media ---- */

static gboolean
leg_phone_viewer (const IpdLeg *self, IpdMediaViewer *ret_viewer)
{
  const Own *own = self->own;
  *ret_viewer = (IpdMediaViewer){ .plain = true,
                                  .codec = own->agreed.video,
                                  .payload = own->agreed.video_pt,
                                  .single_nal = own->agreed.single_nal,
                                  .host = self->media_host,
                                  .rtp_port = own->agreed.video_port,
                                  .rtcp_port = own->agreed.video_rtcp_port,
                                  .tag = self->tag };
  return own->agreed.has_picture;
}

static void
leg_phone_talk (const IpdLeg *self, IpdMediaTalk *ret_talk)
{
  const Own *own = self->own;
  *ret_talk = (IpdMediaTalk){ .plain = true,
                              .host = self->media_host,
                              .port = own->agreed.port,
                              .rtcp_port = own->agreed.rtcp_port,
                              .audio = { .codec = own->agreed.codec,
                                         .tx_payload = own->agreed.tx_pt,
                                         .rx_payload = own->agreed.rx_pt,
                                         .dtmf_payload = own->agreed.dtmf_pt },
                              .tx = { .ssrc = own->ssrc },
                              .tag = self->tag };
}

/* ---- keys ---- */

static IpdDtmfVerdict
leg_phone_press (IpdLeg *self, const IpdStationConfig *config, const IpdLegKey *key, const char **ret_output)
{
  Own *own = self->own;
  gsize n = CODES_OF (own->phone), match = 0;
  const char *codes[IPD_OUTPUTS_MAX] = { NULL };
  *ret_output = NULL;
  if (own->way == 0)
    own->way = key->way;
  /* There are phones that send every key both ways: twice the digit would be another code. */
  if (!own->phone->dtmf || key->way != own->way)
    return IPD_DTMF_NONE;
  for (gsize i = 0; i < n; i++)
    codes[i] = ipd_station_config_find_output (config, own->phone->outputs[i])->dtmf_code;
  IpdDtmfVerdict verdict = ipd_dtmf_collector_take (&own->keys, key->digit, key->at_us, codes, n, &match);
  if (verdict == IPD_DTMF_MATCHED)
    *ret_output = own->phone->outputs[match];
  if (verdict == IPD_DTMF_WRONG && ipd_dtmf_collector_is_deaf (&own->keys))
    g_message ("phone %s: too many wrong codes, no more are looked at in this visit", own->phone->id);
  return verdict;
}

const IpdLegKind ipd_leg_kind_phone = {
  .noun = "phone",
  .offer = leg_phone_offer,
  .take_answer = leg_phone_take_answer,
  .take_reoffer = leg_phone_take_reoffer,
  .take_late_answer = leg_phone_take_late_answer,
  .viewer = leg_phone_viewer,
  .talk = leg_phone_talk,
  .press = leg_phone_press,
  .clear = leg_phone_clear,
};
