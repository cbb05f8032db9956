// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * The sentences that stand on the picture: each once, in the order in which they came, some of them for a while only.
 * Thread: main.
 */
typedef struct _IpdNotices IpdNotices;

/* @changed: the sentences are others now */
IpdNotices *ipd_notices_new (void (*changed) (gpointer data), gpointer data);
void ipd_notices_free (IpdNotices *notices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdNotices, ipd_notices_free)

void ipd_notices_add (IpdNotices *notices, const char *sentence);
void ipd_notices_remove (IpdNotices *notices, const char *sentence);
/* One that is read and done with: it goes by itself, and the one before it at once. */
void ipd_notices_tell (IpdNotices *notices, const char *sentence);

/* Returns: (transfer full) (nullable): a sentence a line; %NULL: there is none */
char *ipd_notices_to_string (const IpdNotices *notices);
