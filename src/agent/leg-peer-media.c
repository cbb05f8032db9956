// SPDX-License-Identifier: Apache-2.0
/*
 * What a leg of a third-party station looks like through the contract: plain sockets and formats of its SDP, and where
 * its picture comes from when not by RTP. Main context only.
 */
#include "agent/leg-peer.h"

#include "agent/vendor-station.h"
#include "wire/secret.h"

static bool
picture_of (const IpdLeg *leg, IpdPeerPicture *ret_picture)
{
  const IpdLegPeer *peer = leg->peer;

  return peer->have_local && peer->have_remote && ipd_peer_sdp_picture (&peer->local, &peer->remote, ret_picture)
         && ret_picture->receive;
}

/* Whether our SDP, which asks for the picture, has been said. */
static bool
sdp_is_said (const IpdLeg *leg)
{
  IpdDriverPreview preview = leg->peer->driver->preview;

  return leg->peer->confirmed || leg->peer->early_200 || leg->call.origin == IPD_VISIT_OUT
         || preview == IPD_DRIVER_PREVIEW_183 || preview == IPD_DRIVER_PREVIEW_180_183;
}

static const char *
word_of_uri (const char *uri)
{
  return g_ascii_strncasecmp (uri, "rtsp", 4) == 0 ? "rtsp" : "mjpeg";
}

/* Where a picture may be fetched from now: template and word. NULL: nowhere. */
static const char *
uri_of (const IpdLeg *leg, const char **ret_word)
{
  const IpdDriver *driver = leg->peer->driver;
  bool asked = leg->peer->confirmed || leg->call.origin == IPD_VISIT_OUT;

  if (asked && driver->stream_uri != NULL)
    {
      *ret_word = word_of_uri (driver->stream_uri);
      return driver->stream_uri;
    }
  *ret_word = "still";
  if (driver->ring_uri == NULL || driver->preview == IPD_DRIVER_PREVIEW_STILL)
    return driver->ring_uri;
  *ret_word = driver->preview == IPD_DRIVER_PREVIEW_RTSP ? "rtsp" : "mjpeg";
  return asked || driver->limits.auto_stream ? driver->ring_uri : NULL;
}

/* Where the picture comes from now, in the word of the contract. */
static const char *
preview_now (const IpdLeg *leg)
{
  const char *word = "none";
  IpdPeerPicture picture;

  if (sdp_is_said (leg) && picture_of (leg, &picture))
    return "rtp";
  return uri_of (leg, &word) != NULL ? word : "none";
}

bool
ipd_leg_peer_has_media (const IpdLeg *leg)
{
  const char *word;

  return (leg->peer->have_local && leg->peer->have_remote) || uri_of (leg, &word) != NULL;
}

static void
add_sound (const IpdLeg *leg, GVariantDict *params)
{
  const IpdLegPeer *peer = leg->peer;
  IpdPeerSound sound = { .host = "" };
  bool some = peer->have_local && peer->have_remote && ipd_peer_sdp_sound (&peer->local, &peer->remote, &sound);
  /* A picture that was answered first has no sound yet; a talk that is held has its place still. */
  bool there = some && *sound.host != '\0' && (peer->confirmed || sound.send || sound.receive);

  g_variant_dict_insert (params, "audio-host", "s", there ? sound.host : "");
  g_variant_dict_insert (params, "audio-port", "q", there ? sound.port : 0);
  g_variant_dict_insert (params, "audio-rtcp-port", "q", there ? sound.rtcp_port : 0);
  g_variant_dict_insert (params, "audio-codec", "s", ipd_audio_codec_to_string (some ? sound.codec : IPD_AUDIO_PCMA));
  g_variant_dict_insert (params, "audio-payload", "y", sound.tx_pt);
  g_variant_dict_insert (params, "audio-rx-payload", "y", sound.rx_pt);
  g_variant_dict_insert (params, "dtmf-payload", "y", sound.dtmf_tx_pt);
  g_variant_dict_insert (params, "dtmf-clock", "u", sound.dtmf_clock);
}

