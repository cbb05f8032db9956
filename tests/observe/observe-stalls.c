// SPDX-License-Identifier: Apache-2.0
/*
 * How long this machine lets a program wait that is ready to run: wakes every two milliseconds, and prints when it was
 * late by ten or more, "<CLOCK_MONOTONIC, us> <us late>" a line. A limit about our programs is extended by what this
 * one had to wait in the same time. Ends after SECONDS.
 *
 *   observe-stalls SECONDS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TICK_NS     2000000
#define LATE_US     10000
#define NS_PER_S    INT64_C (1000000000)
#define NS_PER_US   1000
#define SECONDS_MAX 3600

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

int
main (int argc, char *argv[])
{
  const long seconds = argc == 2 ? strtol (argv[1], NULL, 10) : 0;

  if (seconds < 1 || seconds > SECONDS_MAX)
    return 2;
  setvbuf (stdout, NULL, _IOLBF, 0);
  for (const int64_t end_ns = now_ns () + seconds * NS_PER_S; now_ns () < end_ns;)
    {
      const int64_t due_ns = now_ns () + TICK_NS;
      const struct timespec due = { .tv_sec = due_ns / NS_PER_S, .tv_nsec = due_ns % NS_PER_S };
      clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
      const int64_t late_us = (now_ns () - due_ns) / NS_PER_US;
      if (late_us >= LATE_US)
        printf ("%lld %lld\n", (long long) (due_ns / NS_PER_US), (long long) late_us);
    }
  return 0;
}
