// SPDX-License-Identifier: Apache-2.0
/* The windows of a session and what the person presses in them. Called by session.c; main thread. */
#include "desktop/session-private.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "desktop/popup-slot.h"
#include "desktop/saved-picture.h"
#include "desktop/trace.h"
#include "desktop/wording.h"

static void
drop_popup (IpdSession *self)
{
  if (self->popup != NULL)
    gtk_window_destroy (GTK_WINDOW (self->popup));
  self->popup = NULL;
  if (self->slot_fd >= 0)
    close (self->slot_fd);
  self->slot_fd = -1;
  g_clear_pointer (&self->notification, ipd_notification_withdraw);
}

void
ipd_session_drop_windows (IpdSession *self)
{
  drop_popup (self);
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  self->window = NULL;
}

void
ipd_session_close (IpdSession *self)
{
  ipd_trace ("closed");
  ipd_session_drop_windows (self);
  self->on_closed (self->data);
}

void
ipd_session_show_words (gpointer user_data)
{
  IpdSession *self = user_data;
  g_autofree char *notice = ipd_notices_to_string (self->notices);

  if (self->popup != NULL)
    ipd_popup_set_notice (self->popup, notice);
  if (self->popup != NULL && self->placeholder != NULL)
    ipd_popup_set_placeholder (self->popup, self->placeholder);
  if (self->window != NULL)
    ipd_call_window_set_notice (self->window, notice);
  if (self->window != NULL && self->placeholder != NULL)
    ipd_call_window_set_placeholder (self->window, self->placeholder);
}

gboolean
ipd_session_has_picture (const IpdSession *self)
{
  return ipd_video_paintable_has_picture (ipd_visit_media_get_video (self->media));
}

static void
on_answer (IpdSession *self)
{
  self->pressed_answer = TRUE;
  ipd_trace ("answered");
  ipd_agent_link_answer (self->link, self->visit->id);
}

static void
on_reject (IpdSession *self)
{
  if (self->visit->state == IPD_DESK_STATE_ENDED)
    {
      ipd_session_close (self);
      return;
    }
  self->ended_here = TRUE;
  if (ipd_desk_visit_waits (self->visit))
    ipd_agent_link_reject (self->link, self->visit->id);
  else
    ipd_agent_link_hang_up (self->link, self->visit->id);
}

static void
on_open (GtkWindow *window, const char *output, IpdSession *self)
{
  ipd_agent_link_open_output (self->link, self->visit->device, output, self->visit->id);
}

static void
on_mute (IpdCallWindow *window, gboolean muted, IpdSession *self)
{
  ipd_visit_media_set_muted (self->media, muted);
}

static void
on_volume (IpdCallWindow *window, double volume, IpdSession *self)
{
  ipd_visit_media_set_volume (self->media, volume);
}

static void
on_hold (IpdCallWindow *window, gboolean held, IpdSession *self)
{
  if (held)
    ipd_agent_link_hold (self->link, self->visit->id);
  else
    ipd_agent_link_resume (self->link, self->visit->id);
}

static void
on_digit (GtkWindow *window, const char *digit, IpdSession *self)
{
  ipd_agent_link_send_digits (self->link, self->visit->id, digit);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  IpdSession *self = user_data; /* gone if this was cancelled */
  g_autoptr (GError) error = NULL;
  g_autofree char *path = ipd_saved_picture_finish (result, &error);
  g_autofree char *shown = path != NULL ? g_filename_display_name (path) : NULL;
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (path != NULL)
    /* Translators: %s is the path of a file */
    sentence = g_strdup_printf (_ ("Picture saved: %s"), shown);
  else
    sentence = g_strdup_printf (_ ("The picture could not be saved: %s"), error->message);
  ipd_notices_tell (self->notices, sentence);
}

static void
on_save_picture (IpdSession *self)
{
  g_autoptr (GdkTexture) picture = ipd_video_paintable_get_picture (ipd_visit_media_get_video (self->media));

  if (picture != NULL)
    ipd_saved_picture_write (picture, ipd_desk_wording_station (self->visit), self->saving, on_saved, self);
}

void
ipd_session_need_popup (IpdSession *self)
{
  unsigned slot;

  if (self->popup != NULL || self->window != NULL)
    return;
  self->popup = IPD_POPUP (ipd_popup_new (ipd_visit_media_get_video (self->media), self->visit));
  g_signal_connect_swapped (self->popup, "answer", G_CALLBACK (on_answer), self);
  g_signal_connect_swapped (self->popup, "reject", G_CALLBACK (on_reject), self);
  g_signal_connect_swapped (self->popup, "dismiss", G_CALLBACK (ipd_session_close), self);
  g_signal_connect (self->popup, "open", G_CALLBACK (on_open), self);
  g_signal_connect_swapped (self->popup, "save-picture", G_CALLBACK (on_save_picture), self);
  g_signal_connect (self->popup, "digit", G_CALLBACK (on_digit), self);
  ipd_popup_update (self->popup, self->visit, self->command);
  ipd_session_show_words (self);
  self->slot_fd = ipd_popup_slot_take (self->slot_dir, &slot);
  ipd_popup_show (self->popup, slot);
  self->notification = ipd_notification_send (self->visit);
  ipd_trace ("mapped");
}

/* The same picture in another window: the media never notices. */
void
ipd_session_need_call_window (IpdSession *self)
{
  if (self->window != NULL)
    return;
  self->window = IPD_CALL_WINDOW (ipd_call_window_new (ipd_visit_media_get_video (self->media), self->visit));
  g_signal_connect_swapped (self->window, "hang-up", G_CALLBACK (on_reject), self);
  g_signal_connect (self->window, "open", G_CALLBACK (on_open), self);
  g_signal_connect (self->window, "hold", G_CALLBACK (on_hold), self);
  g_signal_connect_swapped (self->window, "save-picture", G_CALLBACK (on_save_picture), self);
  g_signal_connect (self->window, "digit", G_CALLBACK (on_digit), self);
  g_signal_connect (self->window, "mute", G_CALLBACK (on_mute), self);
  g_signal_connect (self->window, "volume", G_CALLBACK (on_volume), self);
  ipd_call_window_update (self->window, self->visit, self->command);
  ipd_session_show_words (self);
  drop_popup (self); /* first, or window managers place the window beside it */
  ipd_call_window_show (self->window, self->pressed_answer || self->visit->outgoing);
  ipd_trace ("mapped");
}
