// SPDX-License-Identifier: Apache-2.0
/* Stands before the pipeline of a plain picture. Owned by a receiver, called in its streaming thread. */
#include "media/video-gate.h"

#include "media/payload-check.h"

#include <string.h>

/* One packet may be a whole key frame (RFC 6184 packetization mode 0). */
#define MAX_PAYLOAD 65535

/* So long must a stream be silent before another one is believed to follow it: some stations begin a new one at the
 * answer, and a stray one beside it must not tear the picture. */
#define SILENCE_US (300 * 1000)

struct _IpdVideoGate {
  IpdPlainGate *plain;
  IpdMediaParams list; /* of this, @video and @n_video only */
  IpdVideoCodec codec;
  bool locked;
  uint32_t ssrc;
  gint64 last_us;
};

IpdVideoGate *
ipd_video_gate_new (const IpdMediaParams *params, IpdVideoCodec codec)
{
  IpdVideoGate *gate = g_new0 (IpdVideoGate, 1);
  gate->plain = ipd_plain_gate_new (params->video_host, MAX_PAYLOAD);
  memcpy (gate->list.video, params->video, sizeof gate->list.video);
  gate->list.n_video = params->n_video;
  gate->codec = codec;
  return gate;
}

void
ipd_video_gate_free (IpdVideoGate *gate)
{
  if (gate == NULL)
    return;
  ipd_plain_gate_free (gate->plain);
  g_free (gate);
}

bool
ipd_video_codec_of (const IpdMediaParams *params, uint8_t payload, IpdVideoCodec *ret_codec)
{
  for (unsigned i = 0; i < params->n_video; i++)
    if (params->video[i].payload == payload)
      {
        *ret_codec = params->video[i].codec;
        return true;
      }
  return false;
}

static bool
payload_is_sound (IpdVideoCodec codec, GstBuffer *packet, const IpdRtpHeader *header)
{
  GstMapInfo map;
  if (!gst_buffer_map (packet, &map, GST_MAP_READ))
    return false;
  bool sound = ipd_payload_is_sound (codec, map.data + header->offset, header->len);
  gst_buffer_unmap (packet, &map);
  return sound;
}

IpdVideoVerdict
ipd_video_gate_judge (IpdVideoGate *gate, GstBuffer *packet, gint64 now_us, IpdRtpHeader *ret_header)
{
  IpdRtpHeader header;
  IpdVideoCodec codec;
  if (!ipd_plain_gate_passes (gate->plain, packet, &header) || !ipd_video_codec_of (&gate->list, header.payload, &codec)
      || !payload_is_sound (codec, packet, &header))
    return IPD_VIDEO_DROP;
  *ret_header = header;
  bool same = codec == gate->codec && (!gate->locked || header.ssrc == gate->ssrc);
  if (!same && gate->locked && now_us - gate->last_us < SILENCE_US)
    return IPD_VIDEO_DROP;
  if (!same)
    return codec != gate->codec ? IPD_VIDEO_OTHER_CODEC : IPD_VIDEO_OTHER_STREAM;
  gate->locked = true;
  gate->ssrc = header.ssrc;
  gate->last_us = now_us;
  return IPD_VIDEO_PASS;
}
