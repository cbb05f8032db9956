// SPDX-License-Identifier: Apache-2.0
// Two ends of a wire for the tests of src/sip: a Party is the real thing, a Raw is a bare socket.
#include "party.h"

#include <string.h>

static void
on_event (IpdSip *sip, const IpdSipEvent *event, gpointer user_data)
{
  Party *party = user_data;
  IpdSipEvent *copy = g_memdup2 (event, sizeof *event);
  char **strings[]
      = { &copy->phrase,      &copy->from_user,    &copy->from_tag,     &copy->to_tag,       &copy->ruri_user,
          &copy->call_id,     &copy->visit,        &copy->auth,         &copy->licence,      &copy->boot,
          &copy->body,        &copy->content_type, &copy->contact_user, &copy->contact_host, &copy->contact_params,
          &copy->source_host, &copy->text };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    *strings[i] = g_strdup (*strings[i]);
  g_queue_push_tail (&party->events, copy);
}

static Party *
make (IpdSipConfig *config)
{
  g_autoptr (GError) error = NULL;
  Party *party = g_new0 (Party, 1);
  config->boot = PARTY_BOOT;
  g_queue_init (&party->events);
  party->host = config->bind;
  party->sip = ipd_sip_new (config, on_event, party, &error);
  g_assert_no_error (error);
  party->port = ipd_sip_get_port (party->sip);
  return party;
}

Party *
party_new (const char *host, const char *user, IpdSipSecretLookup secret_lookup)
{
  IpdSipConfig config
      = { .bind = host, .user = user, .registrar = secret_lookup != NULL, .secret_lookup = secret_lookup };
  return make (&config);
}

Party *
party_new_impatient (const char *host, const char *user, guint session_seconds, guint session_min_seconds)
{
  IpdSipConfig config
      = { .bind = host, .user = user, .session_seconds = session_seconds, .session_min_seconds = session_min_seconds };
  return make (&config);
}

static gboolean
on_too_long (gpointer what)
{
  g_error ("nothing came for %d s", WAIT_SECONDS);
  return G_SOURCE_REMOVE;
}

