// SPDX-License-Identifier: Apache-2.0
/*
 * See http-talk.h. Used by test-http.c and test-enrol.c.
 */
#include "http-talk.h"

#include "station-test.h"

#include <string.h>

typedef struct {
  GByteArray *answer;
  guint8 chunk[4096];
  gboolean ended;
} Talk;

static void
on_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  Talk *talk = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);
  talk->ended = n <= 0;
  if (talk->ended)
    return;
  g_byte_array_append (talk->answer, talk->chunk, (guint) n);
  g_input_stream_read_async (G_INPUT_STREAM (stream), talk->chunk, sizeof talk->chunk, 0, NULL, on_read, talk);
}

static gboolean
has_ended (gpointer data)
{
  return ((Talk *) data)->ended;
}

char *
http_talk (guint16 port, const char *octets, gsize length)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  /* The kernel answers the connect, and takes what a test sends, before the server's loop turns. */
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  GIOStream *stream = G_IO_STREAM (connection);
  Talk talk = { .answer = g_byte_array_new () };
  if (length > 0)
    g_output_stream_write_all (g_io_stream_get_output_stream (stream), octets, length, NULL, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_async (g_io_stream_get_input_stream (stream), talk.chunk, sizeof talk.chunk, 0, NULL, on_read,
                             &talk);
  station_test_until (has_ended, &talk);
  g_byte_array_append (talk.answer, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (talk.answer, FALSE);
}

guint
http_ask (guint16 port, const char *method, const char *path, const char *body, char **ret_body)
{
  g_autofree char *request = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: station\r\nConnection: close\r\n"
                                              "Content-Length: %zu\r\n\r\n%s",
                                              method, path, body != NULL ? strlen (body) : 0, body != NULL ? body : "");
  g_autofree char *answer = http_talk (port, request, strlen (request));
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));
  const char *blank = strstr (answer, "\r\n\r\n");
  g_assert_nonnull (blank);
  if (ret_body != NULL)
    *ret_body = g_strdup (blank + 4);
  return (guint) g_ascii_strtoull (answer + strlen ("HTTP/1.1 "), NULL, 10);
}
