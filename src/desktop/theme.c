// SPDX-License-Identifier: Apache-2.0
/*
 * Light and dark. Owns the style providers of the display and the watch on the portal; called by main().
 *
 * GTK 4 does not ask the portal for the colour scheme by itself (only libadwaita does), so this does, without waiting:
 * a window is never late because a portal is slow.
 */
#include "desktop/theme.h"

#include <gtk/gtk.h>

#define RESOURCES         "/io/ipdoor/desktop"
#define PORTAL            "org.freedesktop.portal.Desktop"
#define PORTAL_PATH       "/org/freedesktop/portal/desktop"
#define PORTAL_SETTINGS   "org.freedesktop.portal.Settings"
#define APPEARANCE        "org.freedesktop.appearance"
#define COLOR_SCHEME      "color-scheme"
#define PREFER_DARK       1
#define PORTAL_TIMEOUT_MS 2000

static void
load_colors (GtkSettings *settings, GParamSpec *pspec, gpointer provider)
{
  g_autofree char *theme = NULL;
  gboolean dark = FALSE;

  g_object_get (settings, "gtk-application-prefer-dark-theme", &dark, "gtk-theme-name", &theme, NULL);
  dark = dark || (theme != NULL && g_str_has_suffix (theme, "-dark"));
  gtk_css_provider_load_from_resource (provider, dark ? RESOURCES "/dark.css" : RESOURCES "/light.css");
}

static void
take_scheme (GVariant *boxed)
{
  g_autoptr (GVariant) value = g_variant_ref (boxed);

  /* The portal boxes the value once in signals and twice in answers. */
  while (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *inner = g_variant_get_variant (value);

      g_variant_unref (value);
      value = inner;
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme",
                  g_variant_get_uint32 (value) == PREFER_DARK, NULL);
}

static void
on_setting_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                    const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (GVariant) value = NULL;
  const char *group, *key;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&s@v)", &group, &key, &value);
  if (g_str_equal (group, APPEARANCE) && g_str_equal (key, COLOR_SCHEME))
    take_scheme (value);
}

static void
on_scheme_read (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, NULL);
  g_autoptr (GVariant) value = NULL;

  if (answer == NULL)
    return; /* no portal, or one without appearance: GTK's own setting stays */
  g_variant_get (answer, "(@v)", &value);
  take_scheme (value);
}

static void
on_bus_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL)
    return; /* no session bus: the same */
  g_dbus_connection_signal_subscribe (bus, PORTAL, PORTAL_SETTINGS, "SettingChanged", PORTAL_PATH, APPEARANCE,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_setting_changed, NULL, NULL);
  g_dbus_connection_call (bus, PORTAL, PORTAL_PATH, PORTAL_SETTINGS, "Read",
                          g_variant_new ("(ss)", APPEARANCE, COLOR_SCHEME), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, PORTAL_TIMEOUT_MS, NULL, on_scheme_read, NULL);
}

void
ipd_theme_init (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  GtkSettings *settings = gtk_settings_get_default ();
  g_autoptr (GtkCssProvider) colors = gtk_css_provider_new ();
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();

  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display), RESOURCES "/icons");
  load_colors (settings, NULL, colors);
  gtk_css_provider_load_from_resource (style, RESOURCES "/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (colors),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  /* The display keeps both providers as long as the program lives. */
  g_signal_connect (settings, "notify::gtk-application-prefer-dark-theme", G_CALLBACK (load_colors), colors);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus_ready, NULL);
}
