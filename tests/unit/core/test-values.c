// SPDX-License-Identifier: Apache-2.0
/*
 * Names, outputs, devices, profiles and licences as values.
 */
#include "core/codec.h"
#include "core/device.h"
#include "core/licence.h"
#include "core/profile.h"

#include <glib.h>
#include <string.h>

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
  const char *text;
  bool valid;
} names[] = {
  { "Main entrance", true }, { "Citofono – città", true }, { "x", true },
  { SIXTY_FOUR, true },      { SIXTY_FOUR "4", false },    { "", false },
  { NULL, false },           { "two\nlines", false },      { "a\x7f", false },
  { "a\xc2\x85", false },    { "\xff\xfe", false },        { "cut \xc3", false },
};

static void
test_name_valid (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpint (ipd_name_valid (names[i].text), ==, names[i].valid);
}

static void
test_name_set (void)
{
  IpdName name;

  ipd_name_set (&name, "Ingresso");
  g_assert_cmpstr (name.s, ==, "Ingresso");
  ipd_name_set (&name, NULL);
  g_assert_cmpstr (name.s, ==, "");
  ipd_name_set (&name, "a\tb\nc");
  g_assert_cmpstr (name.s, ==, "a b c");
  ipd_name_set (&name, "bad \xff!");
  g_assert_cmpstr (name.s, ==, "bad \xef\xbf\xbd!");
  /* 63 octets and a character of two: it is left out whole */
  g_autofree char *long_name = g_strconcat (&SIXTY_FOUR[1], "è and more", NULL);
  ipd_name_set (&name, long_name);
  g_assert_cmpstr (name.s, ==, &SIXTY_FOUR[1]);
}

/* Whatever a person types becomes a name that every reader accepts, unless nothing is left. */
static void
test_name_set_is_valid (void)
{
  for (int i = 0; i < 20000; i++)
    {
      char text[90];
      IpdName name;
      int n = g_test_rand_int_range (0, (int) sizeof text);
      for (int k = 0; k < n; k++)
        text[k] = (char) g_test_rand_int_range (1, 256);
      text[n] = '\0';
      ipd_name_set (&name, text);
      g_assert_true (n == 0 ? name.s[0] == '\0' : ipd_name_valid (name.s));
    }
}

static void
test_output_id (void)
{
  IpdOutputId id = { "before" };

  g_assert_true (ipd_output_id_from_text ("door-2", &id));
  g_assert_cmpstr (id.s, ==, "door-2");
  g_assert_true (ipd_output_id_valid ("0123456789abcdef"));
  g_assert_false (ipd_output_id_from_text ("0123456789abcdefg", &id));
  g_assert_false (ipd_output_id_from_text ("", &id));
  g_assert_false (ipd_output_id_from_text (NULL, &id));
  g_assert_false (ipd_output_id_from_text ("Door", &id));
  g_assert_false (ipd_output_id_from_text ("door 2", &id));
  g_assert_false (ipd_output_id_from_text ("../door", &id));
  g_assert_cmpstr (id.s, ==, "door-2");
}

static void
test_words (void)
{
  for (unsigned k = IPD_OUTPUT_LOCK; k <= IPD_OUTPUT_FLOOR; k++)
    {
      IpdOutputKind kind;
      g_assert_true (ipd_output_kind_from_string (ipd_output_kind_to_string ((IpdOutputKind) k), &kind));
      g_assert_cmpint (kind, ==, k);
    }
  for (unsigned c = IPD_CONTACT_NONE; c <= IPD_CONTACT_TIMEOUT; c++)
    {
      IpdContact contact;
      g_assert_true (ipd_contact_from_string (ipd_contact_to_string ((IpdContact) c), &contact));
      g_assert_cmpint (contact, ==, c);
    }
  for (unsigned s = IPD_HISTORY_NONE; s <= IPD_HISTORY_ALL; s++)
    {
      IpdHistoryScope scope;
      g_assert_true (ipd_history_scope_from_string (ipd_history_scope_to_string ((IpdHistoryScope) s), &scope));
      g_assert_cmpint (scope, ==, s);
    }
  for (unsigned bit = 0; bit < 5; bit++)
    {
      IpdRoles role;
      g_assert_true (ipd_role_from_string (ipd_role_to_string ((IpdRoles) (1u << bit)), &role));
      g_assert_cmpint (role, ==, 1 << bit);
    }
  IpdRoles role;
  IpdLicenceKind kind;
  g_assert_null (ipd_role_to_string (IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER));
  g_assert_false (ipd_role_from_string ("Outdoor", &role));
  g_assert_true (ipd_licence_kind_from_string ("local", &kind));
  g_assert_false (ipd_licence_kind_from_string ("remote", &kind));
}

static IpdOutput
output (const char *id, IpdOutputKind kind)
{
  IpdOutput out = { .kind = kind };
  g_assert_true (ipd_output_id_from_text (id, &out.id));
  return out;
}

