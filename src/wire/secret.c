// SPDX-License-Identifier: Apache-2.0
/*
 * Octets that are zeroed when nobody needs them any more. Used wherever a private key, a digest secret or an opened
 * package passes. Any thread.
 */

#include "wire/secret.h"

#include <sodium.h>
#include <string.h>

struct _IpdSecret {
  gatomicrefcount refs;
  size_t length;
  uint8_t octets[];
};

static size_t
secret_size (size_t length)
{
  return sizeof (IpdSecret) + length + 1;
}

static IpdSecret *
secret_alloc (size_t length)
{
  g_assert (length < G_MAXSIZE - sizeof (IpdSecret) - 1);
  IpdSecret *secret = g_malloc0 (secret_size (length));
  g_atomic_ref_count_init (&secret->refs);
  secret->length = length;
  /* Locking is a courtesy of the kernel (RLIMIT_MEMLOCK); without it the octets are still zeroed in the end. */
  (void) sodium_mlock (secret, secret_size (length));
  return secret;
}

IpdSecret *
ipd_secret_new (const void *octets, size_t length)
{
  IpdSecret *secret = secret_alloc (length);
  if (length > 0)
    memcpy (secret->octets, octets, length);
  return secret;
}

IpdSecret *
ipd_secret_new_random (size_t length)
{
  IpdSecret *secret = secret_alloc (length);
  randombytes_buf (secret->octets, length);
  return secret;
}

IpdSecret *
ipd_secret_ref (IpdSecret *secret)
{
  g_atomic_ref_count_inc (&secret->refs);
  return secret;
}

void
ipd_secret_unref (IpdSecret *secret)
{
  if (secret == NULL || !g_atomic_ref_count_dec (&secret->refs))
    return;
  sodium_munlock (secret, secret_size (secret->length)); /* zeroes, too */
  g_free (secret);
}

const uint8_t *
ipd_secret_octets (const IpdSecret *secret)
{
  return secret->octets;
}

size_t
ipd_secret_length (const IpdSecret *secret)
{
  return secret->length;
}

gboolean
ipd_secret_equal (const IpdSecret *a, const IpdSecret *b)
{
  return a->length == b->length && sodium_memcmp (a->octets, b->octets, a->length) == 0;
}

void
ipd_wipe (void *memory, size_t length)
{
  sodium_memzero (memory, length);
}

void
ipd_wipe_string (char *text)
{
  if (text == NULL)
    return;
  sodium_memzero (text, strlen (text));
  g_free (text);
}
