// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/station.h"
#include "media/worker.h"

#include <gio/gio.h>

/** IpdStationSound: what the visitor hears and says. Outlives visits, because a tone may. Thread: the worker's. */
typedef struct _IpdStationSound IpdStationSound;

/** In the worker. */
typedef void (*IpdStationSoundEvent) (IpdMediaStationEvent event, guint leg, const char *detail, gpointer data);

IpdStationSound *ipd_station_sound_new (IpdWorker *worker, const char *mic, const char *speaker,
                                        IpdStationSoundEvent event, gpointer data);
void ipd_station_sound_free (IpdStationSound *sound);

void ipd_station_sound_tone (IpdStationSound *sound, IpdTone tone);

/** ipd_station_sound_talk: @sockets: borrowed until ipd_station_sound_end_visit(). */
void ipd_station_sound_talk (IpdStationSound *sound, GSocket *const *sockets, guint leg, const IpdMediaTalk *talk);

/** ipd_station_sound_hold: if it is this leg's talk: no sound either way until it is false again. */
void ipd_station_sound_hold (IpdStationSound *sound, guint leg, bool held);

/** ipd_station_sound_leave: ends the talk if it is this leg's. */
void ipd_station_sound_leave (IpdStationSound *sound, guint leg);

/** ipd_station_sound_end_visit: ends the talk, forgets the legs' streams. */
void ipd_station_sound_end_visit (IpdStationSound *sound);

/** ipd_station_sound_get_bad: datagrams that were not believed, since they were forgotten last. Thread: any. */
guint ipd_station_sound_get_bad (IpdStationSound *sound);
void ipd_station_sound_forget_bad (IpdStationSound *sound);
