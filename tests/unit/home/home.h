// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

/*
 * A folder that belongs to one test, and programs that live in it. Thread: the test's.
 */

/* @path with everything below it. */
void home_remove (const char *path);

/* What @launcher starts is killed when the test ends, however it does: a test that fails leaves nothing behind. */
void home_die_with_the_test (GSubprocessLauncher *launcher);

/*
 * For programs whose home is @path: the folders of the user are made below it (run, data, config, state), and there is
 * no session bus. What GLib finds wrong with a program itself is fatal; its warnings are about the world it is in, and
 * are not. Returns: (transfer full)
 */
GSubprocessLauncher *home_launcher_new (const char *path, GSubprocessFlags flags);
