// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/**
 * IpdWorker: a thread with a main context, where pipelines are built and torn down so that no window and no relay waits
 * for a device. Jobs run in the order they were posted.
 */
typedef struct _IpdWorker IpdWorker;

/** A job; returns nothing, runs in the worker's thread. */
typedef void (*IpdWorkerFunc) (gpointer data);

IpdWorker *ipd_worker_new (const char *name);

/** ipd_worker_free: runs what was posted before, ends the thread and waits for it. Not from the worker's own thread. */
void ipd_worker_free (IpdWorker *worker);

/** ipd_worker_post: Thread: any. @destroy (nullable) frees @data after the job, in the worker. */
void ipd_worker_post (IpdWorker *worker, IpdWorkerFunc func, gpointer data, GDestroyNotify destroy);

/** ipd_worker_run: like ipd_worker_post(), and returns when the job is done. Not from the worker's own thread. */
void ipd_worker_run (IpdWorker *worker, IpdWorkerFunc func, gpointer data);

/** ipd_worker_attach: (transfer full): attaches @source (transfer full) to the worker's context and hands it back. */
GSource *ipd_worker_attach (IpdWorker *worker, GSource *source, GSourceFunc func, gpointer data);

/**
 * ipd_worker_signal_new: (transfer full): a way for streaming threads to wake an object of the worker: after
 * ipd_worker_signal_raise() @func runs once, however often it was raised meanwhile. Unlike a posted job it ends with
 * ipd_worker_clear_source(), so it never finds its object gone.
 */
GSource *ipd_worker_signal_new (IpdWorker *worker, IpdWorkerFunc func, gpointer data);

/** ipd_worker_signal_raise: Thread: any. */
void ipd_worker_signal_raise (GSource *signal);

/** ipd_worker_clear_source: destroys and unrefs, if there is one. */
void ipd_worker_clear_source (GSource **source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdWorker, ipd_worker_free)
