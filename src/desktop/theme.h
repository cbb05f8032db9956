// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * The look: our stylesheet and icons from the program's own resources, light or dark. Dark when the desktop portal, or
 * else GTK's own setting, prefers it; follows changes while running. Thread: main, once, after GTK is up.
 */
void ipd_theme_init (void);
