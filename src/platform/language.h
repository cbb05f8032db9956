// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * Sets the language of the process from the environment and binds the catalogue (installed, or from the build tree).
 * Where the system lacks the locale that was asked for (a minimal installation), the texts still appear in that
 * language: libc then gets C.UTF-8 and $LANGUAGE says which catalogue (glibc before 2.41; later ones heed $LANGUAGE in
 * real locales only). Every program calls it once. Thread: main, before any other starts.
 */
void ipd_language_set_up (void);