static void
test_device_outputs (void)
{
  g_auto (IpdDevice) device = { 0 };
  IpdOutput gate = output ("gate", IPD_OUTPUT_GATE);
  IpdOutput door = output ("door", IPD_OUTPUT_LOCK);

  g_assert_null (ipd_device_first_lock (&device));
  g_assert_true (ipd_device_add_output (&device, &gate));
  g_assert_null (ipd_device_first_lock (&device));
  g_assert_true (ipd_device_add_output (&device, &door));
  g_assert_false (ipd_device_add_output (&device, &door));
  g_assert_cmpstr (ipd_device_first_lock (&device)->id.s, ==, "door");
  g_assert_nonnull (ipd_device_find_output (&device, "gate"));
  g_assert_null (ipd_device_find_output (&device, "cellar"));
  g_assert_null (ipd_device_find_output (&device, NULL));
  for (unsigned i = 2; i < IPD_OUTPUTS_MAX; i++)
    {
      g_autofree char *id = g_strdup_printf ("aux-%u", i);
      IpdOutput aux = output (id, IPD_OUTPUT_AUX);
      g_assert_true (ipd_device_add_output (&device, &aux));
    }
  IpdOutput one_more = output ("one-more", IPD_OUTPUT_AUX);
  g_assert_false (ipd_device_add_output (&device, &one_more));
}

static void
test_device_copy (void)
{
  g_autoptr (IpdDevice) device = ipd_device_new ();
  IpdOutput door = output ("door", IPD_OUTPUT_LOCK);

  ipd_name_set (&device->name, "Main entrance");
  g_assert_true (ipd_device_add_output (device, &door));
  g_autoptr (IpdDevice) copy = ipd_device_dup (device);
  ipd_device_clear (device);
  g_assert_cmpuint (device->n_outputs, ==, 0);
  g_assert_cmpstr (copy->name.s, ==, "Main entrance");
  g_assert_cmpstr (ipd_device_first_lock (copy)->id.s, ==, "door");
  ipd_device_copy (copy, copy);
  g_assert_cmpuint (copy->n_outputs, ==, 1);
}

static void
test_third_party (void)
{
  g_auto (IpdDevice) device = { 0 };

  g_assert_false (ipd_device_is_third_party (&device));
  g_strlcpy (device.vendor, "2n", sizeof device.vendor);
  g_assert_true (ipd_device_is_third_party (&device));
  g_assert_true (ipd_vendor_valid ("bas-ip") && ipd_vendor_valid ("sixteen-letters1"));
  g_assert_false (ipd_vendor_valid (NULL) || ipd_vendor_valid ("") || ipd_vendor_valid ("seventeen-letters")
                  || ipd_vendor_valid ("2N") || ipd_vendor_valid ("a/b") || ipd_vendor_valid (".."));
}

static void
test_codecs (void)
{
  for (int i = 0; i < IPD_AUDIO_N_CODECS; i++)
    {
      IpdAudioCodec codec = IPD_AUDIO_N_CODECS;
      g_assert_true (ipd_audio_codec_from_string (ipd_audio_codec_to_string ((IpdAudioCodec) i), &codec));
      g_assert_cmpint (codec, ==, i);
    }
  for (int i = 0; i < IPD_VIDEO_N_CODECS; i++)
    {
      IpdVideoCodec codec = IPD_VIDEO_N_CODECS;
      g_assert_true (ipd_video_codec_from_string (ipd_video_codec_to_string ((IpdVideoCodec) i), &codec));
      g_assert_cmpint (codec, ==, i);
    }
  IpdAudioCodec audio;
  g_assert_true (ipd_audio_codec_from_string ("OPUS", &audio));
  g_assert_false (ipd_audio_codec_from_string ("G729", &audio) || ipd_audio_codec_from_string (NULL, &audio));
  g_assert_cmpuint (ipd_audio_codec_clock (IPD_AUDIO_G722), ==, 8000);
  g_assert_cmpint (ipd_audio_codec_static_payload (IPD_AUDIO_OPUS), ==, -1);
  g_assert_cmpuint (IPD_CODECS_BASIC.audio, ==, 1u << IPD_AUDIO_PCMA | 1u << IPD_AUDIO_PCMU);
}

static void
test_host (void)
{
  g_assert_true (ipd_host_valid ("192.0.2.7"));
  g_assert_true (ipd_host_valid ("2001:db8::7"));
  g_assert_true (ipd_host_valid ("station-1.example"));
  g_assert_false (ipd_host_valid (""));
  g_assert_false (ipd_host_valid (NULL));
  g_assert_false (ipd_host_valid ("192.0.2.7 "));
  g_assert_false (ipd_host_valid ("a@b"));
  g_assert_false (ipd_host_valid ("h;transport=tcp"));
  g_assert_false (ipd_host_valid (SIXTY_FOUR));
}

