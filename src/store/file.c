// SPDX-License-Identifier: Apache-2.0
/*
 * Opening and mending the SQLite file, whatever the disk lets it be, and putting a damaged one aside. Owns the
 * connection; called by whoever owns the store, on its thread.
 *
 * WAL with synchronous=FULL: a commit returns after the log was synced, so an acknowledged row survives a power cut,
 * and readers of the same file (a backup) never block the writer.
 */
#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

/* Another process that holds the file (a backup) is waited for this long; the caller's loop stands still meanwhile. */
#define BUSY_MS 250

/* The agent is resident: a page of history needs no more, and the health check must not leave its pages behind. */
#define CACHE_KIB "256"

static void
close_file (IpdStore *store)
{
  for (size_t i = 0; i < IPD_SQL_N; i++)
    g_clear_pointer (&store->statements[i], sqlite3_finalize);
  g_clear_pointer (&store->db, sqlite3_close);
}

void
ipd_store_close (IpdStore *store)
{
  if (store == NULL)
    return;
  close_file (store);
  g_free (store->path);
  g_free (store);
}

static bool
read_number (IpdStore *store, const char *sql, int *ret_number, GError **error)
{
  sqlite3_stmt *stmt;
  int rc = sqlite3_prepare_v2 (store->db, sql, -1, &stmt, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_step (stmt);
  if (rc == SQLITE_ROW)
    *ret_number = sqlite3_column_int (stmt, 0);
  bool good = rc == SQLITE_ROW || ipd_store_fail (store, rc, error);
  sqlite3_finalize (stmt);
  return good;
}

/* Whole or not at all: the version changes with the tables. */
static bool
change_schema (IpdStore *store, const char *sql, int to, GError **error)
{
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %d", to);

  if (!ipd_store_begin (store, error))
    return false;
  bool good = ipd_store_execute (store, sql, error) && ipd_store_execute (store, version, error);
  return ipd_store_end (store, good, error);
}

static bool
check_schema (IpdStore *store, GError **error)
{
  int version = 0;

  if (!read_number (store, "PRAGMA user_version", &version, error))
    return false;
  if (version == 0)
    return change_schema (store, ipd_store_schema, IPD_STORE_SCHEMA_VERSION, error);
  /* Nothing can be changed now. What has another form in there is not read; who is enrolled, it always had. */
  if (version > 0 && version < IPD_STORE_SCHEMA_VERSION && store->mode == IPD_STORE_READ)
    return true;
  for (; version > 0 && version < IPD_STORE_SCHEMA_VERSION; version++)
    if (!change_schema (store, ipd_store_schema_steps[version], version + 1, error))
      return false;
  if (version == IPD_STORE_SCHEMA_VERSION)
    return true;
  g_set_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_FAILED,
               "the file has schema version %d, this program knows up to %d", version, IPD_STORE_SCHEMA_VERSION);
  return false;
}

/* quick_check reads every page: what is damaged is found now, not at the moment a door is to be opened. */
static bool
check_health (IpdStore *store, GError **error)
{
  sqlite3_stmt *stmt;
  int rc = sqlite3_prepare_v2 (store->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_step (stmt);
  bool good = rc == SQLITE_ROW;
  if (!good)
    ipd_store_fail (store, rc, error);
  else if (g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), "ok") != 0)
    {
      g_set_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_CORRUPT, "the file is damaged: %s",
                   ipd_store_text (stmt, 0));
      good = false;
    }
  sqlite3_finalize (stmt);
  return good;
}

static bool
set_up (IpdStore *store, GError **error)
{
  static const char *const locking[] = {
    [IPD_STORE_WHOLE] = "PRAGMA locking_mode = NORMAL",
    [IPD_STORE_ALONE] = "PRAGMA locking_mode = EXCLUSIVE", /* https://sqlite.org/wal.html §8: no shared memory then */
    [IPD_STORE_READ] = "PRAGMA query_only = ON",
  };

  return ipd_store_execute (store, locking[store->mode], error)
         && (store->mode == IPD_STORE_READ || ipd_store_execute (store, "PRAGMA journal_mode = WAL", error))
         && ipd_store_execute (store, "PRAGMA synchronous = FULL", error)
         && ipd_store_execute (store, "PRAGMA trusted_schema = OFF", error)
         && ipd_store_execute (store, "PRAGMA cache_size = -" CACHE_KIB, error) && check_health (store, error)
         && check_schema (store, error) && ipd_store_execute (store, "PRAGMA shrink_memory", error);
}

