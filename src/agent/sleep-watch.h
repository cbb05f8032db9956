// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Notices that the computer goes to sleep, that it has slept, and that its clock was set. Costs no wakeup: the first
 * comes from logind (org.freedesktop.login1.Manager.PrepareForSleep on the system bus, whose sleep waits until we have
 * dealt with it), the others also from the kernel, by a timer that it cancels then (timerfd_create(2),
 * TFD_TIMER_CANCEL_ON_SET). Without logind only the beginning goes unnoticed.
 *
 * Thread: main context.
 */
typedef enum {
  IPD_SLEEP_BEGINS, /* what is still to be sent must be on its way when the handler returns */
  IPD_SLEEP_OVER,   /* once for each sleep */
  IPD_SLEEP_CLOCK_SET,
} IpdSleepNews;

typedef struct _IpdSleepWatch IpdSleepWatch;

/* Returns: (transfer full): one, also where nothing can be watched: then it says nothing */
IpdSleepWatch *ipd_sleep_watch_new (void (*on_news) (IpdSleepNews news, gpointer user_data), gpointer user_data);
void ipd_sleep_watch_free (IpdSleepWatch *watch);

/*
 * Whether the computer woke less than two seconds ago: what a person asked for may be from before. True before anybody
 * was told of the waking, too.
 */
bool ipd_sleep_watch_just_woke (IpdSleepWatch *watch);