static void
test_profile (void)
{
  IpdProfile profile;

  ipd_profile_init (&profile);
  g_assert_false (ipd_profile_allows_output (&profile, "door"));
  g_assert_true (ipd_profile_add_output (&profile, "door"));
  g_assert_false (ipd_profile_add_output (&profile, "door"));
  g_assert_false (ipd_profile_add_output (&profile, "*"));
  g_assert_false (ipd_profile_add_output (&profile, ""));
  g_assert_false (ipd_profile_add_output (&profile, NULL));
  g_assert_cmpuint (profile.n_outputs, ==, 1);
  g_assert_true (ipd_profile_allows_output (&profile, "door"));
  g_assert_false (ipd_profile_allows_output (&profile, "doo"));
  g_assert_false (ipd_profile_allows_output (&profile, "door2"));
  g_assert_false (ipd_profile_allows_output (&profile, ""));
  g_assert_false (ipd_profile_allows_output (&profile, NULL));
}

static void
test_profile_full (void)
{
  IpdProfile profile;

  ipd_profile_init (&profile);
  for (unsigned i = 0; i < IPD_OUTPUTS_MAX; i++)
    {
      g_autofree char *id = g_strdup_printf ("out-%u", i);
      g_assert_true (ipd_profile_add_output (&profile, id));
    }
  g_assert_false (ipd_profile_add_output (&profile, "one-more"));
  g_assert_true (ipd_profile_allows_output (&profile, "out-63"));
}

static const struct {
  int64_t now_s, floor_s;
  IpdLicenceVerdict verdict;
} times[] = {
  { 99, 0, IPD_LICENCE_NOT_YET },    { 100, 0, IPD_LICENCE_OK },
  { 199, 0, IPD_LICENCE_OK },        { 200, 0, IPD_LICENCE_EXPIRED },
  { 0, 150, IPD_LICENCE_OK },        /* the clock of a station without battery */
  { 150, 200, IPD_LICENCE_EXPIRED }, /* the clock was set back */
  { -5, 0, IPD_LICENCE_NOT_YET },    { G_MAXINT64, 0, IPD_LICENCE_EXPIRED },
};

static void
test_licence (void)
{
  IpdLicence licence;

  ipd_licence_init (&licence);
  g_assert_cmpint (ipd_licence_check (&licence, 1, 0), ==, IPD_LICENCE_EXPIRED); /* an empty one grants nothing */
  licence.not_before_s = 100;
  licence.expires_s = 200;
  for (size_t i = 0; i < G_N_ELEMENTS (times); i++)
    g_assert_cmpint (ipd_licence_check (&licence, times[i].now_s, times[i].floor_s), ==, times[i].verdict);
}

static void
test_ids (void)
{
  IpdId id = { "" };
  IpdShortId short_id = { "" };

  g_assert_true (ipd_id_is_none (&id));
  g_assert_true (ipd_id_from_text ("abcdefghijklmnopqrstuvw234", &id));
  g_assert_false (ipd_id_from_text ("abcdefghijklmnopqrstuvw235", &id)); /* bits that belong to nothing */
  g_assert_false (ipd_id_from_text ("ABCDEFGHIJKLMNOPQRSTUVW234", &id));
  g_assert_false (ipd_id_from_text ("abcdefghijklmnopqrstuvw2344", &id));
  g_assert_false (ipd_id_from_text (NULL, &id));
  g_assert_cmpstr (id.s, ==, "abcdefghijklmnopqrstuvw234");
  g_assert_true (ipd_short_id_from_text ("-_ABCDEFGHIJKLMNOPQRSg", &short_id));
  g_assert_false (ipd_short_id_from_text ("-_ABCDEFGHIJKLMNOPQRSh", &short_id));
  g_assert_false (ipd_short_id_from_text ("+/ABCDEFGHIJKLMNOPQRSg", &short_id));
  g_assert_false (ipd_short_id_is_none (&short_id));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/values/ids", test_ids);
  g_test_add_func ("/values/name-valid", test_name_valid);
  g_test_add_func ("/values/name-set", test_name_set);
  g_test_add_func ("/values/name-set-is-valid", test_name_set_is_valid);
  g_test_add_func ("/values/output-id", test_output_id);
  g_test_add_func ("/values/words", test_words);
  g_test_add_func ("/values/device-outputs", test_device_outputs);
  g_test_add_func ("/values/device-copy", test_device_copy);
  g_test_add_func ("/values/third-party", test_third_party);
  g_test_add_func ("/values/codecs", test_codecs);
  g_test_add_func ("/values/host", test_host);
  g_test_add_func ("/values/profile", test_profile);
  g_test_add_func ("/values/profile-full", test_profile_full);
  g_test_add_func ("/values/licence", test_licence);
  return g_test_run ();
}
