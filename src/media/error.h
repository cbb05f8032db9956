// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#define IPD_MEDIA_ERROR (ipd_media_error_quark ())

/**
 * IpdMediaError:
 * @IPD_MEDIA_ERROR_CODEC: an element that the picture or the sound needs is not installed; the message names it
 * @IPD_MEDIA_ERROR_SPEC: a camera, microphone or speaker description cannot be read
 * @IPD_MEDIA_ERROR_PARAMS: parameters of a stream are missing, mistyped or out of range
 * @IPD_MEDIA_ERROR_SOCKET: a descriptor that was handed over is not a bound UDP socket
 * @IPD_MEDIA_ERROR_DEVICE: a device cannot be opened or a file cannot be read or written
 */
typedef enum {
  IPD_MEDIA_ERROR_CODEC,
  IPD_MEDIA_ERROR_SPEC,
  IPD_MEDIA_ERROR_PARAMS,
  IPD_MEDIA_ERROR_SOCKET,
  IPD_MEDIA_ERROR_DEVICE,
} IpdMediaError;

GQuark ipd_media_error_quark (void);
