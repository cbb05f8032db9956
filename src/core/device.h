// SPDX-License-Identifier: Apache-2.0
/*
 * A device of the plant, as the directory lists it. Source: docs/protocol.md §6.  Thread: any.
 * Ownership: the value owns @outputs; init or zero it before use, clear it after.
 */
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "core/output.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPD_HOST_CHARS   63
#define IPD_PK_OCTETS    32
#define IPD_VENDOR_CHARS 16

typedef enum {
  IPD_ROLE_NONE = 0,
  IPD_ROLE_OUTDOOR = 1 << 0,
  IPD_ROLE_INDOOR = 1 << 1,
  IPD_ROLE_BROKER = 1 << 2,
  IPD_ROLE_LIFT = 1 << 3,
  IPD_ROLE_READER = 1 << 4,
} IpdRoles;

typedef struct {
  IpdId id;
  IpdName name;
  IpdRoles roles;
  char host[IPD_HOST_CHARS + 1];     /* address as text, "" = not known; a hint, never a proof */
  uint16_t http_port;                /* TCP, 0 = not known */
  uint16_t sip_port;                 /* UDP, 0 = not known */
  uint8_t pk[IPD_PK_OCTETS];         /* Ed25519 public key; zero for a third-party station */
  char vendor[IPD_VENDOR_CHARS + 1]; /* its driver, docs/protocol.md §14; "" = one of ours */
  uint16_t rtsp_port;                /* TCP, of a third-party station; 0 = not said: 554 */
  IpdOutput *outputs;                /* (owned), NULL when there are none */
  size_t n_outputs;
} IpdDevice;

void ipd_device_init (IpdDevice *device);
void ipd_device_clear (IpdDevice *device); /* leaves it as after init */
void ipd_device_copy (const IpdDevice *from,
                      IpdDevice *ret_device); /* @ret_device: initialised; what it held is cleared */

/* The same on the heap, for GPtrArray and GHashTable. (transfer full) */
IpdDevice *ipd_device_new (void);
IpdDevice *ipd_device_dup (const IpdDevice *device);
void ipd_device_free (IpdDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdDevice, ipd_device_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdDevice, ipd_device_clear)

/* Named by address, has no key: nothing it says can be verified (docs/protocol.md §14). */
bool ipd_device_is_third_party (const IpdDevice *device);

/* [a-z0-9-]{1,16}: the name of a driver. False for NULL. */
bool ipd_vendor_valid (const char *text);

/* False when the device already has 64 outputs or one of that id. @output is copied. */
bool ipd_device_add_output (IpdDevice *device, const IpdOutput *output);

/* NULL when there is none. (transfer none), valid until the device changes. */
const IpdOutput *ipd_device_find_output (const IpdDevice *device, const char *output_id);

/* The first output of kind lock: what "open" means when nobody says which. NULL when there is none. */
const IpdOutput *ipd_device_first_lock (const IpdDevice *device);

/* 1 to 63 characters of [A-Za-z0-9.:-]: an IPv4 or IPv6 address or a host name. */
bool ipd_host_valid (const char *text);

/* One role's word: "outdoor" "indoor" "broker" "lift" "reader"; NULL for a value that is not exactly one role. */
const char *ipd_role_to_string (IpdRoles role);
bool ipd_role_from_string (const char *text, IpdRoles *ret_role);
