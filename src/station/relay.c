// SPDX-License-Identifier: Apache-2.0
/*
 * A relay's pulse and its safe state, over a driver. Owned by IpdStation, used by commands.c; main thread.
 */
#include "station/relay.h"

#include "station/relay-gpio.h"
#include "station/relay-sim.h"

G_DEFINE_QUARK (ipd - relay - error - quark, ipd_relay_error)

/* A driver that did not switch off is asked again after so long, until it does: nothing may stay open by itself. */
#define OFF_AGAIN_MS 250

struct _IpdRelay {
  const IpdOutputConfig *config;
  IpdRelayDriver *driver;
  IpdContactFunc on_contact;
  gpointer data;
  char *command; /* of the pulse that is on */
  guint pulse_timer;
  gboolean stuck; /* the driver did not switch off */
};

static void
on_driver_contact (gpointer data, gboolean open)
{
  IpdRelay *self = data;
  self->on_contact (self, open, self->data);
}

IpdRelay *
ipd_relay_new_with_driver (const IpdOutputConfig *config, IpdRelayDriver *driver, IpdContactFunc on_contact,
                           gpointer data, GError **error)
{
  IpdRelay *self = g_new0 (IpdRelay, 1);
  self->config = config;
  self->driver = driver;
  self->on_contact = on_contact;
  self->data = data;
  driver->relay = self;
  driver->on_contact = on_driver_contact;
  if (driver->set (driver, FALSE, "-", error))
    return self;
  driver->free (driver);
  g_free (self);
  return NULL;
}

static IpdRelayDriver *
make_driver (const IpdOutputConfig *config, const char *state_dir, GError **error)
{
  return config->relay_line.chip[0] != '\0' ? ipd_relay_gpio_new (config, error)
                                            : ipd_relay_sim_new (config, state_dir, error);
}

IpdRelay *
ipd_relay_new (const IpdOutputConfig *config, const char *state_dir, IpdContactFunc on_contact, gpointer data,
               GError **error)
{
  IpdRelayDriver *driver = make_driver (config, state_dir, error);
  return driver == NULL ? NULL : ipd_relay_new_with_driver (config, driver, on_contact, data, error);
}

gboolean
ipd_relay_make_safe (const IpdOutputConfig *config, const char *state_dir, GError **error)
{
  IpdRelayDriver *driver = make_driver (config, state_dir, error);
  gboolean safe = driver != NULL && driver->set (driver, FALSE, "-", error);
  if (driver != NULL)
    driver->free (driver);
  return safe;
}

static gboolean on_pulse_timeout (gpointer data);

static void
end_pulse_in (IpdRelay *self, guint ms)
{
  self->pulse_timer = g_timeout_add (ms, on_pulse_timeout, self);
  g_source_set_name_by_id (self->pulse_timer, "relay pulse");
}

static gboolean
switch_off (IpdRelay *self)
{
  g_autoptr (GError) why = NULL;
  gboolean off = self->driver->set (self->driver, FALSE, self->command != NULL ? self->command : "-", &why);
  if (!off && !self->stuck)
    g_warning ("output %s could not be switched off, trying again: %s", self->config->id, why->message);
  else if (off && self->stuck)
    g_message ("output %s is off now", self->config->id);
  self->stuck = !off;
  return off;
}

static void
end_pulse (IpdRelay *self)
{
  g_clear_handle_id (&self->pulse_timer, g_source_remove);
  if (switch_off (self))
    g_clear_pointer (&self->command, g_free);
  else
    end_pulse_in (self, OFF_AGAIN_MS);
}

static gboolean
on_pulse_timeout (gpointer data)
{
  IpdRelay *self = data;
  self->pulse_timer = 0;
  end_pulse (self);
  return G_SOURCE_REMOVE;
}

gboolean
ipd_relay_pulse (IpdRelay *self, const char *command, GError **error)
{
  g_clear_handle_id (&self->pulse_timer, g_source_remove);
  g_free (self->command);
  self->command = g_strdup (command);
  if (!self->driver->set (self->driver, TRUE, command, error))
    {
      end_pulse (self);
      return FALSE;
    }
  end_pulse_in (self, self->config->pulse_ms);
  return TRUE;
}

gboolean
ipd_relay_contact_is_open (const IpdRelay *self)
{
  return self->driver->contact_is_open (self->driver);
}

gboolean
ipd_relay_has_contact (const IpdRelay *self)
{
  return self->config->contact != IPD_CONTACT_PLAN_NONE;
}

const IpdOutputConfig *
ipd_relay_get_config (const IpdRelay *self)
{
  return self->config;
}

void
ipd_relay_free (IpdRelay *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->pulse_timer, g_source_remove);
  switch_off (self);
  g_free (self->command);
  self->driver->free (self->driver);
  g_free (self);
}
