// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/client.h"
#include "media/worker.h"

#include <gio/gio.h>

/** IpdClientSound: the sound half of a client. Thread: the worker's. */
typedef struct _IpdClientSound IpdClientSound;

/** In a streaming thread (FIRST_AUDIO) or in the worker (the others). */
typedef void (*IpdClientSoundEvent) (IpdMediaEvent event, const char *detail, gpointer data);

/** ipd_client_sound_new: nothing is opened yet. @params and @sockets are borrowed and outlive it. */
IpdClientSound *ipd_client_sound_new (IpdWorker *worker, const IpdMediaParams *params, GSocket *const *sockets,
                                      IpdClientSoundEvent event, gpointer data);
void ipd_client_sound_free (IpdClientSound *sound);

void ipd_client_sound_set_output (IpdClientSound *sound, const char *words);
void ipd_client_sound_set_input (IpdClientSound *sound, const char *words);

/** ipd_client_sound_start: the station's sound is taken off the socket from now on. */
void ipd_client_sound_start (IpdClientSound *sound);

/** ipd_client_sound_stop: no stream is left and the params may change; then start it again. Devices and all that was
 * set stay. */
void ipd_client_sound_stop (IpdClientSound *sound);
void ipd_client_sound_set_talking (IpdClientSound *sound, gboolean talking);
void ipd_client_sound_set_held (IpdClientSound *sound, gboolean held);

/** ipd_client_sound_send_digits: see ipd_digit_send_push(). */
void ipd_client_sound_send_digits (IpdClientSound *sound, const char *digits, guint duration_ms, guint gap_ms);
void ipd_client_sound_set_muted (IpdClientSound *sound, gboolean muted);
void ipd_client_sound_set_volume (IpdClientSound *sound, double volume);

/** ipd_client_sound_note_life: the station lives: a picture of it came. Thread: any. */
void ipd_client_sound_note_life (IpdClientSound *sound);
void ipd_client_sound_play_ring (IpdClientSound *sound, gboolean play);
