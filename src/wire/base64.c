// SPDX-License-Identifier: Apache-2.0
/*
 * Canonical base64url over libsodium's constant-time codec. Used by every reader and writer of wire/. Any thread.
 */

#include "wire/base64.h"

#include "wire/error-private.h"

#include <sodium.h>
#include <string.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

void
ipd_b64u_encode_to (const void *octets, size_t length, char *ret_text)
{
  sodium_bin2base64 (ret_text, IPD_B64U_LENGTH (length) + 1, octets, length, VARIANT);
}

char *
ipd_b64u_encode (const void *octets, size_t length)
{
  char *text = g_malloc (IPD_B64U_LENGTH (length) + 1);
  ipd_b64u_encode_to (octets, length, text);
  return text;
}

/* libsodium 1.0.18 compares characters as if they were 0 to 255 but gets them signed, so it takes octets above 0x7f for
 * letters. */
static gboolean
has_high_octet (const char *text, size_t length)
{
  unsigned seen = 0;
  for (size_t i = 0; i < length; i++)
    seen |= (unsigned char) text[i];
  return seen > 0x7f;
}

gboolean
ipd_b64u_decode (const char *text, size_t text_length, uint8_t *ret_octets, size_t size, size_t *ret_length,
                 IpdWireError *reterr)
{
  size_t length = text_length / 4 * 3 + (text_length % 4 * 3) / 4;
  const char *end = text;

  if (text_length % 4 == 1)
    return ipd_wire_fail (reterr, IPD_WIRE_SYNTAX, text_length);
  if (length > size)
    return ipd_wire_fail (reterr, IPD_WIRE_LONG, 0);
  if (text_length == 0)
    {
      *ret_length = 0;
      return TRUE;
    }
  if (has_high_octet (text, text_length))
    return ipd_wire_fail (reterr, IPD_WIRE_SYNTAX, 0);
  /* libsodium itself refuses padding here and bits that are left over. */
  size_t written = 0;
  if (sodium_base642bin (ret_octets, size, text, text_length, NULL, &written, &end, VARIANT) != 0
      || end != text + text_length || written != length)
    return ipd_wire_fail (reterr, IPD_WIRE_SYNTAX, (size_t) (end - text));
  *ret_length = written;
  return TRUE;
}

gboolean
ipd_b64u_decode_exact (const char *text, size_t text_length, uint8_t *ret_octets, size_t length)
{
  size_t written;
  return text_length == IPD_B64U_LENGTH (length)
         && ipd_b64u_decode (text, text_length, ret_octets, length, &written, NULL) && written == length;
}

GBytes *
ipd_b64u_decode_new (const char *text, size_t text_length, size_t limit, IpdWireError *reterr)
{
  size_t size = text_length / 4 * 3 + 3;
  if (text_length > IPD_B64U_LENGTH (limit))
    {
      ipd_wire_fail (reterr, IPD_WIRE_LONG, 0);
      return NULL;
    }
  uint8_t *octets = g_malloc (size);
  size_t written;
  if (!ipd_b64u_decode (text, text_length, octets, size, &written, reterr))
    {
      g_free (octets);
      return NULL;
    }
  return g_bytes_new_take (octets, written);
}