void
party_turn (void)
{
  guint limit = g_timeout_add_seconds (WAIT_SECONDS, on_too_long, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

IpdSipEvent *
party_expect (Party *party, IpdSipEventType type)
{
  while (g_queue_is_empty (&party->events))
    party_turn ();
  IpdSipEvent *event = g_queue_pop_head (&party->events);
  g_assert_cmpstr (ipd_sip_event_name (event->type), ==, ipd_sip_event_name (type));
  return event;
}

void
party_skip (Party *party, IpdSipEventType type)
{
  ipd_sip_event_free (party_expect (party, type));
}

void
party_assert_empty (Party *party)
{
  IpdSipCounts counts;
  ipd_sip_get_counts (party->sip, &counts);
  g_assert_cmpuint (counts.calls, ==, 0);
  g_assert_cmpuint (counts.dialogs, ==, 0);
  g_assert_cmpuint (counts.requests, ==, 0);
}

void
party_end (Party *party)
{
  party_assert_empty (party);
  g_assert_cmpuint (g_queue_get_length (&party->events), ==, 0);
  ipd_sip_shutdown (party->sip);
  party_skip (party, IPD_SIP_STOPPED);
  ipd_sip_free (party->sip);
  g_free (party);
}

gboolean
party_have_ipv6 (void)
{
  g_autoptr (GSocketAddress) loopback = g_inet_socket_address_new_from_string ("::1", 0);
  g_autoptr (GSocket) probe = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  return probe && g_socket_bind (probe, loopback, FALSE, NULL);
}

guint64
party_invite (Party *from, Party *to, const char *call_id, const char *sdp)
{
  g_autoptr (GError) error = NULL;
  IpdSipInvite invite = {
    .target = { .user = "contact-of-callee", .host = to->host, .port = to->port },
    .from_user = "stationid",
    .from_tag = "Tag-given_by.caller",
    .call_id = call_id,
    .cseq = 7,
    .contact_user = "stationid",
    .visit = "visit-1",
    .auth = "1.signature",
    .sdp = sdp,
  };
  guint64 call = ipd_sip_invite (from->sip, &invite, &error);
  g_assert_no_error (error);
  return call;
}

/* ---- a bare socket ---- */

Raw *
raw_new (const char *host)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (host, 0);
  Raw *raw = g_new0 (Raw, 1);
  raw->host = host;
  raw->socket = g_socket_new (g_socket_address_get_family (any), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_socket_bind (raw->socket, any, FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (GSocketAddress) got = g_socket_get_local_address (raw->socket, &error);
  raw->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  g_socket_set_timeout (raw->socket, WAIT_SECONDS);
  return raw;
}

void
raw_free (Raw *raw)
{
  g_object_unref (raw->socket);
  g_free (raw);
}

void
raw_send (Raw *raw, Party *to, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (to->host, to->port);
  g_socket_send_to (raw->socket, address, text, strlen (text), NULL, &error);
  g_assert_no_error (error);
}

char *
raw_receive (Raw *raw)
{
  char buffer[65536];
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_receive (raw->socket, buffer, sizeof buffer, NULL, &error);
  g_assert_no_error (error);
  return g_strndup (buffer, (gsize) n);
}

char *
raw_expect (Raw *raw, const char *start)
{
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *text = raw_receive (raw);
      if (g_str_has_prefix (text, start))
        return g_steal_pointer (&text);
    }
  g_error ("no datagram starts with %s", start);
}

char *
raw_header (const char *message, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (message, "\r\n", -1);
  for (char **line = lines; *line && **line; line++)
    {
      char *colon = strchr (*line, ':');
      if (colon && g_ascii_strncasecmp (*line, name, strlen (name)) == 0 && colon == *line + strlen (name))
        return g_strdup (g_strchug (colon + 1));
    }
  return NULL;
}

void
raw_assert_quiet (Raw *raw, Party *party)
{
  static int count;
  gboolean six = strchr (raw->host, ':') != NULL;
  g_autofree char *call_id = g_strdup_printf ("quiet-%d", ++count);
  g_autofree char *probe
      = g_strdup_printf ("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %s%s%s:%u;branch=z9hG4bK-%s\r\nMax-Forwards: 70\r\n"
                         "From: <sip:x@x.invalid>;tag=quiet\r\nTo: <sip:x@x.invalid>\r\nCall-ID: %s\r\n"
                         "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
                         six ? "[" : "", raw->host, six ? "]" : "", raw->port, call_id, call_id);
  raw_send (raw, party, probe);
  g_autofree char *next = raw_receive (raw);
  g_autofree char *theirs = raw_header (next, "Call-ID");
  if (g_strcmp0 (theirs, call_id) != 0)
    g_error ("not expected: %s", next);
}

char *
raw_answer (Raw *raw, const char *request, const char *status, const char *more, const char *body)
{
  gboolean six = strchr (raw->host, ':') != NULL;
  g_autofree char *via = raw_header (request, "Via");
  g_autofree char *from = raw_header (request, "From");
  g_autofree char *to = raw_header (request, "To");
  g_autofree char *call_id = raw_header (request, "Call-ID");
  g_autofree char *cseq = raw_header (request, "CSeq");
  g_autofree char *contact = strstr (more, "Contact:")
                                 ? g_strdup ("")
                                 : g_strdup_printf ("Contact: <sip:contact-of-callee@%s%s%s:%u>\r\n", six ? "[" : "",
                                                    raw->host, six ? "]" : "", raw->port);
  return g_strdup_printf ("SIP/2.0 %s\r\nVia: %s\r\nFrom: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n"
                          "%s%sContent-Length: %u\r\n\r\n%s",
                          status, via, from, to, strstr (to, ";tag=") ? "" : ";tag=raw", call_id, cseq, contact, more,
                          (guint) strlen (body), body);
}
