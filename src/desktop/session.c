// SPDX-License-Identifier: Apache-2.0
/*
 * The controller of one visit. Owned by main(); main thread. Owns the media, the picture, and whichever of the two
 * windows is up.
 */
#include "desktop/session.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "desktop/call-window.h"
#include "desktop/notification.h"
#include "desktop/popup-slot.h"
#include "desktop/popup.h"
#include "desktop/trace.h"
#include "media/client.h"

/* How long the last words stay: others' doings must be read, one's own are known. */
#define LINGER_MS     4000
#define LINGER_OWN_MS 1000
/* A contact that is still to come is waited for, but not for ever. */
#define LINGER_CONTACT_MS 15000
/* After this the words in place of the picture say that there may be none. */
#define PICTURE_PATIENCE_MS 5000

struct _IpdSession {
  IpdAgentLink *link;
  IpdDeskVisit *visit;
  IpdDeskCommand *command; /* (nullable): the newest of this visit */
  IpdMediaClient *media;   /* (nullable): could not be started */
  IpdVideoPaintable *video;
  IpdPopup *popup; /* at most one of the two */
  IpdCallWindow *window;
  IpdNotification *notification; /* (nullable): where windows cannot be put in front */
  char *slot_dir;
  int slot_fd;
  GPtrArray *notices; /* of char *: sentences, each once */
  char *placeholder;  /* (nullable) */
  gboolean shown;     /* the toolkit is up */
  gboolean pressed_answer;
  gboolean ended_here; /* the person pressed Reject or Hang up */
  guint linger_source;
  guint patience_source;
  void (*on_closed) (gpointer data);
  gpointer data;
};

IpdSession *
ipd_session_new (IpdAgentLink *link, IpdDeskVisit *visit, const char *slot_dir, void (*on_closed) (gpointer data),
                 gpointer data)
{
  IpdSession *self = g_new0 (IpdSession, 1);

  self->link = link;
  self->visit = visit;
  self->video = ipd_video_paintable_new ();
  self->notices = g_ptr_array_new_with_free_func (g_free);
  self->slot_dir = g_strdup (slot_dir);
  self->slot_fd = -1;
  self->on_closed = on_closed;
  self->data = data;
  return self;
}

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

static void
drop_windows (IpdSession *self)
{
  drop_popup (self);
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  self->window = NULL;
}

void
ipd_session_free (IpdSession *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->linger_source, g_source_remove);
  g_clear_handle_id (&self->patience_source, g_source_remove);
  drop_windows (self);
  g_clear_pointer (&self->media, ipd_media_client_free);
  g_clear_object (&self->video);
  g_clear_pointer (&self->command, ipd_desk_command_free);
  g_clear_pointer (&self->visit, ipd_desk_visit_free);
  g_free (self->slot_dir);
  g_ptr_array_unref (self->notices);
  g_free (self->placeholder);
  g_free (self);
}

static void
close_session (IpdSession *self)
{
  ipd_trace ("closed");
  drop_windows (self);
  self->on_closed (self->data);
}

/* --- the picture and the sound --- */

