// SPDX-License-Identifier: Apache-2.0
/* Samples in, RTP out. Owned by a client (its whole life) or by a leg of a station (the whole visit). Digits take the
 * place of packets of sound behind the payloader, so both are one stream. */
#include "media/audio-send.h"

#include "media/audio-codec.h"
#include "media/digit-send.h"
#include "media/pipeline.h"
#include "media/rtp-probe.h"
#include "media/srtp.h"

#include <gst/app/gstappsrc.h>
#include <gst/rtp/rtp.h>

#define PACKETS_PER_SECOND 50

struct _IpdAudioSend {
  IpdPipeline *pipeline;
  GstAppSrc *src;
  IpdSendCount count;
  uint8_t dtmf_payload;
  void (*on_sent) (gpointer data);
  gpointer on_sent_data;
  GMutex mutex;
  IpdDigitSend digits; /* guarded by mutex */
};

/* (transfer full): the event in the place of a packet of sound. */
static GstBuffer *
make_event (IpdAudioSend *send, GstRTPBuffer *sound, GstBuffer *sound_buffer, const IpdDigitPacket *event)
{
  GstBuffer *buffer = gst_rtp_buffer_new_allocate (IPD_DTMF_EVENT_OCTETS, 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map (buffer, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_payload_type (&rtp, send->dtmf_payload);
  gst_rtp_buffer_set_marker (&rtp, event->marker);
  gst_rtp_buffer_set_seq (&rtp, gst_rtp_buffer_get_seq (sound));
  gst_rtp_buffer_set_timestamp (&rtp, event->timestamp);
  gst_rtp_buffer_set_ssrc (&rtp, gst_rtp_buffer_get_ssrc (sound));
  memcpy (gst_rtp_buffer_get_payload (&rtp), event->payload, IPD_DTMF_EVENT_OCTETS);
  gst_rtp_buffer_unmap (&rtp);
  gst_buffer_copy_into (buffer, sound_buffer, GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  return buffer;
}

/* Exchanges the packet if it is the turn of an event. */
static gboolean
exchange (GstBuffer **buffer, guint index, gpointer data)
{
  IpdAudioSend *send = data;
  IpdDigitPacket event;
  bool done = false;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map (*buffer, GST_MAP_READ, &rtp))
    return TRUE;
  g_mutex_lock (&send->mutex);
  bool taken = ipd_digit_send_take (&send->digits, gst_rtp_buffer_get_timestamp (&rtp),
                                    send->digits.clock / PACKETS_PER_SECOND, &event, &done);
  g_mutex_unlock (&send->mutex);
  GstBuffer *other = taken ? make_event (send, &rtp, *buffer, &event) : NULL;
  gst_rtp_buffer_unmap (&rtp);
  if (other != NULL)
    {
      gst_buffer_unref (*buffer);
      *buffer = other;
    }
  if (done && send->on_sent != NULL)
    send->on_sent (send->on_sent_data);
  return TRUE;
}

static GstPadProbeReturn
on_sound (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    {
      GstBufferList *list = gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));
      gst_buffer_list_foreach (list, exchange, data);
      GST_PAD_PROBE_INFO_DATA (info) = list;
      return GST_PAD_PROBE_OK;
    }
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  exchange (&buffer, 0, data);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static void
configure (IpdAudioSend *send, GSocket *socket, const IpdMediaAudio *audio, const IpdMediaKey *key, bool encrypted)
{
  GstElement *pay = ipd_pipeline_get (send->pipeline, "pay");
  uint32_t clock = ipd_audio_codec_clock (audio->codec);
  /* RFC 3711 section 3.3.1 wants the first number low, so that nobody misses the first roll-over. */
  g_object_set (pay, "ssrc", key->ssrc, "pt", (guint) audio->tx_payload, "seqnum-offset", g_random_int_range (0, 1024),
                NULL);
  if (encrypted)
    ipd_srtp_set_encoder_key (ipd_pipeline_get (send->pipeline, "srtp"), key->key);
  g_object_set (ipd_pipeline_get (send->pipeline, "net"), "socket", socket, NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (pay, "src");
  /* First, since reports compare the clock with the stream's timestamps, not with those of events. */
  ipd_send_count_attach (&send->count, pad, clock);
  send->dtmf_payload = audio->dtmf_payload;
  send->digits.clock = clock;
  send->digits.event_clock = audio->dtmf_clock;
  if (send->dtmf_payload != 0)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_sound, send, NULL);
  send->src = GST_APP_SRC (ipd_pipeline_get (send->pipeline, "src"));
}

IpdAudioSend *
ipd_audio_send_new (IpdWorker *worker, GSocket *socket, const IpdMediaAudio *audio, const IpdMediaKey *key,
                    bool encrypted, GError **error)
{
  g_autofree char *description
      = g_strconcat ("appsrc name=src format=time is-live=true do-timestamp=true caps=" IPD_LINE_CAPS " ! ",
                     ipd_audio_codec_sender (audio->codec), encrypted ? " ! srtpenc name=srtp" : "",
                     " ! multiudpsink name=net sync=false async=false close-socket=false", NULL);
  const IpdPipelineHandlers handlers = { NULL, NULL };
  IpdPipeline *pipeline = ipd_pipeline_new (worker, "audio-send", description, &handlers, NULL, error);
  if (pipeline == NULL)
    return NULL;
  IpdAudioSend *send = g_new0 (IpdAudioSend, 1);
  g_mutex_init (&send->mutex);
  send->pipeline = pipeline;
  configure (send, socket, audio, key, encrypted);
  ipd_pipeline_play (pipeline);
  return send;
}

void
ipd_audio_send_free (IpdAudioSend *send)
{
  if (send == NULL)
    return;
  ipd_pipeline_free (send->pipeline);
  ipd_send_count_clear (&send->count);
  ipd_digit_send_clear (&send->digits);
  g_mutex_clear (&send->mutex);
  g_free (send);
}

void
ipd_audio_send_set_peer (IpdAudioSend *send, const char *host, uint16_t port)
{
  GstElement *net = ipd_pipeline_get (send->pipeline, "net");
  g_signal_emit_by_name (net, "clear");
  g_signal_emit_by_name (net, "add", host, (int) port);
}

void
ipd_audio_send_push (IpdAudioSend *send, const int16_t *samples, gsize n)
{
  gst_app_src_push_buffer (send->src, gst_buffer_new_memdup (samples, n * sizeof *samples));
}

bool
ipd_audio_send_digits (IpdAudioSend *send, const char *digits, guint duration_ms, guint gap_ms)
{
  if (send->dtmf_payload == 0)
    return false;
  g_mutex_lock (&send->mutex);
  bool queued = ipd_digit_send_push (&send->digits, digits, duration_ms, gap_ms);
  g_mutex_unlock (&send->mutex);
  return queued;
}

bool
ipd_audio_send_has_digits (IpdAudioSend *send)
{
  g_mutex_lock (&send->mutex);
  bool busy = ipd_digit_send_is_busy (&send->digits);
  g_mutex_unlock (&send->mutex);
  return busy;
}

void
ipd_audio_send_on_digits_sent (IpdAudioSend *send, void (*func) (gpointer data), gpointer data)
{
  send->on_sent = func;
  send->on_sent_data = data;
}

gboolean
ipd_audio_send_get_sending (IpdAudioSend *send, IpdRtcpSending *ret_sending)
{
  return ipd_send_count_get (&send->count, ret_sending);
}
