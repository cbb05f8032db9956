// SPDX-License-Identifier: Apache-2.0
/*
 * However long or strange a station's name is, whatever the language and the number of doors: every button of the popup
 * is wholly inside the window, its words are not cut, the window fits a small screen, and words that come later move
 * no button.
 */
#include <libintl.h>
#include <locale.h>

#include "desktop/call-window.h"
#include "desktop/popup.h"
#include "desktop/theme.h"

/* With letters of the ordinary size; larger ones may take more. */
#define SMALL_SCREEN_HEIGHT 600
#define POPUP_MAX_WIDTH     480

static int
grown (int length)
{
  const char *percent = g_getenv ("UI_TEXT_PERCENT");

  return percent != NULL ? (int) (length * g_ascii_strtoll (percent, NULL, 10) / 100) : length;
}

static const char *const names[] = {
  "Main entrance",
  "A",
  "Ingresso principale di via Giuseppe Garibaldi 128, scala B, lato cortile interno, accanto al portone della rimessa "
  "biciclette, di fronte al locale contatori, dopo la seconda vetrata a destra del corridoio",
  "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsverwaltungsgebäudeeingangsbereich"
  "türsprechanlagenaußenstationsmontageplattenbefestigungsschraubenlager",
  "مدخل المبنى الرئيسي شارع الملك فيصل رقم ١٢٨ الطابق الأرضي بجانب المصعد والموقف الخلفي للسيارات",
  "הכניסה הראשית לבניין ברחוב הרצל 128 קומת קרקע ליד המעלית",
  "东门 🚪🚪🚪 <b>&amp; \"quoted\"",
};

static const char *const doors[] = {
  "@a(sssb) []",
  "[('door', 'Front door', 'lock', true)]",
  "[('door', 'Portone carraio con apertura automatizzata lato strada', 'lock', true)]",
  ("[('a', 'Front door', 'lock', true), ('b', 'Garden gate', 'gate', false), ('c', 'Stairs light', 'light', false), "
   "('d', 'Car park with a barrier', 'gate', true), ('e', 'Cellar', 'lock', false)]"),
};

static IpdDeskVisit *
visit_of (const char *name, const char *outputs, const char *state)
{
  g_autoptr (GVariant) list = g_variant_ref_sink (g_variant_new_parsed (outputs));
  GVariantDict dict;
  g_autoptr (GVariant) said = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", "v1");
  g_variant_dict_insert (&dict, "device-name", "s", name);
  g_variant_dict_insert (&dict, "state", "s", state);
  g_variant_dict_insert_value (&dict, "outputs", list);
  said = g_variant_ref_sink (g_variant_dict_end (&dict));
  return ipd_desk_visit_parse (said);
}

static IpdVideoPaintable *
picture (void)
{
  static const guint8 black[4 * 4 * 4];
  IpdVideoPaintable *video = ipd_video_paintable_new ();
  g_autoptr (GBytes) pixels = g_bytes_new_static (black, sizeof black);

  ipd_video_paintable_show (video, &(IpdVideoFrame){ .pixels = pixels, .width = 4, .height = 4, .stride = 16 });
  return video;
}

typedef struct {
  GtkWidget *window;
  guint n_buttons;
  double bottom; /* of the lowest button */
} Seen;

/* An output's name below "Open" may end in "…"; what a button does may not. */
static gboolean
may_be_cut (GtkWidget *label)
{
  return gtk_widget_has_css_class (label, "caption");
}

static void
check_words (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_LABEL (child) && gtk_widget_get_mapped (child) && !may_be_cut (child))
        g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (child))));
      check_words (child);
    }
}

static void
check_button (GtkWidget *button, Seen *seen)
{
  graphene_rect_t box;

  g_assert_true (gtk_widget_compute_bounds (button, seen->window, &box));
  g_assert_cmpfloat (box.origin.x, >=, 0);
  g_assert_cmpfloat (box.origin.y, >=, 0);
  g_assert_cmpfloat (box.origin.x + box.size.width, <=, gtk_widget_get_width (seen->window));
  g_assert_cmpfloat (box.origin.y + box.size.height, <=, gtk_widget_get_height (seen->window));
  g_assert_cmpfloat (box.size.height, >=, 44); /* a finger's width */
  check_words (button);
  seen->n_buttons++;
  seen->bottom = MAX (seen->bottom, (double) (box.origin.y + box.size.height));
}

static void
visit_buttons (GtkWidget *widget, Seen *seen)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_BUTTON (child) && gtk_widget_get_mapped (child) && gtk_widget_has_css_class (child, "action"))
        check_button (child, seen);
      visit_buttons (child, seen);
    }
}

static gboolean
is_laid_out (GtkWidget *window)
{
  return gtk_widget_get_mapped (window) && gtk_widget_get_width (window) > 0;
}

static Seen
look (GtkWindow *window)
{
  Seen seen = { .window = GTK_WIDGET (window) };

  while (!is_laid_out (seen.window))
    g_main_context_iteration (NULL, TRUE);
  visit_buttons (seen.window, &seen);
  return seen;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static guint
buttons_expected (const char *outputs)
{
  /* Answer, Reject and Save picture, and at most three ways to open. */
  return outputs == doors[0] ? 3 : outputs == doors[3] ? 6 : 4;
}

static void
check_popup (const char *name, const char *outputs)
{
  g_autoptr (IpdVideoPaintable) video = picture ();
  g_autoptr (IpdDeskVisit) visit = visit_of (name, outputs, "previewing");
  IpdDeskCommand command = { .output = (char *) "door", .state = IPD_DESK_COMMAND_NO_ANSWER };
  GtkWindow *popup = ipd_popup_new (video, visit);
  Seen before, after;

  g_test_message ("%s / %s", name, outputs);
  ipd_popup_update (IPD_POPUP (popup), visit, NULL);
  ipd_popup_show (IPD_POPUP (popup), 0);
  before = look (popup);
  g_assert_cmpuint (before.n_buttons, ==, buttons_expected (outputs));
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (popup)), <=, grown (SMALL_SCREEN_HEIGHT));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (popup)), <=, grown (POPUP_MAX_WIDTH));

  ipd_popup_set_notice (IPD_POPUP (popup),
                        "Words that come late, long enough to need more than one line of the picture.");
  ipd_popup_update (IPD_POPUP (popup), visit, &command);
  settle ();
  after = look (popup);
  g_assert_cmpfloat (after.bottom, ==, before.bottom);
  gtk_window_destroy (popup);
}

static void
test_popup (void)
{
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    for (gsize d = 0; d < G_N_ELEMENTS (doors); d++)
      check_popup (names[n], doors[d]);
}

static void
test_call_window (void)
{
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autoptr (IpdVideoPaintable) video = picture ();
      g_autoptr (IpdDeskVisit) visit = visit_of (names[n], doors[1], "talking");
      GtkWindow *window = ipd_call_window_new (video, visit);

      visit->digits = TRUE;
      ipd_call_window_update (IPD_CALL_WINDOW (window), visit, NULL);
      ipd_call_window_show (IPD_CALL_WINDOW (window), FALSE);
      /* mute, hold, open, hang up; full screen, keypad, save picture */
      g_assert_cmpuint (look (window).n_buttons, ==, 7);
      gtk_window_destroy (window);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("IPDOOR_LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  ipd_theme_init ();
  g_test_add_func ("/ui/layout/popup", test_popup);
  g_test_add_func ("/ui/layout/call-window", test_call_window);
  return g_test_run ();
}
