// SPDX-License-Identifier: Apache-2.0
// Folders, private files and program lookup, each in a home of its own.
#include "home/home.h"
#include "platform/paths.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *home;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const cleared[]
      = { "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME",    "XDG_STATE_HOME",
          "XDG_CACHE_HOME",  "IPDOOR_LIBEXEC",  "IPDOOR_LOCALEDIR", "IPDOOR_AGENT_SOCKET" };
  g_autoptr (GError) error = NULL;

  fixture->home = g_dir_make_tmp ("ipdoor-paths-XXXXXX", &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cleared); i++)
    g_unsetenv (cleared[i]);
  g_setenv ("XDG_CONFIG_HOME", fixture->home, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", fixture->home, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  home_remove (fixture->home);
  g_free (fixture->home);
}

static guint
mode_of (const char *path)
{
  struct stat st;

  g_assert_cmpint (stat (path, &st), ==, 0);
  return st.st_mode & 07777;
}

static char *
in_home (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->home, name, NULL);
}

static void
test_folders (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = in_home (fixture, "ipdoor");
  g_autofree char *config = ipd_paths_config_dir (&error);
  g_autofree char *runtime = ipd_paths_runtime_dir (&error);
  g_autofree char *socket = ipd_paths_agent_socket (&error);
  g_autofree char *expected_socket = in_home (fixture, "ipdoor/agent.sock");

  g_assert_no_error (error);
  g_assert_cmpstr (config, ==, expected);
  g_assert_cmpstr (runtime, ==, expected);
  g_assert_cmpstr (socket, ==, expected_socket);
  g_assert_cmphex (mode_of (expected), ==, 0700);
}

static void
test_open_folder_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = in_home (fixture, "ipdoor");

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  g_assert_cmpint (g_chmod (dir, 0770), ==, 0);
  g_assert_null (ipd_paths_config_dir (&error));
  g_assert_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_NOT_PRIVATE);
}

static void
test_folder_that_cannot_be (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_setenv ("XDG_CONFIG_HOME", "/dev/null/x", TRUE);
  g_assert_null (ipd_paths_config_dir (&error));
  g_assert_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_UNUSABLE);
}

static void
test_long_socket (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strnfill (108, 'x');
  g_autofree char *fits = g_strndup (name, 107);
  g_autofree char *path = NULL;

  g_setenv ("IPDOOR_AGENT_SOCKET", fits, TRUE);
  path = ipd_paths_agent_socket (&error);
  g_assert_cmpstr (path, ==, fits);
  g_setenv ("IPDOOR_AGENT_SOCKET", name, TRUE);
  g_assert_null (ipd_paths_agent_socket (&error));
  g_assert_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_PATH_TOO_LONG);
}

static void
test_private_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = in_home (fixture, "key");
  g_autofree char *contents = NULL;
  gsize length = 0;

  g_assert_false (ipd_paths_read_private (path, 100, &contents, &length, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);

  g_assert_true (ipd_paths_write_private (path, "secret", -1, &error));
  g_assert_cmphex (mode_of (path), ==, 0600);
  g_assert_true (ipd_paths_read_private (path, 6, &contents, &length, &error));
  g_assert_cmpmem (contents, length, "secret", 6);

  /* Written over, also when somebody had opened it up. */
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_true (ipd_paths_write_private (path, "other", 5, &error));
  g_assert_cmphex (mode_of (path), ==, 0600);
}

static void
test_unfit_files_are_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = in_home (fixture, "key");
  char *contents = NULL;

  g_assert_true (ipd_paths_write_private (path, "secret", -1, &error));
  g_assert_false (ipd_paths_read_private (path, 5, &contents, NULL, &error));
  g_assert_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_UNUSABLE);
  g_clear_error (&error);
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_assert_false (ipd_paths_read_private (path, 100, &contents, NULL, &error));
  g_assert_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_NOT_PRIVATE);
  g_clear_error (&error);
  g_assert_false (ipd_paths_read_private (fixture->home, 100, &contents, NULL, &error));
  g_assert_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_UNUSABLE);
  g_assert_null (contents);
}

static void
test_programs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = in_home (fixture, "ipdoor-nothing");
  g_autofree char *places = g_strconcat ("relative:/nowhere:", fixture->home, NULL);
  g_autofree char *found = NULL;
  g_autofree char *beside = NULL;

  g_setenv ("PATH", fixture->home, TRUE);
  g_assert_true (g_file_set_contents_full (path, "#!/bin/sh\n", -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  g_assert_null (ipd_paths_find_program ("ipdoor-nothing", &error));
  g_assert_error (error, IPD_PLATFORM_ERROR, IPD_PLATFORM_ERROR_NO_PROGRAM);
  g_clear_error (&error);

  g_setenv ("IPDOOR_LIBEXEC", places, TRUE);
  found = ipd_paths_find_program ("ipdoor-nothing", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, path);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_null (ipd_paths_find_program ("ipdoor-nothing", NULL));

  /* Beside the running program, here this test itself. */
  beside = ipd_paths_find_program ("test-platform-paths", &error);
  g_assert_no_error (error);
  g_assert_true (g_path_is_absolute (beside));
}

static void
test_data_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *installed = ipd_paths_data_file ("vendors/no-such.json");
  g_autofree char *wanted = in_home (fixture, "vendors/some.json");
  g_autofree char *found = NULL;

  g_assert_true (g_path_is_absolute (installed));
  g_assert_true (g_str_has_suffix (installed, "/ipdoor/vendors/no-such.json"));
  g_setenv ("IPDOOR_DATA", fixture->home, TRUE);
  found = ipd_paths_data_file ("vendors/some.json");
  g_unsetenv ("IPDOOR_DATA");
  g_assert_cmpstr (found, ==, wanted);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/paths/folders", Fixture, NULL, set_up, test_folders, tear_down);
  g_test_add ("/paths/open-folder-is-refused", Fixture, NULL, set_up, test_open_folder_is_refused, tear_down);
  g_test_add ("/paths/folder-that-cannot-be", Fixture, NULL, set_up, test_folder_that_cannot_be, tear_down);
  g_test_add ("/paths/long-socket", Fixture, NULL, set_up, test_long_socket, tear_down);
  g_test_add ("/paths/private-files", Fixture, NULL, set_up, test_private_files, tear_down);
  g_test_add ("/paths/unfit-files-are-refused", Fixture, NULL, set_up, test_unfit_files_are_refused, tear_down);
  g_test_add ("/paths/programs", Fixture, NULL, set_up, test_programs, tear_down);
  g_test_add ("/paths/data-files", Fixture, NULL, set_up, test_data_files, tear_down);
  return g_test_run ();
}
