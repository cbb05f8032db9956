// SPDX-License-Identifier: Apache-2.0
/* Reads "device", "device:NAME", "file:PATH", "test[:HZ]", "none". Pure. */
#include "media/sound-spec.h"

#include "media/error.h"

#define TEST_HZ 440

static bool
read_test (const char *words, IpdSoundSpec *ret_spec)
{
  guint64 hz = TEST_HZ;
  if (words[4] == ':' && !g_ascii_string_to_unsigned (words + 5, 10, 20, 7000, &hz, NULL))
    return false;
  *ret_spec = (IpdSoundSpec){ .kind = IPD_SOUND_SPEC_TEST, .hz = (int) hz };
  return words[4] == ':' || words[4] == '\0';
}

bool
ipd_sound_spec_read (const char *words, bool input, IpdSoundSpec *ret_spec, GError **error)
{
  if (words == NULL || g_str_equal (words, "device"))
    *ret_spec = (IpdSoundSpec){ .kind = IPD_SOUND_SPEC_DEVICE };
  else if (g_str_equal (words, "none"))
    *ret_spec = (IpdSoundSpec){ .kind = IPD_SOUND_SPEC_NONE };
  else if (g_str_has_prefix (words, "device:") && words[7] != '\0')
    *ret_spec = (IpdSoundSpec){ .kind = IPD_SOUND_SPEC_DEVICE, .text = g_strdup (words + 7) };
  else if (g_str_has_prefix (words, "file:") && words[5] != '\0')
    *ret_spec = (IpdSoundSpec){ .kind = IPD_SOUND_SPEC_FILE, .text = g_strdup (words + 5) };
  else if (!input || !g_str_has_prefix (words, "test") || !read_test (words, ret_spec))
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_SPEC, "“%s” is not a sound %s.", words,
                   input ? "input (device, device:NAME, file:PATH, test[:HZ], none)"
                         : "output (device, device:NAME, file:PATH, none)");
      return false;
    }
  return true;
}

void
ipd_sound_spec_clear (IpdSoundSpec *spec)
{
  g_clear_pointer (&spec->text, g_free);
}
