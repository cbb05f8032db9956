// SPDX-License-Identifier: Apache-2.0
/*
 * Opening by digits: which code a phone has keyed. Source: docs/protocol.md §15. Pure: digits with their time in,
 * verdicts out. Thread: any. Digits are secrets: nothing of this goes into a log but the verdict.
 *
 * An entry is what was keyed since the last pause of 5 s, "#", "*", or start. It is compared whole: digits before a
 * code make it wrong, and once wrong it stays so until the next pause, "#" or "*". "#" and "*" belong to an entry only
 * where a code has them there. After a match the rest of the entry means nothing. Five wrong entries in a visit: deaf
 * until ipd_dtmf_collector_init().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPD_DTMF_CODE_MAX  8
#define IPD_DTMF_PAUSE_US  5000000 /* longer than this between two digits: a new entry */
#define IPD_DTMF_WRONG_MAX 5

typedef struct {
  char entry[IPD_DTMF_CODE_MAX + 1]; /* could still become a code */
  size_t n_entry;
  bool dull;       /* wrong or spent: nothing counts until the entry ends */
  int64_t last_us; /* of the digit before, monotonic */
  unsigned wrong;  /* entries */
} IpdDtmfCollector;

typedef enum {
  IPD_DTMF_NONE,    /* nothing to say yet, or deaf */
  IPD_DTMF_WRONG,   /* said once for an entry */
  IPD_DTMF_MATCHED, /* the code at the index */
} IpdDtmfVerdict;

/* 1 to 8 of 0-9 A-D in upper case, "*" and "#" only as its last character: elsewhere they end entries of other codes.
 * False for NULL. */
bool ipd_dtmf_code_valid (const char *text);

/* Whether one of the two is the beginning of the other: then the longer one could never be keyed. */
bool ipd_dtmf_codes_clash (const char *a, const char *b);

void ipd_dtmf_collector_init (IpdDtmfCollector *ret_collector);

/*
 * One press. @codes: those of the outputs that this phone may open, in any order; "" or NULL is one that nothing
 * matches. @ret_index is written for MATCHED only. Comparing takes as long for every code of a length.
 */
IpdDtmfVerdict ipd_dtmf_collector_take (IpdDtmfCollector *collector, char digit, int64_t at_us,
                                        const char *const *codes, size_t n_codes, size_t *ret_index);

bool ipd_dtmf_collector_is_deaf (const IpdDtmfCollector *collector);
