// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/*
 * One HTTP request, made by a child process (ipdoor-http-helper) that lives for that request: the library for it would
 * cost the resident process megabytes for ever, and parses what strangers send. The child gets the request on its
 * standard input and nothing else; what identifies this client stays here.
 *
 * Thread: main context.
 */
typedef struct {
  int status; /* of HTTP */
  char *body; /* UTF-8, at most 65,536 octets; "" for anything else */
} IpdHttpReply;

void ipd_http_reply_free (IpdHttpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdHttpReply, ipd_http_reply_free)

typedef enum {
  IPD_HTTP_AUTH_NONE,
  IPD_HTTP_AUTH_BASIC,  /* said at once */
  IPD_HTTP_AUTH_DIGEST, /* answers a Digest challenge only */
  IPD_HTTP_AUTH_ANY,    /* answers the challenge that comes */
  IPD_HTTP_AUTH_BEARER, /* @password is a token (RFC 6750), said at once */
} IpdHttpAuth;

/**
 * IpdHttpRequest: all borrowed for the call.
 * @method: (nullable): %NULL is GET without a @body and POST with one
 * @host, @port: numeric address or name; nobody else is ever asked
 * @tls: https; the certificate must verify
 * @path: with query, starts with a slash
 * @body: (nullable); @type: (nullable): its Content-Type, %NULL is application/json
 * @user, @password: (nullable): unless @auth is NONE
 */
typedef struct {
  const char *method;
  const char *host;
  guint16 port;
  bool tls;
  const char *path;
  const char *body;
  const char *type;
  IpdHttpAuth auth;
  const char *user;
  const char *password;
} IpdHttpRequest;

/* Gives up after 6 s. Never sends a request twice, but for the one that answers a challenge. */
void ipd_http_send (const IpdHttpRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data);
/* The service port of a station of ours: GET, or POST of JSON with a @body. */
void ipd_http_request (const char *host, guint16 port, const char *path, const char *body, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);

/*
 * Errors: IPD_AGENT_ERROR_NOT_REACHABLE, G_IO_ERROR_CANCELLED; those of a program that cannot be run.
 * Returns: (transfer full) (nullable)
 */
IpdHttpReply *ipd_http_request_finish (GAsyncResult *result, GError **error);

/* After an error: false when nobody was reached at all, so that nothing can have happened there. */
bool ipd_http_may_have_arrived (GAsyncResult *result);
