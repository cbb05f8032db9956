// SPDX-License-Identifier: Apache-2.0
/* What is missing of a stream, and how patient to be about it. Fed by a receiver in its streaming thread and asked in
 * its worker, under its lock. */
#include "media/missing.h"

#include <glib.h>
#include <string.h>

#define MS 1000
/* Until the first packet came that was asked for. */
#define FIRST_RETRY_US (100 * MS)
#define FIRST_PATIENCE 400
/* Not each answer is waited for: some packets come twice then, and fewer pictures wait for a second try. */
#define RETRY_SHARE  2
#define MIN_RETRY_US (30 * MS)
/* At three tenths of packets lost each way half of the tries have no answer. */
#define TRIES           10
#define MAX_PATIENCE_MS 2000

/* Its place in the list, or where it would be; numbers turn over at 65,536. */
static unsigned
find (const IpdMissing *missing, uint16_t seq)
{
  unsigned i = 0;
  while (i < missing->n && (int16_t) (missing->packets[i].seq - seq) < 0)
    i++;
  return i;
}

static void
forget (IpdMissing *missing, unsigned first, unsigned n)
{
  missing->n -= n;
  memmove (&missing->packets[first], &missing->packets[first + n],
           (missing->n - first) * sizeof missing->packets[first]);
}

/* From the first request: the answer may be to any of them. So it says too much when one was lost, and is believed
 * slowly when it says more than before. */
static void
learn_round_trip (IpdMissing *missing, const IpdMissingPacket *packet, int64_t now_us)
{
  int64_t took_us = now_us - packet->first_us;
  if (missing->round_trip_us == 0)
    missing->round_trip_us = took_us;
  else if (took_us < missing->round_trip_us)
    missing->round_trip_us = (missing->round_trip_us + took_us) / 2;
  else
    missing->round_trip_us += (took_us - missing->round_trip_us) / 8;
  if (missing->round_trip_us == 0)
    missing->round_trip_us = 1;
}

static void
came_late (IpdMissing *missing, uint16_t seq, int64_t now_us)
{
  unsigned i = find (missing, seq);
  if (i == missing->n || missing->packets[i].seq != seq)
    return;
  if (missing->packets[i].asked > 0)
    learn_round_trip (missing, &missing->packets[i], now_us);
  forget (missing, i, 1);
}

bool
ipd_missing_packet (IpdMissing *missing, uint16_t seq, int64_t now_us)
{
  int16_t ahead = (int16_t) (seq - missing->newest);
  if (missing->started && ahead <= 0)
    {
      came_late (missing, seq, now_us);
      return false;
    }
  unsigned gap = missing->started ? (unsigned) ahead - 1 : 0;
  uint16_t next = (uint16_t) (missing->newest + 1);
  missing->started = true;
  missing->newest = seq;
  if (gap == 0)
    return false;
  if (missing->n + gap > IPD_MISSING_MAX)
    {
      missing->n = 0;
      return false;
    }
  for (unsigned i = 0; i < gap; i++)
    missing->packets[missing->n++] = (IpdMissingPacket){ .seq = (uint16_t) (next + i), .first_us = now_us };
  return true;
}

static int64_t
known_retry_us (const IpdMissing *missing)
{
  return MAX (MIN_RETRY_US, missing->round_trip_us / RETRY_SHARE);
}

int
ipd_missing_patience_ms (const IpdMissing *missing)
{
  if (missing->round_trip_us == 0)
    return FIRST_PATIENCE;
  int64_t ms = (missing->round_trip_us + TRIES * known_retry_us (missing)) / MS;
  return ms > MAX_PATIENCE_MS ? MAX_PATIENCE_MS : (int) ms;
}

/* Twice as long each time while nobody knows how far the sender is. */
static int64_t
retry_us (const IpdMissing *missing, const IpdMissingPacket *packet)
{
  if (missing->round_trip_us == 0)
    return (int64_t) FIRST_RETRY_US << (packet->asked > 4 ? 3 : packet->asked - 1);
  return known_retry_us (missing);
}

unsigned
ipd_missing_ask (IpdMissing *missing, int64_t now_us, uint16_t ret_seqs[static IPD_MISSING_MAX], int64_t *ret_wait_us)
{
  int64_t patience_us = (int64_t) ipd_missing_patience_ms (missing) * MS;
  unsigned old = 0;
  unsigned n = 0;
  while (old < missing->n && now_us - missing->packets[old].first_us >= patience_us)
    old++;
  forget (missing, 0, old);
  *ret_wait_us = -1;
  for (unsigned i = 0; i < missing->n; i++)
    {
      IpdMissingPacket *packet = &missing->packets[i];
      if (packet->asked == 0 || packet->asked_us + retry_us (missing, packet) <= now_us)
        {
          ret_seqs[n++] = packet->seq;
          packet->asked_us = now_us;
          packet->asked += packet->asked < UINT8_MAX;
        }
      int64_t wait_us = packet->asked_us + retry_us (missing, packet) - now_us;
      if (*ret_wait_us < 0 || wait_us < *ret_wait_us)
        *ret_wait_us = wait_us;
    }
  return n;
}