/* SQLite gives -wal and -shm the mode of the main file, so it is made first, readable by its owner only. */
static bool
make_private (const char *path, bool *ret_created, GError **error)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  *ret_created = fd >= 0;
  if (fd >= 0)
    return g_close (fd, error);
  if (errno == EEXIST)
    return true;
  int saved = errno;
  g_set_error (error, IPD_STORE_ERROR, (int) (saved == ENOSPC ? IPD_STORE_ERROR_FULL : IPD_STORE_ERROR_READONLY),
               "%s: %s", path, g_strerror (saved));
  return false;
}

/*
 * A file whose log was written back cannot be opened for reading where no log can be made (https://sqlite.org/wal.html
 * §5), unless SQLite is told that nobody writes it. One that was left with its log is read with it.
 */
static char *
reading_uri (const char *path, GError **error)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *uri = g_filename_to_uri (absolute, NULL, error);
  const char *how = g_file_test (log, G_FILE_TEST_EXISTS) ? "?mode=ro" : "?mode=ro&immutable=1";

  return uri != NULL ? g_strconcat (uri, how, NULL) : NULL;
}

static bool
open_file (IpdStore *store, IpdStoreMode mode, GError **error)
{
  const bool reads = mode == IPD_STORE_READ;
  g_autofree char *name = reads ? reading_uri (store->path, error) : g_strdup (store->path);
  const int flags = reads ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE;

  if (name == NULL)
    return false;
  int rc = sqlite3_open_v2 (name, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
  bool good = rc == SQLITE_OK || ipd_store_fail (store, rc, error);
  if (good)
    {
      /* SQLite falls back to reading by itself, and stays there. */
      store->mode = mode == IPD_STORE_WHOLE && sqlite3_db_readonly (store->db, "main") == 1 ? IPD_STORE_READ : mode;
      sqlite3_extended_result_codes (store->db, 1);
      sqlite3_busy_timeout (store->db, BUSY_MS);
      good = set_up (store, error);
    }
  if (!good)
    close_file (store);
  return good;
}

static IpdStore *
open_once (const char *path, bool *ret_created, GError **error)
{
  g_autoptr (IpdStore) store = g_new0 (IpdStore, 1);

  store->path = g_strdup (path);
  return make_private (path, ret_created, error) && open_file (store, IPD_STORE_WHOLE, error) ? g_steal_pointer (&store)
                                                                                              : NULL;
}

static bool
open_limited (IpdStore *store, GError **error)
{
  return open_file (store, IPD_STORE_ALONE, NULL) || open_file (store, IPD_STORE_READ, error);
}

IpdStore *
ipd_store_open_limited (const char *path, GError **error)
{
  g_autoptr (IpdStore) store = g_new0 (IpdStore, 1);

  store->path = g_strdup (path);
  return open_limited (store, error) ? g_steal_pointer (&store) : NULL;
}

bool
ipd_store_is_limited (const IpdStore *store)
{
  return store->db == NULL || store->mode != IPD_STORE_WHOLE;
}

bool
ipd_store_mend (IpdStore *store, GError **error)
{
  if (!ipd_store_is_limited (store))
    return true;
  close_file (store); /* it may hold the file alone, also against ourselves */
  if (!open_file (store, IPD_STORE_WHOLE, error))
    {
      open_limited (store, NULL);
      return false;
    }
  return !ipd_store_is_limited (store) || ipd_store_fail (store, SQLITE_READONLY, error);
}

/* The log goes along: without it the damaged file would lose its newest rows for whoever tries to rescue it. */
static bool
put_aside (const char *path, GError **error)
{
  static const char *const endings[] = { "", "-wal", "-shm" };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%S");
  g_autofree char *aside = g_strdup_printf ("%s.corrupt-%s-%06d", path, stamp, g_date_time_get_microsecond (now));

  for (size_t i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *from = g_strconcat (path, endings[i], NULL);
      g_autofree char *to = g_strconcat (aside, endings[i], NULL);
      if (g_rename (from, to) != 0 && errno != ENOENT)
        {
          g_set_error (error, IPD_STORE_ERROR, IPD_STORE_ERROR_READONLY, "%s: %s", from, g_strerror (errno));
          return false;
        }
    }
  g_debug ("damaged store kept as %s", aside);
  return true;
}

IpdStore *
ipd_store_open (const char *path, IpdStoreFlags *ret_flags, GError **error)
{
  g_autoptr (GError) first = NULL;
  bool created;
  bool replaced = false;

  IpdStore *store = open_once (path, &created, &first);
  if (store == NULL && g_error_matches (first, IPD_STORE_ERROR, IPD_STORE_ERROR_CORRUPT))
    {
      if (!put_aside (path, error))
        return NULL;
      replaced = true;
      store = open_once (path, &created, error);
    }
  else if (store == NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  if (store != NULL && ret_flags != NULL)
    *ret_flags = (created && !replaced ? IPD_STORE_CREATED : 0) | (replaced ? IPD_STORE_REPLACED : 0);
  return store;
}
