// SPDX-License-Identifier: Apache-2.0
/*
 * Random octets and the short ids made of them. Used by every program for visits, nonces, tags. Any thread.
 */

#include "wire/random.h"

#include "wire/base64.h"

#include <sodium.h>
#include <string.h>

gboolean
ipd_wire_init (void)
{
  return sodium_init () >= 0;
}

void
ipd_random_octets (void *ret_octets, size_t length)
{
  randombytes_buf (ret_octets, length);
}

IpdShortId
ipd_random_short_id (void)
{
  uint8_t octets[IPD_SHORT_ID_OCTETS];
  randombytes_buf (octets, sizeof octets);
  return ipd_short_id_from_octets (octets);
}

uint16_t
ipd_random_tag (void)
{
  return (uint16_t) (randombytes_random () & 0xffff);
}

IpdShortId
ipd_short_id_from_octets (const uint8_t octets[static IPD_SHORT_ID_OCTETS])
{
  IpdShortId id;
  G_STATIC_ASSERT (sizeof id.s == IPD_B64U_LENGTH (IPD_SHORT_ID_OCTETS) + 1);
  ipd_b64u_encode_to (octets, IPD_SHORT_ID_OCTETS, id.s);
  return id;
}

gboolean
ipd_short_id_to_octets (const char *text, uint8_t ret_octets[static IPD_SHORT_ID_OCTETS])
{
  return text != NULL && ipd_b64u_decode_exact (text, strlen (text), ret_octets, IPD_SHORT_ID_OCTETS);
}
