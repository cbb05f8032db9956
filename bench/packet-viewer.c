// SPDX-License-Identifier: Apache-2.0
/*
 * A client that looks and does not decode: what the agent starts in place of ipdoor-media when many clients of one
 * machine watch at once. Speaks the same contract, verifies every packet under the keys of its leg, and answers with
 * receiver reports, a request for a key frame first. Says "sees" with the first packet that verified, and when the
 * visit is over one JSON line: packets that verified, packets that are missing, reports sent, reports of the station
 * that verified.
 *
 *   packet-viewer --visit ID
 */
#include "media/client.h"
#include "media/pipeline.h"
#include "media/rtcp-link.h"
#include "media/socket.h"

#include "agent-contract.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <gst/rtp/rtp.h>
#include <stdio.h>
#include <unistd.h>

#define CLOCK_RATE 90000

typedef struct {
  const char *visit;
  GMainLoop *loop;
  IpdBusAgent1 *agent;
  IpdMediaParams params;
  GSocket *sockets[IPD_MEDIA_N_FDS];
  IpdWorker *worker;
  IpdPipeline *pipeline;
  IpdRtcpLink *rtcp;
  GSource *timer;
  GSocketAddress *rtp_peer;
  GSocketAddress *rtcp_peer;
  guint sent;
  guint heard;
  GMutex mutex;
  IpdReception reception; /* guarded by mutex */
} Viewer;

static GstPadProbeReturn
on_verified (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Viewer *viewer = data;
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), GST_MAP_READ, &rtp))
    return GST_PAD_PROBE_DROP;
  g_mutex_lock (&viewer->mutex);
  if (!viewer->reception.started)
    fprintf (stderr, "sees\n");
  ipd_reception_packet (&viewer->reception, gst_rtp_buffer_get_ssrc (&rtp), gst_rtp_buffer_get_seq (&rtp),
                        gst_rtp_buffer_get_timestamp (&rtp), g_get_monotonic_time ());
  g_mutex_unlock (&viewer->mutex);
  gst_rtp_buffer_unmap (&rtp);
  return GST_PAD_PROBE_DROP;
}

static const uint8_t *
on_rtcp_key (uint32_t ssrc, gpointer data)
{
  Viewer *viewer = data;
  return ssrc == viewer->params.video_rx.ssrc ? viewer->params.video_rx.key : NULL;
}

static void
on_heard (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  Viewer *viewer = data;
  viewer->heard++;
  g_mutex_lock (&viewer->mutex);
  ipd_reception_report (&viewer->reception, meaning);
  g_mutex_unlock (&viewer->mutex);
}

/* As a client of ours: one report from each port, so that both addresses are learnt. */
static gboolean
on_report_timeout (gpointer data)
{
  Viewer *viewer = data;
  g_mutex_lock (&viewer->mutex);
  bool started = viewer->reception.started;
  IpdRtcpReport report = { .reception = started ? &viewer->reception : NULL,
                           .picture_of = started ? 0 : viewer->params.video_rx.ssrc,
                           .fir_seq = (uint8_t) viewer->sent };
  ipd_rtcp_link_send (viewer->rtcp, &report, viewer->sockets[IPD_MEDIA_FD_VIDEO_RTCP], viewer->rtcp_peer);
  IpdRtcpReport opener = { 0 };
  ipd_rtcp_link_send (viewer->rtcp, &opener, viewer->sockets[IPD_MEDIA_FD_VIDEO_RTP], viewer->rtp_peer);
  viewer->sent++;
  g_mutex_unlock (&viewer->mutex);
  return G_SOURCE_CONTINUE;
}

static void
start (gpointer data)
{
  Viewer *viewer = data;
  const IpdPipelineHandlers none = { NULL, NULL };
  const IpdRtcpLinkHandlers handlers = { on_heard, on_rtcp_key, NULL, NULL };
  const IpdMediaParams *params = &viewer->params;
  viewer->pipeline = ipd_pipeline_new (
      viewer->worker, "viewer",
      "udpsrc name=net close-socket=false ! srtpdec name=srtp ! fakesink sync=false async=false srtp.rtcp_src ! "
      "fakesink sync=false async=false",
      &none, NULL, NULL);
  g_assert (viewer->pipeline != NULL);
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("application/x-srtp", "media", G_TYPE_STRING, "video", "clock-rate",
                                                  G_TYPE_INT, CLOCK_RATE, NULL);
  g_object_set (ipd_pipeline_get (viewer->pipeline, "net"), "socket", viewer->sockets[IPD_MEDIA_FD_VIDEO_RTP], "caps",
                caps, NULL);
  GstElement *srtp = ipd_pipeline_get (viewer->pipeline, "srtp");
  ipd_srtp_accept_one (srtp, &params->video_rx);
  g_autoptr (GstPad) verified = gst_element_get_static_pad (srtp, "rtp_src");
  gst_pad_add_probe (verified, GST_PAD_PROBE_TYPE_BUFFER, on_verified, viewer, NULL);
  ipd_pipeline_play (viewer->pipeline);
  viewer->rtp_peer = g_inet_socket_address_new_from_string (params->video_host, params->video_port);
  viewer->rtcp_peer = g_inet_socket_address_new_from_string (params->video_host, params->video_port + 1u);
  viewer->rtcp = ipd_rtcp_link_new (viewer->worker, &params->video_rtcp_tx, &handlers, viewer, NULL);
  g_assert (viewer->rtcp != NULL);
  ipd_rtcp_link_listen (viewer->rtcp, viewer->sockets[IPD_MEDIA_FD_VIDEO_RTCP]);
  on_report_timeout (viewer);
  viewer->timer
      = ipd_worker_attach (viewer->worker, g_timeout_source_new (IPD_RTCP_INTERVAL_MS), on_report_timeout, viewer);
}

