// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/** ipd_still_picture_draw: the picture that says there is no camera. @ret_i420: (out): width * height * 3 / 2 octets.
 */
void ipd_still_picture_draw (int width, int height, uint8_t *ret_i420);
