// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * One log line a minute for each source, so that whoever floods us does not fill the disk as well. The number of
 * sources remembered is bounded; when it is reached, everything is forgotten, which costs at most a few lines more.
 *
 * Thread: the caller's.
 */
typedef struct _IpdRateLimit IpdRateLimit;

IpdRateLimit *ipd_rate_limit_new (void);
void ipd_rate_limit_free (IpdRateLimit *limit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdRateLimit, ipd_rate_limit_free)

/* @now_us: monotonic. Returns: whether a line about @source may be logged now; @ret_held: how many were not, since. */
bool ipd_rate_limit_pass (IpdRateLimit *limit, const char *source, gint64 now_us, guint *ret_held);
