// SPDX-License-Identifier: Apache-2.0
/*
 * An output: something a device drives. Source: docs/protocol.md §1, §6.  Thread: any.  Plain values, copied by
 * assignment.
 */
#pragma once

#include "core/name.h"

#include <stdbool.h>

#define IPD_OUTPUT_ID_CHARS 16
#define IPD_OUTPUTS_MAX     64 /* of one device, docs/protocol.md §1 */

typedef enum {
  IPD_OUTPUT_LOCK,
  IPD_OUTPUT_GATE,
  IPD_OUTPUT_AUX,
  IPD_OUTPUT_LIGHT,
  IPD_OUTPUT_FLOOR,
} IpdOutputKind;

/* What a door's contact has said since its output was last actuated. */
typedef enum {
  IPD_CONTACT_NONE,    /* the output has no contact, or nothing was opened */
  IPD_CONTACT_PENDING, /* actuated, the contact has not moved yet */
  IPD_CONTACT_OPEN,    /* the contact opened: the only proof that a door is open */
  IPD_CONTACT_TIMEOUT, /* it did not open in the output's time */
} IpdContact;

/* [a-z0-9-]{1,16}; "" = none. */
typedef struct {
  char s[IPD_OUTPUT_ID_CHARS + 1];
} IpdOutputId;

typedef struct {
  IpdOutputId id;
  IpdName name;
  IpdOutputKind kind;
  bool has_contact;
} IpdOutput;

bool ipd_output_id_valid (const char *text);
bool ipd_output_id_from_text (const char *text, IpdOutputId *ret_id); /* false: @ret_id untouched */
bool ipd_output_id_equal (const IpdOutputId *a, const IpdOutputId *b);

/* Words of the wire and of D-Bus: "lock" "gate" "aux" "light" "floor"; "none" "pending" "open" "timeout". Static
 * strings. */
const char *ipd_output_kind_to_string (IpdOutputKind kind);
bool ipd_output_kind_from_string (const char *text, IpdOutputKind *ret_kind);
const char *ipd_contact_to_string (IpdContact contact);
bool ipd_contact_from_string (const char *text, IpdContact *ret_contact);
