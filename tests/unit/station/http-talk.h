// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

/*
 * A client of the service HTTP made of a bare socket, so that it can misbehave. It runs in the test's own loop, beside
 * the server.
 */

/* Sends @octets to 127.0.0.1:@port and reads until the server closes. Returns: (transfer full): the whole answer */
char *http_talk (guint16 port, const char *octets, gsize length);

/* A whole request. @body: (nullable). Returns: the status; @ret_body: (optional) (transfer full) */
guint http_ask (guint16 port, const char *method, const char *path, const char *body, char **ret_body);
