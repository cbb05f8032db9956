// SPDX-License-Identifier: Apache-2.0
/*
 * The tokens that travel as SIP MESSAGE: a writer and a reader for each type, chosen by table. Used by agent and
 * station. Any thread.
 */

#include "wire/command.h"

#include "wire/token-private.h"

#include <string.h>

#define WORD_MAX 16
#define ACT_OPEN "open"

typedef struct {
  void (*write) (JsonObject *object, const IpdMessage *message);
  gboolean (*read) (JsonObject *object, IpdMessage *ret_message);
} Codec;

/* An absent member is fine and leaves "none"; one that is there must be right. */
static gboolean
optional (JsonObject *object, const char *member, gboolean good)
{
  return good || !json_object_has_member (object, member);
}

static void
set_unless_empty (JsonObject *object, const char *member, const char *text)
{
  if (text[0] != '\0')
    json_object_set_string_member (object, member, text);
}

static void
write_command (JsonObject *object, const IpdMessage *message)
{
  const IpdCommandToken *command = &message->command;
  json_object_set_string_member (object, "id", command->id.s);
  json_object_set_string_member (object, "dev", command->device.s);
  json_object_set_string_member (object, "out", command->output.s);
  json_object_set_string_member (object, "act", ACT_OPEN);
  json_object_set_string_member (object, "nonce", command->nonce.s);
  json_object_set_string_member (object, "lic", command->licence.s);
  set_unless_empty (object, "visit", command->visit.s);
}

static gboolean
read_command (JsonObject *object, IpdMessage *ret_message)
{
  IpdCommandToken *command = &ret_message->command;
  return ipd_json_get_short_id (object, "id", &command->id) && ipd_json_get_id (object, "dev", &command->device)
         && ipd_json_get_output (object, "out", &command->output)
         && g_strcmp0 (ipd_json_get_string (object, "act", WORD_MAX), ACT_OPEN) == 0
         && ipd_json_get_short_id (object, "nonce", &command->nonce)
         && ipd_json_get_short_id (object, "lic", &command->licence)
         && optional (object, "visit", ipd_json_get_short_id (object, "visit", &command->visit));
}

static void
write_nonce_request (JsonObject *object, const IpdMessage *message)
{
  const IpdNonceRequest *request = &message->nonce_request;
  json_object_set_string_member (object, "id", request->id.s);
  json_object_set_string_member (object, "dev", request->device.s);
  json_object_set_string_member (object, "lic", request->licence.s);
}

static gboolean
read_nonce_request (JsonObject *object, IpdMessage *ret_message)
{
  IpdNonceRequest *request = &ret_message->nonce_request;
  return ipd_json_get_short_id (object, "id", &request->id) && ipd_json_get_id (object, "dev", &request->device)
         && ipd_json_get_short_id (object, "lic", &request->licence);
}

static void
write_nonce (JsonObject *object, const IpdMessage *message)
{
  const IpdNonceToken *nonce = &message->nonce;
  json_object_set_string_member (object, "re", nonce->re.s);
  json_object_set_string_member (object, "aud", nonce->audience.s);
  json_object_set_string_member (object, "nonce", nonce->nonce.s);
  ipd_json_set_uint (object, "ms", nonce->ms);
}

static gboolean
read_nonce (JsonObject *object, IpdMessage *ret_message)
{
  IpdNonceToken *nonce = &ret_message->nonce;
  return ipd_json_get_short_id (object, "re", &nonce->re) && ipd_json_get_id (object, "aud", &nonce->audience)
         && ipd_json_get_short_id (object, "nonce", &nonce->nonce) && ipd_json_get_u32 (object, "ms", &nonce->ms);
}

static void
write_result (JsonObject *object, const IpdMessage *message)
{
  const IpdResultToken *result = &message->result;
  json_object_set_string_member (object, "re", result->re.s);
  json_object_set_string_member (object, "aud", result->audience.s);
  json_object_set_string_member (object, "out", result->output.s);
  ipd_json_set_uint (object, "seq", result->seq);
  json_object_set_string_member (object, "state", ipd_opening_state_to_string (result->state));
  if (result->state == IPD_OPENING_REFUSED)
    json_object_set_string_member (object, "reason", ipd_refusal_to_string (result->reason));
}

static gboolean
read_result_state (JsonObject *object, IpdResultToken *result)
{
  IpdOpeningEventType event;
  if (!ipd_opening_state_from_string (ipd_json_get_string (object, "state", WORD_MAX), &result->state)
      || !ipd_opening_event_from_state (result->state, &event))
    return FALSE;
  if (result->state != IPD_OPENING_REFUSED)
    return TRUE;
  return ipd_refusal_from_string (ipd_json_get_string (object, "reason", WORD_MAX), &result->reason)
         && result->reason != IPD_REFUSAL_NONE;
}

