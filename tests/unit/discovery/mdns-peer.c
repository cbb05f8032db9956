// SPDX-License-Identifier: Apache-2.0
/*
 * One host of the mDNS tests, run in a namespace of its own until its standard input ends:
 *   mdns-peer browse                          prints "found ID HOST HTTP SIP BOOT NAME", "changed …", "lost …"
 *   mdns-peer publish ID HOST BOOT NAME       prints "published NAME", "renamed NAME", "down REASON"; HOST may be -
 */
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/device.h"
#include "discovery/mdns.h"

static void
on_change (IpdDiscovery *discovery, IpdDiscoveryChange change, const IpdFound *found, gpointer user_data)
{
  static const char *const words[] = { "found", "changed", "lost" };

  printf ("%s %s %s %u %u %s %s\n", words[change], found->id.s, found->host, found->http_port, found->sip_port,
          found->boot.s, found->name);
}

static void
on_state (IpdMdnsPublisher *publisher, IpdMdnsState state, const char *name, gpointer user_data)
{
  static const char *const words[] = { "published", "renamed", "down" };

  printf ("%s %s\n", words[state], name);
}

static gboolean
on_stdin (gint fd, GIOCondition condition, gpointer user_data)
{
  char octets[16];

  if (read (fd, octets, sizeof octets) <= 0)
    g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static IpdMdnsPublisher *
publish (char **argv, GError **error)
{
  IpdMdnsService service = { .roles = IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER, .http_port = 8001, .sip_port = 5060 };

  g_strlcpy (service.id.s, argv[2], sizeof service.id.s);
  service.plant = service.id;
  service.host = strcmp (argv[3], "-") == 0 ? NULL : argv[3];
  g_strlcpy (service.boot.s, argv[4], sizeof service.boot.s);
  service.name = argv[5];
  return ipd_mdns_publish (&service, NULL, on_state, NULL, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (IpdDiscovery) discovery = NULL;
  g_autoptr (IpdMdnsPublisher) publisher = NULL;
  g_autoptr (GError) error = NULL;

  g_log_writer_default_set_use_stderr (TRUE);
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (argc == 2 && strcmp (argv[1], "browse") == 0)
    {
      discovery = ipd_mdns_new (NULL);
      ipd_discovery_start (discovery, on_change, NULL, &error);
    }
  else if (argc == 6 && strcmp (argv[1], "publish") == 0)
    publisher = publish (argv, &error);
  else
    return 2;
  if (error != NULL)
    {
      printf ("error %s\n", error->message);
      return 1;
    }
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_stdin, loop);
  g_main_loop_run (loop);
  return 0;
}
