// SPDX-License-Identifier: Apache-2.0
/*
 * Replaces the allocator of the program by glibc's own with a counter before it. Frees go straight to glibc.
 */
#include "failing-alloc.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *memory, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

static atomic_bool armed;
static atomic_uint count;
static unsigned failing;
static FailingMode failing_mode;
static void *_Atomic first_caller;

void
failing_alloc_arm (unsigned nth, FailingMode mode)
{
  failing = nth;
  failing_mode = mode;
  atomic_store (&count, 0);
  atomic_store (&armed, true);
}

unsigned
failing_alloc_disarm (void)
{
  atomic_store (&armed, false);
  return atomic_load (&count);
}

void *
failing_alloc_caller (void)
{
  return atomic_load (&first_caller);
}

static bool
fails (void *caller)
{
  void *none = NULL;

  if (!atomic_load (&armed))
    return false;
  unsigned number = atomic_fetch_add (&count, 1) + 1;
  if (failing == 0 || number < failing || (number > failing && failing_mode == FAILING_ONCE))
    return false;
  atomic_compare_exchange_strong (&first_caller, &none, caller);
  errno = ENOMEM;
  return true;
}

void *
malloc (size_t size)
{
  return fails (__builtin_return_address (0)) ? NULL : __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  return fails (__builtin_return_address (0)) ? NULL : __libc_calloc (n, size);
}

void *
realloc (void *memory, size_t size)
{
  return fails (__builtin_return_address (0)) ? NULL : __libc_realloc (memory, size);
}

void *
memalign (size_t alignment, size_t size)
{
  return fails (__builtin_return_address (0)) ? NULL : __libc_memalign (alignment, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return fails (__builtin_return_address (0)) ? NULL : __libc_memalign (alignment, size);
}

int
posix_memalign (void **ret_memory, size_t alignment, size_t size)
{
  void *memory = fails (__builtin_return_address (0)) ? NULL : __libc_memalign (alignment, size);
  if (memory == NULL)
    return ENOMEM;
  *ret_memory = memory;
  return 0;
}
