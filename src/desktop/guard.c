// SPDX-License-Identifier: Apache-2.0
/* The time in which nothing can be pressed. Owned by popup and call window; main thread. */
#include "desktop/guard.h"

struct _IpdGuard {
  GtkWidget *guarded;
  GtkWidget *shield; /* (nullable) */
  guint source;
  gboolean shut;
};

IpdGuard *
ipd_guard_new (GtkWidget *guarded)
{
  IpdGuard *self = g_new0 (IpdGuard, 1);

  self->guarded = guarded;
  gtk_widget_set_sensitive (guarded, FALSE);
  return self;
}

GtkWidget *
ipd_guard_shield (IpdGuard *self)
{
  GtkWidget *both = gtk_overlay_new ();

  self->shield = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_overlay_set_child (GTK_OVERLAY (both), self->guarded);
  gtk_overlay_add_overlay (GTK_OVERLAY (both), self->shield);
  return both;
}

static gboolean
on_over (gpointer user_data)
{
  IpdGuard *self = user_data;

  self->source = 0;
  gtk_widget_set_sensitive (self->guarded, !self->shut);
  if (self->shield != NULL)
    gtk_widget_set_visible (self->shield, FALSE);
  return G_SOURCE_REMOVE;
}

void
ipd_guard_start (IpdGuard *self)
{
  if (self->source == 0)
    self->source = g_timeout_add (IPD_GUARD_MS, on_over, self);
}

void
ipd_guard_shut (IpdGuard *self)
{
  self->shut = TRUE;
  gtk_widget_set_sensitive (self->guarded, FALSE);
}

void
ipd_guard_free (IpdGuard *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  g_free (self);
}
