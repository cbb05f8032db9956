// SPDX-License-Identifier: Apache-2.0
/* Reads the description of a camera. Pure. */
#include "media/camera-spec.h"

#include "media/error.h"

#include <string.h>

typedef struct {
  const char *prefix;
  IpdCameraKind kind;
} Prefix;

static const Prefix prefixes[] = {
  { "v4l2:", IPD_CAMERA_V4L2 },
  { "file:", IPD_CAMERA_FILE },
  { "rtsp:", IPD_CAMERA_RTSP },
};

static bool
read_kind (const char *words, IpdCameraSpec *ret_spec)
{
  if (g_str_equal (words, "none") || g_str_equal (words, "test"))
    {
      ret_spec->kind = words[0] == 'n' ? IPD_CAMERA_NONE : IPD_CAMERA_TEST;
      return true;
    }
  bool is_url = g_str_has_prefix (words, "rtsp://");
  for (size_t i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      size_t skip = is_url ? 0 : strlen (prefixes[i].prefix);
      if (!g_str_has_prefix (words, prefixes[i].prefix) || words[skip] == '\0')
        continue;
      ret_spec->kind = prefixes[i].kind;
      ret_spec->text = g_strdup (words + skip);
      return true;
    }
  return false;
}

bool
ipd_camera_spec_read (const char *words, IpdCameraSpec *ret_spec, GError **error)
{
  IpdCameraSpec spec = { .width = 640, .height = 480, .fps = 25, .bitrate_kbps = 1000 };
  if (words == NULL || !read_kind (words, &spec))
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_SPEC,
                   "“%s” is not a camera (test, v4l2:DEVICE, file:PATH, rtsp:URL, none).", words ? words : "");
      return false;
    }
  *ret_spec = spec;
  return true;
}

void
ipd_camera_spec_clear (IpdCameraSpec *spec)
{
  g_clear_pointer (&spec->text, g_free);
}
