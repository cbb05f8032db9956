// SPDX-License-Identifier: Apache-2.0
/* Keeps the last key frame as it went out. Owned by the senders of the station's picture, under their locks. */
#include "media/since-key.h"

/* A key frame is fresh as long as no other may be forced; and what follows it must fit a stock socket buffer (208 KiB).
 */
#define FRESH_US     (500 * 1000)
#define MAX_REPLAYED 64

void
ipd_since_key_init (IpdSinceKey *since)
{
  since->packets = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
}

void
ipd_since_key_clear (IpdSinceKey *since)
{
  g_clear_pointer (&since->packets, g_ptr_array_unref);
}

void
ipd_since_key_begin (IpdSinceKey *since)
{
  g_ptr_array_set_size (since->packets, 0);
  since->key_us = g_get_monotonic_time ();
}

void
ipd_since_key_keep (IpdSinceKey *since, GstBuffer *packet)
{
  if (since->key_us == 0)
    return;
  if (since->packets->len < MAX_REPLAYED)
    g_ptr_array_add (since->packets, gst_buffer_ref (packet));
  else
    since->key_us = 0;
}

bool
ipd_since_key_is_fresh (const IpdSinceKey *since)
{
  return since->key_us != 0 && since->packets->len > 0 && g_get_monotonic_time () - since->key_us < FRESH_US;
}
