// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/audio-send.h"
#include "media/mixer.h"
#include "media/station.h"
#include "media/worker.h"

#include <gio/gio.h>

/**
 * IpdTalk: sound with one leg of a station: receives, reports, learns the address of who proves itself, hears the
 * digits of a plain leg, and watches that it lives. Thread: the worker's.
 */
typedef struct _IpdTalk IpdTalk;

/**
 * All in the worker.
 * @digit: one press of a plain leg; not told while held
 * @silent: nothing came for 10 to 15 s; a plain leg that is held may be silent; told once
 */
typedef struct {
  void (*digit) (IpdTalk *talk, char digit, gpointer data);
  void (*silent) (IpdTalk *talk, gpointer data);
} IpdTalkHandlers;

/**
 * ipd_talk_new: nothing is played before ipd_talk_start().
 * @sockets: borrowed
 * @said: its host is an address, its port is one
 * @stream: borrowed: where our sound goes, for its address and its reports
 *
 * Errors: %IPD_MEDIA_ERROR_CODEC.
 */
IpdTalk *ipd_talk_new (IpdWorker *worker, GSocket *const *sockets, guint leg, const IpdMediaTalk *said,
                       IpdAudioSend *stream, IpdMixer *mixer, const IpdTalkHandlers *handlers, gpointer data,
                       GError **error);
void ipd_talk_free (IpdTalk *talk);

void ipd_talk_start (IpdTalk *talk);

/** ipd_talk_set_held: held, what comes is not played, and silence is no fault. */
void ipd_talk_set_held (IpdTalk *talk, bool held);
bool ipd_talk_is_held (const IpdTalk *talk);

guint ipd_talk_get_leg (const IpdTalk *talk);

/** ipd_talk_get_bad: datagrams that were not believed. Thread: any. */
guint ipd_talk_get_bad (IpdTalk *talk);
