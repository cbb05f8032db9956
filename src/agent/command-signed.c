// SPDX-License-Identifier: Apache-2.0
/* Carries a command to a station of ours: signed tokens, each with a nonce that is used once. Main context only. */
#include "agent/command.h"
#include "wire/random.h"

static bool
send_token (IpdCommand *command, const IpdMessage *message)
{
  IpdAgent *agent = command->agent;
  IpdSip *sip = ipd_stations_sip (agent->stations);
  const IpdSipTarget target
      = { .user = command->station->device->id.s, .host = command->station->host, .port = command->station->sip_port };
  g_autofree char *token = ipd_message_make (&agent->membership->key, message);
  g_autoptr (GError) error = NULL;

  command->sip_request = sip != NULL ? ipd_sip_message (sip, &target, agent->membership->key.id.s, token, &error) : 0;
  if (error != NULL)
    g_warning ("command %s: %s", command->opening.id.s, error->message);
  return command->sip_request != 0;
}

bool
ipd_command_send_signed (IpdCommand *command, const IpdShortId *nonce)
{
  IpdMessage message = { .type = IPD_TOKEN_COMMAND };

  message.command = (IpdCommandToken){ .id = command->opening.id,
                                       .device = command->opening.device,
                                       .output = command->opening.output,
                                       .nonce = *nonce,
                                       .licence = command->agent->membership->licence_hash,
                                       .visit = command->opening.visit };
  return send_token (command, &message);
}

static bool
ask_for_nonce (IpdCommand *command)
{
  IpdMessage message = { .type = IPD_TOKEN_NONCE_REQUEST };

  command->nonce_request = ipd_random_short_id ();
  message.nonce_request = (IpdNonceRequest){ .id = command->nonce_request,
                                             .device = command->opening.device,
                                             .licence = command->agent->membership->licence_hash };
  return send_token (command, &message);
}

/* The nonce that came with the visit, if it was not used yet. */
static bool
take_visit_nonce (IpdLeg *leg, IpdShortId *ret_nonce)
{
  if (leg == NULL || ipd_leg_is_over (leg) || ipd_short_id_is_none (&leg->nonce))
    return false;
  *ret_nonce = leg->nonce;
  leg->nonce = (IpdShortId){ 0 };
  return true;
}

bool
ipd_command_begin_signed (IpdCommand *command, IpdLeg *leg)
{
  IpdShortId nonce;

  return take_visit_nonce (leg, &nonce) ? ipd_command_send_signed (command, &nonce) : ask_for_nonce (command);
}
