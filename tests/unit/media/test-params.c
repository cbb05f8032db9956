// SPDX-License-Identifier: Apache-2.0
/* What OpenMedia says: read whole, with every member missing or wrong, plain, without sound or picture; and what of it
 * a change touches. */
#include "media/params.h"

#include <string.h>

static const int fds[IPD_MEDIA_N_FDS] = { 3, 4, 5, 6 };

static const char encrypted[] = "{'encrypted': <true>, 'audio-host': <'192.0.2.1'>, 'audio-port': <uint16 7078>, "
                                "'video-host': <'192.0.2.1'>, 'video-port': <uint16 9078>, 'audio-codec': <'opus'>, "
                                "'audio-payload': <byte 111>, 'audio-rx-payload': <byte 96>, 'dtmf-payload': <byte 0>, "
                                "'video': <[('H264', byte 96)]>, 'sprop': <'Z0LgHw==,aM48gA=='>, 'preview': <'rtp'>, "
                                "'local-generation': <uint32 1>}";

static const char plain[] = "{'encrypted': <false>, 'audio-host': <'2001:db8::7'>, 'audio-port': <uint16 4000>, "
                            "'video-host': <'2001:db8::7'>, 'video-port': <uint16 4002>, 'audio-codec': <'g722'>, "
                            "'audio-payload': <byte 9>, 'audio-rx-payload': <byte 9>, 'dtmf-payload': <byte 101>, "
                            "'dtmf-clock': <uint32 8000>, 'audio-rtcp-port': <uint16 4100>, "
                            "'video-rtcp-port': <uint16 4200>, "
                            "'video': <[('H264', byte 99), ('vp8', byte 97)]>, 'preview': <'none'>}";

static const char fetched[] = "{'encrypted': <false>, 'audio-host': <''>, 'audio-port': <uint16 0>, "
                              "'video-host': <''>, 'video-port': <uint16 0>, 'preview': <'mjpeg'>, "
                              "'preview-uri': <'http://192.0.2.7/video'>, 'preview-user': <'a'>, "
                              "'preview-password': <'b'>}";

static const char *const keys[] = { "audio-tx-key", "audio-rx-key", "video-rx-key", "video-rtcp-tx-key" };
static const char *const ssrcs[] = { "audio-tx-ssrc", "audio-rx-ssrc", "video-rx-ssrc", "video-tx-ssrc" };

/* (transfer full): @text, with keys if it says encrypted, and with one member taken out or another in its place. */
static GVariant *
params_of (const char *text, const char *name, const char *value)
{
  g_autoptr (GVariant) read = g_variant_ref_sink (g_variant_new_parsed (text));
  GVariantDict dict;
  gboolean has_keys = FALSE;
  uint8_t key[IPD_MEDIA_KEY_LEN] = { 0 };
  g_variant_dict_init (&dict, read);
  g_variant_lookup (read, "encrypted", "b", &has_keys);
  for (guint i = 0; has_keys && i < G_N_ELEMENTS (keys); i++)
    {
      key[0] = (uint8_t) i;
      g_variant_dict_insert_value (&dict, keys[i], g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, key, sizeof key, 1));
      g_variant_dict_insert (&dict, ssrcs[i], "u", 100 + i);
    }
  if (name != NULL)
    g_variant_dict_remove (&dict, name);
  if (value != NULL)
    g_variant_dict_insert_value (&dict, name, g_variant_new_parsed (value));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
