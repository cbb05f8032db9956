// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"
#include "wire/error.h"
#include "wire/sdp.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * SDP with stations and phones of other makers: plain RTP, unsigned, in the dialects of the field (RFC 8866, RFC 3264,
 * RFC 3551, RFC 3605, RFC 4585, RFC 4733, RFC 5104, RFC 6184, RFC 7587, RFC 7741; docs/protocol.md §14, §15). What we
 * write is plain and short, what we read may be untidy: see ipd_peer_sdp_parse() for all that is forgiven. All fields
 * are inside the value (about 3 KB): nothing to free. Thread: any.
 */

#define IPD_PEER_MEDIA_MAX   16 /* m-lines that are kept, so that an answer has as many; more are refused */
#define IPD_PEER_FORMATS_MAX 8  /* of one kind; more are left out */
#define IPD_PEER_DTMF_MAX    2
#define IPD_PEER_RX_MAX      4 /* payload types that a stream may come as: IPD_MEDIA_VIDEO_MAX */

/**
 * IpdPeerMedia: one stream.
 * @host: numeric address, "" when it is unspecified (0.0.0.0, ::): nothing may be sent there
 * @port: of RTP, odd ones too; 0 = there is no such stream, and then the other members mean nothing
 * @rtcp_port: a=rtcp (RFC 3605), else @port + 1; 0 = none (@port is 65535)
 * @direction: as the writer of this SDP sees it
 */
typedef struct {
  char host[IPD_SDP_HOST_MAX + 1];
  uint16_t port;
  uint16_t rtcp_port;
  IpdSdpDirection direction;
} IpdPeerMedia;

/** IpdPeerDtmf: telephone-event (RFC 4733). @clock: 8000, or 48000 beside Opus. */
typedef struct {
  uint8_t pt;
  uint32_t clock;
} IpdPeerDtmf;

/**
 * IpdPeerVideo: one format of the picture.
 * @packetization_mode, @profile_level_id, @sprop: of H.264; what is not said is 0, 0x42000a (RFC 6184 §8.1) and ""
 * @nack_pli, @ccm_fir: its rtcp-fb; absent ones may be honoured all the same
 */
typedef struct {
  IpdVideoCodec codec;
  uint8_t pt;
  uint8_t packetization_mode;
  uint32_t profile_level_id;
  gboolean nack_pli;
  gboolean ccm_fir;
  char sprop[IPD_SDP_SPROP_MAX + 1];
} IpdPeerVideo;

typedef enum {
  IPD_PEER_LINE_REFUSED, /* another medium, a second one of its kind, encrypted, or no format that we know */
  IPD_PEER_LINE_AUDIO,
  IPD_PEER_LINE_VIDEO,
} IpdPeerLineKind;

/** IpdPeerLine: an m-line in its place, with the words that refusing it repeats. */
typedef struct {
  IpdPeerLineKind kind;
  char media[24];
  char proto[24];
  char format[24]; /* the first one */
} IpdPeerLine;

/**
 * IpdPeerSdp:
 * @session, @version: of o=; of ours the version rises with each re-offer
 * @lines: all m-lines in order; exactly one of them is audio when audio.port != 0, the same for video
 * @avpf: a line we use says RTP/AVPF; the answer repeats what each line said
 */
typedef struct {
  uint64_t session;
  uint64_t version;
  IpdPeerMedia audio;
  IpdSdpAudio audio_formats[IPD_PEER_FORMATS_MAX]; /* best first */
  unsigned n_audio_formats;
  IpdPeerDtmf dtmf[IPD_PEER_DTMF_MAX];
  unsigned n_dtmf;
  IpdPeerMedia video;
  IpdPeerVideo video_formats[IPD_PEER_FORMATS_MAX]; /* best first */
  unsigned n_video_formats;
  IpdPeerLine lines[IPD_PEER_MEDIA_MAX];
  unsigned n_lines;
  gboolean avpf;
} IpdPeerSdp;

/**
 * ipd_peer_sdp_parse: offer or answer of a third party.
 *
 * Forgiven: LF alone, blank lines, blanks at both ends of a value, a last line without an end, NULs behind it; missing
 * s=, t=, o= (session and version are then 0) and any order of them; lines and attributes that RFC 8866 does not know;
 * rtpmap missing for static payload types; fmtp missing (RFC 6184 defaults), in another letter case, with parameters we
 * cannot read; payload types above 127 or said twice (the first counts) and formats we do not know (left out); any
 * H.264 profile and level; odd ports, a=rtcp, ports with "/2"; c= in each m-line; rtcp-fb under RTP/AVP; directions for
 * all of the session. Refused: errors LONG (more than 65,535 octets, 256 lines, 16 m-lines), SYNTAX, RANGE (a port
 * above 65535 or below 1024, multicast and broadcast addresses), MISSING (no c= for a stream that is used, no m-line),
 * UNSUPPORTED (no audio and no video line that we could use: encrypted ones (RTP/SAVP, RTP/SAVPF, DTLS), no codec we
 * know; the offset is that of the first such line).
 */
gboolean ipd_peer_sdp_parse (const char *body, size_t length, IpdPeerSdp *ret_sdp, IpdWireError *reterr);