static void
stop (gpointer data)
{
  Viewer *viewer = data;
  ipd_worker_clear_source (&viewer->timer);
  g_clear_pointer (&viewer->pipeline, ipd_pipeline_free);
  g_clear_pointer (&viewer->rtcp, ipd_rtcp_link_free);
}

static gboolean
open_media (Viewer *viewer, GError **error)
{
  g_autoptr (GVariant) dict = NULL;
  g_autoptr (GUnixFDList) list = NULL;
  GVariant *handles[IPD_MEDIA_N_FDS] = { NULL };
  int fds[IPD_MEDIA_N_FDS] = { -1, -1, -1, -1 };
  if (!ipd_bus_agent1_call_open_media_sync (viewer->agent, viewer->visit, NULL, &dict, &handles[0], &handles[1],
                                            &handles[2], &handles[3], &list, NULL, error))
    return FALSE;
  gboolean ok = TRUE;
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    {
      fds[i] = ok ? g_unix_fd_list_get (list, g_variant_get_handle (handles[i]), error) : -1;
      ok = ok && fds[i] >= 0;
      g_variant_unref (handles[i]);
    }
  ok = ok && ipd_media_params_read (dict, fds, &viewer->params, error)
       && ipd_media_sockets_new (fds, viewer->sockets, error);
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    if (fds[i] >= 0)
      close (fds[i]);
  return ok;
}

static void
on_visit_changed (IpdBusAgent1 *agent, GVariant *visit, gpointer data)
{
  Viewer *viewer = data;
  const char *id = "", *state = "";
  g_variant_lookup (visit, "id", "&s", &id);
  g_variant_lookup (visit, "state", "&s", &state);
  if (g_str_equal (id, viewer->visit) && g_str_equal (state, "ended"))
    g_main_loop_quit (viewer->loop);
}

static void
on_closed (GDBusConnection *connection, gboolean by_peer, GError *error, gpointer data)
{
  g_main_loop_quit (((Viewer *) data)->loop);
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (((Viewer *) data)->loop);
  return G_SOURCE_CONTINUE;
}

static GDBusConnection *
connect_agent (GError **error)
{
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), "ipdoor", "agent.sock", NULL);
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  return g_dbus_connection_new_for_address_sync (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL,
                                                 error);
}

static void
print_result (const Viewer *viewer)
{
  const IpdReception *reception = &viewer->reception;
  guint expected = reception->started ? reception->cycles + reception->max_seq - reception->first_seq + 1 : 0;
  printf ("{\"received\": %u, \"lost\": %d, \"reports_sent\": %u, \"reports_heard\": %u}\n", reception->received,
          (int) (expected - reception->received), viewer->sent, viewer->heard);
}

int
main (int argc, char **argv)
{
  Viewer viewer = { .visit = argc == 3 ? argv[2] : "", .reception = { .rtp_clock = CLOCK_RATE } };
  g_autoptr (GError) error = NULL;
  g_mutex_init (&viewer.mutex);
  viewer.loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusConnection) connection = connect_agent (&error);
  if (connection != NULL)
    viewer.agent = ipd_bus_agent1_proxy_new_sync (
        connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL,
        "/io/ipdoor/Agent1", NULL, &error);
  if (viewer.agent == NULL || !open_media (&viewer, &error))
    {
      fprintf (stderr, "packet-viewer: %s\n", error->message);
      return 1;
    }
  g_signal_connect (viewer.agent, "visit-changed", G_CALLBACK (on_visit_changed), &viewer);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), &viewer);
  g_unix_signal_add (SIGTERM, on_signal, &viewer);
  ipd_media_init ();
  viewer.worker = ipd_worker_new ("viewer");
  ipd_worker_run (viewer.worker, start, &viewer);
  ipd_bus_agent1_call_report_media (viewer.agent, viewer.visit, "first-frame", "", NULL, NULL, NULL);
  g_main_loop_run (viewer.loop);
  ipd_worker_run (viewer.worker, stop, &viewer);
  ipd_worker_free (viewer.worker);
  print_result (&viewer);
  return 0;
}