read_whole (const char *text, IpdMediaParams *ret_params)
{
  g_autoptr (GVariant) dict = params_of (text, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (ipd_media_params_read (dict, fds, ret_params, &error));
  g_assert_no_error (error);
}

static void
test_encrypted (void)
{
  g_auto (IpdMediaParams) params = { 0 };
  read_whole (encrypted, &params);
  g_assert_true (params.encrypted);
  g_assert_cmpint (params.fds[2], ==, 5);
  g_assert_cmpint (params.audio.codec, ==, IPD_AUDIO_OPUS);
  g_assert_cmpuint (params.audio.tx_payload, ==, 111);
  g_assert_cmpuint (params.audio.rx_payload, ==, 96);
  g_assert_cmpuint (params.n_video, ==, 1);
  g_assert_cmpuint (params.video_rtcp_tx.ssrc, ==, 103);
  g_assert_cmpuint (params.video_rtcp_port, ==, 0); /* nothing was said */
  g_assert_cmpuint (params.video_rx.key[0], ==, 2);
  g_assert_cmpstr (params.sprop, ==, "Z0LgHw==,aM48gA==");
}

/* Nobody has keys where nothing is encrypted. */
static void
test_plain (void)
{
  g_auto (IpdMediaParams) params = { 0 };
  read_whole (plain, &params);
  g_assert_false (params.encrypted);
  g_assert_cmpint (params.audio.codec, ==, IPD_AUDIO_G722);
  g_assert_cmpuint (params.audio.dtmf_payload, ==, 101);
  g_assert_cmpuint (params.audio.dtmf_clock, ==, 8000);
  g_assert_cmpuint (params.audio_rtcp_port, ==, 4100);
  g_assert_cmpuint (params.video_rtcp_port, ==, 4200);
  g_assert_cmpuint (params.n_video, ==, 2);
  g_assert_cmpint (params.video[1].codec, ==, IPD_VIDEO_VP8);
  g_assert_cmpstr (params.audio_host, ==, "2001:db8::7");
}

static void
test_fetched (void)
{
  g_auto (IpdMediaParams) params = { 0 };
  read_whole (fetched, &params);
  g_assert_null (params.audio_host);
  g_assert_null (params.video_host);
  g_assert_cmpint (params.preview, ==, IPD_MEDIA_PREVIEW_MJPEG);
  g_assert_cmpstr (params.preview_uri, ==, "http://192.0.2.7/video");
  g_assert_cmpstr (params.preview_password, ==, "b");
}

typedef struct {
  const char *text, *name, *value; /* NULL: it is missing */
} Wrong;

static const Wrong wrong[] = {
  { encrypted, "encrypted", NULL },
  { encrypted, "audio-host", NULL },
  { encrypted, "audio-port", NULL },
  { encrypted, "audio-codec", NULL },
  { encrypted, "audio-payload", NULL },
  { encrypted, "audio-rx-payload", NULL },
  { encrypted, "dtmf-payload", NULL },
  { encrypted, "video-host", NULL },
  { encrypted, "video-port", NULL },
  { encrypted, "video", NULL },
  { encrypted, "audio-tx-key", NULL },
  { encrypted, "audio-rx-key", NULL },
  { encrypted, "video-rx-key", NULL },
  { encrypted, "video-rtcp-tx-key", NULL },
  { encrypted, "audio-tx-ssrc", NULL },
  { encrypted, "audio-rx-ssrc", NULL },
  { encrypted, "video-rx-ssrc", NULL },
  { encrypted, "video-tx-ssrc", NULL },
  { encrypted, "audio-tx-key", "@ay [1, 2, 3]" },
  { plain, "audio-host", "'station.example'" },
  { plain, "audio-host", "''" }, /* but a port */
  { plain, "audio-port", "uint16 0" },
  { plain, "audio-port", "uint16 65535" }, /* no port above it for reports */
  { plain, "audio-port", "4000" },
  { plain, "audio-codec", "'G729'" },
  { plain, "audio-payload", "byte 128" },
  { plain, "dtmf-payload", "byte 255" },
  { plain, "video", "[('H265', byte 99)]" },
  { plain, "video", "[('H264', byte 200)]" },
  { plain, "video", "@a(sy) []" },
  { fetched, "preview-uri", NULL },
};

/* The name of what is wrong is in the message, and no key ever. */
static void
test_wrong (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const Wrong *test = &wrong[i];
      g_autoptr (GVariant) dict = params_of (test->text, test->name, test->value);
      g_autoptr (GError) error = NULL;
      g_auto (IpdMediaParams) params = { 0 };
      g_test_message ("%s: %s", test->name, test->value ? test->value : "missing");
      g_assert_false (ipd_media_params_read (dict, fds, &params, &error));
      /* A port without a host, and a host without one, are told as the port. */
      g_assert_nonnull (
          strstr (error->message, test->value != NULL && g_str_equal (test->value, "''") ? "audio-port" : test->name));
    }
}

