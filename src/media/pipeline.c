// SPDX-License-Identifier: Apache-2.0
/* One GStreamer pipeline with its bus read in a worker. Everything in this folder that runs elements goes through here.
 */
#include "media/pipeline.h"

#include "media/error.h"

struct _IpdPipeline {
  GstElement *bin;
  GSource *bus;
  char *name;
  IpdPipelineHandlers handlers;
  gpointer data;
  bool dead;
};

static void
on_bus_error (IpdPipeline *pipeline, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details = NULL;
  gst_message_parse_error (message, &error, NULL);
  gst_message_parse_error_details (message, &details);
  g_debug ("%s: %s: %s", pipeline->name, GST_OBJECT_NAME (message->src), error->message);
  if (pipeline->dead)
    return;
  pipeline->dead = true;
  if (pipeline->handlers.fault != NULL)
    pipeline->handlers.fault (error, details, pipeline->data);
  else if (pipeline->handlers.error != NULL)
    pipeline->handlers.error (error->message, pipeline->data);
}

static void
on_bus_state (IpdPipeline *pipeline, GstMessage *message)
{
  if (message->src != GST_OBJECT (pipeline->bin))
    return;
  GstState state;
  gst_message_parse_state_changed (message, NULL, &state, NULL);
  if (state == GST_STATE_PLAYING)
    GST_DEBUG_BIN_TO_DOT_FILE_WITH_TS (GST_BIN (pipeline->bin), GST_DEBUG_GRAPH_SHOW_MEDIA_TYPE, pipeline->name);
}

static gboolean
on_bus_message (GstBus *bus, GstMessage *message, gpointer data)
{
  IpdPipeline *pipeline = data;
  GstMessageType type = GST_MESSAGE_TYPE (message);
  /* A handler may free the pipeline: nothing of it is touched after one ran. */
  if (type == GST_MESSAGE_ERROR)
    on_bus_error (pipeline, message);
  else if (type == GST_MESSAGE_EOS && pipeline->handlers.eos != NULL)
    pipeline->handlers.eos (pipeline->data);
  else if (type == GST_MESSAGE_STATE_CHANGED)
    on_bus_state (pipeline, message);
  return G_SOURCE_CONTINUE;
}

/* (transfer full): one element alone is not made a pipeline by the parser. */
static GstElement *
in_pipeline (GstElement *parsed)
{
  if (GST_IS_PIPELINE (parsed))
    return parsed;
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  gst_bin_add (GST_BIN (pipeline), parsed);
  gst_object_unref (parsed);
  return pipeline;
}

static GstElement *
parse (const char *name, const char *description, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GstParseContext) context = gst_parse_context_new ();
  GstElement *bin = gst_parse_launch_full (description, context, GST_PARSE_FLAG_FATAL_ERRORS, &cause);
  if (bin != NULL)
    return in_pipeline (gst_object_ref_sink (bin));
  g_auto (GStrv) missing = gst_parse_context_get_missing_elements (context);
  g_autofree char *list = missing ? g_strjoinv (", ", missing) : NULL;
  g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_CODEC, "%s: %s", name, list ? list : cause->message);
  return NULL;
}

IpdPipeline *
ipd_pipeline_new (IpdWorker *worker, const char *name, const char *description, const IpdPipelineHandlers *handlers,
                  gpointer data, GError **error)
{
  GstElement *bin = parse (name, description, error);
  if (bin == NULL)
    return NULL;
  IpdPipeline *pipeline = g_new0 (IpdPipeline, 1);
  pipeline->bin = bin;
  pipeline->name = g_strdup (name);
  pipeline->handlers = *handlers;
  pipeline->data = data;
  gst_object_set_name (GST_OBJECT (bin), NULL);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  gst_pipeline_use_clock (GST_PIPELINE (bin), clock);
  g_autoptr (GstBus) bus = gst_element_get_bus (bin);
  pipeline->bus = ipd_worker_attach (worker, gst_bus_create_watch (bus), G_SOURCE_FUNC (on_bus_message), pipeline);
  return pipeline;
}

void
ipd_pipeline_free (IpdPipeline *pipeline)
{
  if (pipeline == NULL)
    return;
  ipd_worker_clear_source (&pipeline->bus);
  gst_element_set_state (pipeline->bin, GST_STATE_NULL);
  gst_object_unref (pipeline->bin);
  g_free (pipeline->name);
  g_free (pipeline);
}

GstElement *
ipd_pipeline_get (IpdPipeline *pipeline, const char *name)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline->bin), name);
  g_assert (element != NULL);
  return element;
}

GstElement *
ipd_pipeline_get_bin (IpdPipeline *pipeline)
{
  return pipeline->bin;
}

bool
ipd_pipeline_play (IpdPipeline *pipeline)
{
  return gst_element_set_state (pipeline->bin, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

bool
ipd_pipeline_rewind (IpdPipeline *pipeline)
{
  return gst_element_seek_simple (pipeline->bin, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT, 0);
}

bool
ipd_has_element (const char *factory)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (factory);
  return found != NULL;
}
