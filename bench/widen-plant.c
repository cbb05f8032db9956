// SPDX-License-Identifier: Apache-2.0
/*
 * Makes a plant of one station a plant of several, on the disk of a client that is enrolled and does not run: its
 * enrolment then names all of them, as a directory of such a plant would. The first station is the authority; the
 * others run on copies of its state with keys of their own, so its licence holds there too.
 *
 *   widen-plant CLIENT-DATA-DIR AUTHORITY-STATE-DIR [STATION-STATE-DIR ADDRESS NAME]...
 */
#include <stdio.h>
#include <string.h>

#include "agent/membership.h"
#include "station/identity.h"
#include "wire/directory.h"
#include "wire/random.h"
#include "wire/sip-auth.h"

/* Like the first one, but for its key, address and name. */
static gboolean
add_station (IpdMembership *client, char **argv, GError **error)
{
  g_auto (IpdStationIdentity) identity = { 0 };
  IpdDevice *device = ipd_device_dup (g_ptr_array_index (client->directory.devices, 0));
  unsigned n = client->package.n_sip++;

  g_ptr_array_add (client->directory.devices, device);
  if (!ipd_station_identity_load (argv[0], &identity, error))
    return FALSE;
  device->id = identity.device.id;
  memcpy (device->pk, identity.device.pk, sizeof device->pk);
  device->roles = IPD_ROLE_OUTDOOR;
  g_strlcpy (device->host, argv[1], sizeof device->host);
  ipd_name_set (&device->name, argv[2]);
  client->package.sip[n].station = device->id;
  client->package.sip[n].secret = ipd_sip_secret (identity.k_station, &client->key.id);
  return TRUE;
}

static gboolean
save (IpdMembership *client, const char *dir, const IpdKeyPair *authority, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;

  client->directory.version++;
  g_free (client->package.directory);
  client->package.directory = ipd_directory_token_make (authority, &client->directory, error);
  if (client->package.directory == NULL)
    return FALSE;
  sealed = ipd_enrol_package_seal (authority, client->key.pk, &client->package, error);
  return sealed != NULL
         && ipd_membership_save (dir, authority->pk, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), error);
}

int
main (int argc, char **argv)
{
  g_autoptr (IpdMembership) client = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (IpdStationIdentity) authority = { 0 };
  gboolean ok;

  if (argc < 3 || argc % 3 != 0)
    return 2;
  ok = ipd_wire_init () && (client = ipd_membership_load (argv[1], 0, &error)) != NULL
       && ipd_station_identity_load (argv[2], &authority, &error);
  for (int i = 3; ok && i < argc && client->package.n_sip < IPD_ENROL_STATIONS_MAX; i += 3)
    ok = add_station (client, argv + i, &error);
  if (ok && save (client, argv[1], &authority.authority, &error))
    return 0;
  fprintf (stderr, "widen-plant: %s\n", error != NULL ? error->message : "this computer is not enrolled");
  return 1;
}
