// SPDX-License-Identifier: Apache-2.0
#include "raw-vendor.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/random.h"

#define AUDIO_PORT 20000
#define VIDEO_PORT 20002

static void
turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static void
on_sip (IpdSip *sip, const IpdSipEvent *event, gpointer user_data)
{
  RawVendor *vendor = user_data;

  if (event->type == IPD_SIP_INVITE)
    ipd_sip_accept_foreign (sip, event->call);
  g_queue_push_tail (&vendor->events, raw_copy_event (event));
}

/* ---- HTTP ---- */

typedef struct {
  RawVendor *vendor;
  GSocketConnection *connection;
  GString *text;
  char buffer[4096];
} Exchange;

/* Head and body may come apart. */
static bool
is_whole (const char *text)
{
  const char *end = strstr (text, "\r\n\r\n");
  const char *length = strstr (text, "Content-Length: ");

  return end != NULL && (length == NULL || strlen (end + 4) >= (gsize) atoi (length + strlen ("Content-Length: ")));
}

static void
exchange_free (Exchange *exchange)
{
  g_object_unref (exchange->connection);
  g_string_free (exchange->text, TRUE);
  g_free (exchange);
}

static void
answer (Exchange *exchange)
{
  RawVendor *vendor = exchange->vendor;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (exchange->connection));
  bool refused = vendor->http_challenge != NULL && strstr (exchange->text->str, "Authorization:") == NULL;
  g_autofree char *challenge
      = g_strdup_printf ("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: %s\r\nContent-Length: 0\r\n"
                         "Connection: close\r\n\r\n",
                         vendor->http_challenge != NULL ? vendor->http_challenge : "");
  const char *reply = refused ? challenge : vendor->http_reply;

  g_ptr_array_add (vendor->requests, g_strdup (exchange->text->str));
  if (reply == NULL)
    {
      g_ptr_array_add (vendor->connections, g_object_ref (exchange->connection));
      return;
    }
  g_output_stream_write_all (out, reply, strlen (reply), NULL, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (exchange->connection), NULL, NULL);
}

static void read_more (Exchange *exchange);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0)
    g_string_append_len (exchange->text, exchange->buffer, n);
  if (n > 0 && !is_whole (exchange->text->str))
    {
      read_more (exchange);
      return;
    }
  if (n > 0)
    answer (exchange);
  exchange_free (exchange);
}

static void
read_more (Exchange *exchange)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (exchange->connection)), exchange->buffer,
                             sizeof exchange->buffer, G_PRIORITY_DEFAULT, NULL, on_read, exchange);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, RawVendor *vendor)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->vendor = vendor;
  exchange->connection = g_object_ref (connection);
  exchange->text = g_string_new (NULL);
  read_more (exchange);
  return TRUE;
}

static void
serve_http (RawVendor *vendor)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (vendor->host, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  vendor->http = g_socket_service_new ();
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (vendor->http), any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error));
  g_assert_no_error (error);
  vendor->http_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (vendor->http, "incoming", G_CALLBACK (on_incoming), vendor);
}

/* ---- life ---- */

RawVendor *
raw_vendor_new (RawPlant *plant, const char *host, const char *driver)
{
  RawVendor *vendor = g_new0 (RawVendor, 1);
  g_autoptr (GError) error = NULL;

  vendor->plant = plant;
  vendor->host = g_intern_string (host);
  vendor->driver = g_strdup (driver);
  vendor->requests = g_ptr_array_new_with_free_func (g_free);
  vendor->connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_strlcpy (vendor->id.s, "abcdefghijklmnopqrstuvwxya", sizeof vendor->id.s);
  vendor->sip = ipd_sip_new (&(IpdSipConfig){ .bind = host, .user = "door" }, on_sip, vendor, &error);
  g_assert_no_error (error);
  serve_http (vendor);
  return vendor;
}

void
raw_vendor_stop_http (RawVendor *vendor)
{
  if (vendor->http != NULL)
    g_socket_service_stop (vendor->http);
  g_clear_object (&vendor->http);
}

static void
free_event (gpointer event)
{
  ipd_sip_event_free (event);
}

void
raw_vendor_free (RawVendor *vendor)
{
  if (vendor == NULL)
    return;
  ipd_sip_free (vendor->sip);
  g_queue_clear_full (&vendor->events, free_event);
  raw_vendor_stop_http (vendor);
  g_ptr_array_unref (vendor->requests);
  g_ptr_array_unref (vendor->connections);
  g_free (vendor->http_challenge);
  g_free (vendor->http_reply);
  g_free (vendor->driver);
  g_free (vendor);
}

