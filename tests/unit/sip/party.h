// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/sip.h"

#include <gio/gio.h>

/*
 * A real IpdSip on an address of 127.14/16, whose events are taken one after the other. Waiting ends when the event is
 * there; if it never comes, the test fails after WAIT_SECONDS.
 */

#define WAIT_SECONDS 15
/* Boot id of every party. */
#define PARTY_BOOT "Bootidbootidbootidboot"

typedef struct {
  IpdSip *sip;
  const char *host;
  guint16 port;
  GQueue events; /* of IpdSipEvent, owned */
} Party;

/* @secret_lookup: not NULL makes it a registrar */
Party *party_new (const char *host, const char *user, IpdSipSecretLookup secret_lookup);
/* One whose session timers are short enough to wait for. */
Party *party_new_impatient (const char *host, const char *user, guint session_seconds, guint session_min_seconds);
/* Also checks that nothing is left inside and that no event was left unread. */
void party_end (Party *party);

/* The next event, which must be of @type. Returns: (transfer full) */
IpdSipEvent *party_expect (Party *party, IpdSipEventType type);
/* The same, thrown away. */
void party_skip (Party *party, IpdSipEventType type);
/* Waits until nothing of a call or dialog is left inside. */
void party_assert_empty (Party *party);

/* One more turn of the context, woken by whatever comes; fails when nothing does for WAIT_SECONDS. */
void party_turn (void);

/* Whether this computer has ::1. */
gboolean party_have_ipv6 (void);

/* A call from @from to @to with fixed values, @cseq 7, visit and auth set. Returns: its id */
guint64 party_invite (Party *from, Party *to, const char *call_id, const char *sdp);

/* A UDP socket of the test's own: the peer that says what no library would. */
typedef struct {
  GSocket *socket;
  const char *host;
  guint16 port;
} Raw;

Raw *raw_new (const char *host);
void raw_free (Raw *raw);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Raw, raw_free)
void raw_send (Raw *raw, Party *to, const char *text);
/* The next datagram; fails after WAIT_SECONDS. Returns: (transfer full) */
char *raw_receive (Raw *raw);
/* The next datagram that starts with @start, others are passed over. Returns: (transfer full) */
char *raw_expect (Raw *raw, const char *start);
/* Value of the first header @name. Returns: (transfer full) (nullable) */
char *raw_header (const char *message, const char *name);
/* Nothing came that was not read; checked by a question to @party, which answers after everything it sent before. */
void raw_assert_quiet (Raw *raw, Party *party);
/* An answer to @request with the headers it must repeat. @more: lines ending in CRLF. Returns: (transfer full) */
char *raw_answer (Raw *raw, const char *request, const char *status, const char *more, const char *body);
