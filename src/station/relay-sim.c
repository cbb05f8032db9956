// SPDX-License-Identifier: Apache-2.0
/*
 * A relay and a contact that are files, for demo, tests and desks without a door. Used by relay.c; main thread.
 * Whoever wants to know whether the door moved reads the files: they are the driver's own record, not a log.
 */
#include "station/relay-sim.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A visitor pushes the door and lets it fall shut. */
#define CONTACT_HOLD_MS 1500

typedef struct {
  IpdRelayDriver driver;
  const IpdOutputConfig *config;
  int relay_fd;
  int contact_fd;
  gboolean open;
  char *command;
  guint contact_timer; /* armed: the contact's next movement is due */
} SimRelay;

static gboolean
append_line (int fd, const char *state, const char *cause, GError **error)
{
  g_autofree char *line = g_strdup_printf ("%" G_GINT64_FORMAT " %s %s\n", g_get_monotonic_time (), state, cause);
  gsize octets = strlen (line);
  if (write (fd, line, octets) == (gssize) octets)
    return TRUE;
  g_set_error (error, IPD_RELAY_ERROR, IPD_RELAY_ERROR_DRIVER, _ ("The simulated output cannot be written: %s."),
               g_strerror (errno));
  return FALSE;
}

static gboolean on_contact_due (gpointer data);

static void
arm_contact (SimRelay *self, guint ms)
{
  g_clear_handle_id (&self->contact_timer, g_source_remove);
  self->contact_timer = g_timeout_add (ms, on_contact_due, self);
  g_source_set_name_by_id (self->contact_timer, "simulated contact");
}

static gboolean
on_contact_due (gpointer data)
{
  SimRelay *self = data;
  g_autoptr (GError) why = NULL;
  self->contact_timer = 0;
  self->open = !self->open;
  if (!append_line (self->contact_fd, self->open ? "open" : "closed", self->command, &why))
    g_warning ("contact of output %s: %s", self->config->id, why->message);
  if (self->open)
    arm_contact (self, CONTACT_HOLD_MS);
  self->driver.on_contact (self->driver.relay, self->open);
  return G_SOURCE_REMOVE;
}

static gboolean
sim_set (IpdRelayDriver *driver, gboolean on, const char *cause, GError **error)
{
  SimRelay *self = (SimRelay *) driver;
  if (!append_line (self->relay_fd, on ? "on" : "off", cause, error))
    return FALSE;
  if (!on || self->config->contact != IPD_CONTACT_PLAN_OPENS)
    return TRUE;
  g_free (self->command);
  self->command = g_strdup (cause);
  /* A door that stands open stays open for as long again. */
  arm_contact (self, self->open ? CONTACT_HOLD_MS : self->config->contact_delay_ms);
  return TRUE;
}

static gboolean
sim_contact_is_open (IpdRelayDriver *driver)
{
  return ((SimRelay *) driver)->open;
}

static void
sim_free (IpdRelayDriver *driver)
{
  SimRelay *self = (SimRelay *) driver;
  g_clear_handle_id (&self->contact_timer, g_source_remove);
  if (self->relay_fd >= 0)
    close (self->relay_fd);
  if (self->contact_fd >= 0)
    close (self->contact_fd);
  g_free (self->command);
  g_free (self);
}

static int
open_record (const char *dir, const char *id, const char *suffix)
{
  g_autofree char *name = g_strconcat (id, suffix, NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  return g_open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

IpdRelayDriver *
ipd_relay_sim_new (const IpdOutputConfig *config, const char *state_dir, GError **error)
{
  SimRelay *self = g_new0 (SimRelay, 1);
  g_autofree char *dir = g_build_filename (state_dir, "sim", NULL);
  self->driver = (IpdRelayDriver){ sim_set, sim_contact_is_open, sim_free };
  self->config = config;
  int made = g_mkdir_with_parents (dir, 0700);
  self->relay_fd = made == 0 ? open_record (dir, config->id, ".relay") : -1;
  self->contact_fd = made == 0 ? open_record (dir, config->id, ".contact") : -1;
  if (self->relay_fd >= 0 && self->contact_fd >= 0)
    return &self->driver;
  g_set_error (error, IPD_RELAY_ERROR, IPD_RELAY_ERROR_DRIVER, _ ("The simulated output %s has no place in %s: %s."),
               config->id, dir, g_strerror (errno));
  sim_free (&self->driver);
  return NULL;
}
