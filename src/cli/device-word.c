// SPDX-License-Identifier: Apache-2.0
/* Finds a device, or its output, by what a person calls it. Main thread only. */
#include "cli/device-word.h"

#include <glib/gi18n.h>

#include "agent/agent-error.h"
#include "cli/print.h"

static bool
is_called (GVariant *device, const char *word)
{
  return g_strcmp0 (cli_text (device, "id"), word) == 0 || g_strcmp0 (cli_text (device, "name"), word) == 0;
}

/* Returns: (transfer full): the names of @devices, for a sentence */
static char *
names_of (GVariant *devices)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (devices); i++)
    {
      g_autoptr (GVariant) device = g_variant_get_child_value (devices, i);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", cli_text (device, "name"));
    }
  return g_string_free (names, FALSE);
}

/* Returns: (transfer full) (nullable): the only one of @devices that @word fits; "" fits all */
static char *
find_device (GVariant *devices, const char *word, GError **error)
{
  g_autofree char *found = NULL;
  g_autofree char *names = NULL;
  guint n = 0;

  for (gsize i = 0; i < g_variant_n_children (devices); i++)
    {
      g_autoptr (GVariant) device = g_variant_get_child_value (devices, i);

      if ((*word == '\0' || is_called (device, word)) && n++ == 0)
        found = g_strdup (cli_text (device, "id"));
    }
  if (n == 1)
    return g_steal_pointer (&found);
  names = names_of (devices);
  if (n == 0)
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_DEVICE,
                 _ ("There is no station “%s”. The stations are: %s."), word, names);
  else
    g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NO_SUCH_DEVICE,
                 _ ("Several stations fit, give the name or the id of one: %s."), names);
  return NULL;
}

char *
cli_device_from_word (IpdBusAgent1 *agent, const char *word, GError **error)
{
  g_autoptr (GVariant) devices = NULL;

  if (!ipd_bus_agent1_call_get_devices_sync (agent, &devices, NULL, error))
    return NULL;
  /* The agent has the sentence for why it knows none. */
  return g_variant_n_children (devices) == 0 ? g_strdup (word) : find_device (devices, word, error);
}

char *
cli_output_from_word (IpdBusAgent1 *agent, const char *word)
{
  g_autoptr (GVariant) devices = NULL;
  g_autoptr (GVariant) device = NULL;
  g_autoptr (GVariant) outputs = NULL;
  const char *id, *name;
  GVariantIter iter;

  if (!ipd_bus_agent1_call_get_devices_sync (agent, &devices, NULL, NULL) || g_variant_n_children (devices) != 1)
    return NULL;
  device = g_variant_get_child_value (devices, 0);
  outputs = g_variant_lookup_value (device, "outputs", G_VARIANT_TYPE ("a(sssb)"));
  if (is_called (device, word) || outputs == NULL)
    return NULL;
  g_variant_iter_init (&iter, outputs);
  while (g_variant_iter_next (&iter, "(&s&ssb)", &id, &name, NULL, NULL))
    if (g_strcmp0 (id, word) == 0 || g_strcmp0 (name, word) == 0)
      return g_strdup (id);
  return NULL;
}
