// SPDX-License-Identifier: Apache-2.0
/* One JPEG of the test picture as it is now. Thread: main. */
#pragma once

#include <glib.h>

/* Exits with a sentence when there is no encoder. */
GBytes *quirk_jpeg_now (void);
