// SPDX-License-Identifier: Apache-2.0
/* Pictures by HTTP: the same octets at once and in pieces must give the same pictures. */

#include "fuzz.h"

#include "media/jpeg-cutter.h"

typedef struct {
  size_t n;
  size_t octets;
} Cuts;

static void
on_jpeg (const uint8_t *jpeg, size_t len, gpointer data)
{
  Cuts *cuts = data;
  g_assert_true (len >= 4 && jpeg[0] == 0xff && jpeg[1] == 0xd8 && jpeg[len - 2] == 0xff && jpeg[len - 1] == 0xd9);
  cuts->n++;
  cuts->octets += len;
}

static bool
cut (const uint8_t *data, size_t size, size_t piece, Cuts *cuts)
{
  IpdJpegCutter cutter = { 0 };
  bool goes_on = true;
  for (size_t at = 0; goes_on && at < size; at += piece)
    goes_on = ipd_jpeg_cutter_feed (&cutter, data + at, MIN (piece, size - at), on_jpeg, cuts);
  ipd_jpeg_cutter_clear (&cutter);
  return goes_on;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Cuts whole = { 0 };
  Cuts pieces = { 0 };
  bool goes_on = cut (data, size, MAX (size, 1), &whole);
  g_assert_true (cut (data, size, 7, &pieces) == goes_on);
  g_assert_true (pieces.n == whole.n && pieces.octets == whole.octets);
  return 0;
}
