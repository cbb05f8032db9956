// SPDX-License-Identifier: Apache-2.0
/* One INVITE, digits as the driver wants them, BYE. The result is told when the digits have left. Main context only. */
#include "agent/vendor-call.h"

#include <string.h>

#include "agent/info-digits.h"
#include "agent/leg-media.h"
#include "agent/leg-peer.h"
#include "agent/rtp-digits.h"
#include "agent/vendor-station.h"
#include "wire/random.h"
#include "wire/secret.h"

#define ANSWER_S 10
/* G.711 is the one sound that every station takes. */
#define SOUNDS ((IpdCodecs){ .audio = 1U << IPD_AUDIO_PCMA | 1U << IPD_AUDIO_PCMU })

struct _IpdVendorCall {
  IpdStation *station;
  char *digits;
  IpdLegMedia media;
  IpdPeerSdp local;
  guint64 sip_call; /* 0: not called yet, or over */
  guint timer;      /* until it may be called, is given up, or digits may begin */
  bool answered;
  IpdInfoDigits *info;
  IpdRtpDigits *rtp;
  IpdVendorCallDone done;
  gpointer user_data;
};

static IpdSip *
sip_of (const IpdVendorCall *self)
{
  return ipd_stations_sip (self->station->agent->stations);
}

static void
hang_up (IpdVendorCall *self)
{
  if (self->sip_call != 0 && sip_of (self) != NULL)
    ipd_sip_bye (sip_of (self), self->sip_call);
  self->sip_call = 0;
}

static void
finish (IpdVendorCall *self, IpdVendorCallEnd end)
{
  hang_up (self);
  self->done (end, self->user_data); /* frees us */
}

/* ---- digits ---- */

static void
on_rtp_done (gpointer user_data)
{
  finish (user_data, IPD_VENDOR_CALL_SENT);
}

static void
on_info_done (IpdDigitsEnd end, gpointer user_data)
{
  static const IpdVendorCallEnd ends[] = { [IPD_DIGITS_SENT] = IPD_VENDOR_CALL_SENT,
                                           [IPD_DIGITS_REFUSED] = IPD_VENDOR_CALL_REFUSED,
                                           [IPD_DIGITS_LOST] = IPD_VENDOR_CALL_LOST };

  finish (user_data, ends[end]);
}

static gboolean
on_settled (gpointer user_data)
{
  IpdVendorCall *self = user_data;
  IpdDtmfDialect wanted = self->station->driver->digits.dialect;

  self->timer = 0;
  self->info
      = ipd_info_digits_new (self->station, self->sip_call, wanted != IPD_DTMF_RFC4733 ? wanted : IPD_DTMF_INFO_RELAY,
                             self->digits, on_info_done, self);
  return G_SOURCE_REMOVE;
}

/* Returns: whether they go by RTP. */
static bool
send_by_rtp (IpdVendorCall *self, const IpdPeerSound *sound)
{
  const IpdDriverDigits *way = &self->station->driver->digits;
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new_from_string (sound->host, sound->port);
  const IpdRtpDigitsJob job = { .fd = self->media.fd[0],
                                .to = to,
                                .codec = sound->codec,
                                .payload = sound->tx_pt,
                                .dtmf_payload = sound->dtmf_tx_pt,
                                .digits = self->digits,
                                .duration_ms = way->duration_ms,
                                .gap_ms = way->gap_ms,
                                .settle_ms = way->settle_ms };

  if (way->dialect == IPD_DTMF_RFC4733 && sound->dtmf_tx_pt != 0 && to != NULL)
    self->rtp = ipd_rtp_digits_new (&job, on_rtp_done, self);
  return self->rtp != NULL;
}

static void
on_answered (IpdVendorCall *self, const IpdSipEvent *event)
{
  g_autofree IpdPeerSdp *remote = g_new0 (IpdPeerSdp, 1);
  IpdPeerSound sound;

  g_clear_handle_id (&self->timer, g_source_remove);
  self->answered = true;
  if (!ipd_leg_peer_read_sdp (self->station, event->body, remote) || !ipd_peer_sdp_take_answer (&self->local, remote)
      || !ipd_peer_sdp_sound (&self->local, remote, &sound))
    finish (self, IPD_VENDOR_CALL_DECLINED);
  else if (!send_by_rtp (self, &sound))
    self->timer = g_timeout_add (self->station->driver->digits.settle_ms, on_settled, self);
}

/* ---- the call ---- */

