// SPDX-License-Identifier: Apache-2.0
/* RTP in, samples out. Owned by a client or by the talk of a station. The far end proves itself per packet: nothing
 * before srtpdec is believed, nothing behind it is parsed that did not verify. A plain far end is known by its address,
 * and its packets are looked over before any element is. */
#include "media/audio-receive.h"

#include "media/audio-codec.h"
#include "media/pipeline.h"
#include "media/plain-gate.h"

#include <gst/app/gstappsink.h>
#include <gst/net/gstnetaddressmeta.h>

/* Octets of sound in one packet: 200 ms of G.711 are 1,600. */
#define MAX_PAYLOAD 2000

struct _IpdAudioReceive {
  IpdPipeline *pipeline;
  IpdMixer *mixer;
  IpdAudioReceiveHandlers handlers;
  gpointer data;
  IpdMediaAudio audio;
  IpdPlainGate *gate; /* NULL: SRTP */
  int open;           /* atomic */
  guint arrived;      /* atomic */
  guint verified;     /* atomic */
  bool flowing;       /* sound came, of this SSRC; streaming thread */
  uint32_t ssrc;
  GMutex mutex;
  IpdReception reception; /* guarded by mutex */
};

static GstPadProbeReturn
on_arrived (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdAudioReceive *receive = data;
  g_atomic_int_inc (&receive->arrived);
  return GST_PAD_PROBE_OK;
}

static void
note (IpdAudioReceive *receive, const IpdRtpHeader *header)
{
  g_mutex_lock (&receive->mutex);
  ipd_reception_packet (&receive->reception, header->ssrc, header->seq, header->timestamp, g_get_monotonic_time ());
  g_mutex_unlock (&receive->mutex);
}

