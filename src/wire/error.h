// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stddef.h>

G_BEGIN_DECLS

/*
 * How wire/ says no. Two forms, never mixed in one function:
 *  - parsers of raw hostile octets (base64, SDP, TXT, media keys, SIP signature): bool + IpdWireError, no allocation
 * for the failure, no log line;
 *  - functions on whole tokens and documents: bool or pointer + GError of the domain IPD_WIRE_ERROR.
 * In both, outputs (ret_x) are untouched on failure. Nothing in wire/ logs. Thread: any.
 */

typedef enum {
  IPD_WIRE_OK,          /* never set by a failure */
  IPD_WIRE_SHORT,       /* ends before the value does */
  IPD_WIRE_LONG,        /* above a limit of docs/protocol.md */
  IPD_WIRE_SYNTAX,      /* octets that cannot stand here */
  IPD_WIRE_RANGE,       /* well formed, but a value nobody may send (port odd, address 0.0.0.0, …) */
  IPD_WIRE_UNSUPPORTED, /* well formed, but not our profile or version */
  IPD_WIRE_MISSING,     /* a part that must be there is not */
  IPD_WIRE_FORGED,      /* signature, seal or binding does not fit */
} IpdWireCode;

typedef struct {
  IpdWireCode code;
  size_t offset; /* octet where the trouble was seen, 0 when it is about the whole */
} IpdWireError;

/** ipd_wire_code_name: short English word for a log line or a test, static storage. */
const char *ipd_wire_code_name (IpdWireCode code);

#define IPD_WIRE_ERROR (ipd_wire_error_quark ())
GQuark ipd_wire_error_quark (void);

/* One value for each reaction a caller can have. Messages are English, for the log; they never quote the input. */
typedef enum {
  IPD_WIRE_ERROR_FORM,      /* not of the form at all: drop it */
  IPD_WIRE_ERROR_TOO_LONG,  /* above the limit: drop it (HTTP 413) */
  IPD_WIRE_ERROR_SIGNATURE, /* does not verify with this key, for this type */
  IPD_WIRE_ERROR_SIGNER,    /* the footer names somebody else */
  IPD_WIRE_ERROR_VERSION,   /* verified, but of a version or type we do not speak */
  IPD_WIRE_ERROR_MEMBER,    /* verified, but a member is missing, mistyped or out of its limits */
  IPD_WIRE_ERROR_MISMATCH,  /* verified, but not for this nonce, plant, client or key */
  IPD_WIRE_ERROR_SEAL,      /* not sealed to this key */
  IPD_WIRE_ERROR_ROLLBACK,  /* older than what is known */
  IPD_WIRE_ERROR_KEY,       /* a key file that cannot be read, written or trusted */
} IpdWireErrorCode;

G_END_DECLS