static void
add_picture (const IpdLeg *leg, GVariantDict *params)
{
  IpdPeerPicture picture = { .host = "", .sprop = "" };
  bool there = sdp_is_said (leg) && picture_of (leg, &picture);
  GVariantBuilder formats;

  g_variant_builder_init (&formats, G_VARIANT_TYPE ("a(sy)"));
  for (unsigned i = 0; there && i < picture.n_rx; i++)
    g_variant_builder_add (&formats, "(sy)", ipd_video_codec_to_string (picture.rx[i].codec), picture.rx[i].pt);
  g_variant_dict_insert (params, "video-host", "s", there ? picture.host : "");
  g_variant_dict_insert (params, "video-port", "q", there && *picture.host != '\0' ? picture.port : 0);
  g_variant_dict_insert (params, "video-rtcp-port", "q", there && *picture.host != '\0' ? picture.rtcp_port : 0);
  g_variant_dict_insert_value (params, "video", g_variant_builder_end (&formats));
  g_variant_dict_insert (params, "sprop", "s", there ? picture.sprop : "");
}

static void
add_fetched (const IpdLeg *leg, GVariantDict *params)
{
  const IpdEnrolVendor *vendor = leg->station->vendor;
  g_autoptr (GError) error = NULL;
  const char *word;
  const char *text = uri_of (leg, &word);
  char *uri = text != NULL ? ipd_vendor_station_expand (leg->station, NULL, NULL, text, IPD_DRIVER_URL, &error) : NULL;

  if (error != NULL)
    g_warning ("visit %s: the driver's address of the picture: %s", leg->call.visit.s, error->message);
  g_variant_dict_insert (params, "preview", "s", uri != NULL ? word : "none");
  if (uri == NULL)
    return;
  g_variant_dict_insert (params, "preview-uri", "s", uri);
  g_variant_dict_insert (params, "preview-user", "s", vendor != NULL ? vendor->user : "");
  g_variant_dict_insert (params, "preview-password", "s", vendor != NULL ? vendor->password : "");
  ipd_wipe_string (uri);
}

static GVariant *
media_now (const IpdLeg *leg)
{
  GVariantDict params;

  g_variant_dict_init (&params, NULL);
  g_variant_dict_insert (&params, "encrypted", "b", FALSE);
  add_sound (leg, &params);
  add_picture (leg, &params);
  if (g_str_equal (preview_now (leg), "rtp"))
    g_variant_dict_insert (&params, "preview", "s", "rtp");
  else
    add_fetched (leg, &params);
  return g_variant_ref_sink (g_variant_dict_end (&params));
}

void
ipd_leg_peer_add_media (const IpdLeg *leg, GVariantDict *params)
{
  GVariantIter iter;
  GVariant *value;
  char *key;

  g_clear_pointer (&leg->peer->told, g_variant_unref);
  leg->peer->told = media_now (leg);
  g_variant_iter_init (&iter, leg->peer->told);
  while (g_variant_iter_loop (&iter, "{sv}", &key, &value))
    g_variant_dict_insert_value (params, key, value);
}

/* Each question costs the pictures that are under way: refreshes and holds that change nothing are none of the
 * player's. */
void
ipd_leg_peer_check_media (IpdLeg *leg)
{
  g_autoptr (GVariant) now = media_now (leg);

  if (leg->peer->told != NULL && g_variant_equal (leg->peer->told, now))
    return;
  leg->media_changed = true;
  ipd_contract_emit_media_changed (leg->agent->contract, leg->call.visit.s);
}

void
ipd_leg_peer_add_view (const IpdLeg *leg, GVariantDict *visit)
{
  g_variant_dict_insert (visit, "encrypted", "b", FALSE);
  g_variant_dict_insert (visit, "digits", "b", ipd_leg_peer_takes_digits (leg));
  g_variant_dict_insert (visit, "preview", "s", preview_now (leg));
}
