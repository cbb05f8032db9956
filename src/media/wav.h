// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdint.h>

/** IpdWav: a WAV file (PCM, 16 bit, mono) that is whole after every write, so that it can be read while it grows. */
typedef struct _IpdWav IpdWav;

/** ipd_wav_new: made anew. Errors: %IPD_MEDIA_ERROR_DEVICE with the reason of the system. */
IpdWav *ipd_wav_new (const char *path, uint32_t rate, GError **error);
void ipd_wav_free (IpdWav *wav);

/** ipd_wav_write: Thread: one at a time. Errors of the disk lose the samples and nothing else. */
void ipd_wav_write (IpdWav *wav, const int16_t *samples, gsize n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdWav, ipd_wav_free)
