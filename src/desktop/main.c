// SPDX-License-Identifier: Apache-2.0
/*
 * ipdoor-desktop: one visit on the screen. Started by the agent for each visit, as `ipdoor-desktop --visit ID`, or
 * before it is known which, as `ipdoor-desktop --stand-by` (desktop/stand-by.h).
 *
 * The order below is the budget of a cold start (200 ms from INVITE to pixels): GStreamer's registry loads in a thread
 * from the first moment; the agent is asked and the media start in threads of their own before GTK opens the display;
 * whichever of picture and window is ready first waits for the other.
 */
#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "desktop/agent-link.h"
#include "desktop/quiet-window.h"
#include "desktop/session.h"
#include "desktop/stand-by.h"
#include "desktop/theme.h"
#include "desktop/trace.h"
#include "media/client.h"
#include "platform/language.h"
#include "platform/paths.h"
#include "platform/reserve.h"

typedef struct {
  char *visit;
  char *socket_path;
  gboolean stand_by;
  gboolean toolkit; /* is up */
  IpdSession *session;
  gboolean closed; /* the session has nothing to show any more */
  GMainLoop *loop;
} Desktop;

static void
on_visit (IpdDeskVisit *visit, gpointer user_data)
{
  Desktop *desktop = user_data;

  if (desktop->session != NULL)
    ipd_session_take_visit (desktop->session, visit);
  else
    ipd_desk_visit_free (visit);
}

static void
on_command (IpdDeskCommand *command, gpointer user_data)
{
  Desktop *desktop = user_data;

  if (desktop->session != NULL)
    ipd_session_take_command (desktop->session, command);
  else
    ipd_desk_command_free (command);
}

static void
on_digits (const char *visit, const char *digits, guint duration_ms, guint gap_ms, gpointer user_data)
{
  Desktop *desktop = user_data;

  if (desktop->session != NULL)
    ipd_session_send_digits (desktop->session, visit, digits, duration_ms, gap_ms);
}

static void
on_media (const char *visit, gpointer user_data)
{
  Desktop *desktop = user_data;

  if (desktop->session != NULL)
    ipd_session_renew_media (desktop->session, visit);
}

static void
on_failed (const char *text, gpointer user_data)
{
  Desktop *desktop = user_data;

  if (desktop->session != NULL)
    ipd_session_say (desktop->session, text);
}

static void
on_lost (gpointer user_data)
{
  Desktop *desktop = user_data;

  if (desktop->session != NULL)
    ipd_session_lose_agent (desktop->session);
  else
    g_main_loop_quit (desktop->loop); /* nobody is left to stand by for */
}

static void
on_closed (gpointer user_data)
{
  Desktop *desktop = user_data;

  desktop->closed = TRUE;
  g_main_loop_quit (desktop->loop);
}

static gpointer
load_media (gpointer data)
{
  ipd_media_init ();
  return NULL;
}

static gboolean
parse_options (Desktop *desktop, int *argc, char ***argv, GError **error)
{
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "visit", 0, 0, G_OPTION_ARG_STRING, &desktop->visit, N_ ("The visit to show"), N_ ("ID") },
    { "stand-by", 0, 0, G_OPTION_ARG_NONE, &desktop->stand_by,
      N_ ("Get ready, and read the visit from standard input, a socket"), NULL },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &desktop->socket_path, N_ ("Socket of the agent"), N_ ("PATH") },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_ ("Print the version and leave"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (version)
    {
      puts ("ipdoor-desktop " IPD_VERSION);
      exit (EXIT_SUCCESS);
    }
  if (desktop->visit == NULL && !desktop->stand_by)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("--visit ID is missing."));
      return FALSE;
    }
  if (desktop->socket_path == NULL)
    desktop->socket_path = ipd_paths_agent_socket (error);
  return desktop->socket_path != NULL;
}

/* Takes the visit called @id out of @visits. Returns: (transfer full) (nullable) */
static IpdDeskVisit *
take_visit (GPtrArray *visits, const char *id, GError **error)
{
  for (guint i = 0; visits != NULL && i < visits->len; i++)
    if (g_str_equal (((IpdDeskVisit *) g_ptr_array_index (visits, i))->id, id))
      return g_ptr_array_steal_index (visits, i);
  if (visits != NULL)
    g_set_error_literal (error, IPD_DESK_ERROR, IPD_DESK_ERROR_NO_VISIT, _ ("This visit is over."));
  return NULL;
}

/*
 * Cairo paints sooner than OpenGL starts up and keeps a third of the memory. GTK would load OpenGL all the same, to
 * choose a visual, which costs a cold start 50 ms: it is told not to. Who sets GSK_RENDERER gets what they asked for.
 */
