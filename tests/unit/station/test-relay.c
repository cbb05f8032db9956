// SPDX-License-Identifier: Apache-2.0
/*
 * The simulated output: its files, its contact in each plan, and that it is off when it should be.
 */
#include "station-test.h"
#include "station/relay.h"

typedef struct {
  StationTest base;
  IpdRelay *relay;
  guint opened;
  guint closed;
} RelayTest;

static void
on_contact (IpdRelay *relay, gboolean open, gpointer data)
{
  RelayTest *self = data;
  *(open ? &self->opened : &self->closed) += 1;
}

static void
start (RelayTest *self, const char *contact)
{
  g_autofree char *text = g_strdup_printf ("[output door]\npulse-ms=50\ncontact=%s\n", contact);
  g_autoptr (GError) error = NULL;
  *self = (RelayTest){ 0 };
  station_test_set_up (&self->base, text);
  self->relay = ipd_relay_new (self->base.config->outputs->pdata[0], self->base.dir, on_contact, self, &error);
  g_assert_no_error (error);
}

static void
end (RelayTest *self)
{
  ipd_relay_free (self->relay);
  station_test_tear_down (&self->base);
}

static guint
count (const RelayTest *self, const char *file, const char *word)
{
  return station_test_count (&self->base, file, word);
}

static gboolean
pulse_is_over (gpointer data)
{
  return count (data, "sim/door.relay", " off cmd") > 0;
}

static gboolean
door_is_shut (gpointer data)
{
  return ((RelayTest *) data)->closed > 0;
}

static void
test_opens (void)
{
  RelayTest self;
  start (&self, "late 20");
  g_assert_true (ipd_relay_has_contact (self.relay));
  g_assert_true (ipd_relay_pulse (self.relay, "cmd", NULL));
  g_assert_cmpuint (count (&self, "sim/door.relay", " on cmd"), ==, 1); /* on disk at once */
  g_assert_cmpuint (self.opened, ==, 0);
  station_test_until (door_is_shut, &self);
  g_assert_cmpuint (self.opened, ==, 1);
  g_assert_cmpuint (count (&self, "sim/door.contact", " open cmd"), ==, 1);
  g_assert_cmpuint (count (&self, "sim/door.contact", " closed cmd"), ==, 1);
  g_assert_cmpuint (count (&self, "sim/door.relay", " off cmd"), ==, 1);
  end (&self);
}

static void
test_stays_shut (gconstpointer plan)
{
  RelayTest self;
  start (&self, plan);
  g_assert_true (ipd_relay_has_contact (self.relay) == g_str_equal (plan, "never"));
  g_assert_true (ipd_relay_pulse (self.relay, "cmd", NULL));
  station_test_until (pulse_is_over, &self);
  g_assert_cmpuint (self.opened, ==, 0);
  g_assert_cmpuint (count (&self, "sim/door.contact", "open"), ==, 0);
  end (&self);
}

static void
test_pulse_in_pulse (void)
{
  RelayTest self;
  start (&self, "none");
  g_assert_true (ipd_relay_pulse (self.relay, "first", NULL));
  g_assert_true (ipd_relay_pulse (self.relay, "cmd", NULL));
  station_test_until (pulse_is_over, &self);
  g_assert_cmpuint (count (&self, "sim/door.relay", " on "), ==, 2);
  g_assert_cmpuint (count (&self, "sim/door.relay", " off first"), ==, 0); /* one pulse, made longer */
  end (&self);
}

/* At start, at the end, and at the start after somebody was killed in the middle. */
static void
test_safe (void)
{
  RelayTest self;
  start (&self, "none");
  g_assert_cmpuint (count (&self, "sim/door.relay", " off -"), ==, 1);
  g_assert_true (ipd_relay_pulse (self.relay, "cmd", NULL));
  ipd_relay_free (self.relay);
  g_assert_cmpuint (count (&self, "sim/door.relay", " off cmd"), ==, 1);
  g_assert_true (ipd_relay_make_safe (self.base.config->outputs->pdata[0], self.base.dir, NULL));
  g_assert_cmpuint (count (&self, "sim/door.relay", " off -"), ==, 2);
  station_test_tear_down (&self.base);
}

/* A driver that fails must leave the output off and say so. */
typedef struct {
  IpdRelayDriver driver;
  gboolean on;
} BrokenDriver;

static gboolean
broken_set (IpdRelayDriver *driver, gboolean on, const char *cause, GError **error)
{
  ((BrokenDriver *) driver)->on = FALSE;
  if (on)
    g_set_error_literal (error, IPD_RELAY_ERROR, IPD_RELAY_ERROR_DRIVER, "no answer from the board");
  return !on;
}

static gboolean
broken_contact (IpdRelayDriver *driver)
{
  return FALSE;
}

static void
broken_free (IpdRelayDriver *driver)
{
}

static void
test_broken_driver (void)
{
  g_autoptr (IpdStationConfig) config = ipd_station_config_new ();
  BrokenDriver driver = { .driver = { broken_set, broken_contact, broken_free }, .on = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdRelay) relay
      = ipd_relay_new_with_driver (config->outputs->pdata[0], &driver.driver, on_contact, NULL, NULL);
  g_assert_false (driver.on);
  g_assert_false (ipd_relay_pulse (relay, "cmd", &error));
  g_assert_error (error, IPD_RELAY_ERROR, IPD_RELAY_ERROR_DRIVER);
}

/* A driver that fails to switch off: it is asked until it does. */
typedef struct {
  IpdRelayDriver driver;
  gboolean on;
  guint failures; /* that are still to come */
} StickyDriver;

static gboolean
sticky_set (IpdRelayDriver *driver, gboolean on, const char *cause, GError **error)
{
  StickyDriver *self = (StickyDriver *) driver;
  if (!on && self->on && self->failures > 0)
    {
      self->failures--;
      g_set_error_literal (error, IPD_RELAY_ERROR, IPD_RELAY_ERROR_DRIVER, "the board is busy");
      return FALSE;
    }
  self->on = on;
  return TRUE;
}

static gboolean
sticky_is_off (gpointer data)
{
  return !((StickyDriver *) data)->on;
}

static void
test_sticky_driver (void)
{
  g_autoptr (IpdStationConfig) config = ipd_station_config_new ();
  StickyDriver driver = { .driver = { sticky_set, broken_contact, broken_free } };
  ((IpdOutputConfig *) config->outputs->pdata[0])->pulse_ms = 20;
  g_autoptr (IpdRelay) relay
      = ipd_relay_new_with_driver (config->outputs->pdata[0], &driver.driver, on_contact, NULL, NULL);
  driver.failures = 3;
  g_assert_true (ipd_relay_pulse (relay, "cmd", NULL));
  g_test_expect_message ("ipdoor-station", G_LOG_LEVEL_WARNING, "*could not be switched off*"); /* once */
  station_test_until (sticky_is_off, &driver);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (driver.failures, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/opens", test_opens);
  g_test_add_data_func ("/relay/never", "never", test_stays_shut);
  g_test_add_data_func ("/relay/no-contact", "none", test_stays_shut);
  g_test_add_func ("/relay/pulse-in-pulse", test_pulse_in_pulse);
  g_test_add_func ("/relay/safe", test_safe);
  g_test_add_func ("/relay/broken-driver", test_broken_driver);
  g_test_add_func ("/relay/sticky-driver", test_sticky_driver);
  return g_test_run ();
}
