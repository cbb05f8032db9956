// SPDX-License-Identifier: Apache-2.0
/* Key containers: as sealed text, and as the octets that are found inside. */

#include "fuzz.h"

#include "wire/media-keys.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdKeyPair client = FUZZ_CLIENT;
  IpdStationKeys station_keys, back;
  IpdClientKeys client_keys;

  ipd_station_keys_open ((const char *) data, size, &client, &station_keys, NULL);
  ipd_client_keys_open ((const char *) data, size, &client, &client_keys, NULL);
  ipd_client_keys_read (data, size, &client_keys, NULL);
  if (ipd_station_keys_read (data, size, &station_keys, NULL))
    {
      g_autofree char *text = ipd_station_keys_seal (&station_keys, client.pk);
      g_assert_true (ipd_station_keys_open (text, strlen (text), &client, &back, NULL));
      g_assert_true (ipd_short_id_equal (&back.visit, &station_keys.visit));
    }
  return 0;
}
