// SPDX-License-Identifier: Apache-2.0
/*
 * ipdoor-mdns ORDER: a libavahi-core responder for one parent (discovery/mdns-line.h). It holds no key and, started by
 * root, gives up root before the first packet is read. It ends, with a goodbye, when its standard input does.
 */
#include <avahi-common/error.h>
#include <avahi-common/simple-watch.h>
#include <avahi-core/log.h>
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "discovery/mdns-line.h"
#include "discovery/mdns-server.h"

/* "nobody" of every Linux, without asking a name service. */
#define NOBODY 65534

static AvahiSimplePoll *loop;

void
ipd_mdns_emit (JsonObject *object)
{
  g_autoptr (JsonObject) owned = object;
  g_autofree char *line = ipd_mdns_line_format (owned);
  gsize length = strlen (line);

  /* One write: the pipe keeps a line of this size whole. */
  if (write (STDOUT_FILENO, line, length) != (gssize) length)
    avahi_simple_poll_quit (loop);
}

JsonObject *
ipd_mdns_event (const char *event, const char *member, const char *value)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "event", event);
  json_object_set_string_member (object, member, value);
  return object;
}

static void
on_stdin (AvahiWatch *watch, int fd, AvahiWatchEvent event, void *user_data)
{
  char octets[64];

  if (read (fd, octets, sizeof octets) <= 0)
    avahi_simple_poll_quit (loop);
}

static void
on_signal (int number)
{
  avahi_simple_poll_quit (loop);
}

static void
on_avahi_log (AvahiLogLevel level, const char *text)
{
  if (level <= AVAHI_LOG_WARN)
    g_debug ("%s", text);
}

static void
on_server_state (AvahiServer *server, AvahiServerState state, void *user_data)
{
  if (state == AVAHI_SERVER_FAILURE)
    avahi_simple_poll_quit (loop);
}

static void
drop_privileges (void)
{
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl (PR_SET_DUMPABLE, 0);
  if (geteuid () != 0)
    return;
  if (setgroups (0, NULL) != 0 || setgid (NOBODY) != 0 || setuid (NOBODY) != 0)
    g_error ("cannot give up root: %s", g_strerror (errno));
}

/*
 * Only what the order names is published: no machine name, no addresses, so that an avahi-daemon on the same machine
 * has nothing to fight about. IPv4 only, like the port matrix.
 */
static AvahiServer *
new_server (const char *interface)
{
  AvahiServerConfig config;
  AvahiServer *server;
  int error = 0;

  avahi_server_config_init (&config);
  config.use_ipv6 = 0;
  config.publish_hinfo = 0;
  config.publish_addresses = 0;
  config.publish_workstation = 0;
  config.publish_domain = 0;
  config.enable_wide_area = 0;
  if (interface != NULL)
    config.allow_interfaces = avahi_string_list_new (interface, NULL);
  server = avahi_server_new (avahi_simple_poll_get (loop), &config, on_server_state, NULL, &error);
  avahi_server_config_free (&config);
  if (server == NULL)
    ipd_mdns_emit (ipd_mdns_event ("failed", "reason", avahi_strerror (error)));
  return server;
}

static int
run (JsonObject *order)
{
  const char *what = ipd_mdns_line_string (order, "do", 16);
  IpdMdnsAnnouncement *announcement = NULL;
  AvahiServer *server = new_server (ipd_mdns_line_string (order, "interface", 15));
  bool ok = false;

  if (server == NULL)
    return 1;
  drop_privileges ();
  if (g_strcmp0 (what, "browse") == 0)
    ok = ipd_mdns_browse (server);
  else if (g_strcmp0 (what, "publish") == 0)
    ok = (announcement = ipd_mdns_announce (server, avahi_simple_poll_get (loop), order)) != NULL;
  if (ok)
    avahi_simple_poll_loop (loop);
  ipd_mdns_announcement_free (announcement);
  avahi_server_free (server);
  return ok ? 0 : 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (JsonObject) order = NULL;
  int status;

  if (argc == 2)
    order = ipd_mdns_line_parse (argv[1], strcspn (argv[1], "\n"));
  if (order == NULL)
    {
      fputs ("ipdoor-mdns is started by ipdoor-agent and ipdoor-station, not by hand.\n", stderr);
      return 2;
    }
  /* Standard output belongs to the parent; GLib would write debug messages there. */
  g_log_writer_default_set_use_stderr (TRUE);
  /* Ctrl-C in a terminal reaches the whole group; the parent decides when it is over. */
  signal (SIGINT, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGTERM, on_signal);
  avahi_set_log_function (on_avahi_log);
  loop = avahi_simple_poll_new ();
  avahi_simple_poll_get (loop)->watch_new (avahi_simple_poll_get (loop), STDIN_FILENO, AVAHI_WATCH_IN, on_stdin, NULL);
  status = run (order);
  avahi_simple_poll_free (loop);
  return status;
}
