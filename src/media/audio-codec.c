// SPDX-License-Identifier: Apache-2.0
/* How each codec of core/codec.h is made of GStreamer's elements. Called by the workers when they build pipelines. */
#include "media/audio-codec.h"

#include "media/pipeline.h"

typedef struct {
  const char *elements[5]; /* all must be there */
  const char *sender;
  const char *receiver;
  const char *name; /* in caps */
} Codec;

/* Audio payloaders cut to a length that they are told; Opus packets are as long as its frames. */
#define TWENTY_MS " min-ptime=20000000 max-ptime=20000000"

static const Codec codecs[IPD_AUDIO_N_CODECS] = {
  /* Speech over a house network: some packets are lost, none is worth 40 ms of waiting. */
  [IPD_AUDIO_OPUS] = { { "opusenc", "rtpopuspay", "rtpopusdepay", "opusdec", NULL },
                       "opusenc audio-type=voice bitrate=32000 frame-size=20 inband-fec=true packet-loss-percentage=5 "
                       "! rtpopuspay name=pay",
                       "rtpopusdepay ! opusdec plc=true use-inband-fec=true",
                       "OPUS" },
  [IPD_AUDIO_G722] = { { "avenc_g722", "rtpg722pay", "rtpg722depay", "avdec_g722", NULL },
                       "avenc_g722 ! rtpg722pay name=pay" TWENTY_MS,
                       "rtpg722depay ! avdec_g722",
                       "G722" },
  [IPD_AUDIO_PCMA] = { { "alawenc", "rtppcmapay", "rtppcmadepay", "alawdec", NULL },
                       "audioresample ! alawenc ! rtppcmapay name=pay" TWENTY_MS,
                       "rtppcmadepay ! alawdec",
                       "PCMA" },
  [IPD_AUDIO_PCMU] = { { "mulawenc", "rtppcmupay", "rtppcmudepay", "mulawdec", NULL },
                       "audioresample ! mulawenc ! rtppcmupay name=pay" TWENTY_MS,
                       "rtppcmudepay ! mulawdec",
                       "PCMU" },
};

static bool
is_here (const Codec *codec)
{
  for (size_t i = 0; codec->elements[i] != NULL; i++)
    if (!ipd_has_element (codec->elements[i]))
      return false;
  return true;
}

IpdAudioCodecs
ipd_audio_codecs_here (void)
{
  IpdAudioCodecs here = 0;
  for (unsigned i = 0; i < IPD_AUDIO_N_CODECS; i++)
    if (is_here (&codecs[i]))
      here |= 1u << i;
  return here;
}

const char *
ipd_audio_codec_sender (IpdAudioCodec codec)
{
  return codecs[codec].sender;
}

const char *
ipd_audio_codec_receiver (IpdAudioCodec codec)
{
  return codecs[codec].receiver;
}

GstCaps *
ipd_audio_codec_caps (IpdAudioCodec codec, uint8_t payload, const char *media_type)
{
  return gst_caps_new_simple (media_type, "media", G_TYPE_STRING, "audio", "clock-rate", G_TYPE_INT,
                              (int) ipd_audio_codec_clock (codec), "encoding-name", G_TYPE_STRING, codecs[codec].name,
                              "payload", G_TYPE_INT, (int) payload, NULL);
}
