// SPDX-License-Identifier: Apache-2.0
/*
 * The history of an agent that is killed: what it told of a visit before it died is there at the next start, ended
 * truthfully; and while the disk takes nothing, everything goes on and the person is told.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <unistd.h>

#include "raw-station.h"
#include "wire/random.h"

static const char *const no_ui[] = { "--ui", "none", NULL };

static void
set_up (RawPlant **plant, gconstpointer n)
{
  *plant = raw_plant_new (GPOINTER_TO_UINT (n), no_ui);
}

static void
tear_down (RawPlant **plant, gconstpointer n)
{
  raw_plant_free (*plant);
}

static RawCall *
ring (RawPlant *plant, RawInvite *ret_invite)
{
  RawCall *call;

  raw_invite_init (plant, ret_invite);
  call = raw_plant_ring (plant, ret_invite);
  raw_call_wait_answer (call);
  raw_plant_wait_visit (plant, "ringing");
  return call;
}

/* The picture is on the screen; the row is there when this returns. */
static void
preview (RawPlant *plant, const RawInvite *invite)
{
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_report_media_sync (plant->bus, invite->visit.s, "first-frame", "", NULL, &error);
  g_assert_no_error (error);
}

/* Entry @i, newest first; %NULL where there are fewer. (transfer full) */
static GVariant *
entry (RawPlant *plant, gsize i)
{
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_get_history_sync (plant->bus, 10, &list, NULL, &error);
  g_assert_no_error (error);
  return i < g_variant_n_children (list) ? g_variant_get_child_value (list, i) : NULL;
}

static void
restart (RawPlant *plant)
{
  raw_plant_kill_agent (plant);
  raw_plant_start_agent (plant, no_ui);
}

static void
tell_news (RawPlant *plant, const RawInvite *invite, guint32 seq, IpdVisitNews state, const char *by)
{
  IpdMessage message = { .type = IPD_TOKEN_VISIT };

  message.visit = (IpdVisitToken){
    .visit = invite->visit, .audience = plant->client.id, .seq = seq, .state = state, .by_id = plant->client.id
  };
  ipd_name_set (&message.visit.by, by);
  if (state == IPD_VISIT_NEWS_OPENED)
    {
      message.visit.output = (IpdOutputId){ "door" };
      message.visit.contact = IPD_CONTACT_PENDING;
    }
  raw_plant_tell (plant, &plant->station, &message);
  raw_plant_settle (plant);
}

static void
assert_interrupted (RawPlant *plant, const RawInvite *invite, const char *by)
{
  g_autoptr (GVariant) visit = entry (plant, 0);
  g_autoptr (GVariant) other = entry (plant, 1);
  gint64 started, ended;

  g_assert_nonnull (visit);
  g_assert_null (other);
  g_assert_cmpstr (raw_text (visit, "kind"), ==, "visit");
  g_assert_cmpstr (raw_text (visit, "id"), ==, invite->visit.s);
  g_assert_cmpstr (raw_text (visit, "outcome"), ==, "interrupted");
  g_assert_cmpstr (raw_text (visit, "by"), ==, by);
  g_assert_true (g_variant_lookup (visit, "started", "x", &started));
  g_assert_true (g_variant_lookup (visit, "ended", "x", &ended));
  g_assert_cmpint (started, <=, ended);
  g_assert_cmpint (ended, <=, g_get_real_time ());
}

static void
test_killed_ringing (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) visit = NULL;

  ring (*plant, &invite);
  before = entry (*plant, 0);
  g_assert_null (before); /* a disk is not asked before the picture is there */
  preview (*plant, &invite);
  visit = entry (*plant, 0);
  g_assert_nonnull (visit);
  g_assert_cmpstr (raw_text (visit, "outcome"), ==, "");
  g_assert_false (g_variant_lookup (visit, "ended", "x", NULL));
  restart (*plant);
  assert_interrupted (*plant, &invite, "");
  restart (*plant); /* and nothing more happens to it */
  assert_interrupted (*plant, &invite, "");
  raw_invite_clear (&invite);
}

static void
on_file (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, bool *changed)
{
  *changed = true;
}

/* No picture comes: some seconds after the ring it is written all the same. */
static void
test_killed_without_picture (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  bool changed = false;
  g_autoptr (GVariant) visit = NULL;
  g_autoptr (GFile) folder = g_file_new_build_filename ((*plant)->dir, "data", "ipdoor", NULL);
  g_autoptr (GFileMonitor) monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_NONE, NULL, NULL);

  g_signal_connect (monitor, "changed", G_CALLBACK (on_file), &changed);
  ring (*plant, &invite);
  while ((visit = entry (*plant, 0)) == NULL)
    {
      while (!changed)
        g_main_context_iteration (NULL, TRUE);
      changed = false;
    }
  restart (*plant);
  assert_interrupted (*plant, &invite, "");
  raw_invite_clear (&invite);
}

