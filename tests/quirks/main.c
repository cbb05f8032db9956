// SPDX-License-Identifier: Apache-2.0
/*
 * quirk-station: plays the door station of another maker, with its dialect of SIP, RTP, HTTP and RTSP, as dialects.json
 * describes it. It links nothing of ours, so that it cannot share a mistake with what it tests.
 *
 *   quirk-station --table dialects.json --dialect 2n --bind 127.0.0.2 --to 127.0.0.3:5060 --journal FILE [--worst]
 *
 * SIGUSR1 presses its button, SIGUSR2 ends every call, SIGTERM ends it. "ready" in the journal: it listens everywhere.
 */
#include "http.h"
#include "journal.h"
#include "rtsp.h"
#include "station.h"

#include <glib-unix.h>
#include <gst/gst.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *table;
  char *dialect;
  char *bind;
  char *to;
  char *journal;
  char *user;
  char *password;
  int sip_port;
  int http_port;
  int rtsp_port;
  int refuse;
  gboolean worst;
  gboolean no_video;
  GMainLoop *loop;
  QuirkStation *station;
} Program;

static gboolean
on_press (gpointer data)
{
  Program *program = data;
  const char *at = strchr (program->to, '@');
  g_autofree char *user = at ? g_strndup (program->to, (gsize) (at - program->to) + 1) : g_strdup ("");
  g_auto (GStrv) to = g_strsplit (at ? at + 1 : program->to, ":", 2);

  quirk_station_press (program->station, user, to[0], to[1] ? (guint16) atoi (to[1]) : 5060);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hang_up (gpointer data)
{
  quirk_station_hang_up (((Program *) data)->station);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_end (gpointer data)
{
  g_main_loop_quit (((Program *) data)->loop);
  return G_SOURCE_CONTINUE;
}

static void
read_options (Program *p, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "table", 0, 0, G_OPTION_ARG_FILENAME, &p->table, "The file with the dialects", "FILE" },
    { "dialect", 0, 0, G_OPTION_ARG_STRING, &p->dialect, "Whose station to play", "NAME" },
    { "worst", 0, 0, G_OPTION_ARG_NONE, &p->worst, "With all its bad habits", NULL },
    { "no-video", 0, 0, G_OPTION_ARG_NONE, &p->no_video, "Its calls have no picture", NULL },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &p->bind, "Our address", "ADDRESS" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &p->to, "Whom the button rings", "[USER@]HOST[:PORT]" },
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &p->journal, "Where to write what happens", "FILE" },
    { "sip-port", 0, 0, G_OPTION_ARG_INT, &p->sip_port, "5060 if not given", "PORT" },
    { "http-port", 0, 0, G_OPTION_ARG_INT, &p->http_port, "8080 if not given", "PORT" },
    { "rtsp-port", 0, 0, G_OPTION_ARG_INT, &p->rtsp_port, "8554 if not given", "PORT" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &p->user, "Account of the web server", "NAME" },
    { "password", 0, 0, G_OPTION_ARG_STRING, &p->password, "Its password", "TEXT" },
    { "refuse", 0, 0, G_OPTION_ARG_INT, &p->refuse, "Answer openings by HTTP with this status; 1: open and hang up",
      "STATUS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, &argc, &argv, &error) && p->table && p->dialect && p->bind && p->to)
    return;
  g_printerr ("quirk-station: %s\n", error ? error->message : "--table, --dialect, --bind and --to are needed");
  exit (2);
}

int
main (int argc, char **argv)
{
  static Program p = { .sip_port = 5060, .http_port = 8080, .rtsp_port = 8554, .user = "admin", .password = "quirk" };
  QuirkDialect *dialect;
  QuirkHttp *http;
  QuirkRtsp *rtsp;
  FILE *journal;

  read_options (&p, argc, argv);
  gst_init (NULL, NULL);
  journal = p.journal ? fopen (p.journal, "w") : stdout;
  if (journal == NULL)
    return 2;
  quirk_journal_open (journal);
  dialect = quirk_dialect_load (p.table, p.dialect, p.worst);
  if (p.no_video)
    quirk_dialect_set_flag (dialect, "video", "never");
  p.loop = g_main_loop_new (NULL, FALSE);
  p.station = quirk_station_new (dialect, p.bind, (guint16) p.sip_port);
  http = quirk_http_new (dialect, p.bind, (guint16) p.http_port, p.user, p.password, p.refuse, p.station);
  rtsp = quirk_rtsp_new (dialect, p.bind, (guint16) p.rtsp_port, p.user, p.password, p.station);
  g_unix_signal_add (SIGUSR1, on_press, &p);
  g_unix_signal_add (SIGUSR2, on_hang_up, &p);
  g_unix_signal_add (SIGTERM, on_end, &p);
  g_unix_signal_add (SIGINT, on_end, &p);
  quirk_journal ("ready", "s:dialect", p.dialect, "i:worst", p.worst, NULL);
  g_main_loop_run (p.loop);
  g_clear_pointer (&rtsp, quirk_rtsp_free);
  quirk_http_free (http);
  quirk_station_free (p.station);
  quirk_dialect_free (dialect);
  g_main_loop_unref (p.loop);
  return 0;
}
