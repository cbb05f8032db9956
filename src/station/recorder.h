// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/store.h"

/*
 * Accesses and visits, written to the store before anything else happens, and kept in memory while the disk refuses
 * (docs/protocol.md §10: then the door still opens, and the log says so). Thread: the main one.
 */

#define IPD_RECORDER_WAITING_MAX 1024 /* of each kind; the oldest go */

typedef struct _IpdRecorder IpdRecorder;

/* @store must outlive it. Returns: (transfer full) */
IpdRecorder *ipd_recorder_new (IpdStore *store);
void ipd_recorder_free (IpdRecorder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdRecorder, ipd_recorder_free)

/*
 * Once, before the first record: ends as interrupted what the last life of this station left open. A disk that does not
 * take that is asked again, and nothing of this life is written before. A limited store is mended when the disk lets
 * it.
 */
void ipd_recorder_begin (IpdRecorder *self);

/* On disk when it returns TRUE; otherwise it waits in memory. A state that follows replaces the one before. */
gboolean ipd_recorder_access (IpdRecorder *self, const IpdAccess *access);
gboolean ipd_recorder_visit (IpdRecorder *self, const IpdVisitRecord *visit);

/* Looks in memory and in the store. A store that cannot be read knows nothing. */
gboolean ipd_recorder_find_access (IpdRecorder *self, const IpdShortId *id, IpdAccess *ret_access);

/* Whether the disk refuses records: some wait, or would. */
gboolean ipd_recorder_is_waiting (const IpdRecorder *self);
