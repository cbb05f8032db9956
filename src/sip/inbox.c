// SPDX-License-Identifier: Apache-2.0
// What strangers send: each request that belongs to no dialog and no transaction comes here, in the SIP thread. The
// default is no; what is refused costs no state, and above the limits everything is refused.
#include "sip/message.h"
#include "sip/registration.h"

#include <gio/gio.h>

static void
refuse (IpdSip *sip, msg_t *msg, int status)
{
  nta_msg_treply (sip->agent, msg, status, NULL, TAG_IF (status == 405, SIPTAG_ALLOW_STR (IPD_SIP_ALLOW)), TAG_END ());
}

gboolean
ipd_sip_is_full (IpdSip *sip)
{
  usize_t incoming = 0;
  nta_agent_get_stats (sip->agent, NTATAG_S_IRQ_HASH_USED_REF (incoming), TAG_END ());
  return incoming >= IPD_SIP_INCOMING_MAX;
}

/* ---- who is expected ---- */

static void
do_set_named_hosts (IpdSip *sip, gpointer data)
{
  g_hash_table_remove_all (sip->named_hosts);
  for (char **host = data; *host; host++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (*host);
      if (address)
        g_hash_table_add (sip->named_hosts, g_inet_address_to_string (address));
    }
}

void
ipd_sip_set_named_hosts (IpdSip *sip, const char *const *hosts)
{
  static const char *const none[] = { NULL };
  ipd_sip_post (sip, do_set_named_hosts, g_strdupv ((char **) (hosts ? hosts : none)), (GDestroyNotify) g_strfreev);
}

static gboolean
is_from_named_host (IpdSip *sip, msg_t *msg)
{
  guint16 port;
  g_autofree char *host = g_hash_table_size (sip->named_hosts) ? ipd_sip_source (msg, &port) : NULL;
  return host && g_hash_table_contains (sip->named_hosts, host);
}

/* Addressed to what members know: a current Contact user, or the boot id of a station, new at each start. Or a call
 * from where a third-party station is. */
static gboolean
is_expected (IpdSip *sip, msg_t *msg, const sip_t *request)
{
  const char *user = request->sip_request->rq_url->url_user;
  if (ipd_sip_registrations_expect (sip->registrations, user))
    return TRUE;
  return request->sip_request->rq_method == sip_method_invite
         && ((sip->boot && g_strcmp0 (sip->boot, user) == 0) || is_from_named_host (sip, msg));
}

/* ---- room ---- */

/* Strangers may fill the room, but not shut out who matters: who asks for one of those random users finds twice the
 * room, a REGISTER costs nothing until its digest is right, a MESSAGE can be served without state. */
static gboolean
has_room (IpdSip *sip, msg_t *msg, const sip_t *request)
{
  sip_method_t method = request->sip_request->rq_method;
  if (is_expected (sip, msg, request))
    return g_hash_table_size (sip->calls) < 2 * IPD_SIP_CALLS_MAX;
  if (method == sip_method_invite)
    return g_hash_table_size (sip->calls) < IPD_SIP_CALLS_MAX && !ipd_sip_is_full (sip);
  return method == sip_method_register || method == sip_method_message || !ipd_sip_is_full (sip);
}

/* The program has not caught up: what it does not get is not answered either, so that a genuine sender repeats it. */
static gboolean
has_to_wait (IpdSip *sip, msg_t *msg, const sip_t *request)
{
  sip_method_t method = request->sip_request->rq_method;
  return (method == sip_method_invite || method == sip_method_message)
         && ipd_sip_mailbox_count (sip->mailbox) >= IPD_SIP_WAITING_MAX && !is_expected (sip, msg, request);
}

/* 0, or the status that refuses what no method may have. RFC 3261 §8.2. */
static int
check_common (const sip_t *request)
{
  if (request->sip_request->rq_url->url_type != url_sip)
    return 416;
  for (gsize i = 0; request->sip_require && request->sip_require->k_items && request->sip_require->k_items[i]; i++)
    if (g_ascii_strcasecmp (request->sip_require->k_items[i], "100rel") != 0
        && g_ascii_strcasecmp (request->sip_require->k_items[i], "timer") != 0)
      return 420;
  return 0;
}

static void
refuse_extension (IpdSip *sip, msg_t *msg, const sip_t *request)
{
  nta_msg_treply (sip->agent, msg, SIP_420_BAD_EXTENSION,
                  SIPTAG_UNSUPPORTED ((const sip_unsupported_t *) request->sip_require), TAG_END ());
}

static void
dispatch (IpdSip *sip, msg_t *msg, sip_t *request)
{
  /* a dialog that is not, or no longer, ours; ACK and CANCEL out of the blue are never answered 200 */
  gboolean orphan = request->sip_to->a_tag != NULL;
  switch (request->sip_request->rq_method)
    {
    case sip_method_invite:
      if (orphan)
        refuse (sip, msg, 481);
      else if (sip->shutting_down)
        refuse (sip, msg, 503);
      else
        ipd_sip_call_incoming (sip, msg, request);
      break;
    case sip_method_message:
      if (orphan)
        refuse (sip, msg, 481);
      else
        ipd_sip_token_incoming (sip, msg, request);
      break;
    case sip_method_register:
      if (sip->registrar)
        ipd_sip_registrar_receive (sip->registrar, msg, request);
      else
        refuse (sip, msg, 405);
      break;
    case sip_method_options:
      nta_msg_treply (sip->agent, msg, SIP_200_OK, SIPTAG_ALLOW_STR (IPD_SIP_ALLOW),
                      SIPTAG_SUPPORTED_STR (IPD_SIP_SUPPORTED), SIPTAG_ACCEPT_STR (IPD_SIP_ACCEPT), TAG_END ());
      break;
    case sip_method_bye:
    case sip_method_cancel:
    case sip_method_prack:
      refuse (sip, msg, 481);
      break;
    case sip_method_unknown:
    case sip_method_invalid:
      refuse (sip, msg, 501);
      break;
    case sip_method_info:
    case sip_method_update:
      refuse (sip, msg, orphan ? 481 : 405);
      break;
    case sip_method_ack: /* was dropped before */
    case sip_method_subscribe:
    case sip_method_notify:
    case sip_method_refer:
    case sip_method_publish:
      refuse (sip, msg, 405);
      break;
    }
}

int
ipd_sip_inbox (_SipMagic *sip, nta_agent_t *agent, msg_t *msg, sip_t *request)
{
  /* answers to what we no longer ask, and ACKs to what was answered without state */
  if (!request->sip_request || request->sip_request->rq_method == sip_method_ack)
    {
      msg_destroy (msg);
      return 0;
    }
  int status = check_common (request);
  if (status == 420)
    refuse_extension (sip, msg, request);
  else if (status)
    refuse (sip, msg, status);
  else if (has_to_wait (sip, msg, request))
    msg_destroy (msg);
  else if (!has_room (sip, msg, request))
    refuse (sip, msg, 503);
  else
    dispatch (sip, msg, request);
  return 0;
}
