// SPDX-License-Identifier: Apache-2.0
/*
 * Plays one operation again and again, in children of this process, failing its first allocation, its second, and so
 * on to the last. What is allowed: the same result as without a failure, a refusal, or the end of the process by GLib
 * for want of memory (which a service manager answers with a restart; that a death is harmless at any place, the kill
 * tests show). Anything else is a defect: another result, a crash, a failed check, a hang.
 */
#pragma once

#include "failing-alloc.h"

#include <glib.h>
#include <stddef.h>

/* Longest result of an operation, with its NUL. */
#define ALLOC_RESULT_SIZE 1024
/* What an operation writes when it refuses. */
#define ALLOC_REFUSED "refused"

typedef struct {
  const char *name;
  /* Does it, and writes what came of it as text. @data is the caller's. Must give the same text each time. */
  void (*run) (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE]);
  gconstpointer data;
  /* It must not allocate at all. */
  bool no_allocation;
} AllocOperation;

typedef struct {
  unsigned allocations; /* of the operation when nothing fails */
  unsigned plays;
  unsigned same;
  unsigned refused;
  unsigned ended; /* by GLib, for want of memory */
} AllocReport;

/*
 * IPDOOR_SWEEP: unset = about @sample places, "full" = all of them, a number = that one. Prints the place of a defect
 * and returns false.
 */
bool alloc_sweep (const AllocOperation *operation, unsigned sample, AllocReport *report);
