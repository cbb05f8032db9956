// SPDX-License-Identifier: Apache-2.0
/*
 * The popup. Owned by the session of a visit; main thread.
 */
#include "desktop/popup.h"

#include <glib/gi18n.h>

#include "desktop/doors.h"
#include "desktop/guard.h"
#include "desktop/picture-tools.h"
#include "desktop/quiet-window.h"
#include "desktop/widgets.h"

#define VIDEO_MIN_WIDTH 356
/* More doors than these would not fit; the call window has all of them. */
#define MAX_OPEN_BUTTONS  3
#define OUTPUT_NAME_CHARS 6
/* No visit rings longer. */
#define AGE_MAX_US (10 * G_TIME_SPAN_MINUTE)

struct _IpdPopup {
  GtkWindow parent;
  GtkWidget *video;
  GtkWidget *elapsed;
  GtkWidget *status;
  GtkWidget *notice;
  GtkWidget *pages;   /* "actions" while there is something to decide, "over" afterwards */
  GtkWidget *actions; /* guarded */
  IpdGuard *guard;
  GtkWidget *tools;
  GtkWidget *answer;
  GtkWidget *reject;
  IpdDoors *doors; /* its buttons are in @actions */
  gint64 rang_us;  /* monotonic: the clock on the wall may be set meanwhile */
  guint second_source;
  gboolean touched; /* the person clicked in here, so keys are meant for us */
};

enum { SIGNAL_ANSWER, SIGNAL_REJECT, SIGNAL_OPEN, SIGNAL_SAVE_PICTURE, SIGNAL_DIGIT, SIGNAL_DISMISS, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpdPopup, ipd_popup, GTK_TYPE_WINDOW)

static void
on_answer_clicked (IpdPopup *self)
{
  g_signal_emit (self, signals[SIGNAL_ANSWER], 0);
}

static void
on_reject_clicked (IpdPopup *self)
{
  g_signal_emit (self, signals[SIGNAL_REJECT], 0);
}

static void
on_open (const char *output, gpointer self)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, output);
}

static void
on_save_picture (IpdPopup *self)
{
  g_signal_emit (self, signals[SIGNAL_SAVE_PICTURE], 0);
}

static void
on_digit (IpdPictureTools *tools, const char *digit, IpdPopup *self)
{
  g_signal_emit (self, signals[SIGNAL_DIGIT], 0, digit);
}

static void
on_dismiss_clicked (IpdPopup *self)
{
  g_signal_emit (self, signals[SIGNAL_DISMISS], 0);
}

/* Closing it by the window manager says the same as the button. */
static gboolean
ipd_popup_close_request (GtkWindow *window)
{
  g_signal_emit (window, signals[SIGNAL_REJECT], 0);
  return GDK_EVENT_STOP;
}

static void
show_elapsed (IpdPopup *self)
{
  g_autofree char *text = ipd_desk_wording_elapsed ((g_get_monotonic_time () - self->rang_us) / G_USEC_PER_SEC);
  /* Translators: %s is a time as 0:07 */
  g_autofree char *spoken = g_strdup_printf (_ ("Rang %s ago"), text);

  gtk_label_set_text (GTK_LABEL (self->elapsed), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->elapsed), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static gboolean
on_second (gpointer self)
{
  show_elapsed (self);
  return G_SOURCE_CONTINUE;
}

/* A window manager may hand us the focus when another window closes. Keys count only after a click in here. */
static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType modifiers, gpointer self)
{
  return IPD_POPUP (self)->touched ? GDK_EVENT_PROPAGATE : GDK_EVENT_STOP;
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, IpdPopup *self)
{
  self->touched = TRUE;
}

static void
watch_input (IpdPopup *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *clicks = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (clicks), GTK_PHASE_CAPTURE);
  g_signal_connect (clicks, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (clicks));
}

