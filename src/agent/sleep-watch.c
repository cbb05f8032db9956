// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the timer that the kernel cancels, the ear on the system bus, and the word that logind waits for before it lets
 * the computer sleep. Sleep is what CLOCK_BOOTTIME counts and CLOCK_MONOTONIC does not. Main context only.
 */
#include "agent/sleep-watch.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define LOGIND_NAME      "org.freedesktop.login1"
#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"
#define SYSTEM_BUS_FILE  "/run/dbus/system_bus_socket"
#define SLEPT_MIN_US     G_USEC_PER_SEC
#define JUST_WOKE_US     (2 * G_USEC_PER_SEC)
/* A farewell is one datagram by another thread. logind itself waits 5 s at most. */
#define FAREWELL_MS 250
/* The year 2200: the timer is there to be cancelled, not to fire. */
#define NEVER_S G_GINT64_CONSTANT (7258118400)

struct _IpdSleepWatch {
  void (*on_news) (IpdSleepNews news, gpointer user_data);
  gpointer user_data;
  gint64 slept_us; /* since the computer was started, as far as told */
  gint64 woke_us;  /* monotonic; 0: never */
  int timer_fd;
  guint timer_source;
  guint farewell_source;
  guint untold_source;
  GCancellable *cancellable;
  GDBusConnection *bus; /* (nullable) */
  guint subscription;
  int delay_fd; /* while it is open, logind waits for us; -1: it does not */
};

/* ---- what the clocks say ---- */

static gint64
read_us (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint64
total_slept_us (void)
{
  return read_us (CLOCK_BOOTTIME) - read_us (CLOCK_MONOTONIC);
}

/* Returns: whether there was a sleep that nobody was told of */
static bool
note_sleep (IpdSleepWatch *self)
{
  gint64 slept_us = total_slept_us ();
  bool slept = slept_us - self->slept_us >= SLEPT_MIN_US;

  self->slept_us = slept_us;
  if (slept)
    self->woke_us = g_get_monotonic_time ();
  return slept;
}

static gboolean
on_untold (gpointer user_data)
{
  IpdSleepWatch *self = user_data;

  self->untold_source = 0;
  if (note_sleep (self))
    self->on_news (IPD_SLEEP_OVER, self->user_data);
  return G_SOURCE_REMOVE;
}

/* Whoever asks is in the middle of something, so the telling comes after it; and it does come, also where neither timer
 * nor bus works: nobody would ever open again. */
bool
ipd_sleep_watch_just_woke (IpdSleepWatch *self)
{
  if (total_slept_us () - self->slept_us < SLEPT_MIN_US)
    return self->woke_us != 0 && g_get_monotonic_time () - self->woke_us < JUST_WOKE_US;
  if (self->untold_source == 0)
    self->untold_source = g_idle_add (on_untold, self);
  return true;
}

/* ---- the kernel's timer ---- */

static bool
arm_timer (IpdSleepWatch *self)
{
  const struct itimerspec never = { .it_value.tv_sec = NEVER_S };

  return timerfd_settime (self->timer_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) == 0
         || errno == ECANCELED;
}

static gboolean
on_timer (int fd, GIOCondition condition, gpointer user_data)
{
  IpdSleepWatch *self = user_data;
  guint64 expirations;

  /* ECANCELED is the news. */
  if (read (fd, &expirations, sizeof expirations) < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  if (!arm_timer (self))
    {
      g_warning ("it will not be noticed when the clock is set: %s", g_strerror (errno));
      self->timer_source = 0;
      return G_SOURCE_REMOVE;
    }
  self->on_news (note_sleep (self) ? IPD_SLEEP_OVER : IPD_SLEEP_CLOCK_SET, self->user_data);
  return G_SOURCE_CONTINUE;
}

/* ---- logind ---- */

static void
let_sleep (IpdSleepWatch *self)
{
  if (self->delay_fd >= 0)
    close (self->delay_fd);
  self->delay_fd = -1;
}

static gboolean
on_farewell_sent (gpointer user_data)
{
  IpdSleepWatch *self = user_data;

  self->farewell_source = 0;
  let_sleep (self);
  return G_SOURCE_REMOVE;
}

static void
on_delay (GObject *source, GAsyncResult *result, gpointer user_data)
{
  IpdSleepWatch *self = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result, &error);
  gint32 index;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the watch is gone */
  if (reply == NULL || fds == NULL)
    {
      g_debug ("the computer will not wait for us before it sleeps: %s", error != NULL ? error->message : "no answer");
      return;
    }
  let_sleep (self);
  g_variant_get (reply, "(h)", &index);
  self->delay_fd = g_unix_fd_list_get (fds, index, NULL);
}

static void
ask_for_delay (IpdSleepWatch *self)
{
  g_dbus_connection_call_with_unix_fd_list (
      self->bus, LOGIND_NAME, LOGIND_PATH, LOGIND_INTERFACE, "Inhibit",
      g_variant_new ("(ssss)", "sleep", "ipdoor", _ ("Calls are ended before the computer sleeps."), "delay"),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, self->cancellable, on_delay, self);
}

static void
on_prepare_for_sleep (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                      const char *signal, GVariant *parameters, gpointer user_data)
{
  IpdSleepWatch *self = user_data;
  gboolean begins;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  g_clear_handle_id (&self->farewell_source, g_source_remove);
  if (begins)
    {
      self->on_news (IPD_SLEEP_BEGINS, self->user_data);
      self->farewell_source = g_timeout_add (FAREWELL_MS, on_farewell_sent, self);
      return;
    }
  ask_for_delay (self);
  if (note_sleep (self))
    self->on_news (IPD_SLEEP_OVER, self->user_data);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  IpdSleepWatch *self = user_data;
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the watch is gone */
  if (bus == NULL)
    {
      g_debug ("there is no system bus: %s", error->message);
      return;
    }
  self->bus = bus;
  /* GIO would end the process with the bus; the door must ring on. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->subscription
      = g_dbus_connection_signal_subscribe (bus, LOGIND_NAME, LOGIND_INTERFACE, "PrepareForSleep", LOGIND_PATH, NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, self, NULL);
  ask_for_delay (self);
}

/* ---- life ---- */

static void
watch_timer (IpdSleepWatch *self)
{
  self->timer_fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->timer_fd >= 0 && arm_timer (self))
    self->timer_source = g_unix_fd_add (self->timer_fd, G_IO_IN, on_timer, self);
  else
    g_warning ("it will not be noticed when the clock is set: %s", g_strerror (errno));
}

IpdSleepWatch *
ipd_sleep_watch_new (void (*on_news) (IpdSleepNews news, gpointer user_data), gpointer user_data)
{
  IpdSleepWatch *self = g_new0 (IpdSleepWatch, 1);

  self->on_news = on_news;
  self->user_data = user_data;
  self->delay_fd = -1;
  self->slept_us = total_slept_us ();
  self->cancellable = g_cancellable_new ();
  watch_timer (self);
  if (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS") != NULL || g_file_test (SYSTEM_BUS_FILE, G_FILE_TEST_EXISTS))
    g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus, self);
  return self;
}

void
ipd_sleep_watch_free (IpdSleepWatch *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  g_clear_object (&self->bus);
  g_clear_handle_id (&self->farewell_source, g_source_remove);
  g_clear_handle_id (&self->untold_source, g_source_remove);
  g_clear_handle_id (&self->timer_source, g_source_remove);
  if (self->timer_fd >= 0)
    close (self->timer_fd);
  let_sleep (self);
  g_free (self);
}
