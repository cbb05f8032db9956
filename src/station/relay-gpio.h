// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "station/relay.h"

/*
 * An output on a GPIO chip, by the kernel's character device (uAPI v2: linux/gpio.h, Linux 5.10 or later). Not seen on
 * hardware: made from the kernel's documentation (Documentation/userspace-api/gpio/) and tested against a double of its
 * ioctls.
 *
 * The line is requested as an output that is off and given back when freed or when the process dies. What a line that
 * was given back does is the chip's business: the safe state is certain again when the line is next requested, which is
 * the first thing a station does at its start.
 *
 * The contact, if the configuration has one, is a line with both edges and 20 ms of debounce; active means open.
 *
 * Errors: IPD_RELAY_ERROR_DRIVER (no such chip or line, in use by another program, no right).
 * Returns: (transfer full); @config must outlive it.
 */
IpdRelayDriver *ipd_relay_gpio_new (const IpdOutputConfig *config, GError **error);
