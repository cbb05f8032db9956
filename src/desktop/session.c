// SPDX-License-Identifier: Apache-2.0
/*
 * The controller of one visit. Owned by main(); main thread. What it shows is in session-windows.c.
 */
#include "desktop/session-private.h"

#include <glib/gi18n.h>

#include "desktop/trace.h"

/* How long the last words stay: others' doings must be read, one's own are known. */
#define LINGER_MS     4000
#define LINGER_OWN_MS 1000
/* A contact that is still to come is waited for, but not for ever. */
#define LINGER_CONTACT_MS 15000
/* After this the words in place of the picture say that there may be none. */
#define PICTURE_PATIENCE_MS 5000

static void on_first_picture (GdkPaintable *video, IpdSession *self);
static void on_media_event (IpdMediaEvent event, gpointer user_data);

IpdSession *
ipd_session_new (IpdAgentLink *link, IpdDeskVisit *visit, const char *slot_dir, void (*on_closed) (gpointer data),
                 gpointer data)
{
  IpdSession *self = g_new0 (IpdSession, 1);

  self->link = link;
  self->visit = visit;
  self->media = ipd_visit_media_new (link, visit->id, on_media_event, self);
  g_signal_connect (ipd_visit_media_get_video (self->media), "invalidate-contents", G_CALLBACK (on_first_picture),
                    self);
  self->notices = ipd_notices_new (ipd_session_show_words, self);
  self->talks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->saving = g_cancellable_new ();
  self->slot_dir = g_strdup (slot_dir);
  self->slot_fd = -1;
  self->on_closed = on_closed;
  self->data = data;
  return self;
}

void
ipd_session_free (IpdSession *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->linger_source, g_source_remove);
  g_clear_handle_id (&self->patience_source, g_source_remove);
  g_cancellable_cancel (self->saving);
  g_clear_object (&self->saving);
  ipd_session_drop_windows (self);
  g_clear_pointer (&self->media, ipd_visit_media_free);
  g_clear_pointer (&self->command, ipd_desk_command_free);
  g_clear_pointer (&self->visit, ipd_desk_visit_free);
  g_free (self->slot_dir);
  ipd_notices_free (self->notices);
  g_hash_table_unref (self->talks);
  g_free (self->placeholder);
  g_free (self);
}

/* --- the picture and the sound --- */

void
ipd_session_say (IpdSession *self, const char *text)
{
  ipd_notices_add (self->notices, text);
}

static void
say_no_picture (IpdSession *self, const char *text)
{
  g_free (self->placeholder);
  self->placeholder = g_strdup (text);
  ipd_session_show_words (self);
}

static gboolean
on_patience_over (gpointer user_data)
{
  IpdSession *self = user_data;

  self->patience_source = 0;
  if (!ipd_session_has_picture (self))
    say_no_picture (self, _ ("The station sends no picture."));
  return G_SOURCE_REMOVE;
}

/* The frame clock's word that the first picture left for the screen; then it is not asked again. */
static void
on_painted (GdkFrameClock *clock, gpointer user_data)
{
  ipd_trace ("painted");
  g_signal_handlers_disconnect_by_func (clock, on_painted, user_data);
}

static void
on_first_picture (GdkPaintable *video, IpdSession *self)
{
  GtkWidget *shown = self->popup != NULL ? GTK_WIDGET (self->popup) : GTK_WIDGET (self->window);

  g_signal_handlers_disconnect_by_func (video, on_first_picture, self);
  ipd_trace ("first-frame");
  if (shown != NULL && gtk_widget_get_realized (shown))
    g_signal_connect (gtk_widget_get_frame_clock (shown), "after-paint", G_CALLBACK (on_painted), self);
}

static void
on_media_event (IpdMediaEvent event, gpointer user_data)
{
  IpdSession *self = user_data;

  switch (event)
    {
    case IPD_MEDIA_FIRST_FRAME:
    case IPD_MEDIA_FIRST_AUDIO:
    case IPD_MEDIA_DIGITS_SENT:
    case IPD_MEDIA_SILENT: /* the agent ends the talk and says why */
      return;
    case IPD_MEDIA_NO_SOUND_DEVICE:
      ipd_session_say (self, _ ("No sound device was found: you will not hear the visitor."));
      return;
    case IPD_MEDIA_NO_MICROPHONE:
      ipd_session_say (self, _ ("No microphone was found: the visitor will not hear you."));
      return;
    case IPD_MEDIA_PREVIEW_FAILED:
      say_no_picture (self, _ ("The station does not give its picture."));
      return;
    case IPD_MEDIA_FAILED:
      say_no_picture (self, _ ("The picture cannot be shown."));
      return;
    }
}

static gboolean
is_aside (const IpdSession *self)
{
  return g_hash_table_size (self->talks) > 0;
}

static void
update_media (IpdSession *self)
{
  ipd_visit_media_follow (self->media, self->visit, is_aside (self));
}

static void
open_media (IpdSession *self)
{
  g_autoptr (GError) error = NULL;

  if (!ipd_visit_media_open (self->media, self->visit, &error))
    {
      g_warning ("visit %s: no media: %s", self->visit->id, error->message);
      say_no_picture (self, _ ("The picture cannot be shown."));
    }
}

