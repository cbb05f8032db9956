// SPDX-License-Identifier: Apache-2.0
/* Owns the processes that show visits, by visit. Main context only; GSubprocess reports ends here. */
#include "agent/ui-child.h"

#include <gio/gio.h>
#include <signal.h>
#include <sysexits.h>

#include "agent/ui-spare.h"
#include "platform/paths.h"

struct _IpdUiChild {
  IpdUiEnded on_ended;
  gpointer user_data;
  GHashTable *children; /* visit id -> GSubprocess */
  IpdUiSpare *spare;
  GCancellable *cancellable;
};

typedef struct {
  IpdUiChild *ui;
  char *visit;
} Waiting;

IpdUiChild *
ipd_ui_child_new (IpdAgent *agent, IpdUiEnded on_ended, gpointer user_data)
{
  IpdUiChild *self = g_new0 (IpdUiChild, 1);

  self->on_ended = on_ended;
  self->user_data = user_data;
  self->children = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->spare = ipd_ui_spare_new ();
  self->cancellable = g_cancellable_new ();
  return self;
}

void
ipd_ui_child_free (IpdUiChild *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  ipd_ui_spare_free (self->spare);
  g_hash_table_unref (self->children);
  g_free (self);
}

static IpdUiEnd
end_of (GSubprocess *child)
{
  if (!g_subprocess_get_if_exited (child))
    return IPD_UI_GONE;
  switch (g_subprocess_get_exit_status (child))
    {
    case EX_OK:
      return IPD_UI_CLOSED;
    case EX_UNAVAILABLE:
      return IPD_UI_NO_DISPLAY;
    default:
      return IPD_UI_GONE;
    }
}

/* What was told to stop has nothing to say, and another one may be in its place. */
static bool
is_current (const Waiting *waiting, const GSubprocess *child)
{
  return g_hash_table_lookup (waiting->ui->children, waiting->visit) == child;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;
  GSubprocess *child = G_SUBPROCESS (source);
  g_autoptr (GError) error = NULL;

  if (g_subprocess_wait_finish (child, result, &error) && is_current (waiting, child))
    {
      IpdUiChild *self = waiting->ui;
      IpdUiEnd end = end_of (child);

      g_hash_table_remove (self->children, waiting->visit);
      self->on_ended (waiting->visit, end, self->user_data); /* which may start it again */
      if (g_hash_table_size (self->children) == 0)
        ipd_ui_spare_dismiss (self->spare);
    }
  g_free (waiting->visit);
  g_free (waiting);
}

static GSubprocess *
spawn (IpdUiChild *self, IpdUi kind, const char *visit, GError **error)
{
  GSubprocess *spare = kind == IPD_UI_DESKTOP ? ipd_ui_spare_take (self->spare, visit) : NULL;
  g_autofree char *program = NULL;

  if (spare != NULL)
    return spare;
  program = ipd_paths_find_program (kind == IPD_UI_DESKTOP ? "ipdoor-desktop" : "ipdoor-media", error);
  if (program == NULL)
    return NULL;
  return g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, error, program, "--visit", visit, NULL);
}

/* Reported from the main loop and not from inside the start, like every other end. */
static gboolean
on_not_started (gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->ui->on_ended (waiting->visit, IPD_UI_NO_DISPLAY, waiting->ui->user_data);
  return G_SOURCE_REMOVE;
}

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_free (waiting->visit);
  g_free (waiting);
}

void
ipd_ui_child_start (IpdUiChild *self, IpdUi kind, const char *visit)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *child;
  Waiting *waiting;

  if (kind == IPD_UI_NONE || g_hash_table_contains (self->children, visit))
    return;
  waiting = g_new0 (Waiting, 1);
  waiting->ui = self;
  waiting->visit = g_strdup (visit);
  child = spawn (self, kind, visit, &error);
  if (child == NULL)
    {
      g_warning ("visit %s cannot be shown: %s", visit, error->message);
      g_idle_add_full (G_PRIORITY_DEFAULT, on_not_started, waiting, waiting_free);
      return;
    }
  g_hash_table_insert (self->children, g_strdup (visit), child);
  g_subprocess_wait_async (child, self->cancellable, on_ended, waiting);
}

void
ipd_ui_child_stop (IpdUiChild *self, const char *visit)
{
  GSubprocess *child = g_hash_table_lookup (self->children, visit);

  if (child == NULL)
    return;
  g_subprocess_send_signal (child, SIGTERM);
  g_hash_table_remove (self->children, visit);
}

void
ipd_ui_child_prepare (IpdUiChild *self, const char *visit)
{
  if (g_hash_table_contains (self->children, visit))
    ipd_ui_spare_prepare (self->spare);
}
