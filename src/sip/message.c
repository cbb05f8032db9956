// SPDX-License-Identifier: Apache-2.0
// Building SIP messages within 1,300 octets and reading what programs need from them. Called by the call, message and
// registration files of src/sip, in the SIP thread.
#include "sip/message.h"

#include "sip/check.h"
#include "wire/random.h"

#include <string.h>

void
ipd_sip_add_header (msg_t *msg, const char *name, const char *value)
{
  if (!value)
    return;
  g_autofree char *line = g_strdup_printf ("%s: %s", name, value);
  sip_add_tl (msg, sip_object (msg), SIPTAG_HEADER_STR (line), TAG_END ());
}

void
ipd_sip_add_body (msg_t *msg, const char *type, const char *body)
{
  if (body)
    sip_add_tl (msg, sip_object (msg), SIPTAG_CONTENT_TYPE_STR (type), SIPTAG_PAYLOAD_STR (body), TAG_END ());
}

void
ipd_sip_add_contact (IpdSip *sip, msg_t *msg, const char *user, const char *params)
{
  g_autofree char *uri = ipd_sip_uri (user, sip->host, sip->port);
  g_autofree char *contact = g_strdup_printf ("<%s>%s", uri, params ? params : "");
  sip_add_tl (msg, sip_object (msg), SIPTAG_CONTACT_STR (contact), TAG_END ());
}

void
ipd_sip_add_abilities (msg_t *msg, gboolean foreign)
{
  sip_add_tl (msg, sip_object (msg), SIPTAG_SUPPORTED_STR (IPD_SIP_SUPPORTED),
              TAG_IF (foreign, SIPTAG_ALLOW_STR (IPD_SIP_ALLOW_CALL)), TAG_END ());
}

gboolean
ipd_sip_target_ok (const IpdSipTarget *target, gboolean foreign)
{
  const char *user = target->user;
  gboolean user_ok = foreign ? !user || !*user || ipd_sip_uri_user_ok (user) : ipd_sip_user_ok (user);
  return user_ok && ipd_sip_host_ok (target->host) && target->port
         && (!target->params || (foreign && ipd_sip_params_ok (target->params)))
         && (!target->via_host || (ipd_sip_host_ok (target->via_host) && target->via_port));
}

char *
ipd_sip_target_uri (const IpdSipTarget *target)
{
  const char *user = target->user && *target->user ? target->user : NULL;
  g_autofree char *uri = ipd_sip_uri (user, target->host, target->port);
  return target->params ? g_strdup_printf ("%s;%s", uri, target->params) : g_steal_pointer (&uri);
}

gboolean
ipd_sip_fits (IpdSip *sip, msg_t *msg)
{
  gsize length = 0;
  if (sip_complete_message (msg) < 0)
    return FALSE;
  char *text = msg_as_string (msg_home (msg), msg, NULL, 0, &length);
  if (!text)
    return FALSE;
  su_free (msg_home (msg), text);
  if (sip_object (msg)->sip_request && !sip_object (msg)->sip_via)
    {
      /* what the transaction adds when it sends: its branch is 13 octets of the stack's own after the cookie */
      length += strlen ("Via: SIP/2.0/UDP :65535;rport;branch=z9hG4bK\r\n") + strlen (sip->host) + 16;
    }
  return length <= IPD_SIP_MESSAGE_MAX;
}

msg_t *
ipd_sip_request_new (IpdSip *sip, sip_method_t method, const char *name, const char *uri, const char *from_uri,
                     const char *to_uri, const char *call_id, guint32 cseq)
{
  msg_t *msg = nta_msg_create (sip->agent, 0);
  su_home_t *home = msg_home (msg);
  IpdShortId tag = ipd_random_short_id ();
  g_autofree char *from = g_strdup_printf ("<%s>;tag=%s", from_uri, tag.s);
  g_autofree char *to = g_strdup_printf ("<%s>", to_uri);

  sip_add_tl (msg, sip_object (msg),
              SIPTAG_REQUEST (sip_request_create (home, method, name, URL_STRING_MAKE (uri), NULL)),
              SIPTAG_FROM_STR (from), SIPTAG_TO_STR (to), SIPTAG_CALL_ID_STR (call_id),
              SIPTAG_CSEQ (sip_cseq_create (home, cseq, method, name)), SIPTAG_MAX_FORWARDS_STR ("70"), TAG_END ());
  return msg;
}

gboolean
ipd_sip_header (const sip_t *message, const char *name, char **ret_value)
{
  const char *value = NULL;
  for (const sip_unknown_t *un = message->sip_unknown; un; un = un->un_next)
    {
      if (g_ascii_strcasecmp (un->un_name, name) != 0)
        continue;
      /* two of them: which one was signed is a question nobody should have to answer */
      if (value)
        return FALSE;
      value = un->un_value ? un->un_value : "";
    }
  if (value && !ipd_sip_value_ok (value))
    return FALSE;
  *ret_value = g_strdup (value);
  return TRUE;
}

