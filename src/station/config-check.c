// SPDX-License-Identifier: Apache-2.0
/*
 * What must fit together once the whole configuration was read. Used by config.c; any thread.
 */
#include "core/dtmf-code.h"
#include "station/config-records.h"

#include <glib/gi18n.h>
#include <string.h>

#define REFUSE(error, ...) refuse (error, g_strdup_printf (__VA_ARGS__))

/* @sentence: (transfer full) */
static gboolean
refuse (GError **error, char *sentence)
{
  g_set_error_literal (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE, sentence);
  g_free (sentence);
  return FALSE;
}

/* ---- outputs ---- */

static gboolean
claim_line (GHashTable *lines, const IpdOutputConfig *output, const IpdGpioLine *line, GError **error)
{
  const char *slash = strrchr (line->chip, '/');
  if (line->chip[0] == '\0'
      || g_hash_table_add (lines, g_strdup_printf ("%s:%u", slash != NULL ? slash + 1 : line->chip, line->line)))
    return TRUE;
  return REFUSE (error, _ ("The configuration has [output %s] on line %u of %s, which is in use already."), output->id,
                 line->line, line->chip);
}

static gboolean
check_output (IpdOutputConfig *output, GHashTable *lines, GError **error)
{
  gboolean gpio = output->relay_line.chip[0] != '\0';
  if (output->contact == IPD_CONTACT_PLAN_UNSET)
    output->contact = gpio ? IPD_CONTACT_PLAN_NONE : IPD_CONTACT_PLAN_OPENS;
  if (output->contact != IPD_CONTACT_PLAN_NONE && gpio != (output->contact == IPD_CONTACT_PLAN_GPIO))
    return REFUSE (error,
                   _ ("The configuration has [output %s] with a simulated relay and a true contact, or the other way "
                      "round: both must be of one kind."),
                   output->id);
  return claim_line (lines, output, &output->relay_line, error)
         && (output->contact != IPD_CONTACT_PLAN_GPIO || claim_line (lines, output, &output->contact_line, error));
}

/* ---- phones ---- */

/* Returns: (nullable): one before @n in the phone's list whose code cannot be told from that of its @n-th output */
static const IpdOutputConfig *
find_same_code (const IpdStationConfig *self, const IpdPhoneConfig *phone, guint n)
{
  const IpdOutputConfig *output = ipd_station_config_find_output (self, phone->outputs[n]);
  for (guint i = 0; i < n; i++)
    {
      const IpdOutputConfig *other = ipd_station_config_find_output (self, phone->outputs[i]);
      if (output->dtmf_code != NULL && other->dtmf_code != NULL
          && ipd_dtmf_codes_clash (output->dtmf_code, other->dtmf_code))
        return other;
    }
  return NULL;
}

static gboolean
check_phone (const IpdStationConfig *self, const IpdPhoneConfig *phone, GError **error)
{
  guint codes = 0;
  if (phone->secret == NULL)
    return REFUSE (error, _ ("The configuration has [phone %s] without a secret."), phone->id);
  for (guint i = 0; phone->outputs[i] != NULL; i++)
    {
      const IpdOutputConfig *output = ipd_station_config_find_output (self, phone->outputs[i]);
      const IpdOutputConfig *same = output != NULL ? find_same_code (self, phone, i) : NULL;
      if (output == NULL)
        return REFUSE (error, _ ("The configuration has [phone %s] outputs=%s, but no group [output %s]."), phone->id,
                       phone->outputs[i], phone->outputs[i]);
      if (same != NULL)
        return REFUSE (
            error,
            _ ("The configuration has [phone %s] with the outputs %s and %s, where one dtmf-code is the beginning of "
               "the other."),
            phone->id, same->id, output->id);
      codes += output->dtmf_code != NULL ? 1 : 0;
    }
  if (phone->dtmf && codes == 0)
    return REFUSE (error, _ ("The configuration has [phone %s] dtmf=true, but none of its outputs has a dtmf-code."),
                   phone->id);
  return TRUE;
}

/* ---- third-party stations ---- */

static gboolean
check_device (const IpdStationConfig *self, guint n, GError **error)
{
  const IpdDeviceConfig *device = self->devices->pdata[n];
  if (device->host == NULL)
    return REFUSE (error, _ ("The configuration has [device %s] without a host."), device->id);
  for (guint i = 0; i < n; i++)
    if (g_str_equal (((IpdDeviceConfig *) self->devices->pdata[i])->host, device->host))
      return REFUSE (error,
                     _ ("The configuration has [device %s] and [device %s] at %s: a device is known by its address."),
                     ((IpdDeviceConfig *) self->devices->pdata[i])->id, device->id, device->host);
  return TRUE;
}

gboolean
ipd_station_config_check (IpdStationConfig *self, GError **error)
{
  g_autoptr (GHashTable) lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->outputs->len; i++)
    if (!check_output (self->outputs->pdata[i], lines, error))
      return FALSE;
  for (guint i = 0; i < self->phones->len; i++)
    if (!check_phone (self, self->phones->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < self->devices->len; i++)
    if (!check_device (self, i, error))
      return FALSE;
  return TRUE;
}
