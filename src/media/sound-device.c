// SPDX-License-Identifier: Apache-2.0
/* Finds sound devices and opens them. Opening happens in the workers; the list lives in a thread of its own because
 * asking a sound server can take seconds. */
#include "media/sound-device.h"

#include "media/outbox.h"
#include "media/worker.h"

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

struct _IpdSoundDevices {
  IpdWorker *worker;
  IpdOutbox *outbox;
  GstDeviceMonitor *monitor; /* the worker's */
  GSource *bus;              /* the worker's */
  GPtrArray *list;           /* the owner's thread */
  IpdSoundDevicesChanged changed;
  gpointer data;
};

void
ipd_sound_device_free (IpdSoundDevice *device)
{
  g_free (device->name);
  g_free (device->label);
  g_free (device);
}

static IpdSoundDevice *
device_read (GstDevice *device)
{
  IpdSoundDevice *read = g_new0 (IpdSoundDevice, 1);
  read->kind = device_kind (device);
  read->name = device_name (device);
  read->label = gst_device_get_display_name (device);
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  gboolean is_default = FALSE;
  if (properties != NULL && gst_structure_get_boolean (properties, "is-default", &is_default))
    read->is_default = is_default;
  return read;
}

/* In the owner's thread. */
static void
take_list (gpointer target, gpointer message)
{
  IpdSoundDevices *devices = target;
  g_clear_pointer (&devices->list, g_ptr_array_unref);
  devices->list = g_ptr_array_ref (message);
  devices->changed (devices, devices->data);
}

/* In the worker. */
static void
send_list (IpdSoundDevices *devices)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) ipd_sound_device_free);
  GList *found = gst_device_monitor_get_devices (devices->monitor);
  for (GList *l = found; l != NULL; l = l->next)
    g_ptr_array_add (list, device_read (l->data));
  g_list_free_full (found, gst_object_unref);
  ipd_outbox_post (devices->outbox, take_list, list, (GDestroyNotify) g_ptr_array_unref);
}

static gboolean
on_monitor_message (GstBus *bus, GstMessage *message, gpointer data)
{
  GstMessageType type = GST_MESSAGE_TYPE (message);
  if (type == GST_MESSAGE_DEVICE_ADDED || type == GST_MESSAGE_DEVICE_REMOVED || type == GST_MESSAGE_DEVICE_CHANGED)
    send_list (data);
  return G_SOURCE_CONTINUE;
}

static void
start (gpointer data)
{
  IpdSoundDevices *devices = data;
  gst_init (NULL, NULL);
  devices->monitor = monitor_new ();
  g_autoptr (GstBus) bus = gst_device_monitor_get_bus (devices->monitor);
  devices->bus
      = ipd_worker_attach (devices->worker, gst_bus_create_watch (bus), G_SOURCE_FUNC (on_monitor_message), devices);
  gst_device_monitor_start (devices->monitor);
  send_list (devices);
}

static void
stop (gpointer data)
{
  IpdSoundDevices *devices = data;
  ipd_worker_clear_source (&devices->bus);
  gst_device_monitor_stop (devices->monitor);
  g_clear_object (&devices->monitor);
}

IpdSoundDevices *
ipd_sound_devices_new (IpdSoundDevicesChanged changed, gpointer data)
{
  IpdSoundDevices *devices = g_new0 (IpdSoundDevices, 1);
  devices->outbox = ipd_outbox_new (devices);
  devices->changed = changed;
  devices->data = data;
  devices->worker = ipd_worker_new ("ipd-devices");
  ipd_worker_post (devices->worker, start, devices, NULL);
  return devices;
}

void
ipd_sound_devices_free (IpdSoundDevices *devices)
{
  if (devices == NULL)
    return;
  ipd_worker_post (devices->worker, stop, devices, NULL);
  ipd_worker_free (devices->worker);
  ipd_outbox_close (devices->outbox);
  g_clear_pointer (&devices->list, g_ptr_array_unref);
  g_free (devices);
}

GPtrArray *
ipd_sound_devices_list (IpdSoundDevices *devices, IpdSoundKind kind)
{
  GPtrArray *list = g_ptr_array_new ();
  for (guint i = 0; devices->list != NULL && i < devices->list->len; i++)
    {
      IpdSoundDevice *device = g_ptr_array_index (devices->list, i);
      if (device->kind == kind)
        g_ptr_array_add (list, device);
    }
  return list;
}
