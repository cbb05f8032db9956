// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/peer-sdp.h"
#include "wire/sdp-private.h"

/*
 * One format of an m-line of a peer, as its rtpmap, fmtp and rtcp-fb say it, in any order and each maybe missing.
 * Between peer-sdp-parse.c, which knows the lines, and peer-sdp-format.c. Nothing here allocates. Thread: any.
 */

/* Of a token, besides letters and digits (RFC 8866 §9). */
#define IPD_PEER_TOKEN_ALPHABET "!#$%&'*+-.^_`{|}~/"

#define IPD_PEER_FEEDBACK_PLI (1 << 0)
#define IPD_PEER_FEEDBACK_FIR (1 << 1)

typedef enum {
  IPD_PEER_FORMAT_UNSAID, /* by no rtpmap yet */
  IPD_PEER_FORMAT_AUDIO,
  IPD_PEER_FORMAT_VIDEO,
  IPD_PEER_FORMAT_DTMF,
  IPD_PEER_FORMAT_UNKNOWN,
} IpdPeerFormatKind;

typedef struct {
  IpdPeerFormatKind kind;
  uint8_t pt;
  IpdAudioCodec audio;
  IpdVideoCodec video;
  uint32_t clock; /* of telephone-event */
  uint64_t mode;
  uint32_t profile;
  unsigned feedback; /* IPD_PEER_FEEDBACK_… */
  char sprop[IPD_SDP_SPROP_MAX + 1];
} IpdPeerFormat;

/** ipd_peer_format_read: attribute @name about @format; others and what cannot be read are as if not said. */
void ipd_peer_format_read (IpdPeerFormat *format, IpdSpan name, IpdSpan value);

/** ipd_peer_format_name_static: a static payload type needs no rtpmap (RFC 3551 §6). */
void ipd_peer_format_name_static (IpdPeerFormat *format);

/** ipd_peer_feedback: what "nack pli" or "ccm fir" stands for (RFC 4585 §4.2, RFC 5104 §7.1); 0 for all else. */
unsigned ipd_peer_feedback (IpdSpan value);
