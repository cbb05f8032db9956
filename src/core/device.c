// SPDX-License-Identifier: Apache-2.0
/*
 * Devices as the directory lists them. Made by wire from the directory, kept by agent and station; pure, any thread.
 */
#include "core/device.h"

#include <string.h>

static const struct {
  IpdRoles role;
  const char *word;
} roles[] = {
  { IPD_ROLE_OUTDOOR, "outdoor" }, { IPD_ROLE_INDOOR, "indoor" }, { IPD_ROLE_BROKER, "broker" },
  { IPD_ROLE_LIFT, "lift" },       { IPD_ROLE_READER, "reader" },
};

void
ipd_device_init (IpdDevice *device)
{
  memset (device, 0, sizeof *device);
}

void
ipd_device_clear (IpdDevice *device)
{
  g_free (device->outputs);
  ipd_device_init (device);
}

void
ipd_device_copy (const IpdDevice *from, IpdDevice *ret_device)
{
  if (from == ret_device)
    return;
  ipd_device_clear (ret_device);
  *ret_device = *from;
  ret_device->outputs = g_memdup2 (from->outputs, from->n_outputs * sizeof *from->outputs);
}

IpdDevice *
ipd_device_new (void)
{
  return g_new0 (IpdDevice, 1);
}

IpdDevice *
ipd_device_dup (const IpdDevice *device)
{
  IpdDevice *copy = ipd_device_new ();
  ipd_device_copy (device, copy);
  return copy;
}

void
ipd_device_free (IpdDevice *device)
{
  if (device == NULL)
    return;
  ipd_device_clear (device);
  g_free (device);
}

bool
ipd_device_is_third_party (const IpdDevice *device)
{
  return device->vendor[0] != '\0';
}

bool
ipd_vendor_valid (const char *text)
{
  return ipd_output_id_valid (text); /* made of the same characters, and as long */
}

bool
ipd_device_add_output (IpdDevice *device, const IpdOutput *output)
{
  if (device->n_outputs >= IPD_OUTPUTS_MAX || !ipd_output_id_valid (output->id.s)
      || ipd_device_find_output (device, output->id.s) != NULL)
    return false;
  IpdOutput copy = *output; /* @output may lie in the array that is about to move */
  device->outputs = g_renew (IpdOutput, device->outputs, device->n_outputs + 1);
  device->outputs[device->n_outputs++] = copy;
  return true;
}

const IpdOutput *
ipd_device_find_output (const IpdDevice *device, const char *output_id)
{
  for (size_t i = 0; i < device->n_outputs; i++)
    {
      if (g_strcmp0 (device->outputs[i].id.s, output_id) == 0)
        return &device->outputs[i];
    }
  return NULL;
}

const IpdOutput *
ipd_device_first_lock (const IpdDevice *device)
{
  for (size_t i = 0; i < device->n_outputs; i++)
    {
      if (device->outputs[i].kind == IPD_OUTPUT_LOCK)
        return &device->outputs[i];
    }
  return NULL;
}

bool
ipd_host_valid (const char *text)
{
  if (text == NULL)
    return false;
  size_t length = strnlen (text, IPD_HOST_CHARS + 1);
  return length >= 1 && length <= IPD_HOST_CHARS
         && strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-") == length;
}

const char *
ipd_role_to_string (IpdRoles role)
{
  for (size_t i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      if (roles[i].role == role)
        return roles[i].word;
    }
  return NULL;
}

bool
ipd_role_from_string (const char *text, IpdRoles *ret_role)
{
  for (size_t i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      if (g_strcmp0 (roles[i].word, text) == 0)
        {
          *ret_role = roles[i].role;
          return true;
        }
    }
  return false;
}
