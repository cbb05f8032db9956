// SPDX-License-Identifier: Apache-2.0
/*
 * ipdoor-http-helper: one HTTP request for the agent, then the end. Reads one JSON object {host, port, path, body?} on
 * standard input and writes {status, body} on standard output; says nothing when there was no answer. Holds no key and
 * no code. It follows no redirection and keeps no cookies: a station is asked where it is, or not at all.
 */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX 65536
#define BODY_MAX  65536
#define TIMEOUT_S 5

static char *
read_all (GInputStream *stream, gsize limit, GCancellable *cancellable)
{
  g_autofree char *buffer = g_malloc0 (limit + 2);
  gsize length;

  /* One octet above the limit, so that a longer answer is seen to be longer. */
  if (!g_input_stream_read_all (stream, buffer, limit + 1, &length, cancellable, NULL) || length > limit
      || !g_utf8_validate (buffer, (gssize) length, NULL))
    return NULL;
  return g_steal_pointer (&buffer);
}

static SoupMessage *
make_message (JsonObject *request)
{
  const char *host = json_object_get_string_member_with_default (request, "host", "");
  const char *path = json_object_get_string_member_with_default (request, "path", "/");
  const char *body = json_object_get_string_member_with_default (request, "body", NULL);
  int port = (int) json_object_get_int_member_with_default (request, "port", 0);
  bool literal6 = strchr (host, ':') != NULL;
  g_autofree char *uri
      = g_strdup_printf ("http://%s%s%s:%d%s", literal6 ? "[" : "", host, literal6 ? "]" : "", port, path);
  SoupMessage *message = soup_message_new (body != NULL ? SOUP_METHOD_POST : SOUP_METHOD_GET, uri);

  if (message == NULL)
    return NULL;
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  return message;
}

static void
write_reply (guint status, const char *body)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_object_set_int_member (object, "status", status);
  json_object_set_string_member (object, "body", body);
  json_node_set_object (root, object);
  text = json_to_string (root, FALSE);
  g_print ("%s\n", text);
}

int
main (void)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autofree char *text = read_all (input, INPUT_MAX, NULL);
  g_autoptr (JsonNode) root = text != NULL ? json_from_string (text, NULL) : NULL;
  g_autoptr (SoupSession) session = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *body = NULL;

  /* Standard output is the answer; GLib would write debug messages there. */
  g_log_writer_default_set_use_stderr (TRUE);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return 2;
  alarm (TIMEOUT_S); /* bounds the whole exchange, not only each of its pauses */
  session = soup_session_new_with_options ("timeout", TIMEOUT_S, "proxy-resolver", NULL, "user-agent", "ipdoor", NULL);
  message = make_message (json_node_get_object (root));
  if (message == NULL)
    return 2;
  stream = soup_session_send (session, message, NULL, NULL);
  body = stream != NULL ? read_all (stream, BODY_MAX, NULL) : NULL;
  if (body == NULL)
    return 1;
  write_reply (soup_message_get_status (message), body);
  return 0;
}
