// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h"
#include "core/licence.h"
#include "station/clock.h"
#include "station/identity.h"
#include "store/store.h"

/*
 * The plant as its authority sees it: who is licensed, and the directory of devices (docs/protocol.md §6). Licences
 * live in the store; this is the table in RAM. Thread: the main one.
 */

typedef struct _IpdPlant IpdPlant;

typedef struct {
  IpdLicence licence;
  IpdShortId hash;
  char *token;
  gboolean removed; /* kept, so that a last word to it can be signed and refused by name */
} IpdClient;

/* @identity, @store, @clock must outlive it. Errors: IPD_STORE_ERROR.   Returns: (transfer full) */
IpdPlant *ipd_plant_new (const char *name, const IpdStationIdentity *identity, IpdStore *store, const IpdClock *clock,
                         GError **error);
void ipd_plant_free (IpdPlant *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdPlant, ipd_plant_free)

const char *ipd_plant_get_name (const IpdPlant *self);

/* Whoever ever had a licence, removed ones too. Borrowed until the table changes. */
const IpdClient *ipd_plant_find (const IpdPlant *self, const IpdId *client);

/* Whether @client has a licence that is valid now; @hash: (nullable): and it is this one. */
gboolean ipd_plant_is_licensed (const IpdPlant *self, const IpdId *client, const IpdShortId *hash);

/*
 * Issues a licence; an older one of the same key ends. @profile: one of ipd_plant_profile_exists().
 * Returns: (transfer none): %NULL when the store refuses (IPD_STORE_ERROR)
 */
const IpdClient *ipd_plant_issue (IpdPlant *self, const uint8_t pk[static IPD_LICENCE_PK_OCTETS], const char *name,
                                  const char *profile, GError **error);

/*
 * Takes effect at once, even if the store cannot keep it: then it returns FALSE with IPD_STORE_ERROR, and the licence
 * would be back after a restart.
 */
gboolean ipd_plant_remove (IpdPlant *self, const IpdId *client, GError **error);

/* "resident": every output; "manager": that and everybody's history; "viewer": sees and talks, opens nothing. */
gboolean ipd_plant_profile_exists (const char *profile);

/*
 * The one device of this plant that has a key, and those of other makers; copied. Makes a directory with a new version;
 * profiles name the outputs of all of them.
 * @others: (element-type IpdDevice)
 * Errors: IPD_STORE_ERROR, IPD_WIRE_ERROR (TOO_LONG: more than a directory holds)
 */
gboolean ipd_plant_set_devices (IpdPlant *self, const IpdDevice *device, const GPtrArray *others, GError **error);

/* The directory token, borrowed. */
const char *ipd_plant_get_directory (const IpdPlant *self);

/* Those not removed, by serial. Returns: (transfer container) (element-type IpdClient) */
GPtrArray *ipd_plant_list (const IpdPlant *self);