static GtkWidget *
build_video (IpdPopup *self, IpdVideoPaintable *video)
{
  int width;

  /* Words of some languages need wider buttons; the picture then grows with them and keeps its 4:3. */
  gtk_widget_measure (self->pages, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  width = MAX (width, VIDEO_MIN_WIDTH);
  self->video = ipd_video_view_new (video, width, width * 3 / 4);
  /* On the picture, where words that come later move no button away from under the pointer. */
  self->notice = ipd_notice_new ();
  gtk_widget_set_valign (self->notice, GTK_ALIGN_START);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->video), self->notice);
  self->tools = ipd_picture_tools_new (video);
  g_signal_connect_swapped (self->tools, "save-picture", G_CALLBACK (on_save_picture), self);
  g_signal_connect (self->tools, "digit", G_CALLBACK (on_digit), self);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->video), ipd_picture_tools_get_pad (IPD_PICTURE_TOOLS (self->tools)));
  return self->video;
}

/* Two lines at most, then an ellipsis: however long the name is, the buttons stay where they are. */
static GtkWidget *
build_name (const char *name)
{
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 2);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 1);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_tooltip_text (label, name);
  gtk_widget_add_css_class (label, "station");
  return label;
}

static GtkWidget *
build_state (IpdPopup *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  self->status = ipd_status_line_new (1);
  self->elapsed = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->elapsed, "elapsed");
  gtk_widget_set_valign (self->elapsed, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (self->status, TRUE);
  gtk_box_append (GTK_BOX (row), self->status);
  gtk_box_append (GTK_BOX (row), self->elapsed);
  return row;
}

static GtkWidget *
new_row (void)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  return row;
}

static GtkWidget *
build_actions (IpdPopup *self, const IpdDeskVisit *visit)
{
  GtkWidget *row = new_row ();

  self->actions = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  self->answer = ipd_action_button_new ("ipdoor-answer-symbolic", _ ("Answer"), "answer");
  self->reject = ipd_action_button_new ("ipdoor-hang-up-symbolic", _ ("Reject"), "reject");
  g_signal_connect_swapped (self->answer, "clicked", G_CALLBACK (on_answer_clicked), self);
  g_signal_connect_swapped (self->reject, "clicked", G_CALLBACK (on_reject_clicked), self);
  gtk_box_append (GTK_BOX (row), self->answer);
  gtk_box_append (GTK_BOX (row), self->reject);
  gtk_box_append (GTK_BOX (self->actions), row);
  if (ipd_doors_count (visit, MAX_OPEN_BUTTONS) > 1)
    {
      row = new_row ();
      gtk_box_append (GTK_BOX (self->actions), row);
    }
  ipd_doors_fill (self->doors, visit, row, MAX_OPEN_BUTTONS, OUTPUT_NAME_CHARS);
  self->guard = ipd_guard_new (self->actions);
  return ipd_guard_shield (self->guard);
}

static GtkWidget *
build_pages (IpdPopup *self, const IpdDeskVisit *visit)
{
  GtkWidget *pages = gtk_stack_new ();
  GtkWidget *over = ipd_action_button_new ("ipdoor-close-symbolic", _ ("Close"), NULL);

  gtk_widget_set_valign (over, GTK_ALIGN_START);
  g_signal_connect_swapped (over, "clicked", G_CALLBACK (on_dismiss_clicked), self);
  gtk_stack_add_named (GTK_STACK (pages), build_actions (self, visit), "actions");
  gtk_stack_add_named (GTK_STACK (pages), over, "over");
  return pages;
}

static void
build (IpdPopup *self, IpdVideoPaintable *video, const IpdDeskVisit *visit)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->pages = build_pages (self, visit);
  gtk_box_append (GTK_BOX (words), build_name (ipd_desk_wording_station (visit)));
  gtk_box_append (GTK_BOX (words), build_state (self));
  gtk_box_append (GTK_BOX (card), build_video (self, video));
  gtk_box_append (GTK_BOX (row), words);
  gtk_box_append (GTK_BOX (row), self->tools);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (self->tools, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (card), row);
  gtk_box_append (GTK_BOX (card), self->pages);
  gtk_widget_add_css_class (card, "card");
  gtk_window_set_child (GTK_WINDOW (self), card);
}

static void
ipd_popup_dispose (GObject *object)
{
  IpdPopup *self = IPD_POPUP (object);

  g_clear_pointer (&self->guard, ipd_guard_free);
  g_clear_handle_id (&self->second_source, g_source_remove);
  G_OBJECT_CLASS (ipd_popup_parent_class)->dispose (object);
}

