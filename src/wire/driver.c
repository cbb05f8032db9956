// SPDX-License-Identifier: Apache-2.0
/*
 * Drivers of third-party stations as values, and what they say of an answer. Asked by the openings of the agent; read
 * by driver-read.c. Any thread.
 */

#include "wire/driver.h"

#include "core/device.h"

#include <string.h>

static void
clear_opening (IpdDriverOpening *opening)
{
  for (unsigned i = 0; i < opening->n_steps; i++)
    {
      IpdDriverStep *step = &opening->steps[i];
      g_free (step->method);
      g_free (step->target);
      g_free (step->content_type);
      g_free (step->body);
      g_strfreev (step->takes);
    }
  g_free (opening->statuses);
  g_free (opening->body_has);
}

void
ipd_driver_free (IpdDriver *driver)
{
  if (driver == NULL)
    return;
  for (unsigned i = 0; i < driver->n_openings; i++)
    clear_opening (&driver->openings[i]);
  g_free (driver->title);
  g_free (driver->ring_uri);
  g_free (driver->stream_uri);
  g_free (driver);
}

gboolean
ipd_driver_name_valid (const char *name)
{
  G_STATIC_ASSERT (IPD_DRIVER_NAME_MAX == IPD_VENDOR_CHARS);
  return ipd_vendor_valid (name);
}

static char *
without_blanks (const char *text, size_t length)
{
  GString *kept = g_string_sized_new (length);
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i]) && text[i] != '\0')
      g_string_append_c (kept, text[i]);
  return g_string_free (kept, FALSE);
}

gboolean
ipd_driver_body_fits (const IpdDriverOpening *opening, const char *body, size_t length)
{
  if (opening->body_has == NULL)
    return TRUE;
  g_autofree char *said = without_blanks (body, length);
  g_autofree char *wanted = without_blanks (opening->body_has, strlen (opening->body_has));
  return strstr (said, wanted) != NULL;
}

IpdDriverMeaning
ipd_driver_status_means (const IpdDriverOpening *opening, unsigned status, IpdRefusal *ret_refusal)
{
  *ret_refusal = IPD_REFUSAL_NONE;
  for (unsigned i = 0; i < opening->n_statuses; i++)
    if (opening->statuses[i].status == status)
      {
        *ret_refusal = opening->statuses[i].refusal;
        return opening->statuses[i].meaning;
      }
  if (status >= 200 && status < 300)
    return IPD_DRIVER_OPENED;
  if (status == 404 || status == 405 || status == 501)
    return IPD_DRIVER_NEXT;
  *ret_refusal = IPD_REFUSAL_DRIVER;
  return IPD_DRIVER_REFUSED;
}
