// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "core/licence.h"
#include "wire/directory.h"
#include "wire/enrolment.h"
#include "wire/keys.h"

/*
 * Being enrolled: this client's key pair, and what the authority gave it (docs/protocol.md §5, §6), verified. On disk
 * that is identity.key (the seed) and enrolment.json, which holds the package as it was sealed to the key and the
 * authority's public key; so the second file says nothing to whoever has not the first, and both have mode 0600.
 *
 * Thread: main context.
 */
typedef struct {
  IpdKeyPair key;
  IpdEnrolPackage package;
  IpdLicence licence;
  IpdShortId licence_hash;
  IpdDirectory directory;
} IpdMembership;

/*
 * The key pair, made and written at the first use. @dir: the data folder. Errors: IPD_WIRE_ERROR_KEY, G_FILE_ERROR.
 */
bool ipd_membership_key (const char *dir, IpdKeyPair *ret_key, GError **error);

/*
 * Verifies everything in a sealed package: signatures, plant, client, licence, directory, and that the directory is not
 * older than @known_version. Errors: IPD_WIRE_ERROR. Returns: (transfer full) (nullable)
 */
IpdMembership *ipd_membership_new (const IpdKeyPair *key, const uint8_t authority_pk[static IPD_PK_OCTETS],
                                   const void *sealed, gsize length, guint64 known_version, GError **error);

/* Writes enrolment.json. Errors: IPD_PLATFORM_ERROR. */
bool ipd_membership_save (const char *dir, const uint8_t authority_pk[static IPD_PK_OCTETS], const void *sealed,
                          gsize length, GError **error);

/* What was saved, verified again; a wipe that was cut short is ended first. Returns: (nullable): %NULL without @error
 * when not enrolled */
IpdMembership *ipd_membership_load (const char *dir, guint64 known_version, GError **error);

/* Overwrites and removes both files, so that a power cut leaves none of them half; what cannot be removed is logged. */
void ipd_membership_wipe (const char *dir);

/* The digest secret for @station, or %NULL; borrowed. */
const IpdShortId *ipd_membership_secret (const IpdMembership *membership, const IpdId *station);

/* Whether our licence is valid now. */
bool ipd_membership_licence_holds (const IpdMembership *membership);

void ipd_membership_free (IpdMembership *membership);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdMembership, ipd_membership_free)
