// SPDX-License-Identifier: Apache-2.0
/* What a station keeps to send again, and how much of it one viewer may have. Owned by the sender of a picture, under
 * its lock, and by its viewers. */
#include "media/resend.h"

#define PRICE_US (G_USEC_PER_SEC / IPD_RESEND_PER_SECOND)

void
ipd_sent_packets_keep (IpdSentPackets *sent, GstBuffer *packet)
{
  uint8_t number[2];
  if (gst_buffer_extract (packet, 2, number, sizeof number) != sizeof number)
    return;
  uint16_t seq = (uint16_t) (number[0] << 8 | number[1]);
  gst_buffer_replace (&sent->packets[seq % IPD_RESEND_KEPT], packet);
  sent->seqs[seq % IPD_RESEND_KEPT] = seq;
}

GstBuffer *
ipd_sent_packets_find (const IpdSentPackets *sent, uint16_t seq)
{
  return sent->seqs[seq % IPD_RESEND_KEPT] == seq ? sent->packets[seq % IPD_RESEND_KEPT] : NULL;
}

void
ipd_sent_packets_clear (IpdSentPackets *sent)
{
  for (guint i = 0; i < IPD_RESEND_KEPT; i++)
    gst_clear_buffer (&sent->packets[i]);
}

bool
ipd_resend_budget_take (IpdResendBudget *budget, int64_t now_us)
{
  if (budget->used_us < now_us)
    budget->used_us = now_us;
  if (budget->used_us - now_us > IPD_RESEND_BURST * PRICE_US)
    return false;
  budget->used_us += PRICE_US;
  return true;
}
