// SPDX-License-Identifier: Apache-2.0
/* Plays a mixer: a pipeline that pulls 10 ms at a time, in real time, through the echo probe into a device or a file.
 * Owned by a client or a station; built in their worker, pulled in a streaming thread. */
#include "media/speaker.h"

#include "media/audio-codec.h"
#include "media/error.h"
#include "media/pipeline.h"
#include "media/sound-device.h"
#include "media/sound-spec.h"
#include "media/wav.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#define CHUNK (IPD_SOUND_RATE / 100)
/* webrtcdsp refuses a probe that has not seen its format yet. A sound server answers within tens of ms. */
#define PREROLL_MAX (500 * GST_MSECOND)

#define RATE_CAPS "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" G_STRINGIFY (IPD_SOUND_RATE)

struct _IpdSpeaker {
  IpdWorker *worker;
  IpdMixer *mixer;
  IpdSpeakerLost lost;
  gpointer data;
  IpdSoundSpec spec;
  IpdWav *wav;
  IpdPipeline *pipeline;
  uint64_t position; /* samples made; the streaming thread's while open */
  char *probe;
};

IpdSpeaker *
ipd_speaker_new (IpdWorker *worker, IpdMixer *mixer, IpdSpeakerLost lost, gpointer data)
{
  static int serial;
  IpdSpeaker *speaker = g_new0 (IpdSpeaker, 1);
  speaker->worker = worker;
  speaker->mixer = mixer;
  speaker->lost = lost;
  speaker->data = data;
  /* Probes are looked up by name in the whole process. */
  speaker->probe = g_strdup_printf ("ipd-probe-%d", g_atomic_int_add (&serial, 1));
  return speaker;
}

void
ipd_speaker_free (IpdSpeaker *speaker)
{
  if (speaker == NULL)
    return;
  ipd_speaker_close (speaker);
  ipd_wav_free (speaker->wav);
  ipd_sound_spec_clear (&speaker->spec);
  g_free (speaker->probe);
  g_free (speaker);
}

gboolean
ipd_speaker_set_spec (IpdSpeaker *speaker, const char *words, GError **error)
{
  ipd_speaker_close (speaker);
  g_clear_pointer (&speaker->wav, ipd_wav_free);
  ipd_sound_spec_clear (&speaker->spec);
  speaker->spec = (IpdSoundSpec){ .kind = IPD_SOUND_SPEC_NONE };
  g_auto (IpdSoundSpec) spec = { 0 };
  if (!ipd_sound_spec_read (words, false, &spec, error))
    return FALSE;
  if (spec.kind == IPD_SOUND_SPEC_FILE && (speaker->wav = ipd_wav_new (spec.text, IPD_LINE_RATE, error)) == NULL)
    return FALSE;
  speaker->spec = spec;
  spec = (IpdSoundSpec){ 0 };
  return TRUE;
}

static void
on_need_data (GstAppSrc *src, guint length, gpointer data)
{
  IpdSpeaker *speaker = data;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, CHUNK * sizeof (int16_t), NULL);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  ipd_mixer_pull (speaker->mixer, (int16_t *) map.data, CHUNK);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (speaker->position, GST_SECOND, IPD_SOUND_RATE);
  GST_BUFFER_DURATION (buffer) = CHUNK * GST_SECOND / IPD_SOUND_RATE;
  speaker->position += CHUNK;
  gst_app_src_push_buffer (src, buffer);
}

static GstFlowReturn
on_file_samples (GstAppSink *sink, gpointer data)
{
  IpdSpeaker *speaker = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstMapInfo map;
  if (sample == NULL || !gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return GST_FLOW_OK;
  ipd_wav_write (speaker->wav, (const int16_t *) map.data, map.size / sizeof (int16_t));
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  return GST_FLOW_OK;
}

static void
on_error (const char *why, gpointer data)
{
  IpdSpeaker *speaker = data;
  ipd_speaker_close (speaker);
  speaker->lost (_ ("The sound device stopped working."), speaker->data);
}

static void
connect_file (IpdSpeaker *speaker)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_file_samples };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (speaker->pipeline, "file")), &callbacks, speaker, NULL);
}

static bool
connect_device (IpdSpeaker *speaker)
{
  g_autoptr (GstElement) sink = ipd_sound_device_open (IPD_SOUND_OUTPUT, speaker->spec.text);
  if (sink == NULL)
    return false;
  gst_bin_add (GST_BIN (ipd_pipeline_get_bin (speaker->pipeline)), sink);
  return gst_element_link (ipd_pipeline_get (speaker->pipeline, "last"), sink);
}

static bool
build (IpdSpeaker *speaker, GError **error)
{
  bool file = speaker->spec.kind == IPD_SOUND_SPEC_FILE;
  g_autofree char *probe
      = ipd_has_element ("webrtcechoprobe") ? g_strdup_printf ("webrtcechoprobe name=%s ! ", speaker->probe) : NULL;
  g_autofree char *description = g_strconcat (
      "appsrc name=src format=time max-bytes=1 caps=" RATE_CAPS " ! ", probe ? probe : "",
      "audioconvert ! audioresample ", file ? "! " IPD_LINE_CAPS " ! appsink name=file sync=true" : "name=last", NULL);
  const IpdPipelineHandlers handlers = { .error = on_error };
  speaker->pipeline = ipd_pipeline_new (speaker->worker, "speaker", description, &handlers, speaker, error);
  if (speaker->pipeline == NULL)
    return false;
  GstAppSrcCallbacks callbacks = { .need_data = on_need_data };
  gst_app_src_set_callbacks (GST_APP_SRC (ipd_pipeline_get (speaker->pipeline, "src")), &callbacks, speaker, NULL);
  if (file)
    connect_file (speaker);
  else if (!connect_device (speaker))
    {
      g_set_error_literal (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_DEVICE, _ ("There is no sound device to play on."));
      return false;
    }
  return true;
}

void
ipd_speaker_open (IpdSpeaker *speaker)
{
  if (speaker->pipeline != NULL || speaker->spec.kind == IPD_SOUND_SPEC_NONE)
    return;
  g_autoptr (GError) error = NULL;
  speaker->position = 0;
  if (!build (speaker, &error) || !ipd_pipeline_play (speaker->pipeline))
    {
      ipd_speaker_close (speaker);
      speaker->lost (error ? error->message : _ ("The sound device cannot be opened."), speaker->data);
    }
}

void
ipd_speaker_close (IpdSpeaker *speaker)
{
  g_clear_pointer (&speaker->pipeline, ipd_pipeline_free);
}

const char *
ipd_speaker_get_probe (IpdSpeaker *speaker, guint64 *ret_base_time)
{
  if (speaker->pipeline == NULL || !ipd_has_element ("webrtcechoprobe"))
    return NULL;
  GstElement *bin = ipd_pipeline_get_bin (speaker->pipeline);
  GstState state = GST_STATE_NULL;
  gst_element_get_state (bin, &state, NULL, PREROLL_MAX);
  *ret_base_time = gst_element_get_base_time (bin);
  return state == GST_STATE_PLAYING ? speaker->probe : NULL;
}
