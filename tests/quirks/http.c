// SPDX-License-Identifier: Apache-2.0
/* Routes, limits and answers of the web server. libmicrohttpd waits on an epoll descriptor that the main loop watches.
 */
#include "http.h"

#include "digits.h"
#include "http-auth.h"
#include "journal.h"
#include "jpeg.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_MS = 100, RUNS_MAX = 64, BODY_MAX = 8192 };

struct _QuirkHttp {
  const QuirkDialect *dialect;
  QuirkStation *station;
  struct MHD_Daemon *daemon;
  QuirkHttpAuth auth;
  char *password_md5; /* in capitals */
  int refuse;
  guint watch;
  guint clock;
  guint fetched_at; /* the ring at which a route that goes once a ring was used */
  char *challenge;  /* Grandstream: of the last first step */
  int viewers;
};

typedef struct {
  QuirkHttp *http;
  GBytes *part; /* of the multipart stream, not yet all sent */
  gsize sent;
  gint64 next_us;
} Film;

static gboolean
on_run (gint fd, GIOCondition condition, gpointer data)
{
  QuirkHttp *self = data;
  MHD_UNSIGNED_LONG_LONG wait_ms = 0;

  for (int i = 0; i < RUNS_MAX && MHD_run (self->daemon) == MHD_YES; i++)
    if (MHD_get_timeout (self->daemon, &wait_ms) != MHD_YES || wait_ms > 0)
      break;
  return G_SOURCE_CONTINUE;
}

/* A film has new frames by the clock, not by its socket. */
static gboolean
on_film_time (gpointer data)
{
  return on_run (0, 0, data);
}

static GBytes *
new_part (void)
{
  g_autoptr (GBytes) picture = quirk_jpeg_now ();
  GString *part = g_string_new (NULL);

  g_string_printf (part, "--picture\r\nContent-Type: image/jpeg\r\nContent-Length: %zu\r\n\r\n",
                   g_bytes_get_size (picture));
  g_string_append_len (part, g_bytes_get_data (picture, NULL), (gssize) g_bytes_get_size (picture));
  g_string_append (part, "\r\n");
  return g_string_free_to_bytes (part);
}

static ssize_t
on_film_read (void *data, uint64_t at, char *to, size_t max)
{
  Film *film = data;
  gsize n;

  if (film->part == NULL)
    {
      if (g_get_monotonic_time () < film->next_us)
        return 0;
      film->next_us = g_get_monotonic_time () + FRAME_MS * 1000;
      film->part = new_part ();
      film->sent = 0;
    }
  n = MIN (max, g_bytes_get_size (film->part) - film->sent);
  memcpy (to, (const char *) g_bytes_get_data (film->part, NULL) + film->sent, n);
  film->sent += n;
  if (film->sent == g_bytes_get_size (film->part))
    g_clear_pointer (&film->part, g_bytes_unref);
  return (ssize_t) n;
}

static void
on_film_end (void *data)
{
  Film *film = data;

  if (--film->http->viewers == 0)
    g_clear_handle_id (&film->http->clock, g_source_remove);
  g_clear_pointer (&film->part, g_bytes_unref);
  g_free (film);
}

static struct MHD_Response *
new_film (QuirkHttp *self)
{
  Film *film = g_new0 (Film, 1);
  struct MHD_Response *response;

  film->http = self;
  if (++self->viewers > quirk_number (self->dialect, "http", "viewers", 8))
    quirk_violation ("more streams than the station has");
  if (self->clock == 0)
    self->clock = g_timeout_add (FRAME_MS, on_film_time, self);
  response = MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, 65536, on_film_read, film, on_film_end);
  MHD_add_response_header (response, "Content-Type", "multipart/x-mixed-replace; boundary=picture");
  return response;
}

static struct MHD_Response *
new_text (const char *type, const char *text)
{
  struct MHD_Response *response = MHD_create_response_from_buffer (strlen (text), (void *) text, MHD_RESPMEM_MUST_COPY);

  MHD_add_response_header (response, "Content-Type", type);
  return response;
}

static struct MHD_Response *
new_still (void)
{
  g_autoptr (GBytes) picture = quirk_jpeg_now ();
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (picture, &size);
  struct MHD_Response *response = MHD_create_response_from_buffer (size, (void *) data, MHD_RESPMEM_MUST_COPY);

  MHD_add_response_header (response, "Content-Type", "image/jpeg");
  return response;
}

