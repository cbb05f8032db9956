// SPDX-License-Identifier: Apache-2.0
/*
 * ipdoor-http-helper: one HTTP request for the agent, then the end. Reads one JSON object on standard input and writes
 * one on standard output (agent/http-child.c has both ends' words). Credentials answer a challenge of that one host and
 * go nowhere else: it follows no redirection, keeps no cookies, uses no proxy, and has no second connection that a
 * request could be repeated on. Certificates are verified by the system's authorities.
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
/* For a challenge, a nonce that is stale at once, and one more: whoever never believes us might open each time. */
#define RESTARTS_MAX 3

/* The agent's request, borrowed from its JSON. Text that is not there is "". */
typedef struct {
  const char *method;
  const char *host;
  guint16 port;
  bool tls;
  const char *path;
  const char *body; /* (nullable) */
  const char *type;
  const char *auth; /* "basic", "digest", "any", "bearer" or "" */
  const char *user;
  const char *password;
  bool under_way; /* from here on the other side may have got it */
  unsigned restarts;
  GCancellable *cancellable;
} Request;

static char *
read_all (GInputStream *stream, gsize limit)
{
  g_autofree char *buffer = g_malloc0 (limit + 2);
  gsize length;

  /* One octet above the limit, so that a longer answer is seen to be longer. */
  if (!g_input_stream_read_all (stream, buffer, limit + 1, &length, NULL, NULL) || length > limit
      || !g_utf8_validate (buffer, (gssize) length, NULL))
    return NULL;
  return g_steal_pointer (&buffer);
}

static const char *
text_of (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

static void
read_request (JsonObject *object, Request *ret_request)
{
  const char *method = text_of (object, "method");

  *ret_request = (Request){ .method = method,
                            .host = text_of (object, "host"),
                            .port = (guint16) json_object_get_int_member_with_default (object, "port", 0),
                            .tls = json_object_get_boolean_member_with_default (object, "tls", FALSE),
                            .path = text_of (object, "path"),
                            .body = json_object_get_string_member_with_default (object, "body", NULL),
                            .type = text_of (object, "type"),
                            .auth = text_of (object, "auth"),
                            .user = text_of (object, "user"),
                            .password = text_of (object, "password") };
}

static void
on_starting (SoupMessage *message, Request *request)
{
  request->under_way = true;
}

/* A driver that wants Digest gives its password to no one who asks for it in clear. */
static gboolean
on_authenticate (SoupMessage *message, SoupAuth *auth, gboolean again, Request *request)
{
  if (again || soup_auth_is_for_proxy (auth) || *request->auth == '\0' || strcmp (request->auth, "basic") == 0
      || strcmp (request->auth, "bearer") == 0)
    return FALSE;
  if (strcmp (request->auth, "digest") == 0 && g_ascii_strcasecmp (soup_auth_get_scheme_name (auth), "Digest") != 0)
    return FALSE;
  soup_auth_authenticate (auth, request->user, request->password);
  return TRUE;
}

static void
add_body (SoupMessage *message, const Request *request)
{
  g_autoptr (GBytes) bytes = g_bytes_new (request->body, strlen (request->body));

  soup_message_set_request_body_from_bytes (message, *request->type != '\0' ? request->type : NULL, bytes);
}

/* The answer to a challenge needs the body again: the library has read it to its end. */
static void
on_restarted (SoupMessage *message, Request *request)
{
  if (++request->restarts > RESTARTS_MAX)
    g_cancellable_cancel (request->cancellable);
  if (request->body != NULL)
    add_body (message, request);
}

static void
say_basic (SoupMessage *message, const Request *request)
{
  g_autofree char *both = g_strdup_printf ("%s:%s", request->user, request->password);
  g_autofree char *code = g_base64_encode ((const guchar *) both, strlen (both));
  g_autofree char *value = g_strconcat ("Basic ", code, NULL);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", value);
}

static void
say_bearer (SoupMessage *message, const Request *request)
{
  g_autofree char *value = g_strconcat ("Bearer ", request->password, NULL);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", value);
}

static SoupMessage *
make_message (Request *request)
{
  bool literal6 = strchr (request->host, ':') != NULL;
  g_autofree char *uri = g_strdup_printf ("%s://%s%s%s:%d%s", request->tls ? "https" : "http", literal6 ? "[" : "",
                                          request->host, literal6 ? "]" : "", request->port, request->path);
  SoupMessage *message = soup_message_new (request->method, uri);

  if (message == NULL)
    return NULL;
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  /* On a connection that is kept the library would repeat a request that got no answer; a door opens once. */
  soup_message_headers_replace (soup_message_get_request_headers (message), "Connection", "close");
  if (strcmp (request->auth, "basic") == 0)
    say_basic (message, request);
  else if (strcmp (request->auth, "bearer") == 0)
    say_bearer (message, request);
  g_signal_connect (message, "starting", G_CALLBACK (on_starting), request);
  g_signal_connect (message, "authenticate", G_CALLBACK (on_authenticate), request);
  g_signal_connect (message, "restarted", G_CALLBACK (on_restarted), request);
  if (request->body != NULL)
    add_body (message, request);
  return message;
}

static void
write_object (JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_set_object (root, object);
  text = json_to_string (root, FALSE);
  g_print ("%s\n", text);
}

static void
write_reply (guint status, const char *body)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_int_member (object, "status", status);
  json_object_set_string_member (object, "body", body);
  write_object (object);
}

static void
write_failure (const Request *request)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "failed", request->under_way ? "no-answer" : "not-reached");
  write_object (object);
}

static int
exchange (Request *request)
{
  g_autoptr (SoupSession) session
      = soup_session_new_with_options ("timeout", TIMEOUT_S, "proxy-resolver", NULL, "user-agent", "ipdoor", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SoupMessage) message = make_message (request);
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *body = NULL;

  if (message == NULL)
    return 2;
  request->cancellable = cancellable;
  stream = soup_session_send (session, message, cancellable, NULL);
  if (stream == NULL)
    {
      write_failure (request);
      return 1;
    }
  /* The status counts even where the body is no text: some stations answer with a picture, or with nonsense. */
  body = read_all (stream, BODY_MAX);
  write_reply (soup_message_get_status (message), body != NULL ? body : "");
  return 0;
}

int
main (void)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autofree char *text = read_all (input, INPUT_MAX);
  g_autoptr (JsonNode) root = text != NULL ? json_from_string (text, NULL) : NULL;
  Request request;

  /* Standard output is the answer; GLib would write debug messages there. */
  g_log_writer_default_set_use_stderr (TRUE);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return 2;
  /* Bounds the whole exchange, not only each of its pauses, and leaves time to say that nobody could be reached. */
  alarm (TIMEOUT_S + 1);
  read_request (json_node_get_object (root), &request);
  return exchange (&request);
}
