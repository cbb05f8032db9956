// SPDX-License-Identifier: Apache-2.0
/* Reads the agent's configuration file and command line. Runs once, at the start. */
#include "agent/options.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent-error.h"
#include "core/device.h"
#include "platform/paths.h"

typedef struct {
  char *bind;
  char *interface;
  char *station;
  char *ui;
} Texts;

bool
ipd_agent_parse_address (const char *text, char **ret_host, uint16_t *ret_port)
{
  g_autoptr (GSocketConnectable) address = NULL;
  const char *host;
  guint16 port;

  if (*text == '\0' || strlen (text) > IPD_HOST_CHARS + 8)
    return false;
  address = g_network_address_parse (text, IPD_SERVICE_PORT, NULL);
  if (address == NULL)
    return false;
  host = g_network_address_get_hostname (G_NETWORK_ADDRESS (address));
  port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
  if (port == 0 || !ipd_host_valid (host))
    return false;
  *ret_host = g_strdup (host);
  *ret_port = port;
  return true;
}

/* What the command line left open is taken from the file. */
static bool
read_file (Texts *texts, GError **error)
{
  g_autofree char *dir = ipd_paths_config_dir (error);
  g_autofree char *path = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) failure = NULL;

  if (dir == NULL)
    return false;
  path = g_build_filename (dir, "agent.conf", NULL);
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &failure))
    {
      if (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return true;
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_CONFIG, "%s: %s", path, failure->message);
      return false;
    }
  if (texts->bind == NULL)
    texts->bind = g_key_file_get_string (file, "agent", "bind", NULL);
  if (texts->interface == NULL)
    texts->interface = g_key_file_get_string (file, "agent", "interface", NULL);
  if (texts->station == NULL)
    texts->station = g_key_file_get_string (file, "agent", "station", NULL);
  if (texts->ui == NULL)
    texts->ui = g_key_file_get_string (file, "agent", "ui", NULL);
  return true;
}

static bool
read_ui (const char *text, IpdUi *ret_ui, GError **error)
{
  static const char *const words[] = { "desktop", "media", "none" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (text == NULL || strcmp (text, words[i]) == 0)
      {
        *ret_ui = (IpdUi) i;
        return true;
      }
  g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_CONFIG, _ ("“%s” is not one of desktop, media, none."), text);
  return false;
}

static bool
understand (IpdAgentOptions *options, Texts *texts, GError **error)
{
  if (!read_ui (texts->ui, &options->ui, error))
    return false;
  if (texts->bind != NULL && !g_hostname_is_ip_address (texts->bind))
    {
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_CONFIG, _ ("“%s” is not an IP address."), texts->bind);
      return false;
    }
  if (texts->station != NULL
      && !ipd_agent_parse_address (texts->station, &options->station_host, &options->station_port))
    {
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_CONFIG, _ ("“%s” is not of the form HOST[:PORT]."),
                   texts->station);
      return false;
    }
  options->bind = g_steal_pointer (&texts->bind);
  options->interface = g_steal_pointer (&texts->interface);
  return true;
}

static gboolean
on_version (const char *name, const char *value, gpointer unused, GError **error)
{
  g_print ("ipdoor-agent %s\n", IPD_VERSION);
  exit (0);
}

bool
ipd_agent_options_read (IpdAgentOptions *ret_options, int *argc, char ***argv, GError **error)
{
  Texts texts = { 0 };
  const GOptionEntry entries[] = {
    { "bind", 0, 0, G_OPTION_ARG_STRING, &texts.bind, N_ ("Local address for SIP and media"), N_ ("ADDRESS") },
    { "interface", 0, 0, G_OPTION_ARG_STRING, &texts.interface, N_ ("Network interface to look for stations on"),
      N_ ("NAME") },
    { "station", 0, 0, G_OPTION_ARG_STRING, &texts.station, N_ ("A station to ask first"), N_ ("HOST[:PORT]") },
    { "ui", 0, 0, G_OPTION_ARG_STRING, &texts.ui, N_ ("What shows a visit: desktop, media or none"), N_ ("WHAT") },
    { "version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_version, N_ ("Print the version"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  bool good;

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ ("The resident part of ipdoor: it is rung by the stations of the plant."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  good = g_option_context_parse (context, argc, argv, error) && read_file (&texts, error)
         && understand (ret_options, &texts, error);
  g_free (texts.bind);
  g_free (texts.interface);
  g_free (texts.station);
  g_free (texts.ui);
  return good;
}

void
ipd_agent_options_clear (IpdAgentOptions *options)
{
  g_clear_pointer (&options->bind, g_free);
  g_clear_pointer (&options->interface, g_free);
  g_clear_pointer (&options->station_host, g_free);
}
