// SPDX-License-Identifier: Apache-2.0
/* The parts that look at octets of strangers before anything else does, one by one. */
#include "media/jpeg-cutter.h"
#include "media/parameter-sets.h"
#include "media/payload-check.h"

#include <glib.h>
#include <string.h>

typedef struct {
  IpdVideoCodec codec;
  bool sound;
  size_t len;
  uint8_t octets[12];
} Payload;

static const Payload payloads[] = {
  { IPD_VIDEO_H264, false, 0, { 0 } },
  { IPD_VIDEO_H264, false, 1, { 0x65 } },
  { IPD_VIDEO_H264, true, 2, { 0x65, 0x88 } },
  { IPD_VIDEO_H264, false, 2, { 0xe5, 0x88 } },                        /* damaged, says its first bit */
  { IPD_VIDEO_H264, false, 2, { 0x60, 0x88 } },                        /* type 0 */
  { IPD_VIDEO_H264, false, 2, { 0x7d, 0x88 } },                        /* FU-B */
  { IPD_VIDEO_H264, false, 4, { 0x79, 0, 0, 1 } },                     /* STAP-B */
  { IPD_VIDEO_H264, true, 5, { 0x78, 0, 2, 0x67, 1 } },                /* STAP-A of one */
  { IPD_VIDEO_H264, true, 9, { 0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 1 } }, /* of two */
  { IPD_VIDEO_H264, false, 8, { 0x78, 0, 2, 0x67, 1, 0, 2, 0x68 } },   /* one octet short */
  { IPD_VIDEO_H264, false, 6, { 0x78, 0, 2, 0x67, 1, 0 } },            /* an octet left over */
  { IPD_VIDEO_H264, false, 5, { 0x78, 0, 0, 0x67, 1 } },               /* of nothing */
  { IPD_VIDEO_H264, false, 1, { 0x78 } },
  { IPD_VIDEO_H264, true, 3, { 0x7c, 0x85, 1 } },  /* FU-A, start */
  { IPD_VIDEO_H264, true, 3, { 0x7c, 0x05, 1 } },  /* middle */
  { IPD_VIDEO_H264, true, 3, { 0x7c, 0x45, 1 } },  /* end */
  { IPD_VIDEO_H264, false, 3, { 0x7c, 0xc5, 1 } }, /* both */
  { IPD_VIDEO_H264, false, 2, { 0x7c, 0x85 } },    /* of nothing */
  { IPD_VIDEO_H264, false, 3, { 0x7c, 0x9c, 1 } }, /* of a FU-A */
  { IPD_VIDEO_VP8, false, 0, { 0 } },
  { IPD_VIDEO_VP8, false, 1, { 0x10 } },
  { IPD_VIDEO_VP8, true, 2, { 0x10, 1 } },
  { IPD_VIDEO_VP8, false, 1, { 0x90 } },
  { IPD_VIDEO_VP8, false, 3, { 0x90, 0x80, 0x01 } }, /* picture id, nothing behind it */
  { IPD_VIDEO_VP8, true, 4, { 0x90, 0x80, 0x01, 1 } },
  { IPD_VIDEO_VP8, false, 4, { 0x90, 0x80, 0x81, 1 } }, /* a long one */
  { IPD_VIDEO_VP8, true, 5, { 0x90, 0x80, 0x81, 1, 1 } },
  { IPD_VIDEO_VP8, false, 6, { 0x90, 0xf0, 0x81, 1, 1, 1 } }, /* all there is */
  { IPD_VIDEO_VP8, true, 7, { 0x90, 0xf0, 0x81, 1, 1, 1, 1 } },
};

/* Each from memory that ends where it ends, so that a sanitizer sees who reads on. */
static void
test_payloads (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autofree uint8_t *octets = g_memdup2 (payloads[i].octets, payloads[i].len);
      g_test_message ("payload %zu", i);
      g_assert_cmpint (ipd_payload_is_sound (payloads[i].codec, octets, payloads[i].len), ==, payloads[i].sound);
    }
}

