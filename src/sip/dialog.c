// SPDX-License-Identifier: Apache-2.0
// Requests inside a dialog. CSeq is counted here and not in the stack, because programs choose some of them (their
// signature covers it). Called by every file about calls, in the SIP thread.
#include "sip/dialog.h"

#include "sip/check.h"
#include "sip/message.h"

#include <gio/gio.h>
#include <string.h>

msg_t *
ipd_sip_dialog_request (IpdSipCall *call, nta_leg_t *leg, sip_method_t method, const char *name, guint32 cseq)
{
  msg_t *msg = nta_msg_create (call->sip->agent, 0);
  if (!leg || nta_msg_request_complete (msg, leg, method, name, NULL) < 0)
    {
      msg_destroy (msg);
      return NULL;
    }
  call->cseq = cseq ? cseq : call->cseq + 1;
  sip_add_tl (msg, sip_object (msg), SIPTAG_CSEQ (sip_cseq_create (msg_home (msg), call->cseq, method, name)),
              TAG_END ());
  return msg;
}

static int
on_nobody_waits (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  if (nta_outgoing_status (request) >= 200)
    nta_outgoing_destroy (request);
  return 0;
}

nta_outgoing_t *
ipd_sip_dialog_send (IpdSipCall *call, msg_t *msg, nta_response_f *callback)
{
  g_autofree char *via = ipd_sip_via_uri (call->host, call->port);
  nta_outgoing_t *request
      = nta_outgoing_mcreate (call->sip->agent, callback ? callback : on_nobody_waits, callback ? (void *) call : NULL,
                              URL_STRING_MAKE (via), msg, TAG_END ());
  if (!request)
    msg_destroy (msg);
  return callback ? request : NULL;
}

void
ipd_sip_dialog_ack (IpdSipCall *call, nta_leg_t *leg, guint32 cseq)
{
  g_autofree char *via = ipd_sip_via_uri (call->host, call->port);
  sip_cseq_t header[1];
  sip_cseq_init (header);
  header->cs_seq = cseq;
  header->cs_method = sip_method_ack;
  header->cs_method_name = "ACK";
  nta_outgoing_t *ack = nta_outgoing_tcreate (leg, NULL, NULL, URL_STRING_MAKE (via), SIP_METHOD_ACK, NULL,
                                              SIPTAG_CSEQ (header), TAG_END ());
  nta_outgoing_destroy (ack); /* NTA keeps it to repeat it with each repeated 200 */
}

void
ipd_sip_dialog_prack (IpdSipCall *call, nta_leg_t *leg, const sip_t *answer)
{
  msg_t *msg = ipd_sip_dialog_request (call, leg, SIP_METHOD_PRACK, 0);
  if (!msg)
    return;
  g_autofree char *rack = g_strdup_printf ("%lu %u %s", (unsigned long) answer->sip_rseq->rs_response,
                                           answer->sip_cseq->cs_seq, answer->sip_cseq->cs_method_name);
  sip_add_tl (msg, sip_object (msg), SIPTAG_RACK_STR (rack), TAG_END ());
  ipd_sip_dialog_send (call, msg, NULL);
}

static gboolean
same_host (const char *a, const char *b)
{
  g_autoptr (GInetAddress) first = g_inet_address_new_from_string (a);
  g_autoptr (GInetAddress) second = g_inet_address_new_from_string (b);
  return first && second && g_inet_address_equal (first, second);
}

gboolean
ipd_sip_dialog_is_from_peer (const IpdSipCall *call, nta_incoming_t *irq)
{
  guint16 port;
  msg_t *msg = nta_incoming_getrequest (irq);
  g_autofree char *source = ipd_sip_source (msg, &port);
  msg_destroy (msg);
  return !call->foreign || same_host (source, call->host);
}

void
ipd_sip_dialog_learn_address (IpdSipCall *call, nta_leg_t *leg)
{
  const sip_route_t *route = NULL;
  const sip_contact_t *target = NULL;
  if (!call->foreign || nta_leg_get_route (leg, &route, &target) < 0 || (!route && !target))
    return;
  const url_t *hop = route ? route->r_url : target->m_url;
  char transport[16] = "";
  if (hop->url_params)
    url_param (hop->url_params, "transport", transport, sizeof transport);
  g_autofree char *host = ipd_sip_url_host (hop);
  guint16 port;
  if (host && same_host (host, call->host) && ipd_sip_url_port (hop, &port)
      && (!*transport || g_ascii_strcasecmp (transport, "udp") == 0))
    call->port = port;
}
