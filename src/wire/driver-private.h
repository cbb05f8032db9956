// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/driver.h"

/**
 * ipd_driver_template_fits: whether @text is a template, of at most IPD_DRIVER_TEXT_MAX octets, that names nothing but
 * IPD_DRIVER_VALUES and @taken. For driver-read.c. Thread: any.
 * @taken: (nullable) (element-type utf8): names that steps before take
 */
gboolean ipd_driver_template_fits (const char *text, GPtrArray *taken);