static void
add_output (IpdDevice *device, const char *id)
{
  IpdOutput output = { .kind = IPD_OUTPUT_LOCK };

  g_assert_true (ipd_output_id_from_text (id, &output.id));
  ipd_name_set (&output.name, id);
  g_assert_true (ipd_device_add_output (device, &output));
}

IpdDevice *
raw_vendor_device (RawVendor *vendor)
{
  IpdDevice *device = ipd_device_new ();

  device->id = vendor->id;
  ipd_name_set (&device->name, "Gate");
  device->roles = IPD_ROLE_OUTDOOR;
  g_strlcpy (device->host, vendor->host, sizeof device->host);
  device->sip_port = ipd_sip_get_port (vendor->sip);
  device->http_port = vendor->http_port;
  g_strlcpy (device->vendor, "raw", sizeof device->vendor);
  add_output (device, "door");
  add_output (device, "back");
  return device;
}

void
raw_vendor_fill_package (RawVendor *vendor, IpdEnrolVendor *ret_entry)
{
  ret_entry->device = vendor->id;
  g_strlcpy (ret_entry->user, "me", sizeof ret_entry->user);
  g_strlcpy (ret_entry->password, "secret", sizeof ret_entry->password);
  ret_entry->n_outputs = 1;
  g_assert_true (ipd_output_id_from_text ("door", &ret_entry->outputs[0].id));
  g_strlcpy (ret_entry->outputs[0].code, "1234", sizeof ret_entry->outputs[0].code);
  ret_entry->outputs[0].number = 2;
}

void
raw_vendor_write_driver (RawVendor *vendor, const char *dir)
{
  g_autofree char *folder = g_build_filename (dir, "vendors", NULL);
  g_autofree char *path = g_build_filename (folder, "raw.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, vendor->driver, -1, &error));
  g_assert_no_error (error);
}

/* ---- SIP ---- */

char *
raw_vendor_offer (RawVendor *vendor, const char *host, void (*edit) (IpdPeerSdp *sdp))
{
  const IpdCodecs codecs = { .audio = 1U << IPD_AUDIO_PCMA | 1U << IPD_AUDIO_PCMU, .video = 1U << IPD_VIDEO_H264 };
  IpdPeerSdp sdp;

  ipd_peer_sdp_init_offer (&sdp, host, AUDIO_PORT, VIDEO_PORT, &codecs, IPD_SDP_SENDONLY);
  if (edit != NULL)
    edit (&sdp);
  return ipd_peer_sdp_write (&sdp);
}

guint64
raw_vendor_ring (RawVendor *vendor, IpdSip *sip, const char *sdp)
{
  const IpdShortId call_id = ipd_random_short_id ();
  const IpdShortId tag = ipd_random_short_id ();
  g_autoptr (GError) error = NULL;
  guint64 call;

  call = ipd_sip_invite (
      sip,
      &(IpdSipInvite){
          .target = { .host = vendor->plant->contact_host, .port = vendor->plant->contact_port, .user = "anybody" },
          .from_user = "door",
          .from_tag = tag.s,
          .call_id = call_id.s,
          .cseq = 1,
          .sdp = sdp,
          .foreign = TRUE },
      &error);
  g_assert_no_error (error);
  return call;
}

IpdSipEvent *
raw_vendor_wait (RawVendor *vendor, IpdSipEventType type)
{
  for (;;)
    {
      IpdSipEvent *event;

      while (g_queue_is_empty (&vendor->events))
        turn ();
      event = g_queue_pop_head (&vendor->events);
      if (event->type == type)
        return event;
      ipd_sip_event_free (event);
    }
}

const char *
raw_vendor_wait_request (RawVendor *vendor, guint n)
{
  while (vendor->requests->len <= n)
    turn ();
  return g_ptr_array_index (vendor->requests, n);
}

void
raw_vendor_take_call (RawVendor *vendor, const IpdSipEvent *invite)
{
  const IpdCodecs codecs = { .audio = 1U << IPD_AUDIO_PCMA, .video = 1U << IPD_VIDEO_H264 };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  IpdPeerSdp offer, answer;

  g_assert_true (ipd_peer_sdp_parse (invite->body, strlen (invite->body), &offer, NULL));
  g_assert_true (ipd_peer_sdp_init_answer (&answer, &offer, vendor->host, AUDIO_PORT, VIDEO_PORT, &codecs, TRUE, 0));
  text = ipd_peer_sdp_write (&answer);
  ipd_sip_answer (vendor->sip, invite->call, 200, NULL, text, NULL, &error);
  g_assert_no_error (error);
}
