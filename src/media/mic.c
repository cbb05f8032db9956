// SPDX-License-Identifier: Apache-2.0
/* Records from a device, a file or a tone. Owned by a client or a station; built in their worker, samples come in a
 * streaming thread. It exists only between open and close: a microphone that is not needed is not open. */
#include "media/mic.h"

#include "media/audio-codec.h"
#include "media/error.h"
#include "media/pipeline.h"
#include "media/sound-device.h"
#include "media/sound-spec.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsink.h>
#include <string.h>

#define DSP_CAPS "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" G_STRINGIFY (IPD_SOUND_RATE)

struct _IpdMic {
  IpdWorker *worker;
  IpdMicHandlers handlers;
  gpointer data;
  IpdSoundSpec spec;
  IpdPipeline *pipeline;
  int muted; /* atomic */
  int moved; /* atomic: samples came since the start or the last end */
};

static void open_silence (IpdMic *mic);

IpdMic *
ipd_mic_new (IpdWorker *worker, const IpdMicHandlers *handlers, gpointer data)
{
  IpdMic *mic = g_new0 (IpdMic, 1);
  mic->worker = worker;
  mic->handlers = *handlers;
  mic->data = data;
  return mic;
}

void
ipd_mic_free (IpdMic *mic)
{
  if (mic == NULL)
    return;
  ipd_mic_close (mic);
  ipd_sound_spec_clear (&mic->spec);
  g_free (mic);
}

gboolean
ipd_mic_set_spec (IpdMic *mic, const char *words, GError **error)
{
  ipd_mic_close (mic);
  ipd_sound_spec_clear (&mic->spec);
  mic->spec = (IpdSoundSpec){ .kind = IPD_SOUND_SPEC_NONE };
  return ipd_sound_spec_read (words, true, &mic->spec, error);
}

void
ipd_mic_set_muted (IpdMic *mic, gboolean muted)
{
  g_atomic_int_set (&mic->muted, muted);
}

static GstFlowReturn
on_samples (GstAppSink *sink, gpointer data)
{
  IpdMic *mic = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstMapInfo map;
  if (sample == NULL || !gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ))
    return GST_FLOW_OK;
  g_atomic_int_set (&mic->moved, 1);
  gsize n = map.size / sizeof (int16_t);
  g_autofree int16_t *silence = g_atomic_int_get (&mic->muted) ? g_new0 (int16_t, n) : NULL;
  mic->handlers.samples (silence ? silence : (const int16_t *) map.data, n, mic->data);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  return GST_FLOW_OK;
}

static void
on_error (const char *why, gpointer data)
{
  IpdMic *mic = data;
  bool was_file = mic->spec.kind == IPD_SOUND_SPEC_FILE;
  ipd_mic_close (mic);
  mic->handlers.lost (was_file ? _ ("The sound file cannot be read.") : _ ("The microphone stopped working."),
                      mic->data);
  open_silence (mic);
}

/* A file begins again, unless there was no sound in it. */
static void
on_eos (gpointer data)
{
  IpdMic *mic = data;
  if (!g_atomic_int_compare_and_exchange (&mic->moved, 1, 0) || !ipd_pipeline_rewind (mic->pipeline))
    on_error ("it came to its end", mic);
}

static char *
describe (IpdSoundSpecKind kind, bool dsp)
{
  const char *front = NULL;
  switch (kind)
    {
    case IPD_SOUND_SPEC_NONE:
      front = "audiotestsrc name=tone is-live=true wave=silence samplesperbuffer=320 ! ";
      break;
    case IPD_SOUND_SPEC_TEST:
      front = "audiotestsrc name=tone is-live=true wave=sine volume=0.5 samplesperbuffer=320 ! ";
      break;
    case IPD_SOUND_SPEC_FILE:
      /* Readers of files hand out a quarter of a second at once, more than anybody's line holds. */
      front = "filesrc name=file ! decodebin ! audioconvert ! audioresample ! " IPD_LINE_CAPS
              " ! audiobuffersplit output-buffer-duration=1/50 ! ";
      break;
    case IPD_SOUND_SPEC_DEVICE:
      front = dsp ? "audioconvert name=first ! audioresample ! " DSP_CAPS " ! webrtcdsp name=dsp ! audioresample ! "
                  : "audioconvert name=first ! audioresample ! ";
      break;
    }
  /* Only a file needs the clock to pace it; everything else is live. */
  return g_strconcat (front, IPD_LINE_CAPS " ! appsink name=line sync=", kind == IPD_SOUND_SPEC_FILE ? "true" : "false",
                      NULL);
}

