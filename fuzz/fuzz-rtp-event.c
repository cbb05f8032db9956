// SPDX-License-Identifier: Apache-2.0
/* Telephone events of a phone, one packet in each ten octets: how many ms passed, sequence number, timestamp, marker
 * and length, the event. */

#include "fuzz.h"

#include "media/digit-receive.h"
#include "wire/dtmf.h"

#define RECORD 10

static unsigned
check (const char *digits, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    g_assert_nonnull (memchr (IPD_DTMF_DIGITS, digits[i], sizeof IPD_DTMF_DIGITS - 1));
  return n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdDigitReceive receive = { 0 };
  int64_t now_us = G_USEC_PER_SEC;
  size_t packets = 0, told = 0;

  for (; size >= RECORD; data += RECORD, size -= RECORD, packets++)
    {
      const IpdRtpHeader header = { .marker = data[5] & 0x80,
                                    .ssrc = data[5] & 0x40,
                                    .seq = (uint16_t) (data[1] << 8 | data[2]),
                                    .timestamp = (uint32_t) (data[3] << 8 | data[4]) * 80,
                                    .len = data[5] & 0x3f };
      /* As long as it says, so that reading beyond it is seen. */
      g_autofree uint8_t *event = g_malloc0 (header.len);
      if (header.len > 0)
        memcpy (event, data + 6, MIN (header.len, 4));
      now_us += data[0] * 1000;
      char ended = ipd_digit_receive_expire (&receive, now_us);
      told += ended != '\0' ? check (&ended, 1) : 0;
      IpdDigits digits = ipd_digit_receive_packet (&receive, &header, event, now_us);
      told += check (digits.digits, digits.n);
      g_assert_true (digits.n <= 2 && ipd_digit_receive_wait (&receive, now_us) <= IPD_DIGIT_LOST_MS);
    }
  g_assert_true (told <= packets);
  g_assert_true (told <= (size_t) ((now_us / G_USEC_PER_SEC + 1) * IPD_DIGITS_PER_SECOND));
  return 0;
}