/** ipd_peer_sdp_is_held: the writer of @sdp takes no sound from us: address unspecified, sendonly or inactive. */
gboolean ipd_peer_sdp_is_held (const IpdPeerSdp *sdp);

/**
 * ipd_peer_sdp_init_offer: audio sendrecv in all of @codecs and telephone-event 101 (with Opus also 102 at 48,000); if
 * @video_port is not 0, H.264 twice (96 mode 1, 97 mode 0; 42e01f, level-asymmetry-allowed) and VP8 (98), direction
 * @video. The caller sets sprop of the formats if it sends. An INVITE with it fits 1,300 octets.
 */
void ipd_peer_sdp_init_offer (IpdPeerSdp *ret_sdp, const char *host, uint16_t audio_port, uint16_t video_port,
                              const IpdCodecs *codecs, IpdSdpDirection video);

/** What an answer leaves out, as a set. */
typedef enum {
  IPD_PEER_ANSWER_SILENT = 1 << 0,   /* audio inactive: picture now, sound by a re-INVITE (2xx preview) */
  IPD_PEER_ANSWER_NO_AUDIO = 1 << 1, /* audio refused, port 0 */
  IPD_PEER_ANSWER_NO_VIDEO = 1 << 2, /* video refused, port 0 */
} IpdPeerAnswerFlags;

/**
 * ipd_peer_sdp_init_answer: the answer to @offer, line by line: the first audio format of the offer that is one of
 * @codecs, with the telephone-event of its clock; the first such video format, H.264 as it was offered; directions
 * mirrored, but never a picture from us where @codecs or @video_port say that there is none; every other line refused
 * in its place. @video_send: this side has a picture to send and looks at none (a station); else the other way round.
 * Returns: %FALSE when neither sound nor picture is in common (SIP 488)
 */
gboolean ipd_peer_sdp_init_answer (IpdPeerSdp *ret_sdp, const IpdPeerSdp *offer, const char *host, uint16_t audio_port,
                                   uint16_t video_port, const IpdCodecs *codecs, gboolean video_send,
                                   IpdPeerAnswerFlags flags);

/**
 * ipd_peer_sdp_take_answer: makes an untidy @answer one that answers our @offer: what we did not offer is dropped
 * (lines that it adds, a picture nobody asked for, formats), lines it leaves out are refused ones.
 * Returns: %FALSE when nothing in common is left
 */
gboolean ipd_peer_sdp_take_answer (const IpdPeerSdp *offer, IpdPeerSdp *answer);

/**
 * ipd_peer_sdp_set_directions: for a re-offer of ours (hold, resume, sound after a picture): also raises @version.
 * What has no port is left alone.
 */
void ipd_peer_sdp_set_directions (IpdPeerSdp *sdp, IpdSdpDirection audio, IpdSdpDirection video);

/** ipd_peer_sdp_write: lines end in CRLF. Returns: (transfer full): the body. */
char *ipd_peer_sdp_write (const IpdPeerSdp *sdp);

/**
 * IpdPeerSound: what was agreed for sound.
 * @host, @port, @rtcp_port: where it goes; "" and 0: nothing may be sent now
 * @send, @receive: by the directions of both sides
 * @dtmf_tx_pt, @dtmf_rx_pt: telephone-event, the one of the codec's clock if there is one; 0 = none
 * @dtmf_clock: Hz, in which the durations of both are counted
 */
typedef struct {
  IpdAudioCodec codec;
  uint8_t tx_pt;
  uint8_t rx_pt;
  uint8_t dtmf_tx_pt;
  uint8_t dtmf_rx_pt;
  uint32_t dtmf_clock;
  const char *host; /* borrowed from the remote SDP */
  uint16_t port;
  uint16_t rtcp_port;
  gboolean send;
  gboolean receive;
} IpdPeerSound;

/**
 * IpdPeerPicture: what was agreed for the picture.
 * @rx, @n_rx: payload types that it may come as: ours, then those the other side numbers differently
 * @tx: how to send it (a station to a phone), with the other side's payload type, mode and level; borrowed
 * @sprop: H.264 parameter sets of the other side, "" = in band only; borrowed
 */
typedef struct {
  struct {
    IpdVideoCodec codec;
    uint8_t pt;
  } rx[IPD_PEER_RX_MAX];
  unsigned n_rx;
  const IpdPeerVideo *tx;
  const char *sprop;
  gboolean nack_pli;
  gboolean ccm_fir;
  const char *host; /* borrowed from the remote SDP */
  uint16_t port;
  uint16_t rtcp_port;
  gboolean send;
  gboolean receive;
} IpdPeerPicture;

/**
 * ipd_peer_sdp_sound, ipd_peer_sdp_picture: what @local and @remote come to, whichever was the offer.
 * Returns: %FALSE when there is no such stream
 */
gboolean ipd_peer_sdp_sound (const IpdPeerSdp *local, const IpdPeerSdp *remote, IpdPeerSound *ret_sound);
gboolean ipd_peer_sdp_picture (const IpdPeerSdp *local, const IpdPeerSdp *remote, IpdPeerPicture *ret_picture);

G_END_DECLS
