// SPDX-License-Identifier: Apache-2.0
/* The table of codecs that core/codec.h describes. Pure, any thread. */
#include "core/codec.h"

#include <glib.h>

static const struct {
  const char *name;
  unsigned clock;
  int payload;
} audio[IPD_AUDIO_N_CODECS] = {
  [IPD_AUDIO_OPUS] = { "opus", 48000, -1 },
  [IPD_AUDIO_G722] = { "G722", 8000, 9 },
  [IPD_AUDIO_PCMA] = { "PCMA", 8000, 8 },
  [IPD_AUDIO_PCMU] = { "PCMU", 8000, 0 },
};

static const char *const video[IPD_VIDEO_N_CODECS] = {
  [IPD_VIDEO_H264] = "H264",
  [IPD_VIDEO_VP8] = "VP8",
};

const char *
ipd_audio_codec_to_string (IpdAudioCodec codec)
{
  return audio[codec].name;
}

const char *
ipd_video_codec_to_string (IpdVideoCodec codec)
{
  return video[codec];
}

bool
ipd_audio_codec_from_string (const char *text, IpdAudioCodec *ret_codec)
{
  for (unsigned i = 0; text != NULL && i < IPD_AUDIO_N_CODECS; i++)
    {
      if (g_ascii_strcasecmp (audio[i].name, text) == 0)
        {
          *ret_codec = i;
          return true;
        }
    }
  return false;
}

bool
ipd_video_codec_from_string (const char *text, IpdVideoCodec *ret_codec)
{
  for (unsigned i = 0; text != NULL && i < IPD_VIDEO_N_CODECS; i++)
    {
      if (g_ascii_strcasecmp (video[i], text) == 0)
        {
          *ret_codec = i;
          return true;
        }
    }
  return false;
}

unsigned
ipd_audio_codec_clock (IpdAudioCodec codec)
{
  return audio[codec].clock;
}

int
ipd_audio_codec_static_payload (IpdAudioCodec codec)
{
  return audio[codec].payload;
}
