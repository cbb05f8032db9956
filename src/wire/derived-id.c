// SPDX-License-Identifier: Apache-2.0
/*
 * Ids made of names. Used by the station when it lists its plant, and by whoever has to find the same thing again. Any
 * thread.
 */

#include "wire/derived-id.h"

#include "wire/id-private.h"

#include <sodium.h>
#include <string.h>

static IpdId
derive (const char *label, const IpdId *plant, const char *name)
{
  crypto_generichash_state state;
  uint8_t hash[IPD_ID_HASH_OCTETS];

  crypto_generichash_init (&state, NULL, 0, sizeof hash);
  crypto_generichash_update (&state, (const uint8_t *) label, strlen (label));
  crypto_generichash_update (&state, (const uint8_t *) plant->s, strlen (plant->s));
  crypto_generichash_update (&state, (const uint8_t *) name, strlen (name));
  crypto_generichash_final (&state, hash, sizeof hash);
  return ipd_id_from_hash (hash);
}

IpdId
ipd_id_of_third_party (const IpdId *plant, const char *group)
{
  return derive ("ipdoor device 1", plant, group);
}

IpdId
ipd_id_of_phone (const IpdId *plant, const char *phone)
{
  return derive ("ipdoor phone 1", plant, phone);
}
