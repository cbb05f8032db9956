// SPDX-License-Identifier: Apache-2.0
/*
 * The call window. Owned by the session of a visit; main thread.
 */
#include "desktop/call-window.h"

#include <glib/gi18n.h>

#include "desktop/doors.h"
#include "desktop/guard.h"
#include "desktop/picture-tools.h"
#include "desktop/quiet-window.h"
#include "desktop/widgets.h"

/* A 4:3 picture fills what header and controls leave. */
#define DEFAULT_WIDTH     800
#define DEFAULT_HEIGHT    729
#define VIDEO_MIN_WIDTH   320
#define VIDEO_MIN_HEIGHT  200
#define OUTPUT_NAME_CHARS 16
#define STATUS_CHARS      44

struct _IpdCallWindow {
  GtkWindow parent;
  GtkWidget *video;
  GtkWidget *elapsed;
  GtkWidget *status;
  GtkWidget *notice;
  GtkWidget *controls; /* guarded, and insensitive after the end */
  IpdGuard *guard;
  GtkWidget *hold; /* "Resume" while held */
  GtkWidget *tools;
  GtkWidget *full_screen;
  IpdDoors *doors;         /* its buttons are in @controls */
  gint64 talking_since_us; /* monotonic; 0: not talking yet */
  guint second_source;
  gboolean held;
};

enum {
  SIGNAL_HANG_UP,
  SIGNAL_OPEN,
  SIGNAL_HOLD,
  SIGNAL_MUTE,
  SIGNAL_VOLUME,
  SIGNAL_SAVE_PICTURE,
  SIGNAL_DIGIT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpdCallWindow, ipd_call_window, GTK_TYPE_WINDOW)

static void
on_hang_up_clicked (IpdCallWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_HANG_UP], 0);
}

static gboolean
ipd_call_window_close_request (GtkWindow *window)
{
  g_signal_emit (window, signals[SIGNAL_HANG_UP], 0);
  return GDK_EVENT_STOP;
}

static void
on_open (const char *output, gpointer self)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, output);
}

/* What the button says next comes from the agent. */
static void
on_hold_clicked (IpdCallWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_HOLD], 0, !self->held);
}

static void
on_save_picture (IpdCallWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_SAVE_PICTURE], 0);
}

static void
on_digit (IpdPictureTools *tools, const char *digit, IpdCallWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_DIGIT], 0, digit);
}

static void
on_mute_toggled (GtkToggleButton *button, IpdCallWindow *self)
{
  gboolean muted = gtk_toggle_button_get_active (button);

  /* The name stays "Mute": pressed or not is the state of the button, as screen readers tell it. */
  ipd_action_button_set (GTK_WIDGET (button), muted ? "ipdoor-microphone-off-symbolic" : "ipdoor-microphone-symbolic",
                         _ ("Mute"));
  g_signal_emit (self, signals[SIGNAL_MUTE], 0, muted);
}

static void
on_volume_changed (GtkRange *range, IpdCallWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_VOLUME], 0, gtk_range_get_value (range) / 100);
}

static void
toggle_full_screen (IpdCallWindow *self)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    gtk_window_unfullscreen (GTK_WINDOW (self));
  else
    gtk_window_fullscreen (GTK_WINDOW (self));
}

static void
on_fullscreened (IpdCallWindow *self)
{
  gboolean full = gtk_window_is_fullscreen (GTK_WINDOW (self));

  ipd_action_button_set (self->full_screen, full ? "ipdoor-restore-symbolic" : "ipdoor-full-screen-symbolic",
                         full ? _ ("Leave full screen") : _ ("Full screen"));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType modifiers, IpdCallWindow *self)
{
  if (keyval == GDK_KEY_F11)
    toggle_full_screen (self);
  else if (keyval == GDK_KEY_Escape && gtk_window_is_fullscreen (GTK_WINDOW (self)))
    gtk_window_unfullscreen (GTK_WINDOW (self));
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void
show_elapsed (IpdCallWindow *self)
{
  gint64 seconds
      = self->talking_since_us != 0 ? (g_get_monotonic_time () - self->talking_since_us) / G_USEC_PER_SEC : 0;
  g_autofree char *text = ipd_desk_wording_elapsed (seconds);

  gtk_label_set_text (GTK_LABEL (self->elapsed), text);
}

static gboolean
on_second (gpointer self)
{
  show_elapsed (self);
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
build_header (const char *station)
{
  GtkWidget *header = gtk_header_bar_new ();
  GtkWidget *name = gtk_label_new (station);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (name, station);
  gtk_widget_add_css_class (name, "station");
  gtk_header_bar_set_title_widget (GTK_HEADER_BAR (header), name);
  return header;
}

/* On the picture, so that full screen has it too. */
static GtkWidget *
build_state (IpdCallWindow *self)
{
  GtkWidget *state = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->elapsed = gtk_label_new (NULL);
  self->status = ipd_status_line_new (STATUS_CHARS);
  gtk_widget_add_css_class (self->elapsed, "elapsed");
  gtk_box_append (GTK_BOX (state), self->status);
  gtk_box_append (GTK_BOX (state), self->elapsed);
  gtk_widget_add_css_class (state, "state");
  gtk_widget_set_halign (state, GTK_ALIGN_END);
  gtk_widget_set_valign (state, GTK_ALIGN_START);
  return state;
}

static GtkWidget *
build_video (IpdCallWindow *self, IpdVideoPaintable *video)
{
  self->video = ipd_video_view_new (video, VIDEO_MIN_WIDTH, VIDEO_MIN_HEIGHT);
  self->notice = ipd_notice_new ();
  gtk_label_set_max_width_chars (GTK_LABEL (self->notice), STATUS_CHARS);
  gtk_widget_set_halign (self->notice, GTK_ALIGN_START);
  gtk_widget_set_valign (self->notice, GTK_ALIGN_START);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->video), self->notice);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->video), build_state (self));
  self->tools = ipd_picture_tools_new (video);
  g_signal_connect_swapped (self->tools, "save-picture", G_CALLBACK (on_save_picture), self);
  g_signal_connect (self->tools, "digit", G_CALLBACK (on_digit), self);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->video), ipd_picture_tools_get_pad (IPD_PICTURE_TOOLS (self->tools)));
  gtk_widget_set_vexpand (self->video, TRUE);
  gtk_widget_set_hexpand (self->video, TRUE);
  return self->video;
}

