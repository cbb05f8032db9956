// SPDX-License-Identifier: Apache-2.0
// MESSAGE out of dialog with one token as body, both ways (docs/protocol.md §10). ipd_sip_message() is called in the
// creator's thread, the rest runs in the SIP thread.
#include "sip/token-message.h"

#include "sip/check.h"
#include "sip/message.h"
#include "wire/random.h"

#include <string.h>

typedef struct {
  IpdSip *sip;
  guint64 id;
  char *uri, *via, *from, *body;
  nta_outgoing_t *request;
} TokenMessage;

static void
token_message_free (gpointer data)
{
  TokenMessage *message = data;
  g_clear_pointer (&message->request, nta_outgoing_destroy);
  g_free (message->uri);
  g_free (message->via);
  g_free (message->from);
  g_free (message->body);
  g_free (message);
}

GHashTable *
ipd_sip_token_messages_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, token_message_free);
}

/* ---- out ---- */

static void
done (TokenMessage *message, int status, const char *phrase)
{
  IpdSip *sip = message->sip;
  IpdSipEvent *event = ipd_sip_event_new (IPD_SIP_MESSAGE_DONE);
  event->request = message->id;
  event->status = status;
  event->phrase = ipd_sip_clean (phrase);
  ipd_sip_emit (sip, event);
  g_hash_table_remove (sip->messages, &message->id);
  ipd_sip_something_ended (sip);
}

static int
on_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  /* a challenge is a refusal: credentials are only for REGISTER */
  int status = nta_outgoing_status (request);
  if (status >= 200)
    done (magic, status, answer ? answer->sip_status->st_phrase : NULL);
  return 0;
}

static void
do_message (IpdSip *sip, gpointer data)
{
  TokenMessage *message = data;
  IpdShortId call_id = ipd_random_short_id ();
  g_hash_table_insert (sip->messages, &message->id, message);
  msg_t *msg = ipd_sip_request_new (sip, SIP_METHOD_MESSAGE, message->uri, message->from, message->uri, call_id.s, 1);
  ipd_sip_add_body (msg, IPD_SIP_TOKEN_TYPE, message->body);
  if (!ipd_sip_fits (sip, msg))
    {
      msg_destroy (msg);
      done (message, SIP_513_MESSAGE_TOO_LARGE);
      return;
    }
  message->request
      = nta_outgoing_mcreate (sip->agent, on_answer, message, URL_STRING_MAKE (message->via), msg, TAG_END ());
  if (!message->request)
    {
      msg_destroy (msg);
      done (message, SIP_503_SERVICE_UNAVAILABLE);
    }
}

guint64
ipd_sip_message (IpdSip *sip, const IpdSipTarget *target, const char *from_user, const char *token, GError **error)
{
  gboolean ok = ipd_sip_target_ok (target, FALSE) && ipd_sip_user_ok (from_user) && token
                && ipd_sip_token_ok (token, strlen (token));
  if (!ipd_sip_check_order (sip, ok, "The message cannot be written as a SIP message.", error))
    return 0;
  TokenMessage *message = g_new0 (TokenMessage, 1);
  message->sip = sip;
  message->id = ipd_sip_take_id (sip);
  message->uri = ipd_sip_target_uri (target);
  message->via = target->via_host ? ipd_sip_via_uri (target->via_host, target->via_port)
                                  : ipd_sip_via_uri (target->host, target->port);
  message->from = ipd_sip_uri (from_user, sip->host, sip->port);
  message->body = g_strdup (token);
  guint64 id = message->id;
  /* the table owns it from do_message() on; the thread cannot end before, its end is a later job */
  ipd_sip_post (sip, do_message, message, NULL);
  return id;
}

static void
do_give_up (IpdSip *sip, gpointer data)
{
  if (g_hash_table_remove (sip->messages, data))
    ipd_sip_something_ended (sip);
}

void
ipd_sip_message_give_up (IpdSip *sip, guint64 message)
{
  ipd_sip_post (sip, do_give_up, g_memdup2 (&message, sizeof message), g_free);
}

/* ---- in ---- */

static gboolean
is_token_type (const sip_t *request)
{
  return request->sip_content_type && request->sip_content_type->c_type
         && g_ascii_strcasecmp (request->sip_content_type->c_type, IPD_SIP_TOKEN_TYPE) == 0;
}

void
ipd_sip_token_incoming (IpdSip *sip, msg_t *msg, sip_t *request)
{
  int status = 200;
  g_autoptr (IpdSipEvent) event = ipd_sip_event_from_request (IPD_SIP_MESSAGE, msg, request);
  if (!is_token_type (request))
    status = 415;
  else if (!event || !event->body || !ipd_sip_token_ok (event->body, strlen (event->body)))
    status = 400;

  if (ipd_sip_is_full (sip))
    /* without state, so delivered as often as it comes: programs stand that, because tokens carry ids */
    nta_msg_treply (sip->agent, msg, status, NULL, TAG_IF (status == 415, SIPTAG_ACCEPT_STR (IPD_SIP_TOKEN_TYPE)),
                    TAG_END ());
  else
    {
      /* with a transaction, so that a repeated datagram is answered again but delivered once */
      nta_incoming_t *irq = nta_incoming_create (sip->agent, NULL, msg, request, TAG_END ());
      if (!irq)
        return;
      nta_incoming_treply (irq, status, NULL, TAG_IF (status == 415, SIPTAG_ACCEPT_STR (IPD_SIP_TOKEN_TYPE)),
                           TAG_END ());
      nta_incoming_destroy (irq);
    }
  if (status == 200)
    ipd_sip_emit (sip, g_steal_pointer (&event));
}
