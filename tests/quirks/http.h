// SPDX-License-Identifier: Apache-2.0
/*
 * The web server of the simulated station (libmicrohttpd), run by the main loop. Routes are data of dialects.json:
 *   {"method", "path", "query": {name: value}, "body": "part of it", "does", "output", "status", "type", "answer"}
 * does: "open", "still", "mjpeg", "challenge" and "open-by-challenge" (Grandstream's two steps), "login" (gives a
 * token), "say" (just answers). "not-at-ring": nobody may ask for it while it rings; "once-a-ring": not twice. In query
 * values "$user", "$password" and "$MD5" (of the password, in capitals) stand for the account. Thread: main.
 */
#pragma once

#include "dialect.h"
#include "station.h"

typedef struct _QuirkHttp QuirkHttp;

/*
 * refuse: the status that openings answer with instead of opening; 0: they open; 1: they open, and the connection ends
 * without an answer. Exits when the port is taken.
 */
QuirkHttp *quirk_http_new (const QuirkDialect *dialect, const char *address, guint16 port, const char *user,
                           const char *password, int refuse, QuirkStation *station);
void quirk_http_free (QuirkHttp *http);
