// SPDX-License-Identifier: Apache-2.0
/*
 * Loads the station's keys, or makes them once. Called by station.c at start; a key that cannot be trusted stops it.
 */
#include "station/identity.h"

#include "platform/paths.h"
#include "wire/base64.h"
#include "wire/error.h"
#include "wire/key-file.h"
#include "wire/random.h"
#include "wire/secret.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
load_pair (const char *state_dir, const char *name, IpdKeyPair *ret_pair, gboolean *ret_created, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL);
  return ipd_key_file_load_or_create (path, ret_pair, ret_created, error);
}

static gboolean
make_k_station (const char *path, uint8_t ret_key[32], GError **error)
{
  uint8_t key[32];
  ipd_random_octets (key, sizeof key);
  char *text = ipd_b64u_encode (key, sizeof key);
  gboolean made = ipd_paths_write_private (path, text, -1, error);
  if (made)
    memcpy (ret_key, key, sizeof key);
  ipd_wipe_string (text);
  ipd_wipe (key, sizeof key);
  return made;
}

static gboolean
load_k_station (const char *state_dir, uint8_t ret_key[32], GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, "sip.key", NULL);
  g_autoptr (GError) why = NULL;
  char *text = NULL;
  gsize length = 0;
  if (!ipd_paths_read_private (path, 64, &text, &length, &why))
    {
      if (g_error_matches (why, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return make_k_station (path, ret_key, error);
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  gboolean good = ipd_b64u_decode_exact (text, length, ret_key, 32);
  ipd_wipe_string (text);
  if (!good)
    g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_KEY, _ ("The key file %s is damaged."), path);
  return good;
}

gboolean
ipd_station_identity_load (const char *state_dir, IpdStationIdentity *ret_identity, GError **error)
{
  g_auto (IpdStationIdentity) self = { 0 };
  gboolean new_authority = FALSE;
  if (!load_pair (state_dir, "identity.key", &self.device, NULL, error)
      || !load_pair (state_dir, "authority.key", &self.authority, &new_authority, error)
      || !load_k_station (state_dir, self.k_station, error))
    return FALSE;
  if (new_authority)
    g_warning (
        "the authority key of plant %s now lives on this outdoor station: whoever takes the station off the wall "
        "can enrol clients; meant for a demo or a plant of one station",
        self.authority.id.s);
  memcpy (ret_identity, &self, sizeof self);
  return TRUE;
}

void
ipd_station_identity_clear (IpdStationIdentity *self)
{
  ipd_wipe (self, sizeof *self);
}
