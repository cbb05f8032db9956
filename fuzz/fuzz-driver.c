// SPDX-License-Identifier: Apache-2.0
/*
 * A driver file; what is accepted can be used: every template expands with values that try to leave their place. The
 * same octets as the answer of a station that values are taken from.
 */

#include "fuzz.h"

#include "wire/driver.h"
#include "wire/secret.h"

#define VALUES_MAX 64

static const char *const known[] = { IPD_DRIVER_VALUES };

static void
try_template (const char *text, IpdDriverPlace place, const IpdDriverValue *values, size_t n_values)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expanded = text == NULL ? NULL : ipd_driver_expand (text, place, values, n_values, &error);

  /* All that may go wrong with a template that was accepted: it becomes too long. */
  g_assert_true (text == NULL || expanded != NULL || error->code == IPD_WIRE_ERROR_TOO_LONG);
  for (const char *p = expanded; place == IPD_DRIVER_URL && p != NULL && *p != '\0'; p++)
    g_assert_true (*p != '\n' || strchr (text, '\n') != NULL);
}

static void
try_opening (const IpdDriverOpening *opening, IpdDriverValue *values, size_t n_values)
{
  IpdRefusal refusal;

  for (unsigned i = 0; i < opening->n_steps; i++)
    {
      const IpdDriverStep *step = &opening->steps[i];
      try_template (step->target, IPD_DRIVER_URL, values, n_values);
      try_template (step->body, step->body_place, values, n_values);
      for (unsigned t = 0; step->takes != NULL && step->takes[t] != NULL && n_values < VALUES_MAX; t++)
        values[n_values++] = (IpdDriverValue){ step->takes[t], "\"'<>&?/%{}" };
    }
  for (unsigned status = 100; status < 600; status++)
    ipd_driver_status_means (opening, status, &refusal);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdDriverValue values[VALUES_MAX];
  size_t n_values = 0;
  g_autoptr (IpdDriver) driver = ipd_driver_read ("fuzz", (const char *) data, size, NULL);
  char *taken = ipd_driver_take ((const char *) data, size, "token");

  ipd_wipe_string (taken);
  if (driver == NULL)
    return 0;
  for (; n_values < G_N_ELEMENTS (known); n_values++)
    values[n_values] = (IpdDriverValue){ known[n_values], n_values == 0 ? "2001:db8::7" : "\"'<>&?/%{}" };
  try_template (driver->ring_uri, IPD_DRIVER_URL, values, n_values);
  try_template (driver->stream_uri, IPD_DRIVER_URL, values, n_values);
  for (unsigned i = 0; i < driver->n_openings; i++)
    try_opening (&driver->openings[i], values, n_values);
  return 0;
}
