// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gst/gst.h>
#include <stdbool.h>

/**
 * IpdSinceKey: the packets since the last key frame, kept for who joins in the next moments: the very same ones, so a
 * new viewer needs no key frame of its own. Zero it, then ipd_since_key_init(). Thread: one at a time.
 */
typedef struct {
  GPtrArray *packets; /* none if there were too many */
  gint64 key_us;
} IpdSinceKey;

void ipd_since_key_init (IpdSinceKey *since);
void ipd_since_key_clear (IpdSinceKey *since);

/** ipd_since_key_begin: what comes now belongs to a new key frame. */
void ipd_since_key_begin (IpdSinceKey *since);

/** ipd_since_key_keep: @packet is referenced. */
void ipd_since_key_keep (IpdSinceKey *since, GstBuffer *packet);

/** ipd_since_key_is_fresh: whether the kept packets are a picture that is worth sending. */
bool ipd_since_key_is_fresh (const IpdSinceKey *since);
