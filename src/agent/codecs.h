// SPDX-License-Identifier: Apache-2.0
#pragma once

/**
 * ipd_codecs_check:
 *
 * Asks a media process, once and without waiting, what this computer can decode, and says in the log what is missing.
 * It also makes the media library write its list of plug-ins, which would otherwise cost the first ring after an
 * installation a quarter of a second. Thread: main.
 */
void ipd_codecs_check (void);
