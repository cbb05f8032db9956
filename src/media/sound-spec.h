// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  IPD_SOUND_SPEC_NONE,
  IPD_SOUND_SPEC_DEVICE,
  IPD_SOUND_SPEC_FILE,
  IPD_SOUND_SPEC_TEST,
} IpdSoundSpecKind;

/**
 * IpdSoundSpec: where sound comes from or goes to, read from a user's words.
 * @text: device name (%NULL = the default one) or path
 * @hz: of the test tone
 */
typedef struct {
  IpdSoundSpecKind kind;
  char *text;
  int hz;
} IpdSoundSpec;

/** ipd_sound_spec_read: @input: whether "test[:HZ]" is allowed (20 to 7,000 Hz). Errors: %IPD_MEDIA_ERROR_SPEC. */
bool ipd_sound_spec_read (const char *words, bool input, IpdSoundSpec *ret_spec, GError **error);
void ipd_sound_spec_clear (IpdSoundSpec *spec);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdSoundSpec, ipd_sound_spec_clear)
