// SPDX-License-Identifier: Apache-2.0
// Nonces of the registrar: stateless until used, then with a strictly rising count. Called by registrar.c.
#include "sip/nonce.h"

#include "wire/random.h"

#include <string.h>

#define TIME_DIGITS  8
#define SALT_DIGITS  8
#define MAC_DIGITS   32
#define NONCE_DIGITS (TIME_DIGITS + SALT_DIGITS + MAC_DIGITS)
#define NC_DIGITS    8

struct _IpdSipNonces {
  guint8 key[32];
  GHashTable *used; /* nonce -> last count */
};

IpdSipNonces *
ipd_sip_nonces_new (void)
{
  IpdSipNonces *nonces = g_new0 (IpdSipNonces, 1);
  ipd_random_octets (nonces->key, sizeof nonces->key);
  nonces->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return nonces;
}

void
ipd_sip_nonces_free (IpdSipNonces *nonces)
{
  if (!nonces)
    return;
  g_hash_table_unref (nonces->used);
  g_free (nonces);
}

/* The salt keeps apart two challenges to one source in one second: with one nonce, the second count of 1 is a replay.
 */
static char *
make (IpdSipNonces *nonces, const char *source, guint32 time, guint32 salt)
{
  g_autofree char *text = g_strdup_printf ("%08x %08x %s", time, salt, source);
  g_autofree char *mac = g_compute_hmac_for_string (G_CHECKSUM_SHA256, nonces->key, sizeof nonces->key, text, -1);
  return g_strdup_printf ("%08x%08x%.*s", time, salt, MAC_DIGITS, mac);
}

char *
ipd_sip_nonces_make (IpdSipNonces *nonces, const char *source, gint64 now)
{
  guint32 salt;
  ipd_random_octets (&salt, sizeof salt);
  return make (nonces, source, (guint32) now, salt);
}

static gboolean
parse_hex (const char *text, gsize digits, guint32 *ret_value)
{
  guint32 value = 0;
  for (gsize i = 0; i < digits; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return FALSE;
      value = value << 4 | (guint32) g_ascii_xdigit_value (text[i]);
    }
  *ret_value = value;
  return TRUE;
}

static gboolean
too_old (const char *nonce, gint64 now)
{
  guint32 made = 0;
  parse_hex (nonce, TIME_DIGITS, &made);
  return (guint32) now - made > IPD_SIP_NONCE_SECONDS;
}

static gboolean
forget_if_old (gpointer nonce, gpointer count, gpointer now)
{
  return too_old (nonce, *(gint64 *) now);
}

static gboolean
is_ours (IpdSipNonces *nonces, const char *nonce, const char *source)
{
  guint32 made, salt;
  if (strlen (nonce) != NONCE_DIGITS || !parse_hex (nonce, TIME_DIGITS, &made)
      || !parse_hex (nonce + TIME_DIGITS, SALT_DIGITS, &salt))
    return FALSE;
  g_autofree char *expected = make (nonces, source, made, salt);
  guint8 difference = 0;
  for (gsize i = 0; i < NONCE_DIGITS; i++)
    difference |= (guint8) (expected[i] ^ nonce[i]);
  return difference == 0;
}

IpdSipNonceVerdict
ipd_sip_nonces_use (IpdSipNonces *nonces, const char *nonce, const char *nc, const char *source, gint64 now)
{
  guint32 count;
  if (!is_ours (nonces, nonce, source) || too_old (nonce, now) || strlen (nc) != NC_DIGITS
      || !parse_hex (nc, NC_DIGITS, &count) || count == 0)
    return IPD_SIP_NONCE_STALE;
  if (count <= GPOINTER_TO_UINT (g_hash_table_lookup (nonces->used, nonce)))
    return IPD_SIP_NONCE_STALE;
  if (g_hash_table_size (nonces->used) >= IPD_SIP_NONCES_MAX)
    g_hash_table_foreach_remove (nonces->used, forget_if_old, &now);
  /* so many good registrations in ten minutes: all begin anew rather than any being replayed */
  if (g_hash_table_size (nonces->used) >= IPD_SIP_NONCES_MAX)
    {
      g_hash_table_remove_all (nonces->used);
      ipd_random_octets (nonces->key, sizeof nonces->key);
      return IPD_SIP_NONCE_STALE;
    }
  g_hash_table_replace (nonces->used, g_strdup (nonce), GUINT_TO_POINTER (count));
  return IPD_SIP_NONCE_FRESH;
}