/* What is sound is looked at without reading on; what is not never gets there. */
static void
test_payloads_at_random (void)
{
  for (int i = 0; i < 200000; i++)
    {
      size_t len = (size_t) g_test_rand_int_range (1, 24);
      g_autofree uint8_t *octets = g_malloc (len);
      IpdParameterSets sets = { 0 };
      for (size_t at = 0; at < len; at++)
        octets[at] = (uint8_t) (g_test_rand_bit () ? g_test_rand_int_range (0, 4) : g_test_rand_int ());
      octets[0] = g_test_rand_bit () ? 0x78 : octets[0];
      ipd_payload_is_sound (IPD_VIDEO_VP8, octets, len);
      if (ipd_payload_is_sound (IPD_VIDEO_H264, octets, len))
        ipd_parameter_sets_look (&sets, octets, len);
      ipd_parameter_sets_clear (&sets);
    }
}

static void
test_sets (void)
{
  static const uint8_t sps[] = { 0x67, 0x42, 0xc0, 0x1f };
  static const uint8_t both[] = { 0x78, 0, 4, 0x67, 0x4d, 0, 0x29, 0, 2, 0x68, 0xce };
  IpdParameterSets sets = { 0 };
  ipd_parameter_sets_look (&sets, sps, sizeof sps);
  g_assert_null (ipd_parameter_sets_get_sprop (&sets));
  ipd_parameter_sets_look (&sets, both, sizeof both);
  g_autofree char *sprop = ipd_parameter_sets_get_sprop (&sets);
  g_assert_cmpstr (sprop, ==, "Z00AKQ==,aM4=");
  ipd_parameter_sets_clear (&sets);
}

typedef struct {
  guint n;
  size_t lens[8];
  uint32_t sum;
} Cuts;

static void
on_jpeg (const uint8_t *jpeg, size_t len, gpointer data)
{
  Cuts *cuts = data;
  g_assert_cmpmem (jpeg, 2, "\xff\xd8", 2);
  g_assert_cmpmem (jpeg + len - 2, 2, "\xff\xd9", 2);
  cuts->lens[cuts->n++ % 8] = len;
}

/* A picture with a thumbnail in a segment, a stuffed octet, a restart and two scans; then a multipart head; then
 * another. 49 and 10 octets. */
static const uint8_t stream[]
    = "\r\n--part\r\nContent-Type: image/jpeg\r\n\r\n"
      "\xff\xd8\xff\xe0\0\x08\xff\xd8\xff\xd9\0\0\xff\xc0\0\x0b\x08\1\xe0\2\x80\1\1\1\0\xff\xda\0\3\0aa\xff\0bb\xff\xd0"
      "cc\xff\xff\xda\0\2dd\xff\xd9"
      "\r\n--part\r\n\r\n"
      "\xff\xd8\xff\xda\0\2\xff\0\xff\xd9\r\n--part--";

static void
feed_in_pieces (size_t piece)
{
  IpdJpegCutter cutter = { 0 };
  Cuts cuts = { 0 };
  size_t len = sizeof stream - 1;
  for (size_t at = 0; at < len; at += piece)
    g_assert_true (ipd_jpeg_cutter_feed (&cutter, stream + at, MIN (piece, len - at), on_jpeg, &cuts));
  g_assert_cmpuint (cuts.n, ==, 2);
  g_assert_cmpuint (cuts.lens[0], ==, 49);
  g_assert_cmpuint (cuts.lens[1], ==, 10);
  ipd_jpeg_cutter_clear (&cutter);
}

static void
test_jpegs (void)
{
  for (size_t piece = 1; piece < sizeof stream; piece++)
    feed_in_pieces (piece);
}

/* Nothing of it is a picture, and what follows is found. */
static void
test_false_jpegs (void)
{
  static const uint8_t lies[] = "\xff\xd8\xff\0\xff\xd8zz\xff\xd8\xff\xe0\0\1\xff\xd8\xff\xd8\xff\xc0\0\4\1\1"
                                "\xff\xd8\xff\xda\0\2\xff\xd9";
  IpdJpegCutter cutter = { 0 };
  Cuts cuts = { 0 };
  g_assert_true (ipd_jpeg_cutter_feed (&cutter, lies, sizeof lies - 1, on_jpeg, &cuts));
  g_assert_cmpuint (cuts.n, ==, 1);
  g_assert_cmpuint (cuts.lens[0], ==, 8);
  ipd_jpeg_cutter_clear (&cutter);
}

