// SPDX-License-Identifier: Apache-2.0
/* Chooses elements by what is installed. Called by the workers when they build a pipeline, and by ipdoor-media --caps.
 */
#include "media/codec.h"

#include "media/pipeline.h"

#include <string.h>

typedef struct {
  const char *element;
  const char *description;
} Choice;

/* One thread: frame threads of FFmpeg would hold back a picture each. Nothing broken is shown, the key frame comes
 * soon. */
static const Choice decoders[] = {
  { "vah264dec", "vah264dec name=decoder ! vapostproc" },
  { "v4l2slh264dec", "v4l2slh264dec name=decoder" },
  { "v4l2h264dec", "v4l2h264dec name=decoder" },
  { "avdec_h264", "avdec_h264 name=decoder max-threads=1 output-corrupt=false" },
  { "openh264dec", "openh264dec name=decoder" },
};

/* What differs between encoders: how they are told the rate and the distance of key frames. Slices small where they
 * can. */
typedef struct {
  const char *element;
  const char *settings;
  const char *bitrate; /* before the number */
  int bitrate_unit;    /* bit/s */
  const char *interval;
  const char *end;
} Encoder;

static const Encoder encoders[] = {
  { "vah264enc", "b-frames=0 rate-control=cbr", " bitrate=", 1000, " key-int-max=", "" },
  { "v4l2h264enc", "extra-controls=\"controls,repeat_sequence_header=1", ",video_bitrate=", 1,
    ",h264_i_frame_period=", "\"" },
  { "openh264enc",
    "usage-type=camera complexity=low rate-control=bitrate multi-thread=1 slice-mode=n-slices num-slices=4",
    " bitrate=", 1, " gop-size=", "" },
  { "x264enc",
    "tune=zerolatency speed-preset=ultrafast bframes=0 threads=1 "
    "option-string=\"slice-max-size=1200:repeat-headers=1:scenecut=0\"",
    " bitrate=", 1000, " key-int-max=", "" },
};

#define STREAM_CAPS "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline"

const char *
ipd_codec_decoder (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (decoders); i++)
    if (ipd_has_element (decoders[i].element))
      return decoders[i].description;
  return NULL;
}

static void
preload (const char *element)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);
  g_autoptr (GstPluginFeature) loaded = factory ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory)) : NULL;
  if (loaded == NULL)
    g_debug ("%s is not installed", element);
}

void
ipd_codec_preload (void)
{
  static const char *const elements[]
      = { "udpsrc", "srtpdec", "rtpjitterbuffer", "rtph264depay", "h264parse", "videoconvert", "appsink" };
  g_autofree char *decoder = g_strdup (ipd_codec_decoder ());
  for (size_t i = 0; i < G_N_ELEMENTS (elements); i++)
    preload (elements[i]);
  if (decoder != NULL)
    preload (g_strdelimit (decoder, " ", '\0'));
}

static const Encoder *
choose_encoder (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (encoders); i++)
    if (ipd_has_element (encoders[i].element))
      return &encoders[i];
  return NULL;
}

char *
ipd_codec_encoder (int bitrate_kbps, int key_frame_every)
{
  const Encoder *encoder = choose_encoder ();
  if (encoder == NULL)
    return NULL;
  return g_strdup_printf ("%s name=encoder %s%s%d%s%d%s ! h264parse ! " STREAM_CAPS, encoder->element,
                          encoder->settings, encoder->bitrate, bitrate_kbps * 1000 / encoder->bitrate_unit,
                          encoder->interval, key_frame_every, encoder->end);
}

static const char *
installed (const char *element)
{
  return ipd_has_element (element) ? "true" : "false";
}

char *
ipd_codec_caps (void)
{
  g_autofree char *decoder = ipd_codec_decoder () ? g_strdup (ipd_codec_decoder ()) : g_strdup ("");
  decoder[strcspn (decoder, " ")] = '\0';
  const Encoder *encoder = choose_encoder ();
  return g_strdup_printf ("{\"video\":{\"H264\":{\"decode\":%s,\"decoder\":\"%s\",\"encode\":%s,\"encoder\":\"%s\"}},"
                          "\"audio\":{\"PCMA\":%s,\"PCMU\":%s},\"srtp\":%s,\"echo_cancellation\":%s}",
                          *decoder ? "true" : "false", decoder, encoder ? "true" : "false",
                          encoder ? encoder->element : "", installed ("rtppcmapay"), installed ("rtppcmupay"),
                          installed ("srtpdec"), installed ("webrtcdsp"));
}
