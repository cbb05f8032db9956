// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/codec.h"

/**
 * ipd_codecs_ask:
 * @codecs: written later, in the main context, when the media process has answered; must outlive the main loop
 *
 * Asks a media process, once and without waiting, what this computer can play and send, and says in the log what is
 * missing. It also makes the media library write its list of plug-ins, which would otherwise cost the first ring after
 * an installation a quarter of a second. Without an answer @codecs stays as it is. Thread: main.
 */
void ipd_codecs_ask (IpdCodecs *codecs);