static void
test_large_jpegs (void)
{
  static const uint8_t wide[] = { 0xff, 0xd8, 0xff, 0xc2, 0, 17, 8, 0x10, 0, 0x10, 1, 3 };
  static const uint8_t most[] = { 0xff, 0xd8, 0xff, 0xc2, 0, 17, 8, 0x10, 0, 0x10, 0, 3 };
  IpdJpegCutter cutter = { 0 };
  Cuts cuts = { 0 };
  g_assert_true (ipd_jpeg_cutter_feed (&cutter, most, sizeof most, on_jpeg, &cuts));
  ipd_jpeg_cutter_clear (&cutter);
  g_assert_false (ipd_jpeg_cutter_feed (&cutter, wide, sizeof wide, on_jpeg, &cuts));
  ipd_jpeg_cutter_clear (&cutter);

  static const uint8_t begin[] = { 0xff, 0xd8, 0xff, 0xda, 0, 2 };
  g_autofree uint8_t *pixels = g_malloc0 (65536);
  bool goes_on = ipd_jpeg_cutter_feed (&cutter, begin, sizeof begin, on_jpeg, &cuts);
  guint n = 0;
  for (; goes_on && n < 1000; n++)
    goes_on = ipd_jpeg_cutter_feed (&cutter, pixels, 65536, on_jpeg, &cuts);
  g_assert_false (goes_on);
  g_assert_cmpuint (n, <=, IPD_JPEG_MAX_OCTETS / 65536 + 1);
  ipd_jpeg_cutter_clear (&cutter);
}

/* A million pictures of four octets take no time to speak of, and no memory. */
static void
test_tiny_jpegs (void)
{
  static const uint8_t tiny[] = { 0xff, 0xd8, 0xff, 0xd9 };
  g_autofree uint8_t *many = g_malloc (1024 * 1024);
  IpdJpegCutter cutter = { 0 };
  Cuts cuts = { 0 };
  for (size_t at = 0; at < 1024 * 1024; at += sizeof tiny)
    memcpy (many + at, tiny, sizeof tiny);
  for (int i = 0; i < 4; i++)
    g_assert_true (ipd_jpeg_cutter_feed (&cutter, many, 1024 * 1024, on_jpeg, &cuts));
  g_assert_cmpuint (cuts.n, ==, 1024 * 1024);
  ipd_jpeg_cutter_clear (&cutter);
}

static void
test_jpegs_at_random (void)
{
  static const uint8_t likely[] = { 0xff, 0xff, 0xd8, 0xd9, 0xda, 0xc0, 0xe0, 0, 2, 8 };
  for (int i = 0; i < 20000; i++)
    {
      IpdJpegCutter cutter = { 0 };
      Cuts cuts = { 0 };
      bool goes_on = true;
      for (int j = 0; goes_on && j < 6; j++)
        {
          size_t len = (size_t) g_test_rand_int_range (0, 40);
          g_autofree uint8_t *octets = g_malloc (len + 1);
          for (size_t at = 0; at < len; at++)
            octets[at] = likely[g_test_rand_int_range (0, G_N_ELEMENTS (likely))];
          goes_on = ipd_jpeg_cutter_feed (&cutter, octets, len, on_jpeg, &cuts);
        }
      ipd_jpeg_cutter_clear (&cutter);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/hostile-picture/payloads", test_payloads);
  g_test_add_func ("/media/hostile-picture/payloads-at-random", test_payloads_at_random);
  g_test_add_func ("/media/hostile-picture/sets", test_sets);
  g_test_add_func ("/media/hostile-picture/jpegs", test_jpegs);
  g_test_add_func ("/media/hostile-picture/false-jpegs", test_false_jpegs);
  g_test_add_func ("/media/hostile-picture/large-jpegs", test_large_jpegs);
  g_test_add_func ("/media/hostile-picture/tiny-jpegs", test_tiny_jpegs);
  g_test_add_func ("/media/hostile-picture/jpegs-at-random", test_jpegs_at_random);
  return g_test_run ();
}
