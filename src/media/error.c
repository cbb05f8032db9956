// SPDX-License-Identifier: Apache-2.0
/* The error domain of this folder. */
#include "media/error.h"

G_DEFINE_QUARK (ipd - media - error - quark, ipd_media_error)