void
ipd_session_start_media (IpdSession *self)
{
  /* A call of ours has no media before the station answered; it is asked for again when something changes. */
  if (ipd_visit_media_is_open (self->media) || self->visit->state == IPD_DESK_STATE_ENDED
      || self->visit->state == IPD_DESK_STATE_CALLING)
    return;
  open_media (self);
}

void
ipd_session_renew_media (IpdSession *self, const char *visit)
{
  if (g_str_equal (visit, self->visit->id) && self->visit->state != IPD_DESK_STATE_ENDED)
    {
      open_media (self);
      update_media (self);
    }
}

void
ipd_session_send_digits (IpdSession *self, const char *visit, const char *digits, guint duration_ms, guint gap_ms)
{
  if (g_str_equal (visit, self->visit->id) && !ipd_visit_media_send_digits (self->media, digits, duration_ms, gap_ms))
    ipd_agent_link_report_media (self->link, visit, "digits-failed", "");
}

static gboolean
on_linger_over (gpointer user_data)
{
  IpdSession *self = user_data;

  self->linger_source = 0;
  ipd_session_close (self);
  return G_SOURCE_REMOVE;
}

static guint
linger_ms (const IpdSession *self)
{
  if (self->ended_here)
    return LINGER_OWN_MS;
  if (self->visit->contact == IPD_DESK_CONTACT_PENDING)
    return LINGER_CONTACT_MS;
  if (self->command != NULL && !ipd_desk_command_is_final (self->command, self->visit))
    return LINGER_CONTACT_MS;
  return LINGER_MS;
}

/* Each news after the end starts the time to read it anew. */
static void
linger (IpdSession *self)
{
  g_clear_handle_id (&self->linger_source, g_source_remove);
  self->linger_source = g_timeout_add (linger_ms (self), on_linger_over, self);
}

static void
show_state (IpdSession *self)
{
  switch (self->visit->state)
    {
    case IPD_DESK_STATE_RINGING:
    case IPD_DESK_STATE_PREVIEWING:
    case IPD_DESK_STATE_ANSWERING:
      ipd_session_need_popup (self);
      return;
    case IPD_DESK_STATE_CALLING:
    case IPD_DESK_STATE_TALKING:
    case IPD_DESK_STATE_HELD:
      ipd_session_need_call_window (self);
      return;
    case IPD_DESK_STATE_ENDED:
      ipd_visit_media_close (self->media); /* what is still to be read needs no ports */
      linger (self);
      return;
    }
}

static void
warn_of_hold (IpdSession *self)
{
  if (is_aside (self) && ipd_desk_visit_waits (self->visit))
    ipd_notices_add (self->notices, _ ("If you answer, your other call is put on hold."));
  else
    ipd_notices_remove (self->notices, _ ("If you answer, your other call is put on hold."));
}

static void
update (IpdSession *self)
{
  if (!self->shown)
    return;
  warn_of_hold (self);
  if (self->visit->notice != NULL)
    ipd_session_say (self, self->visit->notice);
  show_state (self);
  if (self->popup != NULL)
    ipd_popup_update (self->popup, self->visit, self->command);
  if (self->window != NULL)
    ipd_call_window_update (self->window, self->visit, self->command);
}

void
ipd_session_show (IpdSession *self)
{
  self->shown = TRUE;
  if (self->visit->state == IPD_DESK_STATE_ENDED && self->visit->reason != IPD_DESK_REASON_OPENED)
    {
      ipd_session_close (self); /* over before there was a window: nothing to look at */
      return;
    }
  if (self->visit->state == IPD_DESK_STATE_ENDED)
    ipd_session_need_popup (self); /* the window before this one died: what the door does is still to be said */
  if (!self->visit->encrypted)
    ipd_session_say (self, _ ("This call is not encrypted."));
  self->patience_source = g_timeout_add (PICTURE_PATIENCE_MS, on_patience_over, self);
  update (self);
}

/* Answering here holds a call that talks beside this ring: that is said before it is done. */
static void
take_other (IpdSession *self, const IpdDeskVisit *other)
{
  if (other->state == IPD_DESK_STATE_TALKING)
    g_hash_table_add (self->talks, g_strdup (other->id));
  else
    g_hash_table_remove (self->talks, other->id);
  update_media (self);
  warn_of_hold (self);
}

void
ipd_session_take_visit (IpdSession *self, IpdDeskVisit *visit)
{
  if (!g_str_equal (visit->id, self->visit->id))
    {
      take_other (self, visit);
      ipd_desk_visit_free (visit);
      return;
    }
  ipd_desk_visit_free (self->visit);
  self->visit = visit;
  ipd_session_start_media (self);
  update_media (self);
  update (self);
}

void
ipd_session_take_command (IpdSession *self, IpdDeskCommand *command)
{
  if (g_strcmp0 (command->visit, self->visit->id) != 0)
    {
      ipd_desk_command_free (command);
      return;
    }
  g_clear_pointer (&self->command, ipd_desk_command_free);
  self->command = command;
  update (self);
}

void
ipd_session_lose_agent (IpdSession *self)
{
  if (self->visit->state == IPD_DESK_STATE_ENDED)
    return;
  self->visit->state = IPD_DESK_STATE_ENDED;
  self->visit->reason = IPD_DESK_REASON_FAILED;
  update_media (self);
  update (self);
}
