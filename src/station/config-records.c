// SPDX-License-Identifier: Apache-2.0
/*
 * Defaults and ends of the records of a configuration. Used by config.c; any thread.
 */
#include "station/config-records.h"

#include "wire/secret.h"

#include <glib/gi18n.h>
#include <string.h>

static void
free_secret (char *secret)
{
  if (secret != NULL)
    ipd_wipe (secret, strlen (secret));
  g_free (secret);
}

static void
output_free (gpointer data)
{
  IpdOutputConfig *self = data;
  g_free (self->name);
  g_free (self->kind);
  free_secret (self->dtmf_code);
  g_free (self);
}

static void
phone_free (gpointer data)
{
  IpdPhoneConfig *self = data;
  g_free (self->name);
  free_secret (self->secret);
  g_strfreev (self->outputs);
  g_free (self);
}

static void
device_output_free (gpointer data)
{
  IpdDeviceOutputConfig *self = data;
  g_free (self->name);
  g_free (self->kind);
  free_secret (self->code);
  g_free (self);
}

static void
device_free (gpointer data)
{
  IpdDeviceConfig *self = data;
  g_free (self->name);
  g_free (self->driver);
  g_free (self->host);
  g_free (self->user);
  free_secret (self->password);
  g_ptr_array_unref (self->outputs);
  g_free (self);
}

IpdOutputConfig *
ipd_output_config_new (const char *id)
{
  IpdOutputConfig *self = g_new0 (IpdOutputConfig, 1);
  g_strlcpy (self->id, id, sizeof self->id);
  self->name = g_strdup (id);
  self->kind = g_strdup ("lock");
  self->pulse_ms = 3000;
  self->contact = IPD_CONTACT_PLAN_UNSET;
  self->contact_delay_ms = 300;
  self->contact_timeout_ms = 5000;
  return self;
}

IpdPhoneConfig *
ipd_phone_config_new (const char *id)
{
  IpdPhoneConfig *self = g_new0 (IpdPhoneConfig, 1);
  g_strlcpy (self->id, id, sizeof self->id);
  self->name = g_strdup (id);
  self->outputs = g_new0 (char *, 1);
  return self;
}

IpdDeviceConfig *
ipd_device_config_new (const char *id)
{
  IpdDeviceConfig *self = g_new0 (IpdDeviceConfig, 1);
  g_strlcpy (self->id, id, sizeof self->id);
  self->name = g_strdup (id);
  self->driver = g_strdup ("generic");
  self->sip_port = 5060;
  self->http_port = 80;
  self->rtsp_port = 554;
  self->outputs = g_ptr_array_new_with_free_func (device_output_free);
  return self;
}

IpdDeviceOutputConfig *
ipd_device_output_config_new (const char *id)
{
  IpdDeviceOutputConfig *self = g_new0 (IpdDeviceOutputConfig, 1);
  g_strlcpy (self->id, id, sizeof self->id);
  self->name = g_strdup (id);
  self->kind = g_strdup ("lock");
  self->number = 1;
  return self;
}

IpdStationConfig *
ipd_station_config_new (void)
{
  IpdStationConfig *self = g_new0 (IpdStationConfig, 1);
  self->name = g_strdup ("Main entrance");
  self->plant = g_strdup ("ipdoor");
  self->roles = g_strsplit ("outdoor,broker", ",", 2);
  self->buttons = 1;
  self->http_port = 8001;
  self->sip_ports = (IpdPortRange){ 5060, 5080 };
  self->audio_ports = (IpdPortRange){ 7078, 7099 };
  self->video_ports = (IpdPortRange){ 9078, 9099 };
  self->publish = TRUE;
  self->camera = g_strdup ("test");
  self->picture = (IpdPictureSize){ 640, 480 };
  self->fps = 25;
  self->kbps = 1000;
  self->microphone = g_strdup ("test");
  self->ring_seconds = 45;
  self->talk_seconds = 180;
  self->phones = g_ptr_array_new_with_free_func (phone_free);
  self->devices = g_ptr_array_new_with_free_func (device_free);
  self->outputs = g_ptr_array_new_with_free_func (output_free);
  IpdOutputConfig *door = ipd_output_config_new ("door");
  g_free (door->name);
  door->name = g_strdup (_ ("Door"));
  door->contact = IPD_CONTACT_PLAN_OPENS;
  g_ptr_array_add (self->outputs, door);
  return self;
}

void
ipd_station_config_free (IpdStationConfig *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->plant);
  g_strfreev (self->roles);
  g_free (self->bind);
  g_free (self->camera);
  g_free (self->microphone);
  g_free (self->speaker);
  g_ptr_array_unref (self->outputs);
  g_ptr_array_unref (self->phones);
  g_ptr_array_unref (self->devices);
  g_free (self);
}

const IpdOutputConfig *
ipd_station_config_find_output (const IpdStationConfig *self, const char *id)
{
  for (guint i = 0; i < self->outputs->len; i++)
    if (g_str_equal (((IpdOutputConfig *) self->outputs->pdata[i])->id, id))
      return self->outputs->pdata[i];
  return NULL;
}

IpdDeviceConfig *
ipd_station_config_find_device (const IpdStationConfig *self, const char *id)
{
  for (guint i = 0; i < self->devices->len; i++)
    if (g_str_equal (((IpdDeviceConfig *) self->devices->pdata[i])->id, id))
      return self->devices->pdata[i];
  return NULL;
}
