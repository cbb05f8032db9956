// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/error.h"
#include "wire/sdp.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the strict and the tolerant reader of SDP share: pieces of text, lines, addresses, the values of fmtp. For the
 * .c files of wire/ only. Nothing here allocates. Thread: any.
 */

/** IpdSpan: a piece of a body; borrows, does not end in NUL. */
typedef struct {
  const char *text;
  size_t length;
} IpdSpan;

/** ipd_span_next: cuts off what stands before @separator, and it; everything when there is none. */
IpdSpan ipd_span_next (IpdSpan *rest, char separator);
/** ipd_span_trim: without blanks at its two ends. */
IpdSpan ipd_span_trim (IpdSpan span);
gboolean ipd_span_is (IpdSpan span, const char *word);
/** ipd_span_is_word: as above, upper and lower case alike. */
gboolean ipd_span_is_word (IpdSpan span, const char *word);
gboolean ipd_span_uint (IpdSpan span, uint64_t min, uint64_t max, uint64_t *ret_number);
/**
 * ipd_span_copy: ASCII letters, digits and @alphabet, at least one.
 * Returns: IPD_WIRE_OK, SYNTAX, or LONG (does not fit with its NUL into @size); @ret_text is untouched by a failure
 */
IpdWireCode ipd_span_copy (IpdSpan span, const char *alphabet, char *ret_text, size_t size);

/** IpdSdpLine: "<type>=<value>"; @type 0: a blank line, which only a tolerant reader gets to see. */
typedef struct {
  char type;
  IpdSpan value;
  size_t offset; /* of its first octet in the body */
} IpdSdpLine;

/** IpdSdpReader: lines of a body, one after the other. Fill in @body, @length and @lenient; zero the rest. */
typedef struct {
  const char *body;
  size_t length;
  gboolean
      lenient; /* the last line may be without an end, blank lines and blanks at both ends of a value are skipped */
  size_t at;
  unsigned lines;
} IpdSdpReader;

/**
 * ipd_sdp_reader_next: the next line. A line may end in LF alone (RFC 8866 §5).
 * @ret_more: (out): %FALSE at the end of the body
 * Returns: IPD_WIRE_OK, LONG (octets, lines), SHORT (no line end), SYNTAX (not "x=", a control character)
 */
IpdWireCode ipd_sdp_reader_next (IpdSdpReader *reader, IpdSdpLine *ret_line, gboolean *ret_more);

/** ipd_sdp_read_net_type: "IN IP4 " or "IN IP6 ", cut off @rest. */
IpdWireCode ipd_sdp_read_net_type (IpdSpan *rest, gboolean *ret_ip6);
/**
 * ipd_sdp_read_host: a numeric address that one can send to, as written.
 * Returns: IPD_WIRE_OK, SYNTAX, or RANGE: this network (0/8), multicast, reserved, broadcast, "::", IPv4 inside IPv6
 */
IpdWireCode ipd_sdp_read_host (IpdSpan span, gboolean ip6, char ret_host[static IPD_SDP_HOST_MAX + 1]);
/** ipd_sdp_host_is_ip6: of an address that was read: which family its line says. */
gboolean ipd_sdp_host_is_ip6 (const char *host);

/** ipd_sdp_read_direction: "sendrecv" … "inactive". */
gboolean ipd_sdp_read_direction (IpdSpan name, IpdSdpDirection *ret_direction);
/** ipd_sdp_read_profile: the six hexadecimal digits of profile-level-id (RFC 6184 §8.1). */
IpdWireCode ipd_sdp_read_profile (IpdSpan value, uint32_t *ret_profile);

/* The words of IpdSdpDirection, in its order. */
extern const char *const ipd_sdp_direction_words[4];
/** ipd_sdp_mirrored: what an answer says to @direction (RFC 3264 §6.1). */
IpdSdpDirection ipd_sdp_mirrored (IpdSdpDirection direction);

/* Payload types of our offers; static ones are those of RFC 3551. */
#define IPD_SDP_OPUS_PT      111
#define IPD_SDP_PROFILE_OURS 0x42e01f /* constrained baseline, level 3.1 */
