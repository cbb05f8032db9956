// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/opening.h"
#include "wire/dtmf.h"
#include "wire/error.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * Drivers: how the stations of one maker show, open and behave (data/vendors/<name>.json; docs/drivers.md explains
 * every member, docs/protocol.md §14 what a driver may do). A driver is data: it names no host, holds no secret and
 * runs nothing. Thread: any; a driver that was read is never changed.
 */

#define IPD_DRIVER_MAX          65536 /* octets of a file */
#define IPD_DRIVER_NAME_MAX     16    /* [a-z0-9-]: the name of its file, and IpdDevice.vendor */
#define IPD_DRIVER_OPENINGS_MAX 4
#define IPD_DRIVER_STEPS_MAX    4
#define IPD_DRIVER_TEXT_MAX     512 /* octets of a template */

/** Where the picture comes from before the answer, and what our SIP says while it rings. */
typedef enum {
  IPD_DRIVER_PREVIEW_NONE,    /* "none": 180, no picture before the answer */
  IPD_DRIVER_PREVIEW_183,     /* "183": 183 with SDP */
  IPD_DRIVER_PREVIEW_180_183, /* "180-183": 180 without SDP, then 183 with SDP */
  IPD_DRIVER_PREVIEW_2XX,     /* "2xx": 200 with the picture only; the user's answer is a re-INVITE with sound */
  IPD_DRIVER_PREVIEW_RTSP,    /* "rtsp": 180, the picture from the URI */
  IPD_DRIVER_PREVIEW_MJPEG,   /* "mjpeg": the same */
  IPD_DRIVER_PREVIEW_STILL,   /* "still": the same, one picture */
} IpdDriverPreview;

/** How a template's values are escaped: by where they stand. */
typedef enum {
  IPD_DRIVER_PLAIN, /* not at all; text/plain, digits */
  IPD_DRIVER_URL,   /* percent-encoded (RFC 3986 §2.1); also application/x-www-form-urlencoded */
  IPD_DRIVER_JSON,  /* inside a string of JSON */
  IPD_DRIVER_XML,   /* inside text or an attribute of XML */
} IpdDriverPlace;

typedef enum {
  IPD_DRIVER_AUTH_NONE,
  IPD_DRIVER_AUTH_BASIC,  /* sent at once */
  IPD_DRIVER_AUTH_DIGEST, /* after a 401 that asks for it */
  IPD_DRIVER_AUTH_ANY,    /* what the 401 asks for; Basic only if it does */
  IPD_DRIVER_AUTH_BEARER, /* RFC 6750, with the value "token" that a step before took */
} IpdDriverAuth;

/**
 * IpdDriverStep: one HTTP request.
 * @target: path and query, a template for %IPD_DRIVER_URL
 * @content_type, @body: %NULL without a body; the body is a template for @body_place
 * @takes: names of values that the answer's body gives to the steps after this one (%NULL-terminated, %NULL if none)
 */
typedef struct {
  char *method; /* "GET" "POST" "PUT" */
  char *target;
  char *content_type;
  char *body;
  IpdDriverPlace body_place;
  IpdDriverAuth auth;
  GStrv takes;
} IpdDriverStep;

/** What a final status, or a way that cannot be gone, means. */
typedef enum {
  IPD_DRIVER_OPENED,  /* success: `actuated` */
  IPD_DRIVER_REFUSED, /* `refused`, with the reason */
  IPD_DRIVER_NEXT,    /* it certainly did nothing: the next way may be tried */
} IpdDriverMeaning;

typedef struct {
  uint16_t status; /* of HTTP, 100 to 599 */
  IpdDriverMeaning meaning;
  IpdRefusal refusal; /* IPD_REFUSAL_NONE unless refused */
} IpdDriverStatus;

typedef enum {
  IPD_DRIVER_BY_HTTP,   /* "http" */
  IPD_DRIVER_BY_DIGITS, /* "digits": in the call that goes on */
  IPD_DRIVER_BY_CALL,   /* "call": in a second, muted call that we make */
} IpdDriverWay;

/**
 * IpdDriverOpening: one way to open.
 * @steps: of HTTP; only the last one opens
 *   A step before it that fails has done nothing, whatever its status: the next way may be tried.
 * @statuses: of the last step; those not listed: 2xx opened, 404, 405 and 501 next, all else refused ("driver").
 *   Use ipd_driver_status_means().
 * @body_has: (nullable): a text that the body of a success must contain, or it is a refusal:
 *   use ipd_driver_body_fits()
 */
typedef struct {
  IpdDriverWay way;
  IpdDriverStep steps[IPD_DRIVER_STEPS_MAX];
  unsigned n_steps;
  IpdDriverStatus *statuses;
  unsigned n_statuses;
  char *body_has;
} IpdDriverOpening;

