// SPDX-License-Identifier: Apache-2.0
/* Owns addresses.conf in the data folder: one group for each station. Read and written whole, rarely. */
#include "agent/addresses.h"

#include <glib/gstdio.h>

#include "core/device.h"
#include "platform/paths.h"

#define FILE_NAME "addresses.conf"
#define FILE_MAX  65536

void
ipd_address_clear (IpdAddress *address)
{
  g_clear_pointer (&address->host, g_free);
}

static GKeyFile *
load (const char *path)
{
  GKeyFile *file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  if (ipd_paths_read_private (path, FILE_MAX, &text, &length, NULL))
    (void) g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL);
  return file;
}

static guint16
get_port (GKeyFile *file, const char *group, const char *key)
{
  int port = g_key_file_get_integer (file, group, key, NULL);

  return port > 0 && port <= G_MAXUINT16 ? (guint16) port : 0;
}

bool
ipd_addresses_get (const char *dir, const IpdId *station, IpdAddress *ret_address)
{
  g_autofree char *path = g_build_filename (dir, FILE_NAME, NULL);
  g_autoptr (GKeyFile) file = load (path);
  g_autofree char *host = g_key_file_get_string (file, station->s, "host", NULL);
  guint16 http_port = get_port (file, station->s, "http");
  guint16 sip_port = get_port (file, station->s, "sip");

  if (host == NULL || !ipd_host_valid (host) || http_port == 0 || sip_port == 0)
    return false;
  ret_address->host = g_steal_pointer (&host);
  ret_address->http_port = http_port;
  ret_address->sip_port = sip_port;
  return true;
}

void
ipd_addresses_put (const char *dir, const IpdId *station, const char *host, guint16 http_port, guint16 sip_port)
{
  g_autofree char *path = g_build_filename (dir, FILE_NAME, NULL);
  g_autoptr (GKeyFile) file = load (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_key_file_set_string (file, station->s, "host", host);
  g_key_file_set_integer (file, station->s, "http", http_port);
  g_key_file_set_integer (file, station->s, "sip", sip_port);
  text = g_key_file_to_data (file, &length, NULL);
  if (!ipd_paths_write_private (path, text, (gssize) length, &error))
    g_warning ("the address of a station is not kept: %s", error->message);
}

void
ipd_addresses_wipe (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, FILE_NAME, NULL);

  (void) g_unlink (path);
}
