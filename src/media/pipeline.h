// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/worker.h"

#include <gst/gst.h>
#include <stdbool.h>

/**
 * IpdPipeline: a GStreamer pipeline that runs on the system clock and reports to a worker. Thread: the worker's.
 * Its graph is written as .dot when GST_DEBUG_DUMP_DOT_DIR is set; media types only, so no key is in it.
 */
typedef struct _IpdPipeline IpdPipeline;

/**
 * @error: (nullable): the pipeline is dead; told once. It may be freed in the handler
 * @eos: (nullable): the source came to its end
 * @fault: (nullable): instead of @error, for who must tell causes apart (GST_RESOURCE_ERROR, GST_STREAM_ERROR).
 * @details: (nullable): what the element adds, borrowed
 */
typedef struct {
  void (*error) (const char *why, gpointer data);
  void (*eos) (gpointer data);
  void (*fault) (const GError *cause, const GstStructure *details, gpointer data);
} IpdPipelineHandlers;

/**
 * ipd_pipeline_new:
 * @name: for graphs and logs
 * @description: as gst-launch-1.0 reads it; text from outside goes into properties afterwards, never in here
 *
 * Errors: %IPD_MEDIA_ERROR_CODEC naming the element that is missing.
 */
IpdPipeline *ipd_pipeline_new (IpdWorker *worker, const char *name, const char *description,
                               const IpdPipelineHandlers *handlers, gpointer data, GError **error);

/** ipd_pipeline_free: to NULL, in this thread; no callback of it runs afterwards. */
void ipd_pipeline_free (IpdPipeline *pipeline);

/** ipd_pipeline_get: (transfer none): an element by name, as long as the pipeline lives. */
GstElement *ipd_pipeline_get (IpdPipeline *pipeline, const char *name);

GstElement *ipd_pipeline_get_bin (IpdPipeline *pipeline);

/** ipd_pipeline_play: false if it cannot even start; the cause comes to the error handler as well. */
bool ipd_pipeline_play (IpdPipeline *pipeline);

/** ipd_pipeline_rewind: back to the start, for files that loop; false if the source cannot. */
bool ipd_pipeline_rewind (IpdPipeline *pipeline);

/** ipd_has_element: whether the plugin of this element is installed (and its device there, for hardware). */
bool ipd_has_element (const char *factory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdPipeline, ipd_pipeline_free)