static void
take_event (IpdAudioReceive *receive, const IpdRtpHeader *header, GstBuffer *buffer)
{
  GstMapInfo map;
  if (receive->handlers.event == NULL || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  receive->handlers.event (header, map.data + header->offset, receive->data);
  gst_buffer_unmap (buffer, &map);
}

/*
 * Another stream follows, as of a process that started again: its numbers begin anywhere, and a jitter buffer that
 * took them for those of the one before would wait up to seconds for what never was. The segment goes with a flush.
 */
static void
follow_stream (IpdAudioReceive *receive, GstPad *pad, uint32_t ssrc)
{
  bool changed = receive->flowing && receive->ssrc != ssrc;
  receive->flowing = true;
  receive->ssrc = ssrc;
  if (!changed)
    return;
  GstEvent *segment = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  gst_pad_push_event (pad, gst_event_new_flush_start ());
  gst_pad_push_event (pad, gst_event_new_flush_stop (FALSE));
  if (segment != NULL)
    gst_pad_push_event (pad, segment);
}

/* A packet that is believed; true if it is sound that shall be heard. */
static bool
take_packet (IpdAudioReceive *receive, GstPad *pad, const IpdRtpHeader *header, GstBuffer *buffer)
{
  bool is_event = receive->audio.dtmf_payload != 0 && header->payload == receive->audio.dtmf_payload;
  bool is_sound = !is_event && header->payload == receive->audio.rx_payload;
  GstNetAddressMeta *meta = gst_buffer_get_net_address_meta (buffer);
  if (is_sound || is_event)
    note (receive, header);
  if (receive->handlers.packet != NULL)
    receive->handlers.packet (meta ? meta->addr : NULL, receive->data);
  if (is_event)
    take_event (receive, header, buffer);
  if (!is_sound || header->len == 0 || !g_atomic_int_get (&receive->open))
    return false;
  follow_stream (receive, pad, header->ssrc);
  return true;
}

static GstPadProbeReturn
on_verified (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdAudioReceive *receive = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  IpdRtpHeader header;
  GstMapInfo map;
  g_atomic_int_inc (&receive->verified);
  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_PAD_PROBE_DROP;
  bool is_rtp = ipd_rtp_header_read (map.data, map.size, &header);
  gst_buffer_unmap (buffer, &map);
  return is_rtp && take_packet (receive, pad, &header, buffer) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
on_plain (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdAudioReceive *receive = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  IpdRtpHeader header;
  bool passes = ipd_plain_gate_passes (receive->gate, buffer, &header) && take_packet (receive, pad, &header, buffer);
  return passes ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstFlowReturn
on_samples (GstAppSink *sink, gpointer data)
{
  IpdAudioReceive *receive = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstMapInfo map;
  if (sample == NULL || !gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return GST_FLOW_OK;
  ipd_mixer_push (receive->mixer, (const int16_t *) map.data, map.size / sizeof (int16_t));
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  return GST_FLOW_OK;
}

static GstCaps *
on_request_key (GstElement *srtpdec, guint ssrc, gpointer data)
{
  IpdAudioReceive *receive = data;
  const uint8_t *key = receive->handlers.rx_key (ssrc, receive->data);
  return key ? ipd_srtp_caps (key) : NULL;
}

static void
configure_srtp (IpdAudioReceive *receive)
{
  GstElement *srtp = ipd_pipeline_get (receive->pipeline, "srtp");
  g_signal_connect (srtp, "request-key", G_CALLBACK (on_request_key), receive);
  g_autoptr (GstPad) in = gst_element_get_static_pad (srtp, "rtp_sink");
  g_autoptr (GstPad) out = gst_element_get_static_pad (srtp, "rtp_src");
  gst_pad_add_probe (in, GST_PAD_PROBE_TYPE_BUFFER, on_arrived, receive, NULL);
  gst_pad_add_probe (out, GST_PAD_PROBE_TYPE_BUFFER, on_verified, receive, NULL);
}

static void
configure (IpdAudioReceive *receive, GSocket *socket)
{
  GstElement *net = ipd_pipeline_get (receive->pipeline, "net");
  g_autoptr (GstCaps) caps = ipd_audio_codec_caps (receive->audio.codec, receive->audio.rx_payload,
                                                   receive->gate ? "application/x-rtp" : "application/x-srtp");
  g_object_set (net, "socket", socket, "caps", caps, NULL);
  if (receive->gate == NULL)
    configure_srtp (receive);
  else
    {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (net, "src");
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_plain, receive, NULL);
    }
  GstAppSinkCallbacks callbacks = { .new_sample = on_samples };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (receive->pipeline, "line")), &callbacks, receive, NULL);
}

static char *
describe (IpdAudioCodec codec, bool plain)
{
  /* RTCP that comes in on the RTP port has to end somewhere, or the whole source stops. */
  return g_strconcat ("udpsrc name=net close-socket=false ! ", plain ? "" : "srtpdec name=srtp ! ",
                      "rtpjitterbuffer latency=40 faststart-min-packets=1 do-lost=true ! ",
                      ipd_audio_codec_receiver (codec),
                      " ! audioconvert ! audioresample "
                      "! audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" G_STRINGIFY (
                          IPD_SOUND_RATE) " ! appsink name=line sync=false async=false",
                      plain ? "" : " srtp.rtcp_src ! fakesink sync=false async=false", NULL);
}

IpdAudioReceive *
ipd_audio_receive_new (IpdWorker *worker, GSocket *socket, const IpdMediaAudio *audio, IpdMixer *mixer,
                       const IpdAudioReceiveHandlers *handlers, gpointer data, GError **error)
{
  bool plain = handlers->rx_key == NULL;
  g_autofree char *description = describe (audio->codec, plain);
  const IpdPipelineHandlers none = { NULL, NULL };
  IpdPipeline *pipeline = ipd_pipeline_new (worker, "audio-receive", description, &none, NULL, error);
  if (pipeline == NULL)
    return NULL;
  IpdAudioReceive *receive = g_new0 (IpdAudioReceive, 1);
  g_mutex_init (&receive->mutex);
  receive->pipeline = pipeline;
  receive->mixer = mixer;
  receive->handlers = *handlers;
  receive->data = data;
  receive->audio = *audio;
  receive->gate = plain ? ipd_plain_gate_new (handlers->plain_host, MAX_PAYLOAD) : NULL;
  receive->reception.rtp_clock = ipd_audio_codec_clock (audio->codec);
  configure (receive, socket);
  ipd_pipeline_play (pipeline);
  return receive;
}

void
ipd_audio_receive_free (IpdAudioReceive *receive)
{
  if (receive == NULL)
    return;
  ipd_pipeline_free (receive->pipeline);
  ipd_plain_gate_free (receive->gate);
  g_mutex_clear (&receive->mutex);
  g_free (receive);
}

void
ipd_audio_receive_set_open (IpdAudioReceive *receive, gboolean open)
{
  g_atomic_int_set (&receive->open, open);
  if (!open)
    ipd_mixer_flush (receive->mixer);
}

guint
ipd_audio_receive_get_bad (IpdAudioReceive *receive)
{
  if (receive->gate != NULL)
    return ipd_plain_gate_get_bad (receive->gate);
  return (guint) g_atomic_int_get (&receive->arrived) - (guint) g_atomic_int_get (&receive->verified);
}

IpdReception *
ipd_audio_receive_lock (IpdAudioReceive *receive)
{
  g_mutex_lock (&receive->mutex);
  return &receive->reception;
}

void
ipd_audio_receive_unlock (IpdAudioReceive *receive)
{
  g_mutex_unlock (&receive->mutex);
}