static GtkWidget *
build_controls (IpdCallWindow *self, const IpdDeskVisit *visit)
{
  GtkWidget *mute = ipd_action_toggle_new ("ipdoor-microphone-symbolic", _ ("Mute"));
  GtkWidget *hang_up = ipd_action_button_new ("ipdoor-hang-up-symbolic", _ ("Hang up"), "reject");

  self->hold = ipd_action_button_new ("ipdoor-hold-symbolic", _ ("Hold"), NULL);
  self->controls = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  /* What expands inside a button must not widen the row: the GTK of Debian 13 would give it all the bar. */
  gtk_widget_set_hexpand (self->controls, FALSE);
  g_signal_connect (mute, "toggled", G_CALLBACK (on_mute_toggled), self);
  g_signal_connect_swapped (self->hold, "clicked", G_CALLBACK (on_hold_clicked), self);
  g_signal_connect_swapped (hang_up, "clicked", G_CALLBACK (on_hang_up_clicked), self);
  gtk_box_append (GTK_BOX (self->controls), mute);
  gtk_box_append (GTK_BOX (self->controls), self->hold);
  ipd_doors_fill (self->doors, visit, self->controls, 0, OUTPUT_NAME_CHARS);
  gtk_box_append (GTK_BOX (self->controls), hang_up);
  /* The popup's buttons stood elsewhere: nobody has aimed at these yet. */
  self->guard = ipd_guard_new (self->controls);
  return self->controls;
}

static GtkWidget *
build_volume (IpdCallWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *icon = gtk_image_new_from_icon_name ("ipdoor-volume-symbolic");
  GtkWidget *volume = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 100, 5);

  gtk_range_set_value (GTK_RANGE (volume), 100);
  gtk_widget_set_valign (volume, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (volume), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Volume"), -1);
  gtk_widget_set_tooltip_text (volume, _ ("Volume"));
  g_signal_connect (volume, "value-changed", G_CALLBACK (on_volume_changed), self);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), volume);
  return box;
}

static GtkWidget *
build_full_screen (IpdCallWindow *self)
{
  self->full_screen = ipd_action_icon_new ("ipdoor-full-screen-symbolic", _ ("Full screen"));
  g_signal_connect_swapped (self->full_screen, "clicked", G_CALLBACK (toggle_full_screen), self);
  return self->full_screen;
}

static void
build (IpdCallWindow *self, IpdVideoPaintable *video, const IpdDeskVisit *visit)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = gtk_center_box_new ();
  GtkWidget *end = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_append (GTK_BOX (page), build_video (self, video));
  gtk_center_box_set_start_widget (GTK_CENTER_BOX (bar), build_volume (self));
  gtk_center_box_set_center_widget (GTK_CENTER_BOX (bar), build_controls (self, visit));
  gtk_box_append (GTK_BOX (end), self->tools);
  gtk_box_append (GTK_BOX (end), build_full_screen (self));
  gtk_center_box_set_end_widget (GTK_CENTER_BOX (bar), end);
  gtk_widget_add_css_class (bar, "bar");
  gtk_box_append (GTK_BOX (page), bar);
  gtk_window_set_child (GTK_WINDOW (self), page);
  gtk_window_set_titlebar (GTK_WINDOW (self), build_header (ipd_desk_wording_station (visit)));
}