static const char *
member (JsonObject *route, const char *name, const char *fallback)
{
  return json_object_has_member (route, name) ? json_object_get_string_member (route, name) : fallback;
}

static bool
query_fits (const QuirkHttp *self, struct MHD_Connection *connection, JsonObject *route)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!json_object_has_member (route, "query"))
    return true;
  json_object_iter_init (&iter, json_object_get_object_member (route, "query"));
  while (json_object_iter_next (&iter, &name, &node))
    {
      const char *want = json_node_get_string (node);
      const char *got = MHD_lookup_connection_value (connection, MHD_GET_ARGUMENT_KIND, name);

      if (g_str_equal (want, "$user"))
        want = self->auth.user;
      else if (g_str_equal (want, "$password"))
        want = self->auth.password;
      else if (g_str_equal (want, "$MD5"))
        want = self->password_md5;
      if (got == NULL || (!g_str_equal (want, "*any*") && !g_str_equal (got, want)))
        return false;
    }
  return true;
}

/* The route of a request; for one whose path is known and whose rest does not fit, *ret_near says so. */
static JsonObject *
find_route (QuirkHttp *self, struct MHD_Connection *connection, const char *method, const char *path, const char *body,
            bool *ret_near)
{
  JsonArray *routes = quirk_list (self->dialect, "http", "routes");

  for (guint i = 0; routes != NULL && i < json_array_get_length (routes); i++)
    {
      JsonObject *route = json_array_get_object_element (routes, i);

      if (!g_str_equal (member (route, "path", ""), path))
        continue;
      *ret_near = true;
      if (g_str_equal (member (route, "method", "GET"), method) && query_fits (self, connection, route)
          && strstr (body, member (route, "body", "")) != NULL)
        return route;
    }
  return NULL;
}

/* md5(Challenge:RemotePIN:password), with the challenge of the first step, once. */
static bool
challenge_fits (QuirkHttp *self, struct MHD_Connection *connection)
{
  const char *pin = quirk_text (self->dialect, "http", "pin", "");
  const char *code = MHD_lookup_connection_value (connection, MHD_GET_ARGUMENT_KIND, "authcode");
  g_autofree char *challenge = g_steal_pointer (&self->challenge);
  g_autofree char *text = g_strdup_printf ("%s:%s:%s", challenge ? challenge : "", pin, self->auth.password);
  g_autofree char *want = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);

  return challenge != NULL && code != NULL && g_ascii_strcasecmp (code, want) == 0;
}

static struct MHD_Response *
act (QuirkHttp *self, struct MHD_Connection *connection, JsonObject *route, int *status)
{
  const char *does = member (route, "does", "say");
  const char *type = member (route, "type", "text/plain");
  const char *answer = member (route, "answer", "OK");

  if (json_object_has_member (route, "not-at-ring") && quirk_station_rings (self->station))
    {
      quirk_violation ("a stream was fetched while it rings");
      *status = 509;
      return new_text ("text/plain", "");
    }
  if (json_object_has_member (route, "once-a-ring") && quirk_station_ring (self->station) != 0)
    {
      if (self->fetched_at == quirk_station_ring (self->station))
        quirk_violation ("more than one still in one ring");
      self->fetched_at = quirk_station_ring (self->station);
    }
  if (g_str_has_prefix (does, "open") && self->refuse > 1)
    {
      *status = self->refuse;
      return new_text ("text/plain", "");
    }
  if (g_str_equal (does, "open-by-challenge") && !challenge_fits (self, connection))
    return new_text (type, member (route, "refusal", ""));
  if (g_str_has_prefix (does, "open"))
    quirk_open (json_object_has_member (route, "output") ? (int) json_object_get_int_member (route, "output") : 1,
                "http");
  if (g_str_equal (does, "still"))
    return new_still ();
  if (g_str_equal (does, "mjpeg"))
    return new_film (self);
  if (g_str_equal (does, "challenge"))
    {
      g_autoptr (GString) body = g_string_new (answer);
      g_free (self->challenge);
      self->challenge = g_strdup_printf ("%u", g_random_int ());
      g_string_replace (body, "$challenge", self->challenge, 1);
      return new_text (type, body->str);
    }
  if (g_str_equal (does, "login"))
    {
      g_autoptr (GString) body = g_string_new (answer);
      g_free (self->auth.nonce);
      self->auth.nonce = g_uuid_string_random ();
      g_string_replace (body, "$token", self->auth.nonce, 1);
      return new_text (type, body->str);
    }
  return new_text (type, answer);
}

