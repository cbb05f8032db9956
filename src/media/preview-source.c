// SPDX-License-Identifier: Apache-2.0
/* What is common to the ways of fetching a picture. */
#include "media/preview-source.h"

/* RFC 9110 section 15.4: 300 to 399. */
#define REDIRECTED 3

IpdPreviewFault
ipd_preview_fault_of (const GError *cause, const GstStructure *details)
{
  guint status = 0;
  gint flow = GST_FLOW_OK;
  if (details != NULL && gst_structure_get_uint (details, "http-status-code", &status) && status / 100 == REDIRECTED)
    return IPD_PREVIEW_ELSEWHERE;
  if (g_error_matches (cause, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED))
    return IPD_PREVIEW_REFUSED;
  if (g_error_matches (cause, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND))
    return IPD_PREVIEW_NOT_THERE;
  if (details != NULL)
    gst_structure_get_int (details, "flow-return", &flow);
  /* A source that just stops says that the stream failed; what it said otherwise was understood by nobody. */
  bool stopped = g_error_matches (cause, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED) && flow != GST_FLOW_NOT_NEGOTIATED;
  if (cause->domain == GST_STREAM_ERROR && !stopped)
    return IPD_PREVIEW_UNREADABLE;
  return IPD_PREVIEW_UNREACHABLE;
}
