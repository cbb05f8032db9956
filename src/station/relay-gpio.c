// SPDX-License-Identifier: Apache-2.0
/*
 * A relay and a contact on lines of a GPIO chip. Used by relay.c; main thread. The only file that knows linux/gpio.h.
 */
#include "station/relay-gpio.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <linux/gpio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A door's reed contact bounces for some milliseconds; nobody opens a door for less than this. */
#define DEBOUNCE_US 20000

typedef struct {
  IpdRelayDriver driver;
  const IpdOutputConfig *config;
  int relay_fd;
  int contact_fd; /* -1: there is no contact */
  guint contact_source;
  gboolean open;
} GpioRelay;

/* Returns: %FALSE with @error, which is errno in words */
static gboolean
refuse (const IpdGpioLine *line, GError **error)
{
  const char *why = errno == EBUSY ? _ ("another program uses it") : g_strerror (errno);
  g_set_error (error, IPD_RELAY_ERROR, IPD_RELAY_ERROR_DRIVER, _ ("Line %u of the GPIO chip %s cannot be used: %s."),
               line->line, line->chip, why);
  return FALSE;
}

/* @attribute: (nullable). Returns: the descriptor of the line, -1 with errno */
static int
request_line (const IpdGpioLine *line, guint64 flags, const struct gpio_v2_line_attribute *attribute)
{
  struct gpio_v2_line_request request = { .offsets = { line->line }, .num_lines = 1 };
  g_autofree char *path = line->chip[0] == '/' ? g_strdup (line->chip) : g_build_filename ("/dev", line->chip, NULL);
  int chip = open (path, O_RDWR | O_CLOEXEC);
  if (chip < 0)
    return -1;
  g_strlcpy (request.consumer, "ipdoor", sizeof request.consumer);
  request.config.flags = flags | (line->active_low ? GPIO_V2_LINE_FLAG_ACTIVE_LOW : 0);
  request.config.num_attrs = 1;
  request.config.attrs[0].attr = *attribute;
  request.config.attrs[0].mask = 1;
  int done = ioctl (chip, GPIO_V2_GET_LINE_IOCTL, &request);
  int why = errno;
  close (chip);
  errno = why;
  return done == 0 ? request.fd : -1;
}

static gboolean
read_contact (const GpioRelay *self, gboolean *ret_open)
{
  struct gpio_v2_line_values values = { .mask = 1 };
  if (ioctl (self->contact_fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) != 0)
    return FALSE;
  *ret_open = (values.bits & 1) != 0;
  return TRUE;
}

static void
take_contact (GpioRelay *self, gboolean open)
{
  if (self->open == open)
    return;
  self->open = open;
  self->driver.on_contact (self->driver.relay, open);
}

static gboolean
on_contact_ready (int fd, GIOCondition condition, gpointer data)
{
  GpioRelay *self = data;
  struct gpio_v2_line_event events[16];
  gssize n = condition & G_IO_IN ? read (fd, events, sizeof events) : 0;
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n < (gssize) sizeof events[0])
    {
      g_warning ("the contact of output %s is gone: its GPIO line says nothing any more", self->config->id);
      self->contact_source = 0;
      return G_SOURCE_REMOVE;
    }
  for (gsize i = 0; i < (gsize) n / sizeof events[0]; i++)
    take_contact (self, events[i].id == GPIO_V2_LINE_EVENT_RISING_EDGE);
  /* The kernel keeps sixteen edges and then forgets: what the line is now counts. */
  gboolean open = self->open;
  if (read_contact (self, &open))
    take_contact (self, open);
  return G_SOURCE_CONTINUE;
}

static gboolean
gpio_set (IpdRelayDriver *driver, gboolean on, const char *cause, GError **error)
{
  GpioRelay *self = (GpioRelay *) driver;
  struct gpio_v2_line_values values = { .bits = on ? 1 : 0, .mask = 1 };
  return ioctl (self->relay_fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) == 0
         || refuse (&self->config->relay_line, error);
}

static gboolean
gpio_contact_is_open (IpdRelayDriver *driver)
{
  return ((GpioRelay *) driver)->open;
}

static void
gpio_free (IpdRelayDriver *driver)
{
  GpioRelay *self = (GpioRelay *) driver;
  g_clear_handle_id (&self->contact_source, g_source_remove);
  if (self->relay_fd >= 0)
    close (self->relay_fd);
  if (self->contact_fd >= 0)
    close (self->contact_fd);
  g_free (self);
}

static gboolean
open_relay (GpioRelay *self, GError **error)
{
  /* Off from the very request: no moment in between. */
  struct gpio_v2_line_attribute off = { .id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, .values = 0 };
  self->relay_fd = request_line (&self->config->relay_line, GPIO_V2_LINE_FLAG_OUTPUT, &off);
  return self->relay_fd >= 0 || refuse (&self->config->relay_line, error);
}

static gboolean
open_contact (GpioRelay *self, GError **error)
{
  const IpdGpioLine *line = &self->config->contact_line;
  struct gpio_v2_line_attribute debounce = { .id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE, .debounce_period_us = DEBOUNCE_US };
  if (self->config->contact != IPD_CONTACT_PLAN_GPIO)
    return TRUE;
  self->contact_fd = request_line (
      line, GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING, &debounce);
  if (self->contact_fd < 0 || !g_unix_set_fd_nonblocking (self->contact_fd, TRUE, NULL)
      || !read_contact (self, &self->open))
    return refuse (line, error);
  self->contact_source = g_unix_fd_add (self->contact_fd, G_IO_IN, on_contact_ready, self);
  g_source_set_name_by_id (self->contact_source, "GPIO contact");
  return TRUE;
}

IpdRelayDriver *
ipd_relay_gpio_new (const IpdOutputConfig *config, GError **error)
{
  GpioRelay *self = g_new0 (GpioRelay, 1);
  self->driver = (IpdRelayDriver){ gpio_set, gpio_contact_is_open, gpio_free };
  self->config = config;
  self->relay_fd = -1;
  self->contact_fd = -1;
  if (open_relay (self, error) && open_contact (self, error))
    return &self->driver;
  gpio_free (&self->driver);
  return NULL;
}
