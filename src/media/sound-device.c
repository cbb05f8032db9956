// SPDX-License-Identifier: Apache-2.0
/* Opens sound devices, the default one or one by name. Used by microphone and loudspeaker, in their workers: a sound
 * server can take seconds. */
#include "media/sound-device.h"

/* In order of preference; on Windows and macOS their own come first because the others are not there. */
static const char *const sinks[] = { "pulsesink", "pipewiresink", "alsasink", "wasapi2sink", "osxaudiosink", NULL };
static const char *const sources[] = { "pulsesrc", "pipewiresrc", "alsasrc", "wasapi2src", "osxaudiosrc", NULL };

/* µs: what is heard lags by the buffer, and echo cancellation is easier with short ones. */
#define BUFFER_US  40000
#define LATENCY_US 10000

static void
set_if_there (GstElement *element, const char *property, const char *value)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), property) != NULL)
    gst_util_set_object_arg (G_OBJECT (element), property, value);
}

/* (transfer full): @element sunk and READY, or NULL. */
static GstElement *
make_ready (GstElement *element)
{
  if (element == NULL)
    return NULL;
  gst_object_ref_sink (element);
  set_if_there (element, "buffer-time", G_STRINGIFY (BUFFER_US));
  set_if_there (element, "latency-time", G_STRINGIFY (LATENCY_US));
  set_if_there (element, "provide-clock", "false");
  set_if_there (element, "client-name", "ipdoor");
  if (gst_element_set_state (element, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE)
    return element;
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
  return NULL;
}

static GstDeviceMonitor *
monitor_new (void)
{
  GstDeviceMonitor *monitor = gst_device_monitor_new ();
  gst_device_monitor_add_filter (monitor, "Audio/Sink", NULL);
  gst_device_monitor_add_filter (monitor, "Audio/Source", NULL);
  return monitor;
}

/* The sound server's own name of a device stays the same from day to day; its label is for people. */
static char *
device_name (GstDevice *device)
{
  g_autoptr (GstElement) element = gst_device_create_element (device, NULL);
  g_autofree char *name = NULL;
  if (element == NULL)
    return gst_device_get_display_name (device);
  gst_object_ref_sink (element);
  GParamSpec *property = g_object_class_find_property (G_OBJECT_GET_CLASS (element), "device");
  if (property != NULL && G_PARAM_SPEC_VALUE_TYPE (property) == G_TYPE_STRING)
    g_object_get (element, "device", &name, NULL);
  return name ? g_steal_pointer (&name) : gst_device_get_display_name (device);
}

static IpdSoundKind
device_kind (GstDevice *device)
{
  return gst_device_has_classes (device, "Audio/Sink") ? IPD_SOUND_OUTPUT : IPD_SOUND_INPUT;
}

static GstElement *
open_named (IpdSoundKind kind, const char *name)
{
  g_autoptr (GstDeviceMonitor) monitor = monitor_new ();
  if (!gst_device_monitor_start (monitor))
    return NULL;
  GstElement *element = NULL;
  GList *devices = gst_device_monitor_get_devices (monitor);
  for (GList *l = devices; l != NULL && element == NULL; l = l->next)
    {
      g_autofree char *its_name = device_name (l->data);
      if (device_kind (l->data) == kind && g_str_equal (its_name, name))
        element = make_ready (gst_device_create_element (l->data, NULL));
    }
  g_list_free_full (devices, gst_object_unref);
  gst_device_monitor_stop (monitor);
  return element;
}

GstElement *
ipd_sound_device_open (IpdSoundKind kind, const char *name)
{
  GstElement *element = name ? open_named (kind, name) : NULL;
  const char *const *factories = kind == IPD_SOUND_OUTPUT ? sinks : sources;
  for (; element == NULL && *factories != NULL; factories++)
    element = make_ready (gst_element_factory_make (*factories, NULL));
  return element;
}