static void
ipd_call_window_dispose (GObject *object)
{
  IpdCallWindow *self = IPD_CALL_WINDOW (object);

  g_clear_pointer (&self->guard, ipd_guard_free);
  g_clear_handle_id (&self->second_source, g_source_remove);
  G_OBJECT_CLASS (ipd_call_window_parent_class)->dispose (object);
}

static void
ipd_call_window_finalize (GObject *object)
{
  ipd_doors_free (IPD_CALL_WINDOW (object)->doors);
  G_OBJECT_CLASS (ipd_call_window_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params, GType param)
{
  return g_signal_new (name, IPD_TYPE_CALL_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_params,
                       param);
}

static void
ipd_call_window_class_init (IpdCallWindowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ipd_call_window_dispose;
  G_OBJECT_CLASS (class)->finalize = ipd_call_window_finalize;
  GTK_WINDOW_CLASS (class)->close_request = ipd_call_window_close_request;
  signals[SIGNAL_HANG_UP] = add_signal ("hang-up", 0, G_TYPE_NONE);
  signals[SIGNAL_OPEN] = add_signal ("open", 1, G_TYPE_STRING);
  signals[SIGNAL_HOLD] = add_signal ("hold", 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_SAVE_PICTURE] = add_signal ("save-picture", 0, G_TYPE_NONE);
  signals[SIGNAL_DIGIT] = add_signal ("digit", 1, G_TYPE_STRING);
  signals[SIGNAL_MUTE] = add_signal ("mute", 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_VOLUME] = add_signal ("volume", 1, G_TYPE_DOUBLE);
}

static void
ipd_call_window_init (IpdCallWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->doors = ipd_doors_new (on_open, self);
  gtk_window_set_default_size (GTK_WINDOW (self), DEFAULT_WIDTH, DEFAULT_HEIGHT);
  gtk_window_set_icon_name (GTK_WINDOW (self), "io.ipdoor.Desktop");
  gtk_widget_add_css_class (GTK_WIDGET (self), "ipd");
  gtk_widget_add_css_class (GTK_WIDGET (self), "call");
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (self, "notify::fullscreened", G_CALLBACK (on_fullscreened), NULL);
}

GtkWindow *
ipd_call_window_new (IpdVideoPaintable *video, const IpdDeskVisit *visit)
{
  IpdCallWindow *self = g_object_new (IPD_TYPE_CALL_WINDOW, NULL);
  g_autofree char *title = g_strdup_printf ("ipdoor – %s", ipd_desk_wording_station (visit));

  gtk_window_set_title (GTK_WINDOW (self), title);
  build (self, video, visit);
  show_elapsed (self);
  return GTK_WINDOW (self);
}

void
ipd_call_window_show (IpdCallWindow *self, gboolean asked_here)
{
  if (asked_here)
    gtk_window_present (GTK_WINDOW (self));
  else
    ipd_quiet_window_show (GTK_WINDOW (self), FALSE);
  ipd_guard_start (self->guard);
}

static void
start_clock (IpdCallWindow *self)
{
  if (self->talking_since_us != 0)
    return;
  self->talking_since_us = g_get_monotonic_time ();
  self->second_source = g_timeout_add_seconds (1, on_second, self);
}

static void
show_held (IpdCallWindow *self, const IpdDeskVisit *visit)
{
  self->held = visit->state == IPD_DESK_STATE_HELD;
  ipd_action_button_set (self->hold, self->held ? "ipdoor-resume-symbolic" : "ipdoor-hold-symbolic",
                         self->held ? _ ("Resume") : _ ("Hold"));
  gtk_widget_set_sensitive (self->hold, self->held || visit->state == IPD_DESK_STATE_TALKING);
}

void
ipd_call_window_update (IpdCallWindow *self, const IpdDeskVisit *visit, const IpdDeskCommand *command)
{
  gboolean opening = command != NULL && !ipd_desk_command_is_final (command, visit);
  gboolean over = visit->state == IPD_DESK_STATE_ENDED;
  g_auto (IpdDeskLine) line = { 0 };

  if (visit->state == IPD_DESK_STATE_TALKING)
    start_clock (self);
  ipd_desk_wording (visit, command, &line);
  ipd_status_line_set (self->status, &line);
  show_held (self, visit);
  ipd_doors_set_opening (self->doors, opening);
  ipd_picture_tools_set_digits (IPD_PICTURE_TOOLS (self->tools), visit->digits && !over);
  if (over)
    {
      g_clear_handle_id (&self->second_source, g_source_remove);
      ipd_guard_shut (self->guard);
    }
}

void
ipd_call_window_set_notice (IpdCallWindow *self, const char *text)
{
  ipd_notice_set (self->notice, text);
}

void
ipd_call_window_set_placeholder (IpdCallWindow *self, const char *text)
{
  ipd_video_view_set_placeholder (self->video, text);
}
