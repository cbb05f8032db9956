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
 * The directory of a plant (docs/protocol.md §6, §14): which devices there are, with their keys; third-party stations
 * with their host and driver instead. Thread: any.
 */

#define IPD_DIRECTORY_DEVICES_MAX 64

/** IpdDirectory: init with ipd_directory_init() or by reading; free the inside with ipd_directory_clear(). */
typedef struct {
  uint64_t version;   /* rises */
  int64_t time;       /* seconds since the epoch, when it was signed */
  GPtrArray *devices; /* of IpdDevice *, owned */
} IpdDirectory;

void ipd_directory_init (IpdDirectory *ret_directory);
void ipd_directory_clear (IpdDirectory *directory);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdDirectory, ipd_directory_clear)

/** ipd_directory_find: Returns: (transfer none) (nullable): borrowed from @directory */
const IpdDevice *ipd_directory_find (const IpdDirectory *directory, const IpdId *device);

/**
 * ipd_directory_token_make:
 * Returns: (transfer full) (nullable): the token. Errors: IPD_WIRE_ERROR_TOO_LONG (the JSON is above 8,192 octets).
 */
char *ipd_directory_token_make (const IpdKeyPair *authority, const IpdDirectory *directory, GError **error);

/**
 * ipd_directory_token_verify:
 * @known_version: the highest version seen so far, 0 if none; an equal one is accepted
 * @ret_directory: (out): overwritten without being cleared; ipd_directory_clear() it
 *
 * Also refuses a device whose id is not the hash of its key, and an id that is there twice.
 * Errors: IPD_WIRE_ERROR_FORM, TOO_LONG, SIGNER, SIGNATURE, VERSION, MEMBER, MISMATCH, ROLLBACK.
 */
gboolean ipd_directory_token_verify (const char *token, const uint8_t authority_pk[static IPD_PK_OCTETS],
                                     uint64_t known_version, IpdDirectory *ret_directory, GError **error);

G_END_DECLS
