// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/error.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * Digits inside a call: bodies of SIP INFO in the three dialects of the field, and the RTP payload of RFC 4733. A digit
 * is one of 0-9 * # A-D (RFC 4733 §3.2, events 0 to 15); others (flash, 16) do not exist for us. Nothing here allocates
 * but the writers. Digits are secrets of the plant: they go into no log. Thread: any.
 */

#define IPD_DTMF_DIGITS     "0123456789*#ABCD" /* in the order of their event codes */
#define IPD_DTMF_MS_DEFAULT 250                /* of a digit that does not say how long it is */
#define IPD_DTMF_MS_MAX     5000
#define IPD_DTMF_BODY_MAX   256 /* octets of a body that is looked at */

/** How a driver or a phone sends digits. */
typedef enum {
  IPD_DTMF_RFC4733,    /* in RTP, by the media process */
  IPD_DTMF_INFO_RELAY, /* INFO, application/dtmf-relay: "Signal=1\r\nDuration=250\r\n" */
  IPD_DTMF_INFO_PLAIN, /* INFO, application/dtmf: "1" */
  IPD_DTMF_INFO_EVENT, /* INFO, audio/telephone-event: an event code, "11" is # */
  IPD_DTMF_MESSAGE,    /* MESSAGE inside the dialog, text/plain: all digits in one body */
} IpdDtmfDialect;

/** Words of driver files: "rfc4733" "info-relay" "info-plain" "info-event" "message". */
const char *ipd_dtmf_dialect_to_string (IpdDtmfDialect dialect);
gboolean ipd_dtmf_dialect_from_string (const char *text, IpdDtmfDialect *ret_dialect);
/** ipd_dtmf_content_type: of the bodies that ipd_dtmf_write() makes; %NULL for RFC4733. Static. */
const char *ipd_dtmf_content_type (IpdDtmfDialect dialect);

/** IpdDtmf: one press. @digit is upper case. */
typedef struct {
  char digit;
  guint ms;
} IpdDtmf;

/** ipd_dtmf_digit_valid: 0-9 * # A-D and a-d. ipd_dtmf_digits_valid: one to @max of them. */
gboolean ipd_dtmf_digit_valid (char digit);
gboolean ipd_dtmf_digits_valid (const char *digits, size_t max);
/** ipd_dtmf_digit_to_event: 0 to 15, or -1. */
int ipd_dtmf_digit_to_event (char digit);
/** ipd_dtmf_digit_from_event: the digit, or '\0' above 15. */
char ipd_dtmf_digit_from_event (unsigned event);

/**
 * ipd_dtmf_parse_info: one press out of an INFO.
 * @content_type: (nullable): with or without parameters, any letter case; decides what the body may be
 * @body: need not end in NUL
 *
 * Both application/ types take "Signal=…" lines and a lone digit, since senders mix them up; audio/telephone-event
 * takes an event code ("11") or "d=…" with a digit. Blanks, a missing last line end and a missing or absurd duration
 * are forgiven (IPD_DTMF_MS_DEFAULT, cut to IPD_DTMF_MS_MAX); a second signal in one body is not.
 * Errors: UNSUPPORTED (another content type: SIP 415), SYNTAX, SHORT (empty), LONG, RANGE (an event that is no digit).
 */
gboolean ipd_dtmf_parse_info (const char *content_type, const char *body, size_t length, IpdDtmf *ret_dtmf,
                              IpdWireError *reterr);

/**
 * ipd_dtmf_write: the body of one INFO for @digit (for MESSAGE: a text with that one digit).
 * Returns: (transfer full) (nullable): %NULL for RFC4733 and for what is no digit; wipe it with ipd_wipe_string()
 */
char *ipd_dtmf_write (IpdDtmfDialect dialect, char digit, guint ms);

#define IPD_DTMF_EVENT_OCTETS 4

/** IpdDtmfEvent: the payload of one telephone-event packet (RFC 4733 §2.3). @duration in clock ticks. */
typedef struct {
  uint8_t event;
  gboolean end;
  uint8_t volume; /* 0 to 63, dBm0 below zero */
  uint16_t duration;
} IpdDtmfEvent;

/** ipd_dtmf_event_read: Returns: %FALSE for less than four octets; what follows them is not looked at (RFC 2198). */
gboolean ipd_dtmf_event_read (const uint8_t *payload, size_t length, IpdDtmfEvent *ret_event);
void ipd_dtmf_event_write (const IpdDtmfEvent *event, uint8_t ret_payload[static IPD_DTMF_EVENT_OCTETS]);

G_END_DECLS
