// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

/** Kinds of sound device. */
typedef enum {
  IPD_SOUND_OUTPUT,
  IPD_SOUND_INPUT,
} IpdSoundKind;

/**
 * IpdSoundDevice:
 * @kind: to play on or to record from
 * @name: stable name for settings and for "device:NAME"
 * @label: what a person reads
 * @is_default: the one that "device" means
 */
typedef struct {
  IpdSoundKind kind;
  char *name;
  char *label;
  bool is_default;
} IpdSoundDevice;

void ipd_sound_device_free (IpdSoundDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdSoundDevice, ipd_sound_device_free)

/**
 * IpdSoundDevices: the sound devices of this machine, followed as they come and go. It asks the sound server in a
 * thread of its own, so nothing waits for a server that is not there. Thread: create, call and free it on one thread;
 * @changed runs in the #GMainContext that was thread-default at creation, the first time when the first list is
 * complete (even if empty).
 */
typedef struct _IpdSoundDevices IpdSoundDevices;

typedef void (*IpdSoundDevicesChanged) (IpdSoundDevices *devices, gpointer data);

IpdSoundDevices *ipd_sound_devices_new (IpdSoundDevicesChanged changed, gpointer data);
void ipd_sound_devices_free (IpdSoundDevices *devices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdSoundDevices, ipd_sound_devices_free)

/** ipd_sound_devices_list: (transfer container) (element-type IpdSoundDevice): of one kind; elements live until the
 * next change. */
GPtrArray *ipd_sound_devices_list (IpdSoundDevices *devices, IpdSoundKind kind);
