// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h"
#include "core/ids.h"
#include "wire/error.h"
#include "wire/keys.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * The signed identity of a device and its HTTP form (docs/protocol.md §4). Thread: any.
 */

#define IPD_IDENTITY_BODY_MAX 8192

/** IpdIdentity: plain value. */
typedef struct {
  IpdId id;
  uint8_t pk[IPD_PK_OCTETS];
  IpdRoles roles;
  IpdId plant;
  IpdName name;
  IpdShortId nonce;
  IpdShortId boot;
  char host[IPD_HOST_CHARS + 1]; /* address the device serves on: who copies the document elsewhere contradicts it */
  uint16_t sip_port;
  char version[33];
} IpdIdentity;

/** ipd_identity_write: the body of GET /v1/device, `{"identity":"…"}`; @identity's id and pk come from @device. */
char *ipd_identity_write (const IpdKeyPair *device, const IpdIdentity *identity);

/**
 * ipd_identity_read:
 * @body: HTTP body, untrusted
 * @nonce: the one that was asked with
 *
 * Checks that id = hash (pk), that it is signed by that key and that the nonce is @nonce. That the directory of the
 * pinned plant lists this id with this key is left to the caller: until then it says who it is, not that it belongs to
 * the plant. Errors: IPD_WIRE_ERROR_FORM, TOO_LONG, SIGNATURE, SIGNER, VERSION, MEMBER, MISMATCH (nonce or id).
 */
gboolean ipd_identity_read (const char *body, size_t length, const IpdShortId *nonce, IpdIdentity *ret_identity,
                            GError **error);

G_END_DECLS
