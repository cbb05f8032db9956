// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/camera.h"
#include "media/station.h"

#include <gio/gio.h>

/** IpdStationPicture: the picture of one visit: who sees it and what they report. Thread: the worker's. */
typedef struct _IpdStationPicture IpdStationPicture;

/** @seen: in the worker: the first packet of this leg that verified. */
typedef struct {
  void (*seen) (guint leg, gpointer data);
} IpdStationPictureHandlers;

/** ipd_station_picture_new: @sockets, @camera: borrowed, outlive it. Errors: %IPD_MEDIA_ERROR_CODEC. */
IpdStationPicture *ipd_station_picture_new (IpdWorker *worker, GSocket *const *sockets, const IpdMediaKey *key,
                                            IpdCamera *camera, const IpdStationPictureHandlers *handlers, gpointer data,
                                            GError **error);
void ipd_station_picture_free (IpdStationPicture *picture);

/** ipd_station_picture_unit: one access unit for everybody who sees @codec. Thread: one at a time, any. */
void ipd_station_picture_unit (IpdStationPicture *picture, IpdVideoCodec codec, GstBuffer *unit);

void ipd_station_picture_add (IpdStationPicture *picture, guint leg, const IpdMediaViewer *viewer);
void ipd_station_picture_remove (IpdStationPicture *picture, guint leg);

/** Thread: any. */
guint ipd_station_picture_count_viewers (IpdStationPicture *picture);
guint ipd_station_picture_get_bad (IpdStationPicture *picture);