static gboolean
read_result (JsonObject *object, IpdMessage *ret_message)
{
  IpdResultToken *result = &ret_message->result;
  return ipd_json_get_short_id (object, "re", &result->re) && ipd_json_get_id (object, "aud", &result->audience)
         && ipd_json_get_output (object, "out", &result->output) && ipd_json_get_u32 (object, "seq", &result->seq)
         && read_result_state (object, result);
}

static void
write_visit (JsonObject *object, const IpdMessage *message)
{
  const IpdVisitToken *visit = &message->visit;
  json_object_set_string_member (object, "visit", visit->visit.s);
  json_object_set_string_member (object, "aud", visit->audience.s);
  ipd_json_set_uint (object, "seq", visit->seq);
  json_object_set_string_member (object, "state", ipd_visit_news_to_string (visit->state));
  set_unless_empty (object, "by", visit->by.s);
  set_unless_empty (object, "byid", visit->by_id.s);
  set_unless_empty (object, "out", visit->output.s);
  json_object_set_string_member (object, "contact", ipd_contact_to_string (visit->contact));
  if (visit->state == IPD_VISIT_NEWS_ENDED)
    json_object_set_string_member (object, "reason", ipd_visit_reason_to_string (visit->reason));
}

static gboolean
read_visit_reason (JsonObject *object, IpdVisitToken *visit)
{
  if (visit->state != IPD_VISIT_NEWS_ENDED)
    return TRUE;
  return ipd_visit_reason_from_string (ipd_json_get_string (object, "reason", WORD_MAX), &visit->reason)
         && visit->reason != IPD_VISIT_REASON_NONE;
}

static gboolean
read_visit (JsonObject *object, IpdMessage *ret_message)
{
  IpdVisitToken *visit = &ret_message->visit;
  return ipd_json_get_short_id (object, "visit", &visit->visit) && ipd_json_get_id (object, "aud", &visit->audience)
         && ipd_json_get_u32 (object, "seq", &visit->seq)
         && ipd_visit_news_from_string (ipd_json_get_string (object, "state", WORD_MAX), &visit->state)
         && optional (object, "by", ipd_json_get_name (object, "by", &visit->by))
         && optional (object, "byid", ipd_json_get_id (object, "byid", &visit->by_id))
         && optional (object, "out", ipd_json_get_output (object, "out", &visit->output))
         && ipd_contact_from_string (ipd_json_get_string (object, "contact", WORD_MAX), &visit->contact)
         && read_visit_reason (object, visit);
}

static void
write_un_enrol (JsonObject *object, const IpdMessage *message)
{
  json_object_set_string_member (object, "id", message->un_enrol.id.s);
  json_object_set_string_member (object, "plant", message->un_enrol.plant.s);
}

static gboolean
read_un_enrol (JsonObject *object, IpdMessage *ret_message)
{
  return ipd_json_get_short_id (object, "id", &ret_message->un_enrol.id)
         && ipd_json_get_id (object, "plant", &ret_message->un_enrol.plant);
}

static const Codec codecs[IPD_TOKEN_TYPES] = {
  [IPD_TOKEN_COMMAND] = { write_command, read_command },
  [IPD_TOKEN_NONCE_REQUEST] = { write_nonce_request, read_nonce_request },
  [IPD_TOKEN_NONCE] = { write_nonce, read_nonce },
  [IPD_TOKEN_RESULT] = { write_result, read_result },
  [IPD_TOKEN_VISIT] = { write_visit, read_visit },
  [IPD_TOKEN_UN_ENROL] = { write_un_enrol, read_un_enrol },
};

char *
ipd_message_make (const IpdKeyPair *signer, const IpdMessage *message)
{
  g_assert ((unsigned) message->type < IPD_TOKEN_TYPES && codecs[message->type].write != NULL);
  JsonObject *object = ipd_token_new (message->type);
  codecs[message->type].write (object, message);
  return ipd_token_sign (signer, message->type, object);
}

gboolean
ipd_message_verify (const char *token, size_t length, const uint8_t pk[static IPD_PK_OCTETS], IpdMessage *ret_message,
                    GError **error)
{
  IpdMessage message = { 0 };
  IpdTokenPeek peek;

  if (!ipd_token_peek (token, length, &peek) || codecs[peek.type].read == NULL)
    {
      g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM, "not a token that travels as a message");
      return FALSE;
    }
  g_autoptr (JsonObject) object = ipd_token_open (token, length, peek.type, pk, error);
  if (object == NULL)
    return FALSE;
  message.type = peek.type;
  message.signer = peek.signer;
  if (!codecs[peek.type].read (object, &message))
    return ipd_json_missing (error);
  *ret_message = message;
  return TRUE;
}