static void
ipd_popup_finalize (GObject *object)
{
  ipd_doors_free (IPD_POPUP (object)->doors);
  G_OBJECT_CLASS (ipd_popup_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params, GType param)
{
  return g_signal_new (name, IPD_TYPE_POPUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_params, param);
}

static void
ipd_popup_class_init (IpdPopupClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ipd_popup_dispose;
  G_OBJECT_CLASS (class)->finalize = ipd_popup_finalize;
  GTK_WINDOW_CLASS (class)->close_request = ipd_popup_close_request;
  signals[SIGNAL_ANSWER] = add_signal ("answer", 0, G_TYPE_NONE);
  signals[SIGNAL_REJECT] = add_signal ("reject", 0, G_TYPE_NONE);
  signals[SIGNAL_OPEN] = add_signal ("open", 1, G_TYPE_STRING);
  signals[SIGNAL_SAVE_PICTURE] = add_signal ("save-picture", 0, G_TYPE_NONE);
  signals[SIGNAL_DIGIT] = add_signal ("digit", 1, G_TYPE_STRING);
  signals[SIGNAL_DISMISS] = add_signal ("dismiss", 0, G_TYPE_NONE);
}

static void
ipd_popup_init (IpdPopup *self)
{
  self->doors = ipd_doors_new (on_open, self);
  gtk_window_set_decorated (GTK_WINDOW (self), FALSE);
  gtk_window_set_resizable (GTK_WINDOW (self), FALSE);
  gtk_window_set_icon_name (GTK_WINDOW (self), "io.ipdoor.Desktop");
  gtk_widget_add_css_class (GTK_WIDGET (self), "ipd");
  gtk_widget_add_css_class (GTK_WIDGET (self), "ipd-popup");
  if (ipd_quiet_window_is_composited ())
    gtk_widget_add_css_class (GTK_WIDGET (self), "floating");
  watch_input (self);
}

/* It began a moment ago, or as long as a visit lasts; anything else is a clock that was set in between. */
static gint64
age_of (const IpdDeskVisit *visit)
{
  gint64 age_us = visit->started_us != 0 ? g_get_real_time () - visit->started_us : 0;

  return age_us >= 0 && age_us <= AGE_MAX_US ? age_us : 0;
}

GtkWindow *
ipd_popup_new (IpdVideoPaintable *video, const IpdDeskVisit *visit)
{
  IpdPopup *self = g_object_new (IPD_TYPE_POPUP, NULL);
  g_autofree char *title = g_strdup_printf ("ipdoor – %s", ipd_desk_wording_station (visit));

  gtk_window_set_title (GTK_WINDOW (self), title);
  self->rang_us = g_get_monotonic_time () - age_of (visit);
  build (self, video, visit);
  show_elapsed (self);
  return GTK_WINDOW (self);
}

void
ipd_popup_show (IpdPopup *self, unsigned slot)
{
  ipd_quiet_window_show (GTK_WINDOW (self), TRUE);
  ipd_quiet_window_place (GTK_WINDOW (self), slot);
  ipd_guard_start (self->guard);
  self->second_source = g_timeout_add_seconds (1, on_second, self);
}

void
ipd_popup_update (IpdPopup *self, const IpdDeskVisit *visit, const IpdDeskCommand *command)
{
  gboolean over = visit->state == IPD_DESK_STATE_ENDED;
  gboolean opening = command != NULL && !ipd_desk_command_is_final (command, visit);
  g_auto (IpdDeskLine) line = { 0 };

  ipd_desk_wording (visit, command, &line);
  ipd_status_line_set (self->status, &line);
  gtk_widget_set_sensitive (self->answer, visit->state != IPD_DESK_STATE_ANSWERING);
  ipd_doors_set_opening (self->doors, opening);
  ipd_picture_tools_set_digits (IPD_PICTURE_TOOLS (self->tools), visit->digits && !over);
  gtk_stack_set_visible_child_name (GTK_STACK (self->pages), over ? "over" : "actions");
  if (over)
    g_clear_handle_id (&self->second_source, g_source_remove);
}

void
ipd_popup_set_notice (IpdPopup *self, const char *text)
{
  ipd_notice_set (self->notice, text);
}

void
ipd_popup_set_placeholder (IpdPopup *self, const char *text)
{
  ipd_video_view_set_placeholder (self->video, text);
}
