// SPDX-License-Identifier: Apache-2.0
/*
 * Bodies of INFO: the content type, a line feed, the body. What is accepted is one digit, and can be sent on. The same
 * octets as a payload of RTP, and as keys that somebody presses.
 */

#include "fuzz.h"

#include "core/dtmf-code.h"
#include "wire/dtmf.h"

static void
try_body (const char *type, const char *body, size_t length)
{
  IpdDtmf dtmf, back;

  if (!ipd_dtmf_parse_info (type, body, length, &dtmf, NULL))
    return;
  g_assert_true (ipd_dtmf_digit_valid (dtmf.digit) && dtmf.ms >= 1 && dtmf.ms <= IPD_DTMF_MS_MAX);
  g_autofree char *text = ipd_dtmf_write (IPD_DTMF_INFO_RELAY, dtmf.digit, dtmf.ms);
  g_assert_true (ipd_dtmf_parse_info ("application/dtmf-relay", text, strlen (text), &back, NULL));
  g_assert_true (back.digit == dtmf.digit && back.ms == dtmf.ms);
}

static void
try_keys (const uint8_t *data, size_t size)
{
  static const char *const codes[] = { "4711", "08", "99#", "*" };
  IpdDtmfCollector collector;
  int64_t now = 0;

  ipd_dtmf_collector_init (&collector);
  for (size_t i = 0; i < size; i++)
    {
      size_t index = G_N_ELEMENTS (codes);
      now += (int64_t) data[i] * 40000;
      if (ipd_dtmf_collector_take (&collector, (char) data[i], now, codes, G_N_ELEMENTS (codes), &index)
          == IPD_DTMF_MATCHED)
        g_assert_cmpuint (index, <, G_N_ELEMENTS (codes));
      g_assert_cmpuint (collector.n_entry, <=, IPD_DTMF_CODE_MAX);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *feed = size == 0 ? NULL : memchr (data, '\n', size);
  IpdDtmfEvent event;

  if (feed != NULL)
    {
      g_autofree char *type = g_strndup ((const char *) data, (size_t) (feed - data));
      try_body (type, (const char *) feed + 1, size - (size_t) (feed + 1 - data));
    }
  if (ipd_dtmf_event_read (data, size, &event))
    {
      uint8_t payload[IPD_DTMF_EVENT_OCTETS];
      ipd_dtmf_event_write (&event, payload);
      g_assert_true (payload[0] == data[0] && (payload[1] | 0x40) == (data[1] | 0x40));
    }
  try_keys (data, size);
  return 0;
}
