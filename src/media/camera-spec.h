// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  IPD_CAMERA_NONE,
  IPD_CAMERA_TEST,
  IPD_CAMERA_V4L2,
  IPD_CAMERA_FILE,
  IPD_CAMERA_RTSP,
} IpdCameraKind;

/**
 * IpdCameraSpec: where pictures come from, read from a user's words.
 * @text: device, path or URL
 * @width, @height: even; @fps; of what is drawn and of what a V4L2 device is asked for
 */
typedef struct {
  IpdCameraKind kind;
  char *text;
  int width;
  int height;
  int fps;
  int bitrate_kbps;
} IpdCameraSpec;

/** ipd_camera_spec_read: @words: "test", "v4l2:DEVICE", "file:PATH", "rtsp:URL", "rtsp://…", "none". Errors:
 * %IPD_MEDIA_ERROR_SPEC. */
bool ipd_camera_spec_read (const char *words, IpdCameraSpec *ret_spec, GError **error);
void ipd_camera_spec_clear (IpdCameraSpec *spec);
