// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/stations.h"
#include "core/opening.h"
#include "wire/command.h"

/*
 * Commands of this client (docs/protocol.md §10): each needs a nonce of the station, which a visit brought or which is
 * asked for; what becomes of it is believed from signed results only, and never from "sent".
 *
 * Thread: main context.
 */
IpdCommands *ipd_commands_new (IpdAgent *agent);
void ipd_commands_free (IpdCommands *commands);
/* Forgets all of them; what is under way ends as no-answer. */
void ipd_commands_clear (IpdCommands *commands);

/*
 * The contract's Open. @device: id, name, or "" for the visit's or the only one; @output: "" is the first lock; @visit:
 * "" = not tied to one.
 * Errors: NO_SUCH_DEVICE, NO_SUCH_OUTPUT, NO_SUCH_VISIT, NOT_REACHABLE. Returns: (transfer full): the command's id
 */
char *ipd_commands_open (IpdCommands *commands, const char *device, const char *output, const char *visit,
                         GError **error);

/* IPD_SIP_MESSAGE_DONE: whether the message with a command or a nonce-request arrived. */
void ipd_commands_on_sent (IpdCommands *commands, const IpdSipEvent *event);

/* Of a call that is no leg's: it may be one that opens a third-party station. */
void ipd_commands_on_call (IpdCommands *commands, const IpdSipEvent *event);
/* Those that the station has not answered yet are over: not repeated, not waited for. */
void ipd_commands_give_up (IpdCommands *commands);
/* SIP is gone with the address it was on: calls of commands are, too. */
void ipd_commands_lose_sip (IpdCommands *commands);

/* Tokens that verified with the key of @signer and are for us. */
void ipd_commands_on_nonce (IpdCommands *commands, const IpdId *signer, const IpdNonceToken *token);
void ipd_commands_on_result (IpdCommands *commands, const IpdId *signer, const IpdResultToken *token);
