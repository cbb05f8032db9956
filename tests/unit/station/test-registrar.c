// SPDX-License-Identifier: Apache-2.0
/*
 * Bindings: who may have one, what a restart keeps, and in which order a client may change its Contact.
 */
#include "station-test.h"
#include "station/refusals.h"
#include "station/registrar.h"
#include "wire/random.h"

typedef struct {
  StationTest base;
  IpdRegistrar *registrar;
  IpdKeyPair key;
  IpdShortId licence;
} RegistrarTest;

static void
open_registrar (RegistrarTest *self)
{
  self->registrar = ipd_registrar_new (self->base.plant, self->base.store, &self->base.clock, NULL);
  g_assert_nonnull (self->registrar);
}

static void
start (RegistrarTest *self)
{
  *self = (RegistrarTest){ 0 };
  station_test_set_up (&self->base, "[output door]\n");
  ipd_key_pair_generate (&self->key);
  self->licence = ipd_plant_issue (self->base.plant, self->key.pk, "Anna", "resident", NULL)->hash;
  open_registrar (self);
}

static void
end (RegistrarTest *self)
{
  ipd_registrar_free (self->registrar);
  station_test_tear_down (&self->base);
}

static IpdRegistrarVerdict
take (RegistrarTest *self, const IpdShortId *contact, const IpdShortId *licence, guint expires)
{
  IpdSipEvent request = { .type = IPD_SIP_REGISTER_REQUEST,
                          .from_user = self->key.id.s,
                          .contact_user = (char *) contact->s,
                          .contact_host = (char *) "10.0.0.7",
                          .contact_port = 5060,
                          .source_host = (char *) "192.0.2.7",
                          .source_port = 40000,
                          .licence = (char *) licence->s,
                          .expires = expires };
  guint granted = 0;
  IpdRegistrarVerdict verdict = ipd_registrar_take (self->registrar, &request, &granted);
  if (verdict == IPD_REGISTRAR_NEW)
    g_assert_cmpuint (granted, ==, MIN (expires, 120));
  return verdict;
}

static void
test_licence (void)
{
  RegistrarTest self;
  IpdShortId contact = ipd_random_short_id (), wrong = ipd_random_short_id ();
  start (&self);
  g_assert_cmpint (take (&self, &contact, &wrong, 120), ==, IPD_REGISTRAR_REFUSED);
  g_assert_null (ipd_registrar_find (self.registrar, &self.key.id));
  g_assert_cmpint (take (&self, &contact, &self.licence, 99999), ==, IPD_REGISTRAR_NEW);
  g_assert_cmpint (take (&self, &contact, &self.licence, 120), ==, IPD_REGISTRAR_REFRESHED);
  g_assert_cmpstr (ipd_registrar_find (self.registrar, &self.key.id)->source_host, ==, "192.0.2.7");
  g_assert_true (ipd_plant_remove (self.base.plant, &self.key.id, NULL));
  g_autoptr (GPtrArray) rung = ipd_registrar_list (self.registrar);
  g_assert_cmpuint (rung->len, ==, 0); /* not even before its binding is taken away */
  g_assert_cmpint (take (&self, &contact, &self.licence, 120), ==, IPD_REGISTRAR_REFUSED);
  end (&self);
}

static void
test_expiry (void)
{
  RegistrarTest self;
  IpdShortId contact = ipd_random_short_id ();
  start (&self);
  take (&self, &contact, &self.licence, 120);
  self.base.monotonic_us += 121 * G_USEC_PER_SEC;
  g_assert_null (ipd_registrar_find (self.registrar, &self.key.id));
  end (&self);
}

/* Old Contact away and new Contact there may arrive in either order: the new one stays. */
static void
test_change_of_contact (void)
{
  RegistrarTest self;
  IpdShortId first = ipd_random_short_id (), second = ipd_random_short_id ();
  start (&self);
  take (&self, &first, &self.licence, 120);
  g_assert_cmpint (take (&self, &second, &self.licence, 120), ==, IPD_REGISTRAR_NEW);
  g_assert_cmpint (take (&self, &first, &self.licence, 0), ==, IPD_REGISTRAR_REFRESHED);
  g_assert_cmpstr (ipd_registrar_find (self.registrar, &self.key.id)->contact_user.s, ==, second.s);
  g_assert_cmpint (take (&self, &second, &self.licence, 0), ==, IPD_REGISTRAR_GONE);
  g_assert_null (ipd_registrar_find (self.registrar, &self.key.id));
  end (&self);
}

