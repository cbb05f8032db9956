// SPDX-License-Identifier: Apache-2.0
/*
 * The limits of the service HTTP (docs/protocol.md §4), against a server on a real socket.
 */
#include "http-talk.h"
#include "station-test.h"
#include "station/http.h"

#include <string.h>
#include <sys/socket.h>

static guint
on_echo (const IpdHttpRequest *request, char **ret_json, gpointer data)
{
  *ret_json = g_strdup_printf ("{\"octets\":%zu,\"nonce\":\"%s\",\"source\":\"%s\"}", request->body_octets,
                               request->nonce != NULL ? request->nonce : "", request->source);
  return 200;
}

static const IpdHttpRoute routes[] = { { "POST", "/echo", on_echo }, { "GET", "/nonce", on_echo }, { NULL } };

static IpdHttp *
serve (guint16 *ret_port)
{
  g_autoptr (GError) error = NULL;
  IpdHttp *http = ipd_http_new ("127.0.0.1", 0, routes, NULL, &error);
  g_assert_no_error (error);
  *ret_port = ipd_http_get_port (http);
  return http;
}

static void
test_routes (void)
{
  guint16 port;
  g_autoptr (IpdHttp) http = serve (&port);
  g_autofree char *nonce = NULL, *missing = NULL, *echo = NULL;
  g_assert_cmpuint (http_ask (port, "GET", "/nonce?nonce=abc", NULL, &nonce), ==, 200);
  g_assert_cmpstr (nonce, ==, "{\"octets\":0,\"nonce\":\"abc\",\"source\":\"127.0.0.1\"}");
  g_assert_cmpuint (http_ask (port, "POST", "/echo", "12345", &echo), ==, 200);
  g_assert_nonnull (strstr (echo, "\"octets\":5"));
  g_assert_cmpuint (http_ask (port, "GET", "/nothing", NULL, &missing), ==, 404);
  g_assert_cmpstr (missing, ==, "{}");
  g_assert_cmpuint (http_ask (port, "GET", "/echo", NULL, NULL), ==, 405);
  g_assert_cmpuint (http_ask (port, "DELETE", "/nonce", NULL, NULL), ==, 405);
}

static void
test_body_limit (void)
{
  guint16 port;
  g_autoptr (IpdHttp) http = serve (&port);
  g_autofree char *most = g_strnfill (8192, 'x'), *more = g_strnfill (8193, 'x');
  g_autofree char *chunked = g_strdup_printf ("POST /echo HTTP/1.1\r\nHost: s\r\nConnection: "
                                              "close\r\nTransfer-Encoding: chunked\r\n\r\n2001\r\n%s\r\n0\r\n\r\n",
                                              more);
  g_assert_cmpuint (http_ask (port, "POST", "/echo", most, NULL), ==, 200);
  g_assert_cmpuint (http_ask (port, "POST", "/echo", more, NULL), ==, 413);
  g_autofree char *answer = http_talk (port, chunked, strlen (chunked));
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 413 "));
}

static void
test_nonsense (void)
{
  static const char *const cases[]
      = { "GET /nonce NOTHTTP\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x01\x01\x01\xfc\r\n\r\n" };
  guint16 port;
  g_autoptr (IpdHttp) http = serve (&port);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = http_talk (port, cases[i], strlen (cases[i]));
      g_assert_false (g_str_has_prefix (answer, "HTTP/1.1 200"));
    }
  g_assert_cmpuint (http_ask (port, "GET", "/nonce", NULL, NULL), ==, 200);
}

typedef struct {
  GSocket *socket;
  GSource *source;
  gboolean closed;
} Idle;

static gboolean
on_idle_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  ((Idle *) data)->closed = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_closed (gpointer data)
{
  return ((Idle *) data)->closed;
}

/* Connects and says @words; watches for the server to close. */
static void
open_idle (Idle *self, guint16 port, const char *words)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GError) error = NULL;
  self->closed = FALSE;
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_true (g_socket_connect (self->socket, address, NULL, &error));
  g_socket_send (self->socket, words, strlen (words), NULL, NULL);
  self->source = g_socket_create_source (self->socket, G_IO_IN | G_IO_HUP, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_idle_readable), self, NULL);
  g_source_attach (self->source, NULL);
}

static void
close_idle (Idle *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_object_unref (self->socket);
}

/* The ninth connection of a source is not served; the eight before it are. */
static void
test_connections_a_source (void)
{
  guint16 port;
  g_autoptr (IpdHttp) http = serve (&port);
  Idle idle[9];
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    open_idle (&idle[i], port, "");
  station_test_until (is_closed, &idle[8]);
  for (guint i = 0; i < 8; i++)
    g_assert_false (idle[i].closed);
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    close_idle (&idle[i]);
}

static gboolean
on_drip (gpointer data)
{
  g_socket_send (((Idle *) data)->socket, "x", 1, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

/* One that sends a little all the time is not idle, but has its ten seconds and no more. */
static void
test_slow_client (void)
{
  guint16 port;
  g_autoptr (IpdHttp) http = serve (&port);
  Idle slow;
  gint64 start_us = g_get_monotonic_time ();
  open_idle (&slow, port, "POST /echo HTTP/1.1\r\nHost: s\r\nContent-Length: 4000\r\n\r\n");
  guint drip = g_timeout_add (200, on_drip, &slow);
  station_test_until (is_closed, &slow);
  g_source_remove (drip);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 12 * G_USEC_PER_SEC);
  close_idle (&slow);
}

static void
test_port_taken (void)
{
  guint16 port;
  g_autoptr (IpdHttp) http = serve (&port);
  g_autoptr (GError) error = NULL;
  g_assert_null (ipd_http_new ("127.0.0.1", port, routes, NULL, &error));
  g_assert_error (error, IPD_HTTP_ERROR, IPD_HTTP_ERROR_LISTEN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/routes", test_routes);
  g_test_add_func ("/http/body-limit", test_body_limit);
  g_test_add_func ("/http/nonsense", test_nonsense);
  g_test_add_func ("/http/connections-a-source", test_connections_a_source);
  g_test_add_func ("/http/slow-client", test_slow_client);
  g_test_add_func ("/http/port-taken", test_port_taken);
  return g_test_run ();
}
