// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

/*
 * The service HTTP server of a device (docs/protocol.md §4): a table of routes over libmicrohttpd, driven by the GLib
 * loop, with the limits of the protocol: 32 connections, 8 a source, 10 s a connection, bodies of 8,192 octets.
 * Thread: the main one; handlers run on it and answer at once.
 */

#define IPD_HTTP_ERROR (ipd_http_error_quark ())
GQuark ipd_http_error_quark (void);

typedef enum {
  IPD_HTTP_ERROR_LISTEN, /* the port is taken, or the address is not this machine's */
} IpdHttpError;

typedef struct {
  const char *nonce; /* query argument, NULL if absent; borrowed */
  const char *body;  /* zero-terminated, "" if none; borrowed */
  gsize body_octets;
  const char *source; /* address of the peer; borrowed */
} IpdHttpRequest;

/* Returns the status; writes a JSON object to @ret_json (transfer full). */
typedef guint (*IpdHttpHandler) (const IpdHttpRequest *request, char **ret_json, gpointer data);

typedef struct {
  const char *method; /* "GET", "POST" */
  const char *path;
  IpdHttpHandler handler;
} IpdHttpRoute;

typedef struct _IpdHttp IpdHttp;

/*
 * ipd_http_new:
 * @bind: (nullable): IPv4 address, NULL for every interface
 * @port: 0 takes any free one
 * @routes: terminated by a route without path; must outlive the server
 *
 * Errors: IPD_HTTP_ERROR_LISTEN.   Returns: (transfer full)
 */
IpdHttp *ipd_http_new (const char *bind, guint16 port, const IpdHttpRoute *routes, gpointer data, GError **error);
guint16 ipd_http_get_port (const IpdHttp *self);
void ipd_http_free (IpdHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdHttp, ipd_http_free)
