// SPDX-License-Identifier: Apache-2.0
/* SRTP in, samples out. Owned by a client or by the talk of a station. The far end proves itself per packet: nothing
 * before srtpdec is believed, nothing behind it is parsed that did not verify. */
#include "media/audio-receive.h"

#include "media/error.h"
#include "media/pipeline.h"

#include <gst/app/gstappsink.h>
#include <gst/net/gstnetaddressmeta.h>
#include <gst/rtp/rtp.h>

struct _IpdAudioReceive {
  IpdPipeline *pipeline;
  IpdMixer *mixer;
  IpdAudioReceiveHandlers handlers;
  gpointer data;
  uint8_t payload;
  int open;       /* atomic */
  guint arrived;  /* atomic */
  guint verified; /* atomic */
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

static GstPadProbeReturn
on_verified (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  IpdAudioReceive *receive = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_atomic_int_inc (&receive->verified);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map (buffer, GST_MAP_READ, &rtp))
    return GST_PAD_PROBE_DROP;
  bool ours = gst_rtp_buffer_get_payload_type (&rtp) == receive->payload;
  g_mutex_lock (&receive->mutex);
  ipd_reception_packet (&receive->reception, gst_rtp_buffer_get_ssrc (&rtp), gst_rtp_buffer_get_seq (&rtp),
                        gst_rtp_buffer_get_timestamp (&rtp), g_get_monotonic_time ());
  g_mutex_unlock (&receive->mutex);
  gst_rtp_buffer_unmap (&rtp);
  GstNetAddressMeta *meta = gst_buffer_get_net_address_meta (buffer);
  if (receive->handlers.packet != NULL)
    receive->handlers.packet (meta ? meta->addr : NULL, receive->data);
  return ours && g_atomic_int_get (&receive->open) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
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
configure (IpdAudioReceive *receive, GSocket *socket)
{
  GstElement *net = ipd_pipeline_get (receive->pipeline, "net");
  GstElement *srtp = ipd_pipeline_get (receive->pipeline, "srtp");
  g_autoptr (GstCaps) caps = gst_caps_new_simple (
      "application/x-srtp", "media", G_TYPE_STRING, "audio", "clock-rate", G_TYPE_INT, 8000, "encoding-name",
      G_TYPE_STRING, receive->payload == 8 ? "PCMA" : "PCMU", "payload", G_TYPE_INT, (int) receive->payload, NULL);
  g_object_set (net, "socket", socket, "caps", caps, NULL);
  g_signal_connect (srtp, "request-key", G_CALLBACK (on_request_key), receive);
  g_autoptr (GstPad) in = gst_element_get_static_pad (srtp, "rtp_sink");
  g_autoptr (GstPad) out = gst_element_get_static_pad (srtp, "rtp_src");
  gst_pad_add_probe (in, GST_PAD_PROBE_TYPE_BUFFER, on_arrived, receive, NULL);
  gst_pad_add_probe (out, GST_PAD_PROBE_TYPE_BUFFER, on_verified, receive, NULL);
  GstAppSinkCallbacks callbacks = { .new_sample = on_samples };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (receive->pipeline, "line")), &callbacks, receive, NULL);
}

IpdAudioReceive *
ipd_audio_receive_new (IpdWorker *worker, GSocket *socket, uint8_t payload, IpdMixer *mixer,
                       const IpdAudioReceiveHandlers *handlers, gpointer data, GError **error)
{
  if (payload != 0 && payload != 8)
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_PARAMS, "Audio payload %d is not G.711.", payload);
      return NULL;
    }
  g_autofree char *description = g_strconcat (
      "udpsrc name=net close-socket=false ! srtpdec name=srtp"
      " ! rtpjitterbuffer latency=40 faststart-min-packets=1 ! ",
      payload == 8 ? "rtppcmadepay ! alawdec" : "rtppcmudepay ! mulawdec",
      " ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" G_STRINGIFY (
          IPD_SOUND_RATE) " ! appsink name=line sync=false"
                          /* RTCP that comes in on the RTP port has to end somewhere, or the whole source stops. */
                          " srtp.rtcp_src ! fakesink sync=false async=false",
      NULL);
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
  receive->payload = payload;
  receive->reception.rtp_clock = 8000;
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
