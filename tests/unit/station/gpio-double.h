// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * What stands for the kernel's GPIO: ioctl() of the test program is ours, so that the driver's requests for lines come
 * here. Each line that is requested is one end of a socket pair, the double holds the other: edges are written into it,
 * and its end is the line given back. State is in memory that children share. One thread.
 */
typedef struct {
  gboolean requested;
  guint64 flags;
  guint debounce_us;
  gboolean level;  /* logical: active */
  guint movements; /* of an output, after the request */
  int kernel_fd;   /* our end; -1 */
} GpioLine;

#define GPIO_LINES 8

/* Forgets all lines. @chip: a file that stands for the chip, made in @dir. Returns: (transfer full): its path */
char *gpio_double_start (const char *dir);
GpioLine *gpio_double_line (guint offset);
/* Moves a contact, as if a door did. */
void gpio_double_edge (guint offset, gboolean active);
/* Whether whoever had the line has given it back, or died. */
gboolean gpio_double_is_released (guint offset);
/* From now on every request for a line fails with this errno; 0: none does. */
void gpio_double_fail (int with);
