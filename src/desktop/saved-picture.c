// SPDX-License-Identifier: Apache-2.0
/* Writes pictures that the person saves. Called by the session; PNG is made in a thread of GTask's. */
#include "desktop/saved-picture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define STATION_CHARS 40
#define NAMES_MAX     100

typedef struct {
  GdkTexture *texture;
  char *name; /* without folder and suffix */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->texture);
  g_free (job->name);
  g_free (job);
}

/* Letters of every language, no separators, no leading dot, no bidirectional tricks. */
static char *
file_word (const char *text)
{
  GString *word = g_string_new (NULL);
  glong n = 0;

  for (const char *at = text; *at != '\0' && n < STATION_CHARS; at = g_utf8_next_char (at), n++)
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isalnum (c) || (c == ' ' && word->len > 0) || c == '-')
        g_string_append_unichar (word, c);
    }
  return g_strchomp (g_string_free (word, FALSE));
}

static char *
picture_name (const char *station)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");
  g_autofree char *word = file_word (station);

  return g_strdup_printf ("%s %s", time, word);
}

static char *
make_folder (GError **error)
{
  const char *pictures = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);
  g_autofree char *folder = g_build_filename (pictures != NULL ? pictures : g_get_home_dir (), "ipdoor", NULL);
  int code;

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return g_steal_pointer (&folder);
  code = errno;
  g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (code), g_strerror (code));
  return NULL;
}

/* Two pictures of one second get two names; nothing is ever overwritten. */
static char *
free_path (const char *folder, const char *name)
{
  for (int i = 1; i < NAMES_MAX; i++)
    {
      g_autofree char *number = i > 1 ? g_strdup_printf (" (%d)", i) : g_strdup ("");
      g_autofree char *file = g_strconcat (name, number, ".png", NULL);
      g_autofree char *path = g_build_filename (folder, file, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return g_build_filename (folder, "ipdoor.png", NULL);
}

static void
write_picture (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  g_autoptr (GBytes) png = gdk_texture_save_to_png_bytes (job->texture);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = make_folder (&error);
  g_autofree char *path = folder != NULL ? free_path (folder, job->name) : NULL;

  if (path != NULL
      && g_file_set_contents_full (path, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png),
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_task_return_pointer (task, g_steal_pointer (&path), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
ipd_saved_picture_write (GdkTexture *texture, const char *station, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->texture = g_object_ref (texture);
  job->name = picture_name (station);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, write_picture);
}

char *
ipd_saved_picture_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