static enum MHD_Result
send_response (QuirkHttp *self, struct MHD_Connection *connection, const char *method, const char *path, int status,
               const char *login, struct MHD_Response *response)
{
  enum MHD_Result result;

  quirk_journal ("http", "s:method", method, "s:path", path, "i:status", status, "s:login", login, NULL);
  result = MHD_queue_response (connection, (unsigned) status, response);
  MHD_destroy_response (response);
  return result;
}

static enum MHD_Result
answer (QuirkHttp *self, struct MHD_Connection *connection, const char *method, const char *path, const char *body)
{
  const char *header = MHD_lookup_connection_value (connection, MHD_HEADER_KIND, "Authorization");
  const char *login = quirk_http_auth_check (&self->auth, method, path, header);
  bool near = false;
  JsonObject *route;
  struct MHD_Response *response;
  int status = 404;

  if (!g_str_equal (login, "good"))
    {
      g_autofree char *challenge = quirk_http_auth_challenge (&self->auth, g_str_equal (login, "stale"));
      response = new_text ("text/html", "<html>Unauthorized</html>");
      MHD_add_response_header (response, "WWW-Authenticate", challenge);
      return send_response (self, connection, method, path, 401, login, response);
    }
  route = find_route (self, connection, method, path, body, &near);
  if (route == NULL)
    return send_response (self, connection, method, path, near ? 400 : 404, login, new_text ("text/plain", ""));
  status = json_object_has_member (route, "status") ? (int) json_object_get_int_member (route, "status") : 200;
  response = act (self, connection, route, &status);
  if (self->refuse == 1 && g_str_has_prefix (member (route, "does", ""), "open"))
    {
      MHD_destroy_response (response);
      return MHD_NO;
    }
  return send_response (self, connection, method, path, status, login, response);
}

static enum MHD_Result
on_request (void *data, struct MHD_Connection *connection, const char *path, const char *method, const char *version,
            const char *upload, size_t *upload_len, void **state)
{
  GString *body = *state;

  if (body == NULL)
    {
      *state = g_string_new (NULL);
      return MHD_YES;
    }
  if (*upload_len > 0)
    {
      g_string_append_len (body, upload, (gssize) *upload_len);
      *upload_len = 0;
      return body->len <= BODY_MAX ? MHD_YES : MHD_NO;
    }
  return answer (data, connection, method, path, body->str);
}

static void
on_completed (void *data, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
  if (*state != NULL)
    g_string_free (*state, TRUE);
  *state = NULL;
}

static char *
new_md5 (const char *text)
{
  g_autofree char *lower = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
  return g_ascii_strup (lower, -1);
}

QuirkHttp *
quirk_http_new (const QuirkDialect *dialect, const char *address, guint16 port, const char *user, const char *password,
                int refuse, QuirkStation *station)
{
  QuirkHttp *self = g_new0 (QuirkHttp, 1);
  struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons (port) };

  self->dialect = dialect;
  self->station = station;
  self->refuse = refuse;
  self->auth = (QuirkHttpAuth){ .dialect = dialect, .user = user, .password = password };
  self->password_md5 = new_md5 (password);
  inet_pton (AF_INET, address, &local.sin_addr);
  self->daemon = MHD_start_daemon (MHD_USE_EPOLL, port, NULL, NULL, on_request, self, MHD_OPTION_SOCK_ADDR, &local,
                                   MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
  if (self->daemon == NULL)
    {
      g_printerr ("quirk-station: %s port %u: the web server does not start\n", address, port);
      exit (2);
    }
  self->watch
      = g_unix_fd_add (MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, G_IO_IN, on_run, self);
  return self;
}

void
quirk_http_free (QuirkHttp *self)
{
  g_source_remove (self->watch);
  MHD_stop_daemon (self->daemon);
  g_free (self->challenge);
  g_free (self->password_md5);
  g_free (self->auth.nonce);
  g_free (self);
}