static gboolean
on_unanswered (gpointer user_data)
{
  IpdVendorCall *self = user_data;

  self->timer = 0;
  finish (self, IPD_VENDOR_CALL_UNANSWERED);
  return G_SOURCE_REMOVE;
}

static bool
invite (IpdVendorCall *self)
{
  const IpdAgent *agent = self->station->agent;
  const char *host = ipd_stations_local_host (agent->stations);
  const IpdShortId tag = ipd_random_short_id ();
  const IpdShortId call_id = ipd_random_short_id ();
  g_autofree char *sdp = NULL;

  if (sip_of (self) == NULL || !ipd_leg_media_bind (&self->media, host))
    return false;
  ipd_peer_sdp_init_offer (&self->local, host, self->media.audio_port, 0, &SOUNDS, IPD_SDP_INACTIVE);
  sdp = ipd_peer_sdp_write (&self->local);
  self->sip_call = ipd_sip_invite (
      sip_of (self),
      &(IpdSipInvite){
          .target = { .user = IPD_LEG_PEER_CALLED_AS, .host = self->station->host, .port = self->station->sip_port },
          .from_user = agent->membership->key.id.s,
          .from_tag = tag.s,
          .call_id = call_id.s,
          .cseq = 1,
          .sdp = sdp,
          .foreign = TRUE },
      NULL);
  return self->sip_call != 0;
}

static gboolean
on_may_call (gpointer user_data)
{
  IpdVendorCall *self = user_data;

  self->timer = 0;
  if (invite (self))
    self->timer = g_timeout_add_seconds (ANSWER_S, on_unanswered, self);
  else
    finish (self, IPD_VENDOR_CALL_UNANSWERED);
  return G_SOURCE_REMOVE;
}

IpdVendorCall *
ipd_vendor_call_new (IpdStation *station, const char *digits, IpdVendorCallDone done, gpointer user_data)
{
  IpdVendorCall *self = g_new0 (IpdVendorCall, 1);

  self->station = station;
  self->digits = g_strdup (digits);
  self->done = done;
  self->user_data = user_data;
  ipd_leg_media_init (&self->media);
  self->timer = g_timeout_add (ipd_vendor_station_pace (station), on_may_call, self);
  return self;
}

void
ipd_vendor_call_free (IpdVendorCall *self)
{
  if (self == NULL)
    return;
  hang_up (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  ipd_info_digits_free (self->info);
  ipd_rtp_digits_free (self->rtp);
  ipd_leg_media_close (&self->media);
  ipd_wipe_string (self->digits);
  g_free (self);
}

static void
on_failed (IpdVendorCall *self, const IpdSipEvent *event)
{
  self->sip_call = 0;
  if (event->status == 486 || event->status == 600)
    finish (self, IPD_VENDOR_CALL_BUSY);
  else if (event->status == 408 || event->status == 480)
    finish (self, IPD_VENDOR_CALL_UNANSWERED);
  else
    finish (self, IPD_VENDOR_CALL_DECLINED);
}

/* It hung up in the middle: what it made of the digits so far, nobody knows. */
static void
on_bye (IpdVendorCall *self)
{
  bool begun = self->info != NULL || (self->rtp != NULL && ipd_rtp_digits_have_begun (self->rtp));

  self->sip_call = 0;
  finish (self, begun ? IPD_VENDOR_CALL_LOST : IPD_VENDOR_CALL_DECLINED);
}

bool
ipd_vendor_call_take_sip (IpdVendorCall *self, const IpdSipEvent *event)
{
  if (self->sip_call == 0 || event->call != self->sip_call)
    return false;
  if (event->type == IPD_SIP_ANSWERED)
    on_answered (self, event);
  else if (event->type == IPD_SIP_FAILED)
    on_failed (self, event);
  else if (event->type == IPD_SIP_BYE)
    on_bye (self);
  else if (event->type == IPD_SIP_INFO_DONE && self->info != NULL)
    ipd_info_digits_take (self->info, event);
  else if (event->type == IPD_SIP_REOFFER) /* there is nothing to change in so short a call */
    (void) ipd_sip_answer_reoffer (sip_of (self), self->sip_call, 488, NULL, NULL, NULL);
  return true;
}

void
ipd_vendor_call_lose_sip (IpdVendorCall *self)
{
  self->sip_call = 0;
  finish (self, self->answered ? IPD_VENDOR_CALL_LOST : IPD_VENDOR_CALL_UNANSWERED);
}
