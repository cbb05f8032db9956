// SPDX-License-Identifier: Apache-2.0
/* A segment is the place of the highest bit; four bits of what follows are kept. */
#include "g711.h"

enum { MU_BIAS = 0x84, MU_CLIP = 32635 };

static int
segment_of (int magnitude)
{
  int segment = 7;

  for (int bit = 0x4000; segment > 0 && (magnitude & bit) == 0; bit >>= 1)
    segment--;
  return segment;
}

static uint8_t
encode_mu (int sample)
{
  int sign = sample < 0 ? 0x80 : 0;
  int magnitude = (sample < 0 ? -sample : sample) > MU_CLIP ? MU_CLIP : (sample < 0 ? -sample : sample);
  int segment;

  magnitude += MU_BIAS;
  segment = segment_of (magnitude);
  return (uint8_t) ~(sign | segment << 4 | (magnitude >> (segment + 3) & 0x0f));
}

static uint8_t
encode_a (int sample)
{
  int sign = sample >= 0 ? 0x80 : 0;
  int magnitude = sample >= 0 ? sample : -sample - 1;
  int segment = segment_of (magnitude);
  int code = segment == 0 ? magnitude >> 4 : segment << 4 | (magnitude >> (segment + 3) & 0x0f);

  return (uint8_t) ((sign | code) ^ 0x55);
}

uint8_t
quirk_g711_encode (int16_t sample, bool a_law)
{
  return a_law ? encode_a (sample) : encode_mu (sample);
}

static int
decode_mu (uint8_t octet)
{
  int code = (uint8_t) ~octet;
  int magnitude = (((code & 0x0f) << 3) + MU_BIAS) << (code >> 4 & 7);

  return code & 0x80 ? MU_BIAS - magnitude : magnitude - MU_BIAS;
}

static int
decode_a (uint8_t octet)
{
  int code = octet ^ 0x55;
  int segment = code >> 4 & 7;
  int magnitude = (code & 0x0f) << 4 | 8;

  if (segment > 0)
    magnitude = (magnitude + 0x100) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
}

int16_t
quirk_g711_decode (uint8_t octet, bool a_law)
{
  return (int16_t) (a_law ? decode_a (octet) : decode_mu (octet));
}