char *
ipd_sip_source (msg_t *msg, guint16 *ret_port)
{
  const su_sockaddr_t *from = msg_addr (msg);
  char text[SU_ADDRSIZE] = "";
  *ret_port = g_ntohs (from->su_port);
  su_inet_ntop (from->su_family, SU_ADDR (from), text, sizeof text);
  return g_strdup (text);
}

char *
ipd_sip_url_host (const url_t *url)
{
  const char *host = url->url_host ? url->url_host : "";
  gsize length = strlen (host);
  gboolean bracketed = length > 2 && host[0] == '[' && host[length - 1] == ']';
  g_autofree char *bare = bracketed ? g_strndup (host + 1, length - 2) : g_strdup (host);
  return ipd_sip_clean (bare);
}

gboolean
ipd_sip_url_port (const url_t *url, guint16 *ret_port)
{
  guint64 port = 5060;
  if (url->url_port && *url->url_port && !g_ascii_string_to_unsigned (url->url_port, 10, 1, G_MAXUINT16, &port, NULL))
    return FALSE;
  *ret_port = (guint16) port;
  return TRUE;
}

char *
ipd_sip_content_type (const sip_t *message)
{
  const char *type = message->sip_content_type ? message->sip_content_type->c_type : NULL;
  return type ? g_ascii_strdown (type, -1) : NULL;
}

gboolean
ipd_sip_is_sdp (const sip_t *message)
{
  g_autofree char *type = ipd_sip_content_type (message);
  return !message->sip_payload || message->sip_payload->pl_len == 0 || g_strcmp0 (type, IPD_SIP_SDP_TYPE) == 0;
}

static gboolean
read_sip_reason (const sip_reason_t *re, IpdSipEvent *event)
{
  guint64 cause = 0;
  if (!re->re_cause || !g_ascii_string_to_unsigned (re->re_cause, 10, 0, 699, &cause, NULL))
    return FALSE;
  /* some exchanges only speak Q.850, where 26 is "answered elsewhere" (RFC 3326 §2, ITU-T Q.850) */
  gboolean elsewhere = g_ascii_strcasecmp (re->re_protocol, "Q.850") == 0 && cause == 26;
  if (!elsewhere && g_ascii_strcasecmp (re->re_protocol, "SIP") != 0)
    return FALSE;
  event->cause = elsewhere ? 200 : (int) cause;
  return TRUE;
}

void
ipd_sip_read_reason (const sip_t *request, IpdSipEvent *event)
{
  const sip_reason_t *re = request->sip_reason;
  while (re && !read_sip_reason (re, event))
    re = re->re_next;
  char *text = re && re->re_text ? msg_unquote_dup (NULL, re->re_text) : NULL;
  event->text = ipd_sip_clean (text);
  su_free (NULL, text);
}

gboolean
ipd_sip_body (const sip_t *message, char **ret_body)
{
  const sip_payload_t *payload = message->sip_payload;
  if (!payload || payload->pl_len == 0)
    {
      *ret_body = NULL;
      return TRUE;
    }
  if (memchr (payload->pl_data, '\0', payload->pl_len))
    return FALSE;
  *ret_body = g_strndup (payload->pl_data, payload->pl_len);
  return TRUE;
}

IpdSipEvent *
ipd_sip_event_from_request (IpdSipEventType type, msg_t *msg, const sip_t *request)
{
  g_autoptr (IpdSipEvent) event = ipd_sip_event_new (type);
  event->from_user = ipd_sip_clean (request->sip_from->a_url->url_user);
  event->from_tag = ipd_sip_clean (request->sip_from->a_tag);
  event->ruri_user = ipd_sip_clean (request->sip_request->rq_url->url_user);
  event->call_id = ipd_sip_clean (request->sip_call_id->i_id);
  event->cseq = request->sip_cseq->cs_seq;
  event->source_host = ipd_sip_source (msg, &event->source_port);
  if (!ipd_sip_header (request, IPD_SIP_HEADER_VISIT, &event->visit)
      || !ipd_sip_header (request, IPD_SIP_HEADER_AUTH, &event->auth)
      || !ipd_sip_header (request, IPD_SIP_HEADER_LICENCE, &event->licence) || !ipd_sip_body (request, &event->body)
      || !event->call_id)
    return NULL;
  return g_steal_pointer (&event);
}

IpdSipEvent *
ipd_sip_event_from_answer (IpdSipEventType type, const sip_t *answer)
{
  IpdSipEvent *event = ipd_sip_event_new (type);
  event->status = answer->sip_status->st_status;
  event->phrase = ipd_sip_clean (answer->sip_status->st_phrase);
  if (answer->sip_to) /* not in what the stack itself says, like 408 */
    event->to_tag = ipd_sip_clean (answer->sip_to->a_tag);
  if (answer->sip_contact)
    event->contact_user = ipd_sip_clean (answer->sip_contact->m_url->url_user);
  if (!ipd_sip_header (answer, IPD_SIP_HEADER_AUTH, &event->auth))
    event->auth = NULL;
  if (!ipd_sip_header (answer, IPD_SIP_HEADER_BOOT, &event->boot))
    event->boot = NULL;
  if (!ipd_sip_body (answer, &event->body))
    event->body = NULL;
  return event;
}
