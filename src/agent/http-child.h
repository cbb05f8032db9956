// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/*
 * One HTTP request to a station's service port, made by a child process (ipdoor-http-helper) that lives for that
 * request: the library for it would cost the resident process megabytes for ever, and parses what strangers send.
 * The child gets the request and nothing else; codes and keys stay here.
 *
 * Thread: main context.
 */
typedef struct {
  int status; /* of HTTP */
  char *body; /* UTF-8, at most 65,536 octets */
} IpdHttpReply;

void ipd_http_reply_free (IpdHttpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdHttpReply, ipd_http_reply_free)

/*
 * @body: (nullable): NULL makes it a GET, text a POST of application/json. Gives up after 5 s.
 * @path: with query, starts with a slash.
 */
void ipd_http_request (const char *host, guint16 port, const char *path, const char *body, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);

/* Errors: IPD_AGENT_ERROR_NOT_REACHABLE, G_IO_ERROR_CANCELLED. Returns: (transfer full) (nullable) */
IpdHttpReply *ipd_http_request_finish (GAsyncResult *result, GError **error);