static void
prefer_cairo (void)
{
  if (g_getenv ("GSK_RENDERER") != NULL)
    return;
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  if (gtk_get_major_version () > 4 || gtk_get_minor_version () >= 16)
    g_setenv ("GDK_DISABLE", "gl,vulkan", FALSE);
  else
    g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
}

static gboolean
start_toolkit (Desktop *desktop)
{
  if (desktop->toolkit)
    return TRUE;
  prefer_cairo ();
  g_set_prgname ("ipdoor");
  g_set_application_name ("ipdoor");
  gtk_disable_setlocale ();
  if (!gtk_init_check ())
    return FALSE;
  ipd_trace ("display");
  ipd_quiet_window_set_class ("ipdoor");
  ipd_theme_init ();
  ipd_trace ("toolkit");
  desktop->toolkit = TRUE;
  return TRUE;
}

static int
fail (int status, const char *text)
{
  fprintf (stderr, "ipdoor-desktop: %s\n", text);
  return status;
}

static int
run (Desktop *desktop, IpdAgentLink *link)
{
  g_autoptr (IpdSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *slot_dir = g_path_get_dirname (desktop->socket_path);
  g_autoptr (GPtrArray) visits = ipd_agent_link_get_visits (link, &error);
  IpdDeskVisit *visit = take_visit (visits, desktop->visit, &error);

  if (visit == NULL)
    return g_error_matches (error, IPD_DESK_ERROR, IPD_DESK_ERROR_NO_VISIT) ? EXIT_SUCCESS
                                                                            : fail (EX_UNAVAILABLE, error->message);
  ipd_trace ("visit");
  session = desktop->session = ipd_session_new (link, visit, slot_dir, on_closed, desktop);
  while (visits->len > 0)
    ipd_session_take_visit (session, g_ptr_array_steal_index (visits, visits->len - 1));
  ipd_session_start_media (session);
  if (!start_toolkit (desktop))
    return fail (EX_UNAVAILABLE, _ ("There is no display to show the visit on."));
  ipd_session_show (session);
  /* A visit that was over by now closed the session, and a loop that does not run yet cannot be quit. */
  if (!desktop->closed)
    g_main_loop_run (desktop->loop);
  desktop->session = NULL;
  return EXIT_SUCCESS;
}

static void
on_told (const char *visit, gpointer user_data)
{
  Desktop *desktop = user_data;

  ipd_trace ("told");
  desktop->visit = g_strdup (visit);
  g_main_loop_quit (desktop->loop);
}

/* Until there is a visit, or nobody to wait for. */
static void
stand_by (Desktop *desktop)
{
  guint source;

  ipd_stand_by_rehearse ();
  source = ipd_stand_by_listen (STDIN_FILENO, on_told, desktop);
  g_main_loop_run (desktop->loop);
  if (g_main_context_find_source_by_id (NULL, source) != NULL)
    g_source_remove (source);
}

static int
link_and_run (Desktop *desktop)
{
  const IpdAgentLinkHandlers handlers = { on_visit, on_command, on_digits, on_media, on_failed, on_lost };
  g_autoptr (IpdAgentLink) link = NULL;
  g_autoptr (GError) error = NULL;

  link = ipd_agent_link_open (desktop->socket_path, &handlers, desktop, &error);
  if (link == NULL)
    return fail (EX_UNAVAILABLE, error->message);
  ipd_trace ("linked");
  if (desktop->stand_by)
    {
      if (!start_toolkit (desktop))
        return fail (EX_UNAVAILABLE, _ ("There is no display to show the visit on."));
      stand_by (desktop);
      if (desktop->visit == NULL)
        return EXIT_SUCCESS;
    }
  return run (desktop, link);
}

int
main (int argc, char **argv)
{
  Desktop desktop = { 0 };
  g_autoptr (GError) error = NULL;
  GThread *media_init;
  int status;

  ipd_trace_init ();
  ipd_trace ("main");
  ipd_language_set_up ();
  /* Whoever started us may have used up its own. */
  (void) ipd_reserve_lift_limit (NULL, NULL);
  if (!parse_options (&desktop, &argc, &argv, &error))
    return fail (EX_USAGE, error->message);
  media_init = g_thread_new ("media-init", load_media, NULL);
  desktop.loop = g_main_loop_new (NULL, FALSE);
  status = link_and_run (&desktop);
  g_thread_join (media_init); /* a library that is still loading must not see the process end */
  g_main_loop_unref (desktop.loop);
  g_free (desktop.visit);
  g_free (desktop.socket_path);
  return status;
}
