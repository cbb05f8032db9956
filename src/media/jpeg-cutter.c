// SPDX-License-Identifier: Apache-2.0
/* Finds pictures in a stream of octets from a stranger. Called by the HTTP preview in a streaming thread. */
#include "media/jpeg-cutter.h"

#include <string.h>

enum {
  MARK = 0xff,
  SOI = 0xd8,
  EOI = 0xd9,
  SOS = 0xda,
  TEM = 0x01,
  RST0 = 0xd0,
  RST7 = 0xd7,
  SOF0 = 0xc0,
  SOF15 = 0xcf,
  DHT = 0xc4,
  JPG = 0xc8,
  DAC = 0xcc,
};

typedef enum {
  CUT_MORE,  /* needs octets that are not there yet */
  CUT_GOES,  /* a step further */
  CUT_WHOLE, /* the picture ends at @at */
  CUT_NONE,  /* this was no picture */
  CUT_TOO_LARGE,
} Cut;

static bool
is_frame_header (int marker)
{
  return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

static unsigned
get_u16 (const uint8_t *at)
{
  return (unsigned) at[0] << 8 | at[1];
}

/* A segment with a length: its content is passed over. */
static Cut
cut_segment (IpdJpegCutter *cutter, const uint8_t *here, size_t left)
{
  int marker = here[1];
  if (left < 4)
    return CUT_MORE;
  size_t size = get_u16 (here + 2);
  if (size < 2)
    return CUT_NONE;
  if (is_frame_header (marker))
    {
      if (size < 8)
        return CUT_NONE;
      if (left < 9)
        return CUT_MORE;
      if (get_u16 (here + 5) > IPD_JPEG_MAX_SIDE || get_u16 (here + 7) > IPD_JPEG_MAX_SIDE)
        return CUT_TOO_LARGE;
    }
  cutter->in_scan = marker == SOS;
  cutter->at += 2 + size;
  return CUT_GOES;
}

static Cut
cut_marker (IpdJpegCutter *cutter, const uint8_t *here, size_t left)
{
  if (left < 2)
    return CUT_MORE;
  int marker = here[1];
  if (here[0] != MARK || marker == 0 || marker == SOI)
    return CUT_NONE;
  if (marker == MARK)
    {
      cutter->at++;
      return CUT_GOES;
    }
  if (marker != EOI && marker != TEM && (marker < RST0 || marker > RST7))
    return cut_segment (cutter, here, left);
  cutter->at += 2;
  return marker == EOI ? CUT_WHOLE : CUT_GOES;
}

/* Coded pixels go on until a marker that is neither stuffing nor a restart. */
static Cut
cut_scan (IpdJpegCutter *cutter, const uint8_t *here, size_t left)
{
  const uint8_t *mark = memchr (here, MARK, left);
  size_t skipped = mark ? (size_t) (mark - here) : left;
  cutter->at += skipped;
  if (left - skipped < 2)
    return CUT_MORE;
  bool stuffed = mark[1] == 0 || (mark[1] >= RST0 && mark[1] <= RST7);
  if (stuffed)
    cutter->at += 2;
  else
    cutter->in_scan = false;
  return CUT_GOES;
}

/* To the next beginning of a picture, or to the last octet, which may be half of one. */
static Cut
seek (IpdJpegCutter *cutter)
{
  const GByteArray *octets = cutter->octets;
  while (cutter->at + 1 < octets->len && (octets->data[cutter->at] != MARK || octets->data[cutter->at + 1] != SOI))
    cutter->at++;
  cutter->begin = cutter->at;
  if (cutter->at + 1 >= octets->len)
    return CUT_MORE;
  cutter->inside = true;
  cutter->at += 2;
  return CUT_GOES;
}

static Cut
step (IpdJpegCutter *cutter)
{
  if (!cutter->inside)
    return seek (cutter);
  if (cutter->at >= cutter->octets->len)
    return CUT_MORE;
  const uint8_t *here = cutter->octets->data + cutter->at;
  size_t left = cutter->octets->len - cutter->at;
  return cutter->in_scan ? cut_scan (cutter, here, left) : cut_marker (cutter, here, left);
}

static void
begin_at (IpdJpegCutter *cutter, size_t at)
{
  cutter->begin = at;
  cutter->at = at;
  cutter->inside = false;
  cutter->in_scan = false;
}

/* What is done with goes, once for each feeding: pictures of four octets must not cost a move each. */
static bool
compact (IpdJpegCutter *cutter)
{
  g_byte_array_remove_range (cutter->octets, 0, (guint) MIN (cutter->begin, cutter->octets->len));
  cutter->at -= cutter->begin;
  cutter->begin = 0;
  return cutter->octets->len <= IPD_JPEG_MAX_OCTETS;
}

bool
ipd_jpeg_cutter_feed (IpdJpegCutter *cutter, const uint8_t *octets, size_t len, IpdJpegFunc func, gpointer data)
{
  if (cutter->octets == NULL)
    cutter->octets = g_byte_array_new ();
  if (len > IPD_JPEG_MAX_OCTETS)
    return false;
  g_byte_array_append (cutter->octets, octets, (guint) len);
  for (;;)
    switch (step (cutter))
      {
      case CUT_GOES:
        break;
      case CUT_WHOLE:
        func (cutter->octets->data + cutter->begin, cutter->at - cutter->begin, data);
        begin_at (cutter, cutter->at);
        break;
      case CUT_NONE:
        begin_at (cutter, cutter->begin + 2);
        break;
      case CUT_MORE:
        return compact (cutter);
      case CUT_TOO_LARGE:
        return false;
      }
}

void
ipd_jpeg_cutter_clear (IpdJpegCutter *cutter)
{
  g_clear_pointer (&cutter->octets, g_byte_array_unref);
  *cutter = (IpdJpegCutter){ 0 };
}
