// SPDX-License-Identifier: Apache-2.0
// What calls of both directions share: their table, requests inside their dialog, hanging up, the end. Called by
// call-in.c, call-out.c and sip.c in the SIP thread.
#include "sip/call.h"

#include "sip/check.h"
#include "sip/message.h"

void
ipd_sip_answer_free (IpdSipAnswer *answer)
{
  if (!answer)
    return;
  g_free (answer->contact_user);
  g_free (answer->sdp);
  g_free (answer->auth);
  g_free (answer);
}

static void
call_free (gpointer data)
{
  IpdSipCall *call = data;
  g_clear_pointer (&call->invite, nta_outgoing_destroy);
  g_clear_pointer (&call->bye, nta_outgoing_destroy);
  g_clear_pointer (&call->incoming, nta_incoming_destroy);
  g_clear_pointer (&call->leg, nta_leg_destroy);
  ipd_sip_answer_free (call->held);
  g_free (call->via);
  g_free (call->contact_user);
  g_free (call);
}

GHashTable *
ipd_sip_calls_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, call_free);
}

IpdSipCall *
ipd_sip_call_new (IpdSip *sip, guint64 id, IpdSipCallState state, char *via, const char *contact_user)
{
  IpdSipCall *call = g_new0 (IpdSipCall, 1);
  call->sip = sip;
  call->id = id;
  call->state = state;
  call->via = via;
  call->contact_user = g_strdup (contact_user);
  g_hash_table_insert (sip->calls, &call->id, call);
  return call;
}

IpdSipCall *
ipd_sip_call_find (IpdSip *sip, guint64 id)
{
  return g_hash_table_lookup (sip->calls, &id);
}

void
ipd_sip_call_emit (IpdSipCall *call, IpdSipEvent *event)
{
  event->call = call->id;
  ipd_sip_emit (call->sip, event);
}

IpdSipEvent *
ipd_sip_call_event (IpdSipEventType type, int status, const char *phrase)
{
  IpdSipEvent *event = ipd_sip_event_new (type);
  event->status = status;
  event->phrase = ipd_sip_clean (phrase);
  return event;
}

void
ipd_sip_call_end (IpdSipCall *call, IpdSipEvent *event)
{
  IpdSip *sip = call->sip;
  if (event && !call->silent)
    ipd_sip_call_emit (call, event);
  else
    ipd_sip_event_free (event);
  g_hash_table_remove (sip->calls, &call->id);
  ipd_sip_something_ended (sip);
}

/* ---- hanging up ---- */

static int
on_bye_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  IpdSipCall *call = magic;
  int status = nta_outgoing_status (request);
  if (status >= 200)
    ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_BYE, status, answer ? answer->sip_status->st_phrase : NULL));
  return 0;
}

void
ipd_sip_call_leave (IpdSipCall *call)
{
  call->state = IPD_SIP_CALL_LEAVING;
  call->bye = nta_outgoing_tcreate (call->leg, on_bye_answer, call, URL_STRING_MAKE (call->via), SIP_METHOD_BYE, NULL,
                                    TAG_END ());
  if (!call->bye)
    ipd_sip_call_end (call, ipd_sip_call_event (IPD_SIP_BYE, 503, NULL));
}

static void
hang_up (IpdSipCall *call)
{
  switch (call->state)
    {
    case IPD_SIP_CALL_CALLING:
      ipd_sip_call_outgoing_cut (call, 487, NULL);
      break;
    case IPD_SIP_CALL_RINGING:
      ipd_sip_call_incoming_cut (call);
      break;
    case IPD_SIP_CALL_ACCEPTED:
      call->leave_when_up = TRUE;
      break;
    case IPD_SIP_CALL_UP:
      ipd_sip_call_leave (call);
      break;
    case IPD_SIP_CALL_CANCELLING:
    case IPD_SIP_CALL_LEAVING:
      break;
    }
}

static void
do_bye (IpdSip *sip, gpointer data)
{
  IpdSipCall *call = g_hash_table_lookup (sip->calls, data);
  if (call)
    hang_up (call);
}

void
ipd_sip_bye (IpdSip *sip, guint64 call)
{
  ipd_sip_post (sip, do_bye, g_memdup2 (&call, sizeof call), g_free);
}

void
ipd_sip_calls_farewell (IpdSip *sip)
{
  /* hanging up may end a call at once, so walk over a copy */
  g_autoptr (GList) calls = g_hash_table_get_values (sip->calls);
  for (GList *l = calls; l; l = l->next)
    {
      IpdSipCall *call = l->data;
      if (call->state == IPD_SIP_CALL_ACCEPTED)
        ipd_sip_call_leave (call);
      else
        hang_up (call);
    }
}

/* ---- requests inside the dialog ---- */

static void
on_bye (IpdSipCall *call, nta_incoming_t *irq)
{
  nta_incoming_treply (irq, SIP_200_OK, TAG_END ());
  nta_incoming_destroy (irq);
  if (call->state == IPD_SIP_CALL_RINGING)
    {
      /* RFC 3261 §15: the caller may also end an early dialog so */
      nta_incoming_treply (call->incoming, SIP_487_REQUEST_TERMINATED, TAG_END ());
      ipd_sip_call_end (call, ipd_sip_event_new (IPD_SIP_CANCELLED));
    }
  else
    ipd_sip_call_end (call, ipd_sip_event_new (IPD_SIP_BYE));
}

int
ipd_sip_call_request (IpdSipCall *call, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *request)
{
  sip_method_t method = nta_incoming_method (irq);
  /* NTA also lets requests in that do not know our tag: whoever makes those up is not in this dialog */
  if (!request->sip_to->a_tag && method != sip_method_ack)
    return 481;
  if (method == sip_method_bye)
    {
      if (call->state == IPD_SIP_CALL_CALLING || call->state == IPD_SIP_CALL_CANCELLING)
        return 481;
      on_bye (call, irq);
      return 0;
    }
  /* the media of a visit never changes within a call: nothing to renegotiate */
  if (method == sip_method_invite)
    return 488;
  if (method == sip_method_ack || method == sip_method_options)
    return 200;
  nta_incoming_treply (irq, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW_STR (IPD_SIP_ALLOW), TAG_END ());
  nta_incoming_destroy (irq);
  return 0;
}
