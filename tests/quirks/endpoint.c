// SPDX-License-Identifier: Apache-2.0
/* The socket and its two memories: requests that wait for an answer, answers that were given. Main loop only. */
#include "endpoint.h"

#include "journal.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_AGAIN_MS = 500, MAX_SENT = 7, DATAGRAM_MAX = 65536, ANSWERS_KEPT = 32 };

typedef struct {
  QuirkEndpoint *endpoint;
  char *key; /* branch and method */
  char *text;
  GSocketAddress *to;
  guint timer;
  guint wait_ms;
  int sent;
} Waiting;

typedef struct {
  char *key;
  char *text;
} Given;

struct _QuirkEndpoint {
  char *address;
  guint16 port;
  GSocket *socket;
  GSource *source;
  QuirkEndpointHandler handler;
  gpointer data;
  GHashTable *waiting; /* key -> Waiting */
  GQueue given;        /* Given, newest first */
};

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  if (waiting->timer != 0)
    g_source_remove (waiting->timer);
  g_free (waiting->key);
  g_free (waiting->text);
  g_object_unref (waiting->to);
  g_free (waiting);
}

static void
given_free (gpointer data)
{
  Given *given = data;

  g_free (given->key);
  g_free (given->text);
  g_free (given);
}

static char *
key_of (const QuirkSip *message)
{
  const char *branch = strstr (quirk_sip_header (message, "Via"), "branch=");
  const char *method = "";

  quirk_sip_cseq (message, &method);
  if (branch == NULL)
    return g_strdup (method);
  return g_strdup_printf ("%.*s %s", (int) strcspn (branch, ";, "), branch, method);
}

static void
log_message (const char *way, const QuirkSip *message)
{
  const char *method = "";
  guint cseq = quirk_sip_cseq (message, &method);

  quirk_journal (way, "s:start", message->method ? message->method : method, "i:status", message->status, "i:cseq",
                 (int) cseq, "s:type", quirk_sip_header (message, "Content-Type"), "i:octets",
                 (int) strlen (message->body), "s:reason", quirk_sip_header (message, "Reason"), "s:call",
                 quirk_sip_header (message, "Call-ID"), NULL);
}

static void
put (QuirkEndpoint *self, const char *text, GSocketAddress *to)
{
  g_autoptr (QuirkSip) message = quirk_sip_read (text, strlen (text));
  g_autoptr (GError) error = NULL;

  g_assert (message != NULL);
  log_message ("sip-out", message);
  if (g_socket_send_to (self->socket, to, text, strlen (text), NULL, &error) < 0)
    quirk_journal ("send-failed", "s:why", error->message, NULL);
}

static gboolean
on_again (gpointer data)
{
  Waiting *waiting = data;

  waiting->timer = 0;
  if (++waiting->sent > MAX_SENT)
    {
      quirk_journal ("unanswered", "s:key", waiting->key, NULL);
      g_hash_table_remove (waiting->endpoint->waiting, waiting->key);
      return G_SOURCE_REMOVE;
    }
  put (waiting->endpoint, waiting->text, waiting->to);
  waiting->wait_ms *= 2;
  waiting->timer = g_timeout_add (waiting->wait_ms, on_again, waiting);
  return G_SOURCE_REMOVE;
}

/* Any answer stops an INVITE from being sent again; only a final one the rest. */
static void
take_answer (QuirkEndpoint *self, const QuirkSip *message)
{
  g_autofree char *key = key_of (message);

  if (message->status >= 200 || g_str_has_suffix (key, " INVITE"))
    g_hash_table_remove (self->waiting, key);
}

static bool
answer_again (QuirkEndpoint *self, const QuirkSip *message, GSocketAddress *from)
{
  g_autofree char *key = key_of (message);

  for (GList *l = self->given.head; l != NULL; l = l->next)
    if (g_str_equal (((Given *) l->data)->key, key))
      {
        put (self, ((Given *) l->data)->text, from);
        return true;
      }
  return false;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  static char datagram[DATAGRAM_MAX];
  QuirkEndpoint *self = data;
  g_autoptr (GSocketAddress) from = NULL;
  gssize len = g_socket_receive_from (socket, &from, datagram, sizeof datagram - 1, NULL, NULL);
  g_autoptr (QuirkSip) message = NULL;

  if (len <= 0)
    return G_SOURCE_CONTINUE;
  datagram[len] = '\0';
  message = quirk_sip_read (datagram, (gsize) len);
  if (message == NULL)
    {
      quirk_journal ("not-sip", "i:octets", (int) len, NULL);
      return G_SOURCE_CONTINUE;
    }
  log_message ("sip-in", message);
  if (message->method != NULL && !g_str_equal (message->method, "ACK") && answer_again (self, message, from))
    return G_SOURCE_CONTINUE;
  if (message->method == NULL)
    take_answer (self, message);
  self->handler (message, from, self->data);
  return G_SOURCE_CONTINUE;
}

QuirkEndpoint *
quirk_endpoint_new (const char *address, guint16 port, QuirkEndpointHandler handler, gpointer data)
{
  QuirkEndpoint *self = g_new0 (QuirkEndpoint, 1);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GError) error = NULL;

  *self = (QuirkEndpoint){ .address = g_strdup (address), .port = port, .handler = handler, .data = data };
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, waiting_free);
  self->socket = local ? g_socket_new (g_socket_address_get_family (local), G_SOCKET_TYPE_DATAGRAM,
                                       G_SOCKET_PROTOCOL_UDP, &error)
                       : NULL;
  if (self->socket == NULL || !g_socket_bind (self->socket, local, FALSE, &error))
    {
      g_printerr ("quirk-station: %s port %u: %s\n", address, port, error ? error->message : "not an address");
      exit (2);
    }
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, NULL);
  return self;
}

void
quirk_endpoint_free (QuirkEndpoint *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_hash_table_unref (self->waiting);
  g_queue_clear_full (&self->given, given_free);
  g_object_unref (self->socket);
  g_free (self->address);
  g_free (self);
}

char *
quirk_endpoint_via (QuirkEndpoint *self)
{
  g_autofree char *unique = g_uuid_string_random ();

  return g_strdup_printf ("Via: SIP/2.0/UDP %s:%u;branch=z9hG4bK%s;rport\r\n", self->address, self->port, unique);
}

void
quirk_endpoint_request (QuirkEndpoint *self, const char *text, GSocketAddress *to)
{
  g_autoptr (QuirkSip) message = quirk_sip_read (text, strlen (text));
  Waiting *waiting;

  g_assert (message != NULL);
  put (self, text, to);
  if (g_str_equal (message->method, "ACK"))
    return;
  waiting = g_new0 (Waiting, 1);
  *waiting = (Waiting){ .endpoint = self,
                        .key = key_of (message),
                        .text = g_strdup (text),
                        .to = g_object_ref (to),
                        .wait_ms = FIRST_AGAIN_MS,
                        .sent = 1 };
  waiting->timer = g_timeout_add (waiting->wait_ms, on_again, waiting);
  g_hash_table_replace (self->waiting, waiting->key, waiting);
}

void
quirk_endpoint_answer (QuirkEndpoint *self, const QuirkSip *request, const char *text, GSocketAddress *to)
{
  Given *given = g_new0 (Given, 1);

  *given = (Given){ .key = key_of (request), .text = g_strdup (text) };
  g_queue_push_head (&self->given, given);
  if (g_queue_get_length (&self->given) > ANSWERS_KEPT)
    given_free (g_queue_pop_tail (&self->given));
  put (self, text, to);
}
