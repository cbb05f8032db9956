// SPDX-License-Identifier: Apache-2.0
/* Chooses elements by what is installed. Called by the workers when they build a pipeline, and by ipdoor-media --caps.
 */
#include "media/codec.h"

#include "media/audio-codec.h"
#include "media/pipeline.h"

#include <string.h>

typedef struct {
  const char *element;
  const char *description;
} Choice;

/* One thread: frame threads of FFmpeg would hold back a picture each. Nothing broken is shown, the key frame comes
 * soon. */
static const Choice h264_decoders[] = {
  { "vah264dec", "h264parse ! vah264dec name=decoder ! vapostproc" },
  { "v4l2slh264dec", "h264parse ! v4l2slh264dec name=decoder" },
  { "v4l2h264dec", "h264parse ! v4l2h264dec name=decoder" },
  { "avdec_h264", "h264parse ! avdec_h264 name=decoder max-threads=1 output-corrupt=false" },
  { "openh264dec", "h264parse ! openh264dec name=decoder" },
};

static const Choice vp8_decoders[] = {
  { "vp8dec", "vp8dec name=decoder" },
  { "avdec_vp8", "avdec_vp8 name=decoder max-threads=1" },
};

typedef struct {
  const Choice *choices;
  size_t n;
} Choices;

static const Choices decoders[IPD_VIDEO_N_CODECS] = {
  [IPD_VIDEO_H264] = { h264_decoders, G_N_ELEMENTS (h264_decoders) },
  [IPD_VIDEO_VP8] = { vp8_decoders, G_N_ELEMENTS (vp8_decoders) },
};

/* What differs between encoders: how they are told the rate and the distance of key frames. */
typedef struct {
  const char *element;
  const char *settings;
  const char *bitrate; /* before the number */
  int bitrate_unit;    /* bit/s */
  const char *interval;
  const char *end;
  const char *output; /* what follows it */
} Encoder;

/* Parameter sets stand before every key frame in band: who joins has no other. */
#define H264_OUTPUT                                                                                                    \
  "h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline"

/* Slices small where they can: x264 keeps them below a packet; OpenH264 makes at most six of a VGA picture, 1 kB each
 * on average and up to 5 in a key frame. */
static const Encoder h264_encoders[] = {
  { "vah264enc", "b-frames=0 rate-control=cbr", " bitrate=", 1000, " key-int-max=", "", H264_OUTPUT },
  { "v4l2h264enc", "extra-controls=\"controls,repeat_sequence_header=1", ",video_bitrate=", 1,
    ",h264_i_frame_period=", "\"", H264_OUTPUT },
  { "openh264enc",
    "usage-type=camera complexity=low rate-control=bitrate multi-thread=1 slice-mode=n-slices num-slices=8",
    " bitrate=", 1, " gop-size=", "", H264_OUTPUT },
  { "x264enc",
    "tune=zerolatency speed-preset=ultrafast bframes=0 threads=1 "
    "option-string=\"slice-max-size=1150:repeat-headers=1:scenecut=0\"",
    " bitrate=", 1000, " key-int-max=", "", H264_OUTPUT },
};

/* For talking people: no look ahead, the cheapest search, and a picture may refer to lost ones as little as it can. */
static const Encoder vp8_encoders[] = {
  { "vp8enc",
    "deadline=1 cpu-used=8 end-usage=cbr lag-in-frames=0 threads=1 error-resilient=default buffer-size=500 "
    "buffer-initial-size=300 buffer-optimal-size=400",
    " target-bitrate=", 1, " keyframe-max-dist=", "", "video/x-vp8" },
};

typedef struct {
  const Encoder *encoders;
  size_t n;
} Encoders;

static const Encoders all_encoders[IPD_VIDEO_N_CODECS] = {
  [IPD_VIDEO_H264] = { h264_encoders, G_N_ELEMENTS (h264_encoders) },
  [IPD_VIDEO_VP8] = { vp8_encoders, G_N_ELEMENTS (vp8_encoders) },
};