typedef struct {
  const char *name, *value;
  bool same_sound, same_picture;
} Change;

static const Change changes[] = {
  { "local-generation", "uint32 2", true, true },
  { "audio-host", "'192.0.2.2'", false, true },
  { "audio-port", "uint16 5000", false, true },
  { "audio-codec", "'PCMA'", false, true },
  { "audio-payload", "byte 8", false, true },
  { "audio-rx-payload", "byte 8", false, true },
  { "dtmf-payload", "byte 102", false, true },
  { "video-host", "'192.0.2.2'", true, false },
  { "video-port", "uint16 5002", true, false },
  { "video", "[('VP8', byte 97)]", true, false },
  { "video", "[('H264', byte 96), ('VP8', byte 97)]", true, false },
  { "sprop", "'Z0LgHw==,aM48gB=='", true, false },
  { "preview", "'still'", true, false },
};

static void
test_changes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      const Change *test = &changes[i];
      g_auto (IpdMediaParams) before = { 0 };
      g_auto (IpdMediaParams) after = { 0 };
      g_autoptr (GVariant) with_uri = params_of (plain, "preview-uri", "'http://192.0.2.7/'");
      g_autofree char *text = g_variant_print (with_uri, TRUE);
      g_autoptr (GVariant) dict = params_of (text, test->name, test->value);
      read_whole (text, &before);
      g_assert_true (ipd_media_params_read (dict, fds, &after, NULL));
      g_test_message ("%s", test->name);
      g_assert_cmpint (ipd_media_params_same_sound (&before, &after), ==, test->same_sound);
      g_assert_cmpint (ipd_media_params_same_picture (&before, &after), ==, test->same_picture);
      ipd_media_params_take_sound (&before, &after);
      ipd_media_params_take_picture (&before, &after);
      read_whole (text, &after);
      g_assert_cmpint (ipd_media_params_same_sound (&before, &after), ==, test->same_sound);
      g_assert_cmpint (ipd_media_params_same_picture (&before, &after), ==, test->same_picture);
    }
}

/* Other keys mean another stream, where there are keys. */
static void
test_key_changes (void)
{
  g_auto (IpdMediaParams) before = { 0 };
  g_auto (IpdMediaParams) after = { 0 };
  read_whole (encrypted, &before);
  read_whole (encrypted, &after);
  g_assert_true (ipd_media_params_same_sound (&before, &after) && ipd_media_params_same_picture (&before, &after));
  after.audio_tx.ssrc++;
  g_assert_true (!ipd_media_params_same_sound (&before, &after) && ipd_media_params_same_picture (&before, &after));
  after.video_rx.key[5] ^= 1;
  g_assert_false (ipd_media_params_same_picture (&before, &after));
  before.encrypted = after.encrypted = false;
  g_assert_true (ipd_media_params_same_sound (&before, &after) && ipd_media_params_same_picture (&before, &after));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/params/encrypted", test_encrypted);
  g_test_add_func ("/media/params/plain", test_plain);
  g_test_add_func ("/media/params/fetched", test_fetched);
  g_test_add_func ("/media/params/wrong", test_wrong);
  g_test_add_func ("/media/params/changes", test_changes);
  g_test_add_func ("/media/params/key-changes", test_key_changes);
  return g_test_run ();
}
