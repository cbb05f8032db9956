// SPDX-License-Identifier: Apache-2.0
/*
 * Licence table and directory of a one-station plant. Owned by IpdStation; asked at registration, ring and command.
 */
#include "station/plant.h"

#include "wire/directory.h"
#include "wire/licence-token.h"
#include "wire/token.h"

#include <string.h>

#define SECONDS_A_YEAR (365 * 24 * 3600LL)
#define LICENCE_YEARS  10
/* A client whose clock is a little behind must not find its new licence in the future. */
#define NOT_BEFORE_SLACK_SECONDS 3600

struct _IpdPlant {
  char *name;
  const IpdStationIdentity *identity;
  IpdStore *store;
  const IpdClock *clock;
  GHashTable *clients; /* id text, owned by the value, to IpdClient */
  GPtrArray *devices;  /* of IpdDevice: ours, then those of other makers */
  char *directory;
  gint64 floor_s; /* the newest time the authority ever signed */
};

typedef struct {
  const char *name;
  gboolean outputs;
  gboolean intercom;
  IpdHistoryScope history;
} Profile;

static const Profile profiles[] = {
  { "resident", TRUE, TRUE, IPD_HISTORY_OWN },
  { "manager", TRUE, TRUE, IPD_HISTORY_ALL },
  { "viewer", FALSE, TRUE, IPD_HISTORY_OWN },
};

static const Profile *
find_profile (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (g_str_equal (profiles[i].name, name))
      return &profiles[i];
  return NULL;
}

gboolean
ipd_plant_profile_exists (const char *profile)
{
  return find_profile (profile) != NULL;
}

static void
client_free (gpointer data)
{
  IpdClient *self = data;
  g_free (self->token);
  g_free (self);
}

static void
adopt (IpdPlant *self, const IpdLicence *licence, const IpdShortId *hash, const char *token, gboolean removed)
{
  IpdClient *client = g_new0 (IpdClient, 1);
  client->licence = *licence;
  client->hash = *hash;
  client->token = g_strdup (token);
  client->removed = removed;
  self->floor_s = MAX (self->floor_s, licence->not_before_s);
  /* Replace and not insert: the key lives inside the value that goes. */
  g_hash_table_replace (self->clients, client->licence.client.s, client);
}

static gboolean
load (IpdPlant *self, GError **error)
{
  g_autoptr (GPtrArray) rows = ipd_store_licences (self->store, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const IpdLicenceRow *row = rows->pdata[i];
      g_autoptr (GError) why = NULL;
      IpdLicence licence;
      if (ipd_licence_token_verify (row->token, self->identity->authority.pk, &licence, &why))
        adopt (self, &licence, &row->hash, row->token, row->removed);
      else
        g_warning ("the licence of client %s in the store is not of this plant: %s", row->client.s, why->message);
    }
  return TRUE;
}

IpdPlant *
ipd_plant_new (const char *name, const IpdStationIdentity *identity, IpdStore *store, const IpdClock *clock,
               GError **error)
{
  g_autoptr (IpdPlant) self = g_new0 (IpdPlant, 1);
  self->name = g_strdup (name);
  self->identity = identity;
  self->store = store;
  self->clock = clock;
  self->clients = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, client_free);
  self->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_device_free);
  return load (self, error) ? g_steal_pointer (&self) : NULL;
}

void
ipd_plant_free (IpdPlant *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->clients);
  g_ptr_array_unref (self->devices);
  g_free (self->directory);
  g_free (self->name);
  g_free (self);
}

const char *
ipd_plant_get_name (const IpdPlant *self)
{
  return self->name;
}

const IpdClient *
ipd_plant_find (const IpdPlant *self, const IpdId *client)
{
  return g_hash_table_lookup (self->clients, client->s);
}

gboolean
ipd_plant_is_licensed (const IpdPlant *self, const IpdId *client, const IpdShortId *hash)
{
  const IpdClient *found = ipd_plant_find (self, client);
  gint64 now_s = ipd_clock_wall_us (self->clock) / G_USEC_PER_SEC;
  return found != NULL && !found->removed && (hash == NULL || ipd_short_id_equal (&found->hash, hash))
         && ipd_licence_check (&found->licence, now_s, self->floor_s) == IPD_LICENCE_OK;
}

/* Two devices may have an output of one id: to the profile they are one. */
static void
allow_outputs (const IpdDevice *device, IpdProfile *profile)
{
  for (size_t i = 0; i < device->n_outputs; i++)
    ipd_profile_add_output (profile, device->outputs[i].id.s);
}

