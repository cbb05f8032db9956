// SPDX-License-Identifier: Apache-2.0
// Signatures on what came by SIP. Called by the legs of agent and station, in their main thread.
#include "sip/signature.h"

#include <string.h>

IpdSipAuth
ipd_sip_event_auth (const IpdSipEvent *event, const char *signer, const char *receiver)
{
  return (IpdSipAuth){ .method = "INVITE",
                       .signer = signer,
                       .receiver = receiver,
                       .from_tag = event->from_tag,
                       .ruri_user = event->ruri_user,
                       .call_id = event->call_id,
                       .cseq = event->cseq,
                       .visit = event->visit,
                       .body = event->body,
                       .body_length = event->body ? strlen (event->body) : 0 };
}

gboolean
ipd_sip_event_is_signed (const IpdSipEvent *event, const IpdSipAuth *auth, const uint8_t pk[static IPD_PK_OCTETS])
{
  return event->auth && ipd_sip_auth_verify (auth, event->auth, strlen (event->auth), pk, NULL);
}
