// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gst/gst.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How often reports go out when nothing else makes one due. Source: RFC 3550 section 6.2. */
#define IPD_RTCP_INTERVAL_MS 5000

/**
 * IpdRtcpSending: what a sender report says about our stream. @rtp_clock in Hz; @last_rtp was sent at @last_sent_us
 * (g_get_monotonic_time()).
 */
typedef struct {
  uint32_t packets;
  uint32_t octets;
  uint32_t last_rtp;
  int64_t last_sent_us;
  uint32_t rtp_clock;
} IpdRtcpSending;

/**
 * IpdReception: statistics of one stream that we receive. Source: RFC 3550 sections 6.4.1, A.1, A.3, A.8.
 * Zero it, set @rtp_clock (Hz), then feed it.
 */
typedef struct {
  uint32_t rtp_clock;
  uint32_t ssrc;
  bool started;
  uint16_t first_seq;
  uint16_t max_seq;
  uint32_t cycles; /* 65,536 each */
  uint32_t received;
  uint32_t expected_before;
  uint32_t received_before;
  uint32_t transit;
  uint32_t jitter16; /* 16 times the jitter in clock ticks */
  uint32_t last_sr;  /* middle 32 bits of the NTP time of the newest sender report */
  int64_t last_sr_us;
} IpdReception;

/** ipd_reception_packet: one packet that verified. @arrival_us: monotonic. */
void ipd_reception_packet (IpdReception *reception, uint32_t ssrc, uint16_t seq, uint32_t rtp_time, int64_t arrival_us);

/** Of packets that are asked for in one RTCP packet. */
#define IPD_RTCP_MISSING_MAX 128

/**
 * IpdRtcpReport:
 * @ssrc: ours
 * @sending: (nullable): makes it a sender report
 * @reception: (nullable): adds a report block and moves its interval on
 * @picture_of: asks this SSRC for a key frame, by PLI (RFC 4585 section 6.3.1) and FIR (RFC 5104 section 4.3.1); 0 = no
 * @fir_seq: must rise with each request
 * @missing, @n_missing: RTP numbers of @missing_of, rising: asks for these packets again (RFC 4585 section 6.2.1); at
 *   most %IPD_RTCP_MISSING_MAX
 */
typedef struct {
  uint32_t ssrc;
  const IpdRtcpSending *sending;
  IpdReception *reception;
  uint32_t picture_of;
  uint8_t fir_seq;
  const uint16_t *missing;
  unsigned n_missing;
  uint32_t missing_of;
} IpdRtcpReport;

/** ipd_rtcp_build: (transfer full): a compound packet: SR or RR, SDES with an anonymous CNAME, and the request. */
GstBuffer *ipd_rtcp_build (const IpdRtcpReport *report);

/** What a packet of a peer means for us. */
typedef struct {
  uint32_t sender; /* of the first packet: the SSRC that SRTCP authenticates, RFC 3711 section 3.4; 0 = it has none */
  bool wants_key_frame;
  bool has_sr;
  uint32_t sr_ntp_middle;
  unsigned n_missing;
  uint16_t missing[IPD_RTCP_MISSING_MAX]; /* RTP numbers of our stream that the peer asks for */
} IpdRtcpMeaning;

/**
 * ipd_rtcp_read: a compound packet (RFC 3550 section 6.1), or a single one, as some devices send feedback (RFC 5506).
 * @ssrc is our stream, for PLI, FIR and NACK. Pure; false, and nothing said, unless all of it is well-formed: lengths,
 * report counts and padding that fit.
 */
bool ipd_rtcp_read (const uint8_t *packet, size_t len, uint32_t ssrc, IpdRtcpMeaning *ret_meaning);

/** ipd_reception_report: notes when a sender report came, for the block that answers it. RFC 3550 section 6.4.1. */
void ipd_reception_report (IpdReception *reception, const IpdRtcpMeaning *meaning);
