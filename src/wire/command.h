// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "core/opening.h"
#include "core/output.h"
#include "core/visit.h"
#include "wire/error.h"
#include "wire/keys.h"
#include "wire/token.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * What travels as SIP MESSAGE (docs/protocol.md §10): commands of clients, answers and news of stations. Plain values
 * of fixed size, nothing to free. Each token is at most IPD_MESSAGE_TOKEN_MAX characters, so a MESSAGE fits one
 * datagram. Thread: any.
 */

#define IPD_MESSAGE_TOKEN_MAX 800

/** IpdCommandToken: client: "open this output". The only act is open. */
typedef struct {
  IpdShortId id;
  IpdId device;
  IpdOutputId output;
  IpdShortId nonce;
  IpdShortId licence; /* hash */
  IpdShortId visit;   /* none: not tied to a visit */
} IpdCommandToken;

/** IpdNonceRequest: client: "a nonce, please". */
typedef struct {
  IpdShortId id;
  IpdId device;
  IpdShortId licence;
} IpdNonceRequest;

/** IpdNonceToken: station: answer to a nonce-request, or to a command of a visit (then @re is the command's id). */
typedef struct {
  IpdShortId re;
  IpdId audience;
  IpdShortId nonce;
  uint32_t ms; /* how long it lives */
} IpdNonceToken;

/** IpdResultToken: station: what became of a command. @seq rises from 1 within a command. */
typedef struct {
  IpdShortId re;
  IpdId audience;
  IpdOutputId output;
  uint32_t seq;
  IpdOpeningState state; /* never requested or no-answer: no station says those */
  IpdRefusal reason;     /* when refused, else IPD_REFUSAL_NONE */
} IpdResultToken;

/** IpdVisitToken: station: how a visit goes. @seq rises from 1 within a visit. */
typedef struct {
  IpdShortId visit;
  IpdId audience;
  uint32_t seq;
  IpdVisitNews state;
  IpdName by;         /* who answered or opened, "" if nobody */
  IpdId by_id;        /* none if nobody */
  IpdOutputId output; /* "" unless opened */
  IpdContact contact;
  IpdVisitReason reason; /* when ended, else IPD_VISIT_REASON_NONE */
} IpdVisitToken;

/** IpdUnEnrolToken: client: "forget me". */
typedef struct {
  IpdShortId id;
  IpdId plant;
} IpdUnEnrolToken;

/** IpdMessage: one of the six, by @type (IPD_TOKEN_COMMAND … IPD_TOKEN_UN_ENROL). @signer is who signed it. */
typedef struct {
  IpdTokenType type;
  IpdId signer;
  union {
    IpdCommandToken command;
    IpdNonceRequest nonce_request;
    IpdNonceToken nonce;
    IpdResultToken result;
    IpdVisitToken visit;
    IpdUnEnrolToken un_enrol;
  };
} IpdMessage;

/**
 * ipd_message_make: signs @message (its @signer is not looked at).
 * Returns: (transfer full): the token. A value that breaks the limits is a bug of the caller.
 */
char *ipd_message_make (const IpdKeyPair *signer, const IpdMessage *message);

/**
 * ipd_message_verify:
 * @pk: of whom ipd_token_peek() named as signer: from the licence table (station) or the directory (client), never from
 *   the token
 *
 * Signature and members. What only the receiver knows stays with him: audience, target, nonce, rising seq.
 * Errors: IPD_WIRE_ERROR_FORM, TOO_LONG, SIGNER, SIGNATURE, VERSION, MEMBER.
 */
gboolean ipd_message_verify (const char *token, size_t length, const uint8_t pk[static IPD_PK_OCTETS],
                             IpdMessage *ret_message, GError **error);

G_END_DECLS