/* Returns: (transfer full) (nullable): one sentence a line */
static char *
join_notices (IpdSession *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->notices->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", (char *) g_ptr_array_index (self->notices, i));
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
show_words (IpdSession *self)
{
  g_autofree char *notice = join_notices (self);

  if (self->popup != NULL)
    ipd_popup_set_notice (self->popup, notice);
  if (self->popup != NULL && self->placeholder != NULL)
    ipd_popup_set_placeholder (self->popup, self->placeholder);
  if (self->window != NULL)
    ipd_call_window_set_notice (self->window, notice);
  if (self->window != NULL && self->placeholder != NULL)
    ipd_call_window_set_placeholder (self->window, self->placeholder);
}

void
ipd_session_say (IpdSession *self, const char *text)
{
  if (g_ptr_array_find_with_equal_func (self->notices, text, g_str_equal, NULL))
    return;
  g_ptr_array_add (self->notices, g_strdup (text));
  show_words (self);
}

static void
say_no_picture (IpdSession *self, const char *text)
{
  g_free (self->placeholder);
  self->placeholder = g_strdup (text);
  show_words (self);
}

static gboolean
on_patience_over (gpointer user_data)
{
  IpdSession *self = user_data;

  self->patience_source = 0;
  if (!ipd_video_paintable_has_picture (self->video))
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
trace_first_picture (IpdSession *self)
{
  GtkWidget *shown = self->popup != NULL ? GTK_WIDGET (self->popup) : GTK_WIDGET (self->window);

  ipd_trace ("first-frame");
  if (shown != NULL && gtk_widget_get_realized (shown))
    g_signal_connect (gtk_widget_get_frame_clock (shown), "after-paint", G_CALLBACK (on_painted), self);
}

static void
on_frame (IpdMediaClient *media, const IpdVideoFrame *frame, gpointer user_data)
{
  IpdSession *self = user_data;
  gboolean first = !ipd_video_paintable_has_picture (self->video);

  ipd_video_paintable_show (self->video, frame);
  if (first)
    trace_first_picture (self);
}

static void
on_media_event (IpdMediaClient *media, IpdMediaEvent event, const char *detail, gpointer user_data)
{
  IpdSession *self = user_data;

  ipd_agent_link_report_media (self->link, self->visit->id, ipd_media_event_name (event), detail);
  switch (event)
    {
    case IPD_MEDIA_FIRST_FRAME:
    case IPD_MEDIA_FIRST_AUDIO:
    case IPD_MEDIA_DIGITS_SENT:
    case IPD_MEDIA_PREVIEW_FAILED:
    case IPD_MEDIA_SILENT: /* the agent ends the talk and says why */
      return;
    case IPD_MEDIA_NO_SOUND_DEVICE:
      ipd_session_say (self, _ ("No sound device was found: you will not hear the visitor."));
      return;
    case IPD_MEDIA_NO_MICROPHONE:
      ipd_session_say (self, _ ("No microphone was found: the visitor will not hear you."));
      return;
    case IPD_MEDIA_FAILED:
      say_no_picture (self, _ ("The picture cannot be shown."));
      return;
    }
}

static gboolean
waits_for_decision (const IpdDeskVisit *visit)
{
  return !visit->outgoing && (visit->state == IPD_DESK_STATE_RINGING || visit->state == IPD_DESK_STATE_PREVIEWING);
}

static void
update_media (IpdSession *self)
{
  if (self->media == NULL)
    return;
  ipd_media_client_play_ring (self->media, waits_for_decision (self->visit));
  ipd_media_client_set_talking (self->media, self->visit->state == IPD_DESK_STATE_TALKING);
}

void
ipd_session_start_media (IpdSession *self)
{
  const IpdMediaClientHandlers handlers = { on_frame, on_media_event };
  g_autoptr (GError) error = NULL;
  IpdMediaParams params = { 0 };

  /* A call of ours has no media before the station answered; it is asked for again when something changes. */
  if (self->media != NULL || self->visit->state == IPD_DESK_STATE_ENDED || self->visit->state == IPD_DESK_STATE_CALLING)
    return;
  if (ipd_agent_link_open_media (self->link, self->visit->id, &params, &error))
    {
      ipd_trace ("media-opened");
      self->media = ipd_media_client_new (&params, &handlers, self, &error);
      ipd_agent_link_close_media (&params);
    }
  if (self->media == NULL)
    {
      g_warning ("visit %s: no media: %s", self->visit->id, error->message);
      say_no_picture (self, _ ("The picture cannot be shown."));
      return;
    }
  update_media (self);
  ipd_media_client_start (self->media);
  ipd_trace ("media-started");
}

/* --- presses --- */

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
      close_session (self);
      return;
    }
  self->ended_here = TRUE;
  if (waits_for_decision (self->visit))
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
  if (self->media != NULL)
    ipd_media_client_set_muted (self->media, muted);
}

static void
on_volume (IpdCallWindow *window, double volume, IpdSession *self)
{
  if (self->media != NULL)
    ipd_media_client_set_volume (self->media, volume);
}

/* --- windows --- */

static void
need_popup (IpdSession *self)
{
  unsigned slot;

  if (self->popup != NULL || self->window != NULL)
    return;
  self->popup = IPD_POPUP (ipd_popup_new (self->video, self->visit));
  g_signal_connect_swapped (self->popup, "answer", G_CALLBACK (on_answer), self);
  g_signal_connect_swapped (self->popup, "reject", G_CALLBACK (on_reject), self);
  g_signal_connect_swapped (self->popup, "dismiss", G_CALLBACK (close_session), self);
  g_signal_connect (self->popup, "open", G_CALLBACK (on_open), self);
  ipd_popup_update (self->popup, self->visit, self->command);
  show_words (self);
  self->slot_fd = ipd_popup_slot_take (self->slot_dir, &slot);
  ipd_popup_show (self->popup, slot);
  self->notification = ipd_notification_send (self->visit);
  ipd_trace ("mapped");
}

/* The same picture in another window: the media never notices. */
static void
need_call_window (IpdSession *self)
{
  if (self->window != NULL)
    return;
  self->window = IPD_CALL_WINDOW (ipd_call_window_new (self->video, self->visit));
  g_signal_connect_swapped (self->window, "hang-up", G_CALLBACK (on_reject), self);
  g_signal_connect (self->window, "open", G_CALLBACK (on_open), self);
  g_signal_connect (self->window, "mute", G_CALLBACK (on_mute), self);
  g_signal_connect (self->window, "volume", G_CALLBACK (on_volume), self);
  ipd_call_window_update (self->window, self->visit, self->command);
  show_words (self);
  drop_popup (self); /* first, or window managers place the window beside it */
  ipd_call_window_show (self->window, self->pressed_answer || self->visit->outgoing);
  ipd_trace ("mapped");
}

static gboolean
on_linger_over (gpointer user_data)
{
  IpdSession *self = user_data;

  self->linger_source = 0;
  close_session (self);
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
      need_popup (self);
      return;
    case IPD_DESK_STATE_CALLING:
    case IPD_DESK_STATE_TALKING:
      need_call_window (self);
      return;
    case IPD_DESK_STATE_ENDED:
      linger (self);
      return;
    }
}

static void
update (IpdSession *self)
{
  if (!self->shown)
    return;
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
  if (self->visit->state == IPD_DESK_STATE_ENDED)
    {
      close_session (self); /* over before there was a window: nothing to look at */
      return;
    }
  if (!self->visit->encrypted)
    ipd_session_say (self, _ ("This call is not encrypted."));
  self->patience_source = g_timeout_add (PICTURE_PATIENCE_MS, on_patience_over, self);
  update (self);
}

void
ipd_session_take_visit (IpdSession *self, IpdDeskVisit *visit)
{
  if (!g_str_equal (visit->id, self->visit->id))
    {
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
