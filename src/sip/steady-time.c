// SPDX-License-Identifier: Apache-2.0
// Takes the wall clock away from Sofia-SIP's timers, by the two hooks that the library has for its own tests. Called by
// sip.c once; the hooks run in every thread that asks Sofia for the time.
#include "sip/steady-time.h"

#include <sofia-sip/su_time.h>
#include <time.h>

#define NANOSECONDS UINT64_C (1000000000)

/* su_time0.c exports them, no header declares them. */
extern void (*_su_time) (su_time_t *tv);
extern uint64_t (*_su_nanotime) (uint64_t *now);

/* Added to CLOCK_BOOTTIME: Sofia takes small values for "no time", and makes the first of its identifiers of this. */
static uint64_t base_ns;

static uint64_t
since_boot_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (uint64_t) now.tv_sec * NANOSECONDS + (uint64_t) now.tv_nsec;
}

static uint64_t
steady_nanotime (uint64_t *ret_now)
{
  *ret_now = base_ns + since_boot_ns ();
  return *ret_now;
}

static void
steady_time (su_time_t *tv)
{
  uint64_t now_ns = base_ns + since_boot_ns ();

  if (tv == NULL)
    return;
  tv->tv_sec = (unsigned long) (now_ns / NANOSECONDS);
  tv->tv_usec = (unsigned long) (now_ns % NANOSECONDS / 1000);
}

void
ipd_sip_steady_time (void)
{
  base_ns = (uint64_t) su_nanotime (NULL) - since_boot_ns ();
  _su_time = steady_time;
  _su_nanotime = steady_nanotime;
}
