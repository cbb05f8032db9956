// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/frame.h"

/**
 * IpdFrameRecorder: keeps pictures for a look from outside: FOLDER/newest.ppm is always one whole picture, and
 * FOLDER/frames.log gets a line "MICROSECONDS WIDTH HEIGHT" (CLOCK_MONOTONIC) for each.
 */
typedef struct _IpdFrameRecorder IpdFrameRecorder;

/** ipd_frame_recorder_new: @folder is made if it is missing. Errors: %IPD_MEDIA_ERROR_DEVICE. */
IpdFrameRecorder *ipd_frame_recorder_new (const char *folder, GError **error);
void ipd_frame_recorder_free (IpdFrameRecorder *recorder);

/** ipd_frame_recorder_take: what cannot be written is lost. */
void ipd_frame_recorder_take (IpdFrameRecorder *recorder, const IpdVideoFrame *frame);