#define MONTH_US (30 * G_TIME_SPAN_DAY)

static guint
count_rung (const RegistrarTest *self)
{
  g_autoptr (GPtrArray) rung = ipd_registrar_list (self->registrar);
  return rung->len;
}

/* A clock that is set, forwards or back, takes nobody away and keeps nobody. */
static void
test_clock_jumps (void)
{
  RegistrarTest self;
  IpdShortId contact = ipd_random_short_id ();
  start (&self);
  take (&self, &contact, &self.licence, 120);
  self.base.wall_us += MONTH_US;
  g_assert_cmpuint (count_rung (&self), ==, 1);
  self.base.wall_us = 0;
  g_assert_cmpuint (count_rung (&self), ==, 1);
  self.base.monotonic_us += 121 * G_USEC_PER_SEC;
  g_assert_cmpuint (count_rung (&self), ==, 0);
  end (&self);
}

/* A restart keeps bindings, for one registration period; whatever the clock says then. */
static void
check_restart (gint64 jump_us)
{
  RegistrarTest self;
  IpdShortId contact = ipd_random_short_id ();
  start (&self);
  take (&self, &contact, &self.licence, 120);
  ipd_registrar_free (self.registrar);
  station_test_restart (&self.base);
  self.base.wall_us += jump_us;
  self.base.monotonic_us = 5 * G_USEC_PER_SEC;
  open_registrar (&self);
  g_assert_cmpstr (ipd_registrar_find (self.registrar, &self.key.id)->contact_user.s, ==, contact.s);
  self.base.monotonic_us += 121 * G_USEC_PER_SEC;
  g_assert_null (ipd_registrar_find (self.registrar, &self.key.id));
  end (&self);
}

static void
test_restart (void)
{
  check_restart (600 * G_USEC_PER_SEC);
  check_restart (MONTH_US);
  check_restart (-MONTH_US);
}

/* A phone that changes its Contact all the time is told of ten times a minute, and the others as ever. */
static void
test_telling (void)
{
  StationTest test;
  station_test_set_up (&test, "[output door]\n");
  g_autoptr (IpdRefusals) refusals = ipd_refusals_new (&test.clock);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (ipd_refusals_may_tell (refusals, "hall"), ==, i < 10);
  g_assert_true (ipd_refusals_may_tell (refusals, "desk"));
  test.monotonic_us += 60 * G_USEC_PER_SEC;
  g_assert_true (ipd_refusals_may_tell (refusals, "hall"));
  station_test_tear_down (&test);
}

#define YEAR_US (365 * G_TIME_SPAN_DAY)

/* A clock that was wrong burns no licence and revives none: what the authority signed last is never later than now. */
static void
test_licence_over_jumps (void)
{
  RegistrarTest self;
  IpdShortId contact = ipd_random_short_id ();
  IpdKeyPair other;
  start (&self);
  self.base.wall_us += 12 * YEAR_US;
  g_assert_cmpint (take (&self, &contact, &self.licence, 120), ==, IPD_REGISTRAR_REFUSED);
  self.base.wall_us -= 12 * YEAR_US;
  g_assert_cmpint (take (&self, &contact, &self.licence, 120), ==, IPD_REGISTRAR_NEW);
  self.base.wall_us = 0;
  g_assert_cmpint (take (&self, &contact, &self.licence, 120), ==, IPD_REGISTRAR_REFRESHED);
  /* twelve years pass, somebody else is enrolled, and then the clock is set back */
  self.base.wall_us += 70 * YEAR_US;
  ipd_key_pair_generate (&other);
  g_assert_nonnull (ipd_plant_issue (self.base.plant, other.pk, "Bruno", "resident", NULL));
  self.base.wall_us -= 20 * YEAR_US;
  g_assert_cmpint (take (&self, &contact, &self.licence, 120), ==, IPD_REGISTRAR_REFUSED);
  end (&self);
}

int
main (int argc, char **argv)
{
  g_assert_true (ipd_wire_init ());
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registrar/licence", test_licence);
  g_test_add_func ("/registrar/expiry", test_expiry);
  g_test_add_func ("/registrar/change-of-contact", test_change_of_contact);
  g_test_add_func ("/registrar/clock-jumps", test_clock_jumps);
  g_test_add_func ("/registrar/restart", test_restart);
  g_test_add_func ("/registrar/licence-over-jumps", test_licence_over_jumps);
  g_test_add_func ("/registrar/telling", test_telling);
  return g_test_run ();
}