static const Choice *
choose_decoder (IpdVideoCodec codec)
{
  for (size_t i = 0; i < decoders[codec].n; i++)
    if (ipd_has_element (decoders[codec].choices[i].element))
      return &decoders[codec].choices[i];
  return NULL;
}

static const Encoder *
choose_encoder (IpdVideoCodec codec)
{
  for (size_t i = 0; i < all_encoders[codec].n; i++)
    if (ipd_has_element (all_encoders[codec].encoders[i].element))
      return &all_encoders[codec].encoders[i];
  return NULL;
}

const char *
ipd_codec_decoder (IpdVideoCodec codec)
{
  const Choice *choice = choose_decoder (codec);
  return choice ? choice->description : NULL;
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
  const Choice *decoder = choose_decoder (IPD_VIDEO_H264);
  for (size_t i = 0; i < G_N_ELEMENTS (elements); i++)
    preload (elements[i]);
  if (decoder != NULL)
    preload (decoder->element);
}

char *
ipd_codec_encoder (IpdVideoCodec codec, int bitrate_kbps, int key_frame_every)
{
  const Encoder *encoder = choose_encoder (codec);
  if (encoder == NULL)
    return NULL;
  return g_strdup_printf ("%s name=encoder %s%s%d%s%d%s ! %s", encoder->element, encoder->settings, encoder->bitrate,
                          bitrate_kbps * 1000 / encoder->bitrate_unit, encoder->interval, key_frame_every, encoder->end,
                          encoder->output);
}

IpdVideoCodecs
ipd_codec_can_decode (void)
{
  IpdVideoCodecs codecs = 0;
  for (IpdVideoCodec codec = 0; codec < IPD_VIDEO_N_CODECS; codec++)
    if (choose_decoder (codec) != NULL)
      codecs |= 1u << codec;
  return codecs;
}

IpdVideoCodecs
ipd_codec_can_encode (void)
{
  IpdVideoCodecs codecs = 0;
  for (IpdVideoCodec codec = 0; codec < IPD_VIDEO_N_CODECS; codec++)
    if (choose_encoder (codec) != NULL)
      codecs |= 1u << codec;
  return codecs;
}

static char *
audio_names (void)
{
  g_autoptr (GString) names = g_string_new (NULL);
  IpdAudioCodecs codecs = ipd_audio_codecs_here ();
  for (IpdAudioCodec codec = 0; codec < IPD_AUDIO_N_CODECS; codec++)
    if (codecs & 1u << codec)
      g_string_append_printf (names, "%s\"%s\"", names->len > 0 ? "," : "", ipd_audio_codec_to_string (codec));
  return g_strdup (names->str);
}

static char *
video_names (void)
{
  g_autoptr (GString) names = g_string_new (NULL);
  IpdVideoCodecs codecs = ipd_codec_can_decode ();
  for (IpdVideoCodec codec = 0; codec < IPD_VIDEO_N_CODECS; codec++)
    if (codecs & 1u << codec)
      g_string_append_printf (names, "%s\"%s\"", names->len > 0 ? "," : "", ipd_video_codec_to_string (codec));
  return g_strdup (names->str);
}

static const char *
installed (const char *element)
{
  return ipd_has_element (element) ? "true" : "false";
}

char *
ipd_codec_caps (void)
{
  g_autofree char *audio = audio_names ();
  g_autofree char *video = video_names ();
  const Choice *decoder = choose_decoder (IPD_VIDEO_H264);
  const Encoder *encoder = choose_encoder (IPD_VIDEO_H264);
  return g_strdup_printf ("{\"audio\":[%s],\"video\":[%s],\"decoder\":\"%s\",\"encoder\":\"%s\",\"srtp\":%s,"
                          "\"echo_cancellation\":%s}",
                          audio, video, decoder ? decoder->element : "", encoder ? encoder->element : "",
                          installed ("srtpdec"), installed ("webrtcdsp"));
}
