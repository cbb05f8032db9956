// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/key.h"

#include <gst/gst.h>

/** ipd_srtp_caps: (transfer full): what srtpdec's request-key answers: AES_CM_128_HMAC_SHA1_80 both for RTP and RTCP.
 */
GstCaps *ipd_srtp_caps (const uint8_t key[static IPD_MEDIA_KEY_LEN]);

/** ipd_srtp_set_encoder_key: gives a srtpenc its key and suite, before it leaves NULL. */
void ipd_srtp_set_encoder_key (GstElement *srtpenc, const uint8_t key[static IPD_MEDIA_KEY_LEN]);

/** Packets that may be overtaken by so many others: what was lost is sent again seconds later. */
#define IPD_SRTP_WINDOW 1024

/**
 * ipd_srtp_accept_one:
 * @key: borrowed, must outlive @srtpdec
 *
 * Makes a srtpdec accept the SSRC of @key and nothing else.
 */
void ipd_srtp_accept_one (GstElement *srtpdec, const IpdMediaKey *key);

/**
 * IpdSrtcp: SRTCP (RFC 3711 section 3.4) of one session as two functions, for datagrams that we send and receive
 * ourselves. One key to send with, any number to receive with, replay protection over all that is opened. Thread: one
 * at a time.
 */
typedef struct _IpdSrtcp IpdSrtcp;

/** Returns the key of the sender @ssrc, borrowed, or %NULL if nobody is known by it. */
typedef const uint8_t *(*IpdSrtcpKeyFunc) (uint32_t ssrc, gpointer data);

/** ipd_srtcp_new: (nullable): %NULL if GStreamer's SRTP elements are not installed. */
IpdSrtcp *ipd_srtcp_new (const uint8_t tx_key[static IPD_MEDIA_KEY_LEN], IpdSrtcpKeyFunc rx_key, gpointer data);
void ipd_srtcp_free (IpdSrtcp *srtcp);

/** ipd_srtcp_close: (transfer full) (nullable): @plain (transfer full) is one compound RTCP packet; out comes a
 * datagram. */
GstBuffer *ipd_srtcp_close (IpdSrtcp *srtcp, GstBuffer *plain);

/** ipd_srtcp_open: (transfer full) (nullable): the compound packet, or %NULL if the tag, the sender or the index is
 * wrong. */
GstBuffer *ipd_srtcp_open (IpdSrtcp *srtcp, const uint8_t *datagram, gsize len);
