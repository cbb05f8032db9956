// SPDX-License-Identifier: Apache-2.0
/*
 * One UDP socket that speaks SIP: requests are sent again until answered (RFC 3261 §17.1, Timer A and E), an answer is
 * given again to a request that comes again. Every message is in the journal. Thread: main.
 */
#pragma once

#include "sip-text.h"

#include <gio/gio.h>

typedef struct _QuirkEndpoint QuirkEndpoint;

/* message: borrowed. A request that came again is not reported again. */
typedef void (*QuirkEndpointHandler) (const QuirkSip *message, GSocketAddress *from, gpointer data);

/* Exits with a sentence when the port is taken. */
QuirkEndpoint *quirk_endpoint_new (const char *address, guint16 port, QuirkEndpointHandler handler, gpointer data);
void quirk_endpoint_free (QuirkEndpoint *endpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuirkEndpoint, quirk_endpoint_free)

/* "Via: …" line with a fresh branch. */
char *quirk_endpoint_via (QuirkEndpoint *endpoint);
/* Sends a request and, unless it is an ACK, sends it again until it is answered. Takes nothing. */
void quirk_endpoint_request (QuirkEndpoint *endpoint, const char *text, GSocketAddress *to);
/* Sends the answer to request where it came from. */
void quirk_endpoint_answer (QuirkEndpoint *endpoint, const QuirkSip *request, const char *text, GSocketAddress *to);
