// SPDX-License-Identifier: Apache-2.0
// The clock of the computer is set while timers of SIP run: they keep their length. This program has a clock_gettime()
// of its own, which all libraries in it use.
#include "party.h"

#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MONTH_S (30 * 24 * 3600)

static gint jump_s;  /* atomic: added to the clock that people read */
static gint slept_s; /* atomic: added to the one that counts sleep */

int
clock_gettime (clockid_t clock, struct timespec *ret_time)
{
  int result = (int) syscall (SYS_clock_gettime, clock, ret_time);
  if (result == 0 && clock == CLOCK_REALTIME)
    ret_time->tv_sec += g_atomic_int_get (&jump_s);
  if (result == 0 && clock == CLOCK_BOOTTIME)
    ret_time->tv_sec += g_atomic_int_get (&slept_s);
  return result;
}

static const char user[] = "client-known-to-the-station";

static char *
look_up (const char *asked, gpointer data)
{
  return g_strdup ("the-secret");
}

static void
grant (Party *station, guint expires)
{
  g_autoptr (IpdSipEvent) request = party_expect (station, IPD_SIP_REGISTER_REQUEST);
  ipd_sip_register_reply (station->sip, request->request, 200, "boot-id", expires);
}

typedef struct {
  Party *station;
  Party *client;
  guint reg;
} Pair;

/* Granted two seconds: it comes again after one. */
static void
set_up (Pair *pair)
{
  g_autoptr (GError) error = NULL;
  pair->station = party_new ("127.14.0.1", "stationid", look_up);
  pair->client = party_new ("127.14.0.2", user, NULL);
  IpdSipRegistration registration
      = { "127.14.0.1", pair->station->port, user, "the-secret", "random-contact-user-22", "licence", 0 };
  pair->reg = ipd_sip_register (pair->client->sip, &registration, &error);
  g_assert_no_error (error);
  grant (pair->station, 2);
  party_skip (pair->client, IPD_SIP_REGISTERED);
}

static void
tear_down (Pair *pair)
{
  ipd_sip_unregister (pair->client->sip, pair->reg);
  grant (pair->station, 0);
  party_end (pair->client);
  party_end (pair->station);
  g_atomic_int_set (&jump_s, 0);
}

static void
check_jump (gint by_s)
{
  Pair pair;
  set_up (&pair);
  g_atomic_int_set (&jump_s, by_s);
  gint64 before_us = g_get_monotonic_time ();
  grant (pair.station, 2);
  party_skip (pair.client, IPD_SIP_REGISTERED);
  /* and the one after it, of which the jump saw neither begin nor end */
  grant (pair.station, 120);
  party_skip (pair.client, IPD_SIP_REGISTERED);
  g_assert_cmpint (g_get_monotonic_time () - before_us, >=, G_USEC_PER_SEC);
  tear_down (&pair);
}

static void
test_refresh_back (void)
{
  check_jump (-MONTH_S);
}

static void
test_refresh_forwards (void)
{
  check_jump (MONTH_S);
}

/* What was due while the computer slept is due when it wakes, as soon as anything wakes the thread. */
static void
test_sleep (void)
{
  Pair pair;
  set_up (&pair);
  grant (pair.station, 120);
  party_skip (pair.client, IPD_SIP_REGISTERED);
  g_atomic_int_add (&slept_s, 3600);
  ipd_sip_unregister (pair.client->sip, pair.reg + 1); /* there is no such one: only a wakeup */
  grant (pair.station, 120);
  party_skip (pair.client, IPD_SIP_REGISTERED);
  tear_down (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sip/clock/back", test_refresh_back);
  g_test_add_func ("/sip/clock/forwards", test_refresh_forwards);
  g_test_add_func ("/sip/clock/sleep", test_sleep);
  return g_test_run ();
}
