// SPDX-License-Identifier: Apache-2.0
/* A thread with a main context for the pipelines. Owned by a client or a station, one each; any thread may post to it.
 */
#include "media/worker.h"

#include <stdbool.h>

struct _IpdWorker {
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
};

typedef struct {
  IpdWorkerFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Job;

typedef struct {
  IpdWorkerFunc func;
  gpointer data;
  GMutex mutex;
  GCond cond;
  bool done; /* guarded by mutex */
} WaitedJob;

static gpointer
worker_thread (gpointer data)
{
  IpdWorker *worker = data;
  g_main_context_push_thread_default (worker->context);
  g_main_loop_run (worker->loop);
  g_main_context_pop_thread_default (worker->context);
  return NULL;
}

IpdWorker *
ipd_worker_new (const char *name)
{
  IpdWorker *worker = g_new0 (IpdWorker, 1);
  worker->context = g_main_context_new ();
  worker->loop = g_main_loop_new (worker->context, FALSE);
  worker->thread = g_thread_new (name, worker_thread, worker);
  return worker;
}

static gboolean
on_job (gpointer data)
{
  Job *job = data;
  job->func (job->data);
  return G_SOURCE_REMOVE;
}

static void
job_free (gpointer data)
{
  Job *job = data;
  if (job->destroy != NULL)
    job->destroy (job->data);
  g_free (job);
}

void
ipd_worker_post (IpdWorker *worker, IpdWorkerFunc func, gpointer data, GDestroyNotify destroy)
{
  Job *job = g_new (Job, 1);
  *job = (Job){ func, data, destroy };
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_job, job, job_free);
  g_source_attach (source, worker->context);
}

static void
run_waited (gpointer data)
{
  WaitedJob *job = data;
  job->func (job->data);
  g_mutex_lock (&job->mutex);
  job->done = true;
  g_cond_signal (&job->cond);
  g_mutex_unlock (&job->mutex);
}

void
ipd_worker_run (IpdWorker *worker, IpdWorkerFunc func, gpointer data)
{
  g_assert (g_thread_self () != worker->thread);
  WaitedJob job = { .func = func, .data = data };
  g_mutex_init (&job.mutex);
  g_cond_init (&job.cond);
  ipd_worker_post (worker, run_waited, &job, NULL);
  g_mutex_lock (&job.mutex);
  while (!job.done)
    g_cond_wait (&job.cond, &job.mutex);
  g_mutex_unlock (&job.mutex);
  g_mutex_clear (&job.mutex);
  g_cond_clear (&job.cond);
}

static void
quit (gpointer data)
{
  g_main_loop_quit (data);
}

void
ipd_worker_free (IpdWorker *worker)
{
  if (worker == NULL)
    return;
  ipd_worker_post (worker, quit, worker->loop, NULL);
  g_thread_join (worker->thread);
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_free (worker);
}

GSource *
ipd_worker_attach (IpdWorker *worker, GSource *source, GSourceFunc func, gpointer data)
{
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, worker->context);
  return source;
}

typedef struct {
  GSource source;
  IpdWorkerFunc func;
  gpointer data;
} Signal;

static gboolean
dispatch_signal (GSource *source, GSourceFunc callback, gpointer data)
{
  Signal *signal = (Signal *) source;
  g_source_set_ready_time (source, -1);
  signal->func (signal->data);
  return G_SOURCE_CONTINUE;
}

GSource *
ipd_worker_signal_new (IpdWorker *worker, IpdWorkerFunc func, gpointer data)
{
  static GSourceFuncs funcs = { .dispatch = dispatch_signal };
  GSource *source = g_source_new (&funcs, sizeof (Signal));
  Signal *signal = (Signal *) source;
  signal->func = func;
  signal->data = data;
  g_source_set_ready_time (source, -1);
  g_source_attach (source, worker->context);
  return source;
}

void
ipd_worker_signal_raise (GSource *signal)
{
  g_source_set_ready_time (signal, 0);
}

void
ipd_worker_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
