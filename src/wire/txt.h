// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device.h"
#include "core/ids.h"
#include "wire/error.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * DNS-SD TXT of _ipdoor._tcp (RFC 6763 §6, docs/protocol.md §11). A hint where to ask, never proof. Thread: any.
 */

#define IPD_TXT_MAX        400
#define IPD_TXT_STRING_MAX 255

typedef struct {
  IpdId id;
  IpdRoles roles; /* roles we do not know are skipped */
  IpdId plant;
  uint16_t sip_port;
  IpdShortId boot;
} IpdTxt;

/** ipd_txt_write: Returns: (transfer full): NULL-terminated "key=value" strings, v=1 first. */
char **ipd_txt_write (const IpdTxt *txt);

/**
 * ipd_txt_parse: the record's octets: length-prefixed strings. Keys are read without regard to case, the first of a key
 * counts, unknown keys are skipped (RFC 6763 §6.4).
 * Errors: SHORT, LONG, SYNTAX, RANGE, UNSUPPORTED (v is not 1), MISSING.
 */
gboolean ipd_txt_parse (const uint8_t *octets, size_t length, IpdTxt *ret_txt, IpdWireError *reterr);
/** ipd_txt_parse_strings: the same for strings that a resolver has already taken apart; the offset is a string's index.
 */
gboolean ipd_txt_parse_strings (const char *const *strings, IpdTxt *ret_txt, IpdWireError *reterr);

G_END_DECLS
