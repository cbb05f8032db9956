// SPDX-License-Identifier: Apache-2.0
/*
 * A licence: the authority's word that a client belongs to the plant and what it may do. Source: docs/protocol.md §6.
 * Thread: any.  A plain value, copied by assignment. Verifying the token is wire's business, being removed is the
 * store's.
 */
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "core/profile.h"

#include <stdbool.h>
#include <stdint.h>

#define IPD_LICENCE_PK_OCTETS 32

typedef enum {
  IPD_LICENCE_LOCAL,
} IpdLicenceKind;

typedef struct {
  IpdId client;
  uint8_t pk[IPD_LICENCE_PK_OCTETS]; /* Ed25519 public key of the client */
  IpdName name;
  IpdProfile profile;
  IpdLicenceKind kind;
  int64_t not_before_s; /* Unix seconds, first one that is inside */
  int64_t expires_s;    /* Unix seconds, first one that is outside */
  uint64_t serial;
} IpdLicence;

typedef enum {
  IPD_LICENCE_OK,
  IPD_LICENCE_NOT_YET,
  IPD_LICENCE_EXPIRED,
} IpdLicenceVerdict;

void ipd_licence_init (IpdLicence *licence);

/*
 * @now_s: the clock, Unix seconds.  @floor_s: the newest signed time ever seen, 0 if none.
 * Time is the later of both, so a clock set back does not revive a grant (it is never used for freshness, nonces are).
 */
IpdLicenceVerdict ipd_licence_check (const IpdLicence *licence, int64_t now_s, int64_t floor_s);

const char *ipd_licence_kind_to_string (IpdLicenceKind kind); /* "local" */
bool ipd_licence_kind_from_string (const char *text, IpdLicenceKind *ret_kind);
