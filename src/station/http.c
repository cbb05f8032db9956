// SPDX-License-Identifier: Apache-2.0
/*
 * libmicrohttpd in the GLib loop: one custom source watches its epoll descriptor and its timeout. Made by IpdStation;
 * main thread. This is the only file that knows libmicrohttpd.
 * Every connection ends 10 s after it began, idle or not: answers are small, so only somebody who holds connections
 * on purpose ever notices, and a byte every nine seconds does not hold one.
 */
#include "station/http.h"

#include "station/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>

G_DEFINE_QUARK (ipd - http - error - quark, ipd_http_error)

#define BODY_OCTETS          8192
#define CONNECTIONS          32
#define CONNECTIONS_A_SOURCE 8
#define CONNECTION_SECONDS   10

struct _IpdHttp {
  struct MHD_Daemon *daemon;
  GSource *source;
  const IpdHttpRoute *routes;
  gpointer data;
};

/* One request while its body arrives. */
typedef struct {
  GByteArray *body;
  gboolean too_large;
} Upload;

typedef struct {
  GSource source;
  struct MHD_Daemon *daemon;
} HttpSource;

static gint64
ready_time (struct MHD_Daemon *daemon)
{
  MHD_UNSIGNED_LONG_LONG ms = 0;
  if (MHD_get_timeout (daemon, &ms) != MHD_YES)
    return -1;
  return g_get_monotonic_time () + (gint64) MIN (ms, 60000) * 1000;
}

static gboolean
http_source_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  HttpSource *self = (HttpSource *) source;
  MHD_run (self->daemon);
  g_source_set_ready_time (source, ready_time (self->daemon));
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs http_source_funcs = { .dispatch = http_source_dispatch };

static enum MHD_Result
reply (struct MHD_Connection *connection, guint status, const char *json, const char *allow)
{
  struct MHD_Response *response = MHD_create_response_from_buffer (strlen (json), (void *) json, MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
  MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  /* Nobody asks twice; and a connection whose other half is closed would keep its place until its time is over. */
  MHD_add_response_header (response, MHD_HTTP_HEADER_CONNECTION, "close");
  if (allow != NULL)
    MHD_add_response_header (response, MHD_HTTP_HEADER_ALLOW, allow);
  enum MHD_Result result = MHD_queue_response (connection, status, response);
  MHD_destroy_response (response);
  return result;
}

static const char *
peer_address (struct MHD_Connection *connection, char buffer[INET6_ADDRSTRLEN])
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const struct sockaddr *address = (const struct sockaddr *) info->client_addr;
  const void *octets = address->sa_family == AF_INET6
                           ? (const void *) &((const struct sockaddr_in6 *) address)->sin6_addr
                           : (const void *) &((const struct sockaddr_in *) address)->sin_addr;
  return inet_ntop (address->sa_family, octets, buffer, INET6_ADDRSTRLEN);
}

static enum MHD_Result
run_handler (IpdHttp *self, const IpdHttpRoute *route, struct MHD_Connection *connection, const Upload *upload)
{
  char address[INET6_ADDRSTRLEN];
  g_autofree char *body = g_strndup ((const char *) upload->body->data, upload->body->len);
  g_autofree char *json = NULL;
  IpdHttpRequest request = {
    .nonce = MHD_lookup_connection_value (connection, MHD_GET_ARGUMENT_KIND, "nonce"),
    .body = body,
    .body_octets = upload->body->len,
    .source = peer_address (connection, address),
  };
  guint status = route->handler (&request, &json, self->data);
  return reply (connection, status, json, NULL);
}

static enum MHD_Result
answer (IpdHttp *self, struct MHD_Connection *connection, const char *url, const char *method, const Upload *upload)
{
  const char *allow = NULL;
  for (const IpdHttpRoute *route = self->routes; route->path != NULL; route++)
    if (g_str_equal (route->path, url))
      {
        allow = route->method;
        if (g_str_equal (route->method, method))
          return upload->too_large ? reply (connection, MHD_HTTP_CONTENT_TOO_LARGE, "{}", NULL)
                                   : run_handler (self, route, connection, upload);
      }
  return reply (connection, allow != NULL ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND, "{}", allow);
}

/* Reads and forgets what is over the limit: an answer in the middle of an upload would reach few clients. */
static void
collect (Upload *upload, const char *data, gsize octets)
{
  if (upload->body->len + octets > BODY_OCTETS)
    upload->too_large = TRUE;
  if (upload->too_large)
    g_byte_array_set_size (upload->body, 0);
  else
    g_byte_array_append (upload->body, (const guint8 *) data, (guint) octets);
}