static void
fill_profile (const IpdPlant *self, const Profile *from, IpdProfile *ret_profile)
{
  ipd_profile_init (ret_profile);
  ipd_name_set (&ret_profile->name, from->name);
  ret_profile->intercom = from->intercom;
  ret_profile->history = from->history;
  for (guint i = 0; from->outputs && i < self->devices->len; i++)
    allow_outputs (self->devices->pdata[i], ret_profile);
}

static gboolean
keep (IpdPlant *self, const IpdLicence *licence, const IpdShortId *hash, char *token, GError **error)
{
  IpdLicenceRow row
      = { .client = licence->client, .hash = *hash, .serial = licence->serial, .removed = FALSE, .token = token };
  return ipd_store_remove_licences (self->store, &licence->client, NULL, error)
         && ipd_store_put_licence (self->store, &row, error);
}

const IpdClient *
ipd_plant_issue (IpdPlant *self, const uint8_t pk[static IPD_LICENCE_PK_OCTETS], const char *name, const char *profile,
                 GError **error)
{
  IpdLicence licence;
  int64_t serial = 0;
  if (!ipd_store_next_number (self->store, "licence-serial", &serial, error))
    return NULL;
  gint64 now_s = MAX (ipd_clock_wall_us (self->clock) / G_USEC_PER_SEC, self->floor_s);
  ipd_licence_init (&licence);
  licence.client = ipd_id_from_pk (pk);
  memcpy (licence.pk, pk, sizeof licence.pk);
  ipd_name_set (&licence.name, name);
  fill_profile (self, find_profile (profile), &licence.profile);
  licence.not_before_s = now_s - NOT_BEFORE_SLACK_SECONDS;
  licence.expires_s = now_s + LICENCE_YEARS * SECONDS_A_YEAR;
  licence.serial = (uint64_t) serial;
  g_autofree char *token = ipd_licence_token_make (&self->identity->authority, &licence);
  IpdShortId hash = ipd_token_hash (token);
  if (!keep (self, &licence, &hash, token, error))
    return NULL;
  adopt (self, &licence, &hash, token, FALSE);
  return ipd_plant_find (self, &licence.client);
}

gboolean
ipd_plant_remove (IpdPlant *self, const IpdId *client, GError **error)
{
  IpdClient *found = g_hash_table_lookup (self->clients, client->s);
  if (found != NULL)
    found->removed = TRUE;
  return ipd_store_remove_licences (self->store, client, NULL, error);
}

/*
 * Of a disk that takes nothing the number is only read: the next start may give it again. A client refuses lower ones
 * only.
 */
static gboolean
next_version (IpdPlant *self, int64_t *ret_version, GError **error)
{
  g_autoptr (GError) why = NULL;
  if (ipd_store_next_number (self->store, "directory-version", ret_version, &why))
    return TRUE;
  if (!ipd_store_get_number (self->store, "directory-version", 0, ret_version, error))
    return FALSE;
  (*ret_version)++;
  g_warning ("the version %" G_GINT64_FORMAT " of the directory could not be kept: %s", *ret_version, why->message);
  return TRUE;
}

gboolean
ipd_plant_set_devices (IpdPlant *self, const IpdDevice *device, const GPtrArray *others, GError **error)
{
  g_auto (IpdDirectory) directory = { 0 };
  int64_t version = 0;
  if (!next_version (self, &version, error))
    return FALSE;
  g_ptr_array_set_size (self->devices, 0);
  g_ptr_array_add (self->devices, ipd_device_dup (device));
  for (guint i = 0; i < others->len; i++)
    g_ptr_array_add (self->devices, ipd_device_dup (others->pdata[i]));
  ipd_directory_init (&directory);
  directory.version = (uint64_t) version;
  directory.time = ipd_clock_wall_us (self->clock) / G_USEC_PER_SEC;
  for (guint i = 0; i < self->devices->len; i++)
    g_ptr_array_add (directory.devices, ipd_device_dup (self->devices->pdata[i]));
  char *token = ipd_directory_token_make (&self->identity->authority, &directory, error);
  if (token == NULL)
    return FALSE;
  g_free (self->directory);
  self->directory = token;
  return TRUE;
}

const char *
ipd_plant_get_directory (const IpdPlant *self)
{
  return self->directory;
}

static int
by_serial (gconstpointer a, gconstpointer b)
{
  const IpdClient *left = *(const IpdClient *const *) a;
  const IpdClient *right = *(const IpdClient *const *) b;
  return left->licence.serial < right->licence.serial ? -1 : left->licence.serial > right->licence.serial;
}

GPtrArray *
ipd_plant_list (const IpdPlant *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer client;
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    if (!((IpdClient *) client)->removed)
      g_ptr_array_add (list, client);
  g_ptr_array_sort (list, by_serial);
  return list;
}
