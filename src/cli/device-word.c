// SPDX-License-Identifier: Apache-2.0
/* Finds a device by what a person calls it. Main thread only. */
#include "cli/device-word.h"

#include "cli/print.h"

char *
cli_device_from_word (IpdBusAgent1 *agent, const char *word, GError **error)
{
  g_autoptr (GVariant) devices = NULL;
  g_autofree char *found = NULL;
  GVariantIter iter;
  GVariant *device;
  guint n = 0;

  if (!ipd_bus_agent1_call_get_devices_sync (agent, &devices, NULL, error))
    return NULL;
  g_variant_iter_init (&iter, devices);
  while ((device = g_variant_iter_next_value (&iter)) != NULL)
    {
      bool same = *word == '\0' || g_strcmp0 (cli_text (device, "id"), word) == 0
                  || g_strcmp0 (cli_text (device, "name"), word) == 0;

      if (same && n++ == 0)
        found = g_strdup (cli_text (device, "id"));
      g_variant_unref (device);
    }
  /* The agent has the words for a device it does not know. */
  return n == 1 ? g_steal_pointer (&found) : g_strdup (word);
}
