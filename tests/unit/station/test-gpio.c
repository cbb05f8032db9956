// SPDX-License-Identifier: Apache-2.0
/*
 * The GPIO driver against a double of the kernel: what it asks for, what the contact says, and that the relay is off
 * whenever nobody holds it.
 */
#include "gpio-double.h"
#include "home/home.h"
#include "station-test.h"
#include "station/relay.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <linux/gpio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RELAY   3
#define CONTACT 5

typedef struct {
  char *dir;
  char *chip;
  IpdStationConfig *config;
  IpdRelay *relay;
  guint opened;
  guint closed;
} GpioTest;

static void
on_contact (IpdRelay *relay, gboolean open, gpointer data)
{
  GpioTest *self = data;
  *(open ? &self->opened : &self->closed) += 1;
}

static const IpdOutputConfig *
door (const GpioTest *self)
{
  return self->config->outputs->pdata[0];
}

static void
begin (GpioTest *self, const char *relay_tail, const char *contact_tail)
{
  g_autoptr (GError) error = NULL;
  *self = (GpioTest){ .dir = g_dir_make_tmp ("ipdoor-gpio-XXXXXX", NULL) };
  self->chip = gpio_double_start (self->dir);
  g_autofree char *contact
      = contact_tail != NULL ? g_strdup_printf ("contact=gpio:%s:%d%s\n", self->chip, CONTACT, contact_tail) : NULL;
  g_autofree char *text = g_strdup_printf ("[output door]\npulse-ms=50\ndriver=gpio:%s:%d%s\n%s", self->chip, RELAY,
                                           relay_tail, contact != NULL ? contact : "");
  self->config = ipd_station_config_parse (text, &error);
  g_assert_no_error (error);
}

static void
make_relay (GpioTest *self)
{
  g_autoptr (GError) error = NULL;
  self->relay = ipd_relay_new (door (self), self->dir, on_contact, self, &error);
  g_assert_no_error (error);
}

static void
end (GpioTest *self)
{
  ipd_relay_free (self->relay);
  ipd_station_config_free (self->config);
  home_remove (self->dir);
  g_free (self->dir);
  g_free (self->chip);
}

static gboolean
is_off_again (gpointer data)
{
  return !gpio_double_line (RELAY)->level;
}

static gboolean
contact_closed (gpointer data)
{
  return ((GpioTest *) data)->closed > 0;
}

static gboolean
contact_opened (gpointer data)
{
  return ((GpioTest *) data)->opened > 0;
}

static void
test_pulse (void)
{
  GpioTest self;
  begin (&self, "", NULL);
  const GpioLine *line = gpio_double_line (RELAY);
  make_relay (&self);
  g_assert_true (line->requested);
  g_assert_cmpuint (line->flags, ==, GPIO_V2_LINE_FLAG_OUTPUT);
  g_assert_false (line->level);
  g_assert_cmpuint (line->movements, ==, 0);
  g_assert_false (ipd_relay_has_contact (self.relay));
  g_assert_true (ipd_relay_pulse (self.relay, "command", NULL));
  g_assert_true (line->level);
  station_test_until (is_off_again, &self);
  g_assert_cmpuint (line->movements, ==, 2);
  end (&self);
  g_assert_true (gpio_double_is_released (RELAY));
}

static void
test_active_low (void)
{
  GpioTest self;
  begin (&self, ":active-low", ":active-low");
  make_relay (&self);
  g_assert_cmpuint (gpio_double_line (RELAY)->flags, ==, GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_ACTIVE_LOW);
  g_assert_true ((gpio_double_line (CONTACT)->flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW) != 0);
  g_assert_false (gpio_double_line (RELAY)->level);
  end (&self);
}

static void
test_contact (void)
{
  GpioTest self;
  begin (&self, "", "");
  gpio_double_line (CONTACT)->level = TRUE; /* the door stands open when the station starts */
  make_relay (&self);
  g_assert_true (ipd_relay_has_contact (self.relay));
  g_assert_true (ipd_relay_contact_is_open (self.relay));
  g_assert_cmpuint (gpio_double_line (CONTACT)->flags, ==,
                    GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING);
  g_assert_cmpuint (gpio_double_line (CONTACT)->debounce_us, ==, 20000);
  gpio_double_edge (CONTACT, FALSE);
  station_test_until (contact_closed, &self);
  g_assert_false (ipd_relay_contact_is_open (self.relay));
  g_assert_cmpuint (self.opened, ==, 0);
  gpio_double_edge (CONTACT, TRUE);
  gpio_double_edge (CONTACT, FALSE); /* both may be read at once: neither is lost */
  station_test_until (contact_opened, &self);
  g_assert_false (ipd_relay_contact_is_open (self.relay));
  g_assert_cmpuint (self.closed, ==, 2);
  end (&self);
}

/* Made safe before anything else, off at the end even in the middle of a pulse. */
static void
test_fail_safe (void)
{
  GpioTest self;
  begin (&self, "", NULL);
  gpio_double_line (RELAY)->level = TRUE; /* a station was killed */
  g_assert_true (ipd_relay_make_safe (door (&self), self.dir, NULL));
  g_assert_false (gpio_double_line (RELAY)->level);
  g_assert_true (gpio_double_is_released (RELAY));
  make_relay (&self);
  g_assert_true (ipd_relay_pulse (self.relay, "command", NULL));
  g_assert_true (gpio_double_line (RELAY)->level);
  end (&self);
  g_assert_false (gpio_double_line (RELAY)->level);
  g_assert_true (gpio_double_is_released (RELAY));
}

/* A crash gives the line back, and the next start switches it off before anything else. */
static void
test_killed (void)
{
  GpioTest self;
  int status = 0;
  begin (&self, "", NULL);
  pid_t child = fork ();
  if (child == 0)
    {
      make_relay (&self);
      ipd_relay_pulse (self.relay, "command", NULL);
      raise (SIGKILL);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_true (gpio_double_line (RELAY)->level); /* what a chip that keeps its level does */
  g_assert_true (ipd_relay_make_safe (door (&self), self.dir, NULL));
  g_assert_false (gpio_double_line (RELAY)->level);
  end (&self);
}

static void
test_refused (void)
{
  static const struct {
    int with;
    const char *says;
  } cases[] = { { EBUSY, "another program uses it" }, { EINVAL, "cannot be used" }, { EACCES, "Permission" } };
  GpioTest self;
  begin (&self, "", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gpio_double_fail (cases[i].with);
      g_assert_null (ipd_relay_new (door (&self), self.dir, on_contact, &self, &error));
      g_assert_error (error, IPD_RELAY_ERROR, IPD_RELAY_ERROR_DRIVER);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
  gpio_double_fail (0);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_unlink (self.chip), ==, 0);
  g_assert_false (ipd_relay_make_safe (door (&self), self.dir, &error));
  g_assert_nonnull (strstr (error->message, "Line 3 of the GPIO chip"));
  end (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gpio/pulse", test_pulse);
  g_test_add_func ("/gpio/active-low", test_active_low);
  g_test_add_func ("/gpio/contact", test_contact);
  g_test_add_func ("/gpio/fail-safe", test_fail_safe);
  g_test_add_func ("/gpio/killed", test_killed);
  g_test_add_func ("/gpio/refused", test_refused);
  return g_test_run ();
}
