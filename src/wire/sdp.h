// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"
#include "wire/error.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * SDP between our programs (RFC 8866, RFC 3264, RFC 3551, RFC 3711, RFC 4585, RFC 5104, RFC 6184, RFC 7587; profile in
 * docs/protocol.md §9): exactly one audio line, at most one video line after it, IPv4 or IPv6, RTP on an even port,
 * RTCP one above. All fields are inside the value: nothing to free. Wipe it when the keys matter (they are sealed, so
 * they do not). What stations and phones of others say is peer-sdp.h. Thread: any.
 */

#define IPD_SDP_MAX       65535 /* octets of a body that is looked at */
#define IPD_SDP_LINES_MAX 256
#define IPD_SDP_MEDIA_MAX 2
#define IPD_SDP_AUDIO_MAX 8  /* payload types of an audio line */
#define IPD_SDP_HOST_MAX  45 /* characters of a numeric address */
#define IPD_SDP_SPROP_MAX 256
#define IPD_SDP_KEYS_MAX  154
#define IPD_SDP_VIDEO_PT  96

typedef enum {
  IPD_SDP_SENDRECV,
  IPD_SDP_SENDONLY,
  IPD_SDP_RECVONLY,
  IPD_SDP_INACTIVE,
} IpdSdpDirection;

/** IpdSdpAudio: what sound may be, by the payload type that means it here. */
typedef struct {
  IpdAudioCodec codec;
  uint8_t pt;
} IpdSdpAudio;

/**
 * IpdSdp:
 * @host: numeric IPv4 or IPv6 of c=; never 0.0.0.0 or ::, never multicast or broadcast
 * @session, @version: of o=; the version rises with each re-offer
 * @audio_port, @video_port: even; video 0 = there is no picture (m-line refused or left away)
 * @audio: best first; payload types of codecs that we do not know are left out when reading
 * @video_pt: dynamic, H264/90000, packetization-mode=1
 * @sprop: sprop-parameter-sets, "" if none
 * @keys: a=ipdoor-keys, "" if none
 * @no_camera: a=ipdoor-no-camera: the picture is a still one that says so
 */
typedef struct {
  char host[IPD_SDP_HOST_MAX + 1];
  uint64_t session;
  uint64_t version;
  uint16_t audio_port;
  IpdSdpAudio audio[IPD_SDP_AUDIO_MAX];
  unsigned n_audio;
  IpdSdpDirection audio_direction;
  uint16_t video_port;
  uint8_t video_pt;
  IpdSdpDirection video_direction;
  uint32_t profile_level_id; /* 24 bits, 0x42e01f for ours */
  gboolean nack_pli;
  gboolean ccm_fir;
  char sprop[IPD_SDP_SPROP_MAX + 1];
  char keys[IPD_SDP_KEYS_MAX + 1];
  gboolean no_camera;
} IpdSdp;

/**
 * ipd_sdp_init_offer: what a station offers, or (@look_out) a client that looks out: directions, payload types of
 * @codecs and feedback filled in; the caller adds sprop and keys. @video_port 0: no camera. Of video only H.264 is said
 * between us.
 */
void ipd_sdp_init_offer (IpdSdp *ret_sdp, const char *host, uint16_t audio_port, uint16_t video_port,
                         const IpdCodecs *codecs, gboolean look_out);
/**
 * ipd_sdp_init_answer: the answer to @offer: same m-lines, directions mirrored, the first audio payload type of @offer
 * that is one of @codecs; the picture is refused (port 0) without H.264. The caller adds keys (and a station sprop).
 * Returns: %FALSE when there is no sound in common (SIP 488)
 */
gboolean ipd_sdp_init_answer (IpdSdp *ret_sdp, const IpdSdp *offer, const char *host, uint16_t audio_port,
                              uint16_t video_port, const IpdCodecs *codecs);
/** ipd_sdp_answer_fits: whether @answer answers @offer: directions, payload types, m-lines. */
gboolean ipd_sdp_answer_fits (const IpdSdp *offer, const IpdSdp *answer);

/**
 * ipd_sdp_init_hold: an offer inside the dialog, and the answer to one (docs/protocol.md §8): everything as this side
 * said it first, directions inactive or (@held %FALSE) as they were, @version as o= shall say it: higher each time.
 * @first: this side's first offer or answer, keys and sprop included
 */
void ipd_sdp_init_hold (IpdSdp *ret_sdp, const IpdSdp *first, gboolean held, uint64_t version);
/**
 * ipd_sdp_hold_fits: whether the other side's @again changes directions only, and together.
 * @first: its first offer or answer
 * @ret_held: (out): whether both directions are inactive
 * Returns: %FALSE for anything else (SIP 488)
 */
gboolean ipd_sdp_hold_fits (const IpdSdp *first, const IpdSdp *again, gboolean *ret_held);

/** ipd_sdp_write: lines end in CRLF. Returns: (transfer full): the body. */
char *ipd_sdp_write (const IpdSdp *sdp);

/**
 * ipd_sdp_parse: strict; unknown attributes and unknown line types that RFC 8866 knows are skipped, everything else
 * refused.
 * @body need not end in NUL.
 * Errors: LONG (above IPD_SDP_MAX, lines, media, payload types), SYNTAX, RANGE (odd or privileged port, address),
 * UNSUPPORTED (not our profile: plain RTP, other media, no codec that we know), MISSING.
 */
gboolean ipd_sdp_parse (const char *body, size_t length, IpdSdp *ret_sdp, IpdWireError *reterr);

G_END_DECLS
