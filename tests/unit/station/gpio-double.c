// SPDX-License-Identifier: Apache-2.0
/*
 * See gpio-double.h. Linked into test-gpio; takes the place of the C library's ioctl() there.
 */
#include "gpio-double.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
  GpioLine lines[GPIO_LINES];
  ino_t inodes[GPIO_LINES]; /* of the driver's end */
  int failing;
} Kernel;

static Kernel *kernel;

char *
gpio_double_start (const char *dir)
{
  char *path = g_build_filename (dir, "gpiochip9", NULL);
  if (kernel == NULL)
    kernel = mmap (NULL, sizeof *kernel, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (kernel != MAP_FAILED);
  memset (kernel, 0, sizeof *kernel);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  return path;
}

GpioLine *
gpio_double_line (guint offset)
{
  g_assert_cmpuint (offset, <, GPIO_LINES);
  return &kernel->lines[offset];
}

void
gpio_double_edge (guint offset, gboolean active)
{
  GpioLine *line = gpio_double_line (offset);
  struct gpio_v2_line_event event
      = { .id = active ? GPIO_V2_LINE_EVENT_RISING_EDGE : GPIO_V2_LINE_EVENT_FALLING_EDGE, .offset = offset };
  line->level = active;
  g_assert_cmpint (write (line->kernel_fd, &event, sizeof event), ==, sizeof event);
}

gboolean
gpio_double_is_released (guint offset)
{
  struct pollfd wait = { .fd = gpio_double_line (offset)->kernel_fd, .events = POLLRDHUP };
  return poll (&wait, 1, 0) == 1 && (wait.revents & (POLLRDHUP | POLLHUP)) != 0;
}

void
gpio_double_fail (int with)
{
  kernel->failing = with;
}

static guint64
attribute (const struct gpio_v2_line_config *config, guint id)
{
  for (guint i = 0; i < config->num_attrs; i++)
    if (config->attrs[i].attr.id == id && (config->attrs[i].mask & 1) != 0)
      return id == GPIO_V2_LINE_ATTR_ID_DEBOUNCE ? config->attrs[i].attr.debounce_period_us
                                                 : config->attrs[i].attr.values & 1;
  return 0;
}

static int
get_line (struct gpio_v2_line_request *request)
{
  int pair[2];
  struct stat end;
  GpioLine *line = gpio_double_line (request->offsets[0]);
  if (kernel->failing != 0)
    {
      errno = kernel->failing;
      return -1;
    }
  g_assert_cmpuint (request->num_lines, ==, 1);
  g_assert_cmpstr (request->consumer, ==, "ipdoor");
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  line->requested = TRUE;
  line->flags = request->config.flags;
  line->debounce_us = (guint) attribute (&request->config, GPIO_V2_LINE_ATTR_ID_DEBOUNCE);
  if (line->flags & GPIO_V2_LINE_FLAG_OUTPUT)
    line->level = attribute (&request->config, GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES) != 0;
  line->kernel_fd = pair[0];
  fstat (pair[1], &end);
  kernel->inodes[request->offsets[0]] = end.st_ino;
  request->fd = pair[1];
  return 0;
}

static GpioLine *
line_of (int fd)
{
  struct stat end;
  g_assert_cmpint (fstat (fd, &end), ==, 0);
  for (guint i = 0; i < GPIO_LINES; i++)
    if (kernel->inodes[i] == end.st_ino)
      return &kernel->lines[i];
  g_assert_not_reached ();
}

static int
set_values (GpioLine *line, const struct gpio_v2_line_values *values)
{
  g_assert_cmpuint (values->mask, ==, 1);
  g_assert_true ((line->flags & GPIO_V2_LINE_FLAG_OUTPUT) != 0);
  gboolean level = (values->bits & 1) != 0;
  line->movements += level != line->level ? 1 : 0;
  line->level = level;
  return 0;
}

static int
get_values (const GpioLine *line, struct gpio_v2_line_values *values)
{
  g_assert_cmpuint (values->mask, ==, 1);
  values->bits = line->level ? 1 : 0;
  return 0;
}

int
ioctl (int fd, unsigned long request, ...)
{
  va_list arguments;
  va_start (arguments, request);
  void *argument = va_arg (arguments, void *);
  va_end (arguments);
  if (kernel != NULL && request == GPIO_V2_GET_LINE_IOCTL)
    return get_line (argument);
  if (kernel != NULL && request == GPIO_V2_LINE_SET_VALUES_IOCTL)
    return set_values (line_of (fd), argument);
  if (kernel != NULL && request == GPIO_V2_LINE_GET_VALUES_IOCTL)
    return get_values (line_of (fd), argument);
  return (int) syscall (SYS_ioctl, fd, request, argument);
}
