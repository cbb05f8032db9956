// SPDX-License-Identifier: Apache-2.0
/*
 * PASETO v4.public over libsodium. Used by token.c, which gives it our footer and implicit assertion. Any thread.
 */

#include "wire/paseto.h"

#include "wire/base64.h"
#include "wire/error-private.h"

#include <sodium.h>
#include <string.h>

#define HEADER_LENGTH (sizeof IPD_PASETO_HEADER - 1)

static void
append_le64 (GByteArray *array, uint64_t number)
{
  uint8_t octets[8];
  for (unsigned i = 0; i < 8; i++)
    octets[i] = (uint8_t) (number >> (8 * i) & 0xff);
  octets[7] &= 0x7f; /* the specification keeps the sign bit clear, for languages without unsigned numbers */
  g_byte_array_append (array, octets, sizeof octets);
}

GByteArray *
ipd_paseto_pae (const IpdOctets *pieces, size_t count)
{
  GByteArray *array = g_byte_array_new ();
  append_le64 (array, count);
  for (size_t i = 0; i < count; i++)
    {
      g_assert (pieces[i].length <= G_MAXUINT);
      append_le64 (array, pieces[i].length);
      if (pieces[i].length > 0)
        g_byte_array_append (array, pieces[i].octets, (guint) pieces[i].length);
    }
  return array;
}

static GByteArray *
signed_octets (IpdOctets payload, IpdOctets footer, IpdOctets implicit)
{
  const IpdOctets pieces[] = { { IPD_PASETO_HEADER, HEADER_LENGTH }, payload, footer, implicit };
  return ipd_paseto_pae (pieces, G_N_ELEMENTS (pieces));
}

char *
ipd_paseto_sign (const IpdKeyPair *signer, IpdOctets payload, IpdOctets footer, IpdOctets implicit)
{
  g_autoptr (GByteArray) to_sign = signed_octets (payload, footer, implicit);
  g_autofree uint8_t *body = g_malloc (payload.length + IPD_SIGNATURE_OCTETS);

  if (payload.length > 0)
    memcpy (body, payload.octets, payload.length);
  ipd_sign (signer, to_sign->data, to_sign->len, body + payload.length);
  g_autofree char *body_text = ipd_b64u_encode (body, payload.length + IPD_SIGNATURE_OCTETS);
  if (footer.length == 0)
    return g_strconcat (IPD_PASETO_HEADER, body_text, NULL);
  g_autofree char *footer_text = ipd_b64u_encode (footer.octets, footer.length);
  return g_strconcat (IPD_PASETO_HEADER, body_text, ".", footer_text, NULL);
}

/* A token whose last part is empty ("v4.public.x.") would be a second text for the one without: refused. */
static gboolean
split_footer (const char *token, size_t length, size_t dot, GBytes **ret_footer, IpdWireError *reterr)
{
  if (dot == length)
    {
      *ret_footer = g_bytes_new (NULL, 0);
      return TRUE;
    }
  if (dot + 1 == length)
    return ipd_wire_fail (reterr, IPD_WIRE_SYNTAX, dot);
  GBytes *footer = ipd_b64u_decode_new (token + dot + 1, length - dot - 1, IPD_PASETO_FOOTER_MAX, reterr);
  if (footer != NULL)
    *ret_footer = footer;
  else if (reterr != NULL)
    reterr->offset += dot + 1;
  return footer != NULL;
}

gboolean
ipd_paseto_split (const char *token, size_t length, GBytes **ret_body, GBytes **ret_footer, IpdWireError *reterr)
{
  if (length > IPD_PASETO_MAX)
    return ipd_wire_fail (reterr, IPD_WIRE_LONG, IPD_PASETO_MAX);
  if (length < HEADER_LENGTH)
    return ipd_wire_fail (reterr, IPD_WIRE_SHORT, length);
  if (memcmp (token, IPD_PASETO_HEADER, HEADER_LENGTH) != 0)
    return ipd_wire_fail (reterr, IPD_WIRE_UNSUPPORTED, 0);

  const char *body_text = token + HEADER_LENGTH;
  const char *dot = memchr (body_text, '.', length - HEADER_LENGTH);
  size_t body_end = dot == NULL ? length : (size_t) (dot - token);
  g_autoptr (GBytes) body = ipd_b64u_decode_new (body_text, body_end - HEADER_LENGTH, IPD_PASETO_MAX, reterr);
  if (body == NULL)
    return FALSE;
  if (g_bytes_get_size (body) < IPD_SIGNATURE_OCTETS)
    return ipd_wire_fail (reterr, IPD_WIRE_SHORT, body_end);
  if (!split_footer (token, length, body_end, ret_footer, reterr))
    return FALSE;
  *ret_body = g_steal_pointer (&body);
  return TRUE;
}

GBytes *
ipd_paseto_verify (const uint8_t pk[static IPD_PK_OCTETS], const char *token, size_t length, IpdOctets footer,
                   IpdOctets implicit, IpdWireError *reterr)
{
  g_autoptr (GBytes) body = NULL, found = NULL;
  size_t body_length, found_length;

  if (!ipd_paseto_split (token, length, &body, &found, reterr))
    return NULL;
  const uint8_t *body_octets = g_bytes_get_data (body, &body_length);
  const void *found_octets = g_bytes_get_data (found, &found_length);
  IpdOctets payload = { body_octets, body_length - IPD_SIGNATURE_OCTETS };
  g_autoptr (GByteArray) signed_by = signed_octets (payload, footer, implicit);
  gboolean same_footer = found_length == footer.length
                         && (found_length == 0 || sodium_memcmp (found_octets, footer.octets, found_length) == 0);

  if (!same_footer || !ipd_verify (pk, signed_by->data, signed_by->len, body_octets + payload.length))
    {
      ipd_wire_fail (reterr, IPD_WIRE_FORGED, 0);
      return NULL;
    }
  return g_bytes_new_from_bytes (body, 0, payload.length);
}
