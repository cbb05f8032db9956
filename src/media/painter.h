// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gst/app/gstappsrc.h>
#include <stdbool.h>

/** IpdPainter: a thread that draws the test picture, or the one that says "no camera", into a pipeline in real time. */
typedef struct _IpdPainter IpdPainter;

/** ipd_painter_new: asleep. @src: kept. @still: draw the "no camera" picture. */
IpdPainter *ipd_painter_new (GstAppSrc *src, int width, int height, int fps, bool still);
void ipd_painter_free (IpdPainter *painter);

/** ipd_painter_set_awake: awake, it draws the next picture at once; asleep, it costs nothing. Thread: any. */
void ipd_painter_set_awake (IpdPainter *painter, bool awake);