static gboolean
announces_too_much (struct MHD_Connection *connection)
{
  const char *length = MHD_lookup_connection_value (connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  guint64 octets = 0;
  return length != NULL && !g_ascii_string_to_unsigned (length, 10, 0, BODY_OCTETS, &octets, NULL);
}

static enum MHD_Result
on_request (void *data, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
            const char *upload_data, size_t *upload_octets, void **request_data)
{
  Upload *upload = *request_data;
  if (upload == NULL)
    {
      upload = g_new0 (Upload, 1);
      upload->body = g_byte_array_new ();
      *request_data = upload;
      if (!announces_too_much (connection))
        return MHD_YES;
      upload->too_large = TRUE;
      return answer (data, connection, url, method, upload);
    }
  if (*upload_octets != 0)
    {
      collect (upload, upload_data, *upload_octets);
      *upload_octets = 0;
      return MHD_YES;
    }
  return answer (data, connection, url, method, upload);
}

static void
on_request_completed (void *data, struct MHD_Connection *connection, void **request_data,
                      enum MHD_RequestTerminationCode code)
{
  Upload *upload = *request_data;
  if (upload == NULL)
    return;
  g_byte_array_unref (upload->body);
  g_clear_pointer ((Upload **) request_data, g_free);
}

static gboolean
on_connection_timeout (gpointer data)
{
  /* libmicrohttpd closes the descriptor itself once it sees the end of it. */
  shutdown (GPOINTER_TO_INT (data), SHUT_RDWR);
  return G_SOURCE_REMOVE;
}

static void
on_connection (void *data, struct MHD_Connection *connection, void **socket_data,
               enum MHD_ConnectionNotificationCode code)
{
  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    {
      int fd = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
      GSource *timer = g_timeout_source_new_seconds (CONNECTION_SECONDS);
      g_source_set_callback (timer, on_connection_timeout, GINT_TO_POINTER (fd), NULL);
      g_source_set_name (timer, "http connection limit");
      g_source_attach (timer, NULL);
      *socket_data = timer;
      return;
    }
  GSource *timer = *socket_data;
  g_source_destroy (timer);
  g_source_unref (timer);
  *socket_data = NULL;
}

static void
attach (IpdHttp *self)
{
  int fd = MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  self->source = g_source_new (&http_source_funcs, sizeof (HttpSource));
  ((HttpSource *) self->source)->daemon = self->daemon;
  g_source_add_unix_fd (self->source, fd, G_IO_IN);
  g_source_set_name (self->source, "service http");
  g_source_attach (self->source, NULL);
}

IpdHttp *
ipd_http_new (const char *bind, guint16 port, const IpdHttpRoute *routes, gpointer data, GError **error)
{
  struct sockaddr_storage address = { 0 };
  ipd_socket_address (bind != NULL ? bind : "0.0.0.0", port, &address);
  unsigned int family = address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0;
  IpdHttp *self = g_new0 (IpdHttp, 1);
  self->routes = routes;
  self->data = data;
  self->daemon
      = MHD_start_daemon (MHD_USE_EPOLL | family, port, NULL, NULL, on_request, self, MHD_OPTION_SOCK_ADDR, &address,
                          MHD_OPTION_CONNECTION_LIMIT, (unsigned int) CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                          (unsigned int) CONNECTIONS_A_SOURCE, MHD_OPTION_CONNECTION_TIMEOUT,
                          (unsigned int) CONNECTION_SECONDS, MHD_OPTION_NOTIFY_COMPLETED, on_request_completed, NULL,
                          MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL, MHD_OPTION_END);
  if (self->daemon != NULL)
    {
      attach (self);
      return self;
    }
  g_set_error (error, IPD_HTTP_ERROR, IPD_HTTP_ERROR_LISTEN, _ ("TCP port %u of %s cannot be served: %s."), port,
               bind != NULL ? bind : "0.0.0.0", g_strerror (errno));
  g_free (self);
  return NULL;
}

guint16
ipd_http_get_port (const IpdHttp *self)
{
  return MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void
ipd_http_free (IpdHttp *self)
{
  if (self == NULL)
    return;
  g_source_destroy (self->source);
  g_source_unref (self->source);
  MHD_stop_daemon (self->daemon);
  g_free (self);
}
