// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which text may stand in a SIP message: ours before it goes out (so that nothing given by a program can add a
 * header), theirs before it goes up. Pure functions; thread: any.
 */

/** ipd_sip_user_ok: unreserved characters of RFC 3261 §25.1 (letters, digits, -_.~), 1 to 64 octets. */
gboolean ipd_sip_user_ok (const char *user);
/** ipd_sip_uri_user_ok: what a phone may call itself: all of RFC 3261 §25.1's user without password, 1 to 64 octets. */
gboolean ipd_sip_uri_user_ok (const char *user);
/** ipd_sip_params_ok: URI parameters without the first semicolon, 1 to 128 octets. */
gboolean ipd_sip_params_ok (const char *params);
/** ipd_sip_host_ok: a numeric IPv4 or IPv6 address. Names are for those who look up, not for this folder. */
gboolean ipd_sip_host_ok (const char *host);
/** ipd_sip_value_ok: visible ASCII without quotes, backslash, comma, brackets; 1 to 128 octets: header values. */
gboolean ipd_sip_value_ok (const char *value);
/** ipd_sip_token_ok: the form of one token of docs/protocol.md §3: `v4.public.` b64u `.` b64u. Not NUL-terminated. */
gboolean ipd_sip_token_ok (const char *octets, gsize length);
/** ipd_sip_clean: Returns: (transfer full) (nullable): @text if it is UTF-8 without control characters */
char *ipd_sip_clean (const char *text);

/** ipd_sip_uri: `sip:user@host:port`, or without @user; brackets for IPv6. Returns: (transfer full) */
char *ipd_sip_uri (const char *user, const char *host, guint16 port);
/** ipd_sip_via_uri: where to send: `sip:host:port;transport=udp`. Returns: (transfer full) */
char *ipd_sip_via_uri (const char *host, guint16 port);

/** ipd_sip_reason: value of a Reason header (RFC 3326) with @text made harmless. Returns: (transfer full) */
char *ipd_sip_reason (int cause, const char *text);

G_END_DECLS
