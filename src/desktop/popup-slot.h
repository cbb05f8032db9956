// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * Each visit has a process of its own, and their popups must not cover each other. A place is a locked file in the
 * folder of the agent's socket; the kernel gives it back when the process ends, however it ends. Thread: main.
 *
 * @dir: folder that is the user's alone
 * ret_slot: the lowest place that nobody has, or 0 if all are taken or the folder cannot be written
 *
 * Returns: the descriptor that holds the place, to be closed when the popup is gone; -1 where there is nothing to hold
 */
int ipd_popup_slot_take (const char *dir, unsigned *ret_slot);