/* A visit that is answered here, as the station says. */
static void
talk (RawPlant *plant, RawInvite *invite)
{
  RawCall *call = ring (plant, invite);
  g_autoptr (GError) error = NULL;

  preview (plant, invite);
  ipd_bus_agent1_call_answer_sync (plant->bus, "", NULL, &error);
  g_assert_no_error (error);
  while (!call->answered)
    g_main_context_iteration (NULL, TRUE);
  raw_plant_wait_visit (plant, "talking");
  tell_news (plant, invite, 1, IPD_VISIT_NEWS_ANSWERED, "Anna");
}

static void
test_killed_talking (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;

  talk (*plant, &invite);
  restart (*plant);
  assert_interrupted (*plant, &invite, "Anna");
  raw_invite_clear (&invite);
}

/* Who opened is known; what the contact would have said is not, and is not claimed. */
static void
test_killed_opened (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  g_autoptr (GVariant) visit = NULL;

  talk (*plant, &invite);
  tell_news (*plant, &invite, 2, IPD_VISIT_NEWS_OPENED, "Bruno");
  restart (*plant);
  assert_interrupted (*plant, &invite, "Bruno");
  visit = entry (*plant, 0);
  g_assert_cmpstr (raw_text (visit, "output"), ==, "door");
  g_assert_cmpstr (raw_text (visit, "contact"), ==, "none");
  raw_invite_clear (&invite);
}

/* The station got the command and this agent died before it heard what became of it. */
static void
test_killed_opening (RawPlant **plant, gconstpointer n)
{
  IpdMessage request;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) access = NULL;

  ipd_bus_agent1_call_open_sync ((*plant)->bus, "", "", "", NULL, NULL, &error);
  g_assert_no_error (error);
  raw_plant_wait_token (*plant, IPD_TOKEN_NONCE_REQUEST, &request);
  restart (*plant);
  access = entry (*plant, 0);
  g_assert_cmpstr (raw_text (access, "kind"), ==, "access");
  g_assert_cmpstr (raw_text (access, "outcome"), ==, "interrupted");
}

/* ---- a disk that takes nothing ---- */

static sqlite3 *
lock_history (RawPlant *plant)
{
  g_autofree char *path = g_build_filename (plant->dir, "data", "ipdoor", "history.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  return db;
}

static char *
notice (RawPlant *plant)
{
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_get_status_sync (plant->bus, &status, NULL, &error);
  g_assert_no_error (error);
  return g_strdup (raw_text (status, "notice"));
}

static void
test_not_recorded (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  g_autofree char *said = NULL;
  g_autofree char *said_later = NULL;
  g_autoptr (GVariant) visit = NULL;
  sqlite3 *db = lock_history (*plant);
  RawCall *call = ring (*plant, &invite);

  preview (*plant, &invite);
  said = notice (*plant);
  g_assert_true (g_str_has_prefix (said, "Visits and openings are not recorded"));
  g_assert_cmpstr (raw_text (raw_plant_wait_visit (*plant, "previewing"), "state"), ==, "previewing");
  sqlite3_close (db);
  ipd_sip_cancel ((*plant)->sip, call->call, 487, NULL);
  raw_plant_wait_visit (*plant, "ended");
  visit = entry (*plant, 0); /* both rows, in order */
  g_assert_cmpstr (raw_text (visit, "outcome"), ==, "missed");
  said_later = notice (*plant);
  g_assert_cmpstr (said_later, ==, "");
  raw_invite_clear (&invite);
}

int
main (int argc, char **argv)
{
  alarm (60);
  g_assert_true (ipd_wire_init ());
  g_test_init (&argc, &argv, NULL);
#define ADD(n, path, function)                                                                                         \
  g_test_add ("/agent/history/" path, RawPlant *, GUINT_TO_POINTER (n), set_up, function, tear_down)
  ADD (80, "killed-ringing", test_killed_ringing);
  ADD (81, "killed-without-picture", test_killed_without_picture);
  ADD (82, "killed-talking", test_killed_talking);
  ADD (83, "killed-opened", test_killed_opened);
  ADD (84, "killed-opening", test_killed_opening);
  ADD (85, "not-recorded", test_not_recorded);
#undef ADD
  return g_test_run ();
}
