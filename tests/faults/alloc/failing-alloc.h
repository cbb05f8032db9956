// SPDX-License-Identifier: Apache-2.0
/*
 * An allocator that fails when it is told to. Linking failing-alloc.c replaces malloc() and its kin in the whole
 * program, libraries too; glibc only, and not beside a sanitizer, which replaces them itself.  Thread: any; the counter
 * is one for the program.
 */
#pragma once

#include <stdbool.h>

typedef enum {
  FAILING_ONCE,    /* the N-th fails, the next one succeeds: a peak of somebody else's */
  FAILING_FOREVER, /* the N-th fails and all after it: the memory is gone */
} FailingMode;

/* From now on allocations count from 1. @nth 0: all succeed. */
void failing_alloc_arm (unsigned nth, FailingMode mode);
/* All succeed again. Returns: how many were asked for since failing_alloc_arm() */
unsigned failing_alloc_disarm (void);
/* Where the first one was asked for that failed; NULL while none has. For a signal handler too. */
void *failing_alloc_caller (void);