static bool
build (IpdMic *mic, IpdSoundSpecKind kind, bool dsp, GError **error)
{
  g_autofree char *description = describe (kind, dsp);
  const IpdPipelineHandlers handlers = { .error = on_error, .eos = on_eos };
  mic->pipeline = ipd_pipeline_new (mic->worker, "microphone", description, &handlers, mic, error);
  if (mic->pipeline == NULL)
    return false;
  GstAppSinkCallbacks callbacks = { .new_sample = on_samples };
  gst_app_sink_set_callbacks (GST_APP_SINK (ipd_pipeline_get (mic->pipeline, "line")), &callbacks, mic, NULL);
  if (kind == IPD_SOUND_SPEC_TEST)
    g_object_set (ipd_pipeline_get (mic->pipeline, "tone"), "freq", (double) mic->spec.hz, NULL);
  else if (kind == IPD_SOUND_SPEC_FILE)
    g_object_set (ipd_pipeline_get (mic->pipeline, "file"), "location", mic->spec.text, NULL);
  return true;
}

static void
open_silence (IpdMic *mic)
{
  g_autoptr (GError) error = NULL;
  if (!build (mic, IPD_SOUND_SPEC_NONE, false, &error) || !ipd_pipeline_play (mic->pipeline))
    g_debug ("no silence either: %s", error ? error->message : "it does not start");
}

/* Probe and canceller compare running times, so both pipelines count from the same moment. */
static void
set_dsp (IpdMic *mic, const char *probe, guint64 base_time)
{
  GstElement *dsp = ipd_pipeline_get (mic->pipeline, "dsp");
  if (probe == NULL)
    {
      g_object_set (dsp, "echo-cancel", FALSE, NULL);
      return;
    }
  g_object_set (dsp, "probe", probe, NULL);
  GstElement *bin = ipd_pipeline_get_bin (mic->pipeline);
  gst_element_set_start_time (bin, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time (bin, base_time);
}

static bool
open_device (IpdMic *mic, IpdSpeaker *speaker)
{
  g_autoptr (GstElement) source = ipd_sound_device_open (IPD_SOUND_INPUT, mic->spec.text);
  bool dsp = ipd_has_element ("webrtcdsp");
  if (source == NULL || !build (mic, IPD_SOUND_SPEC_DEVICE, dsp, NULL))
    return false;
  gst_bin_add (GST_BIN (ipd_pipeline_get_bin (mic->pipeline)), source);
  guint64 base_time = 0;
  const char *probe = speaker ? ipd_speaker_get_probe (speaker, &base_time) : NULL;
  if (dsp)
    set_dsp (mic, probe, base_time);
  return gst_element_link (source, ipd_pipeline_get (mic->pipeline, "first")) && ipd_pipeline_play (mic->pipeline);
}

void
ipd_mic_open (IpdMic *mic, IpdSpeaker *speaker)
{
  if (mic->pipeline != NULL)
    return;
  bool ok = mic->spec.kind == IPD_SOUND_SPEC_DEVICE
                ? open_device (mic, speaker)
                : build (mic, mic->spec.kind, false, NULL) && ipd_pipeline_play (mic->pipeline);
  if (ok)
    return;
  ipd_mic_close (mic);
  mic->handlers.lost (_ ("There is no microphone to speak into."), mic->data);
  open_silence (mic);
}

void
ipd_mic_close (IpdMic *mic)
{
  g_clear_pointer (&mic->pipeline, ipd_pipeline_free);
}