/** IpdDriverDigits: how a code is sent. The whole is @prefix ‖ code ‖ @suffix. */
typedef struct {
  IpdDtmfDialect dialect;
  uint16_t duration_ms;
  uint16_t gap_ms;
  char prefix[9];
  char suffix[9];
  uint16_t settle_ms; /* from the answer (ACK) to the first digit, and from the last one to a BYE of ours */
} IpdDriverDigits;

/** IpdDriverLimits: what the station cannot stand. 0 = no limit known. */
typedef struct {
  gboolean auto_stream;     /* RTSP or MJPEG may be fetched by itself at a ring; else only still, or once asked for */
  uint32_t sip_interval_ms; /* between two SIP requests of ours */
  uint32_t talk_s;          /* it hangs up after this */
} IpdDriverLimits;

/**
 * IpdDriver:
 * @name: "2n" …; @title: "2N"
 * @ring_uri: (nullable): for preview rtsp, mjpeg and still: a template for %IPD_DRIVER_URL
 * @stream_uri: (nullable): rtsp:// for a call that shows no video after the answer, and to look without a call
 * @look_out: it takes an INVITE of ours
 * @hold: it takes a re-INVITE with other directions; else holding is silence
 * @key_frame_info: ask for key frames by INFO application/media_control+xml (RFC 5168) too
 */
typedef struct {
  char name[IPD_DRIVER_NAME_MAX + 1];
  char *title;
  IpdDriverPreview preview;
  char *ring_uri;
  char *stream_uri;
  gboolean look_out;
  gboolean hold;
  gboolean key_frame_info;
  IpdDriverOpening openings[IPD_DRIVER_OPENINGS_MAX]; /* in the order in which they are tried */
  unsigned n_openings;
  IpdDriverDigits digits;
  IpdDriverLimits limits;
} IpdDriver;

void ipd_driver_free (IpdDriver *driver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdDriver, ipd_driver_free)

/** ipd_driver_name_valid: [a-z0-9-]{1,16}, so that it can be a file's name. */
gboolean ipd_driver_name_valid (const char *name);

/**
 * ipd_driver_read: @json of data/vendors/@name.json. Unknown members are ignored, as everywhere (docs/protocol.md §1).
 * Templates are checked here: each value they name is one of IPD_DRIVER_VALUES, or taken by a step before.
 * Returns: (transfer full) (nullable). Errors: IPD_WIRE_ERROR_FORM, TOO_LONG, MEMBER (the message names the member).
 */
IpdDriver *ipd_driver_read (const char *name, const char *json, size_t length, GError **error);

/** ipd_driver_status_means: what HTTP @status of the last step means; @ret_refusal: (out): NONE unless refused. */
IpdDriverMeaning ipd_driver_status_means (const IpdDriverOpening *opening, unsigned status, IpdRefusal *ret_refusal);

/**
 * ipd_driver_body_fits: whether the body of a success says so too (@body_has). Blanks and line ends are not compared.
 * @body: need not end in NUL
 */
gboolean ipd_driver_body_fits (const IpdDriverOpening *opening, const char *body, size_t length);

/** IpdDriverValue: for a {name} in a template; @value %NULL counts as "". */
typedef struct {
  const char *name;
  const char *value;
} IpdDriverValue;

/*
 * What a template may name: {host} (an IPv6 address gets its brackets), {sip-port} {http-port} {rtsp-port} {user}
 * {password} {code} {number} of the output, {output} its id.
 * {md5:a:b:c} is the MD5, in lower-case hex, of the values a, b and c joined with ":", unescaped; {MD5:a} in upper
 * case.
 * {{ and }} stand for the braces themselves.
 */
#define IPD_DRIVER_VALUES "host", "sip-port", "http-port", "rtsp-port", "user", "password", "code", "number", "output"

/**
 * ipd_driver_expand: @text with its values.
 * Returns: (transfer full) (nullable): may hold a password or a code: wipe it with ipd_wipe_string().
 * Errors: IPD_WIRE_ERROR_MEMBER (a value that is not in @values), FORM (a brace without its partner), TOO_LONG (4,096
 * octets), MISMATCH (a control character in a value).
 */
char *ipd_driver_expand (const char *text, IpdDriverPlace place, const IpdDriverValue *values, size_t n_values,
                         GError **error);

/**
 * ipd_driver_take: the value of @name in an answer's body, for IpdDriverStep.takes: a member of a JSON object at any
 * depth, or the text of the first XML element of that name.
 * Returns: (transfer full) (nullable): at most 256 octets
 */
char *ipd_driver_take (const char *body, size_t length, const char *name);

G_END_DECLS
