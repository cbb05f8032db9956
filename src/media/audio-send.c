// SPDX-License-Identifier: Apache-2.0
/* Samples in, SRTP out. Owned by a client (its whole life) or by a leg of a station (the whole visit). */
#include "media/audio-send.h"

#include "media/error.h"
#include "media/pipeline.h"
#include "media/rtp-probe.h"
#include "media/srtp.h"

#include <gst/app/gstappsrc.h>
#include <string.h>

#define LINE_CAPS "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=8000"

struct _IpdAudioSend {
  IpdPipeline *pipeline;
  GstAppSrc *src;
  IpdSendCount count;
};

static char *
describe (uint8_t payload)
{
  const char *codec = payload == 8 ? "alawenc ! rtppcmapay" : "mulawenc ! rtppcmupay";
  return g_strconcat ("appsrc name=src format=time is-live=true do-timestamp=true caps=" LINE_CAPS " ! ", codec,
                      " name=pay min-ptime=20000000 max-ptime=20000000 ! srtpenc name=srtp"
                      " ! multiudpsink name=net sync=false async=false close-socket=false",
                      NULL);
}

static void
configure (IpdAudioSend *send, GSocket *socket, const IpdMediaKey *key)
{
  GstElement *pay = ipd_pipeline_get (send->pipeline, "pay");
  /* RFC 3711 section 3.3.1 wants the first number low, so that nobody misses the first roll-over. */
  g_object_set (pay, "ssrc", key->ssrc, "seqnum-offset", g_random_int_range (0, 1024), NULL);
  ipd_srtp_set_encoder_key (ipd_pipeline_get (send->pipeline, "srtp"), key->key);
  g_object_set (ipd_pipeline_get (send->pipeline, "net"), "socket", socket, NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (pay, "src");
  ipd_send_count_attach (&send->count, pad, 8000);
  send->src = GST_APP_SRC (ipd_pipeline_get (send->pipeline, "src"));
}

IpdAudioSend *
ipd_audio_send_new (IpdWorker *worker, GSocket *socket, uint8_t payload, const IpdMediaKey *key, GError **error)
{
  if (payload != 0 && payload != 8)
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_PARAMS, "Audio payload %d is not G.711.", payload);
      return NULL;
    }
  g_autofree char *description = describe (payload);
  const IpdPipelineHandlers handlers = { NULL, NULL };
  IpdPipeline *pipeline = ipd_pipeline_new (worker, "audio-send", description, &handlers, NULL, error);
  if (pipeline == NULL)
    return NULL;
  IpdAudioSend *send = g_new0 (IpdAudioSend, 1);
  send->pipeline = pipeline;
  configure (send, socket, key);
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

gboolean
ipd_audio_send_get_sending (IpdAudioSend *send, IpdRtcpSending *ret_sending)
{
  return ipd_send_count_get (&send->count, ret_sending);
}
