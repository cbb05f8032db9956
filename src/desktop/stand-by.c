// SPDX-License-Identifier: Apache-2.0
/*
 * Getting ready before somebody rings. Called by main() of a process that stands by; main thread.
 */
#include "desktop/stand-by.h"

#include <errno.h>
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <unistd.h>

#include "desktop/popup.h"
#include "desktop/trace.h"

/* An id of a visit has 22 characters. */
#define MESSAGE_MAX 64

typedef struct {
  void (*told) (const char *visit, gpointer data);
  gpointer data;
} Listener;

static IpdDeskVisit *
visit_of_nobody (void)
{
  g_autoptr (GVariant) dict = g_variant_ref_sink (
      g_variant_new_parsed ("{'id': <'-'>, 'device': <'-'>, 'device-name': <'-'>, 'direction': <'in'>,"
                            " 'state': <'previewing'>, 'outputs': <[('-', '-', 'lock', true)]>}"));

  return ipd_desk_visit_parse (dict);
}

void
ipd_stand_by_rehearse (void)
{
  g_autoptr (IpdVideoPaintable) video = ipd_video_paintable_new ();
  g_autoptr (IpdDeskVisit) visit = visit_of_nobody ();
  GtkWindow *popup;
  GtkRequisition size;

  g_return_if_fail (visit != NULL);
  popup = ipd_popup_new (video, visit);
  ipd_popup_update (IPD_POPUP (popup), visit, NULL);
  gtk_widget_get_preferred_size (GTK_WIDGET (popup), NULL, &size);
  gtk_window_destroy (popup);
  ipd_trace ("rehearsed");
}

static gboolean
on_message (gint fd, GIOCondition condition, gpointer user_data)
{
  Listener *listener = user_data;
  char visit[MESSAGE_MAX + 1];
  ssize_t n = read (fd, visit, MESSAGE_MAX);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  visit[MAX (n, 0)] = '\0';
  listener->told (n > 0 ? visit : NULL, listener->data);
  return G_SOURCE_REMOVE;
}

guint
ipd_stand_by_listen (int fd, void (*told) (const char *visit, gpointer data), gpointer data)
{
  Listener *listener = g_new (Listener, 1);

  *listener = (Listener){ told, data };
  return g_unix_fd_add_full (G_PRIORITY_DEFAULT, fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_message, listener, g_free);
}
