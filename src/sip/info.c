// SPDX-License-Identifier: Apache-2.0
// INFO inside calls with third-party stations and phones, both ways, and MESSAGE in the dialog beside it: digits, and
// requests for a key frame. ipd_sip_info() is called in the creator's thread, the rest runs in the SIP thread.
#include "sip/check.h"
#include "sip/dialog.h"
#include "sip/message.h"

#include <string.h>

#define TYPES                                                                                                          \
  "application/dtmf-relay, application/dtmf, audio/telephone-event, application/media_control+xml, text/plain"
/* Digits and XML of one line; also keeps the whole within one datagram. */
#define BODY_MAX 512
/* More than anybody dials while one INFO waits for its answer. */
#define WAITING_MAX 64

typedef struct {
  guint64 id;
  guint64 call;
  char *type;
  char *body;
  nta_outgoing_t *request;
} IpdSipInfo;

static void
info_free (gpointer data)
{
  IpdSipInfo *info = data;
  g_clear_pointer (&info->request, nta_outgoing_destroy);
  g_free (info->type);
  g_free (info->body);
  g_free (info);
}

/* ---- theirs ---- */

static int
refuse (nta_incoming_t *irq, int status, tag_type_t tag, tag_value_t value)
{
  nta_incoming_treply (irq, status, sip_status_phrase (status), tag, value, TAG_END ());
  nta_incoming_destroy (irq);
  return 0;
}

static gboolean
is_known (const char *type)
{
  g_auto (GStrv) types = g_strsplit (TYPES, ", ", -1);
  return g_strv_contains ((const char *const *) types, type);
}

int
ipd_sip_info_receive (IpdSipCall *call, nta_incoming_t *irq, const sip_t *request)
{
  g_autofree char *type = ipd_sip_content_type (request);
  g_autofree char *body = NULL;
  if (!call->foreign)
    return refuse (irq, 405, SIPTAG_ALLOW_STR (IPD_SIP_ALLOW));
  if (call->state == IPD_SIP_CALL_LEAVING)
    return 481;
  if (!ipd_sip_body (request, &body) || (body && strlen (body) > BODY_MAX))
    return 400;
  /* an empty one only asks whether we are there */
  if (!body)
    return 200;
  if (!type || !is_known (type))
    return refuse (irq, 415, SIPTAG_ACCEPT_STR (TYPES));
  if (ipd_sip_mailbox_count (call->sip->mailbox) >= IPD_SIP_WAITING_MAX)
    return 503;
  IpdSipEvent *event = ipd_sip_event_new (IPD_SIP_INFO);
  event->content_type = g_steal_pointer (&type);
  event->body = g_steal_pointer (&body);
  ipd_sip_call_emit (call, event);
  return 200;
}

/* ---- ours ---- */

static void
tell (IpdSip *sip, const IpdSipInfo *info, int status, const char *phrase)
{
  IpdSipEvent *event = ipd_sip_event_new (IPD_SIP_INFO_DONE);
  event->call = info->call;
  event->request = info->id;
  event->status = status;
  event->phrase = ipd_sip_clean (phrase);
  ipd_sip_emit (sip, event);
}

void
ipd_sip_infos_flush (IpdSipCall *call)
{
  for (IpdSipInfo *info; (info = g_queue_pop_head (&call->infos));)
    {
      tell (call->sip, info, SIP_481_NO_CALL);
      info_free (info);
    }
}

static void
finish (IpdSipCall *call, int status, const char *phrase)
{
  IpdSipInfo *info = g_queue_pop_head (&call->infos);
  tell (call->sip, info, status, phrase);
  info_free (info);
  ipd_sip_infos_pump (call);
}

static int
on_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  /* a challenge is a refusal: credentials are only for REGISTER */
  int status = nta_outgoing_status (request);
  if (status >= 200)
    finish ((IpdSipCall *) magic, status, answer ? answer->sip_status->st_phrase : NULL);
  return 0;
}

void
ipd_sip_infos_pump (IpdSipCall *call)
{
  IpdSipInfo *info = g_queue_peek_head (&call->infos);
  if (!info || info->request || call->state != IPD_SIP_CALL_UP)
    return;
  gboolean text = strcmp (info->type, "text/plain") == 0;
  msg_t *msg = text ? ipd_sip_dialog_request (call, call->leg, SIP_METHOD_MESSAGE, 0)
                    : ipd_sip_dialog_request (call, call->leg, SIP_METHOD_INFO, 0);
  if (msg)
    {
      ipd_sip_add_body (msg, info->type, info->body);
      info->request = ipd_sip_dialog_send (call, msg, on_answer);
    }
  if (!info->request)
    finish (call, SIP_503_SERVICE_UNAVAILABLE);
}

static void
do_info (IpdSip *sip, gpointer data)
{
  IpdSipInfo *info = data;
  IpdSipCall *call = ipd_sip_call_find (sip, info->call);
  gboolean ready = call && call->foreign && (call->state == IPD_SIP_CALL_UP || call->state == IPD_SIP_CALL_ACCEPTED);
  if (!ready || g_queue_get_length (&call->infos) >= WAITING_MAX)
    {
      tell (sip, info, ready ? 503 : 481, sip_status_phrase (ready ? 503 : 481));
      info_free (info);
      return;
    }
  g_queue_push_tail (&call->infos, info);
  ipd_sip_infos_pump (call);
}

guint64
ipd_sip_info (IpdSip *sip, guint64 call, const char *content_type, const char *body, GError **error)
{
  gboolean ok = content_type && is_known (content_type) && body && *body && strlen (body) <= BODY_MAX;
  if (!ipd_sip_check_order (sip, ok, "The information cannot be written as a SIP message.", error))
    return 0;
  IpdSipInfo *info = g_new0 (IpdSipInfo, 1);
  info->id = ipd_sip_take_id (sip);
  info->call = call;
  info->type = g_strdup (content_type);
  info->body = g_strdup (body);
  guint64 id = info->id;
  /* its call owns it from do_info() on; the thread cannot end before, its end is a later job */
  ipd_sip_post (sip, do_info, info, NULL);
  return id;
}
