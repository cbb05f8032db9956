// SPDX-License-Identifier: Apache-2.0
// The Contacts of a REGISTER, as registrar.c needs them.
#include "sip/binding.h"

#include "sip/check.h"
#include "sip/message.h"

#include <string.h>

#define TEXT_MAX 512

static guint
expires_of (const sip_t *request, const sip_contact_t *contact)
{
  guint64 seconds = request->sip_expires ? request->sip_expires->ex_delta : IPD_SIP_EXPIRES;
  if (contact->m_expires && !g_ascii_string_to_unsigned (contact->m_expires, 10, 0, G_MAXUINT32, &seconds, NULL))
    seconds = IPD_SIP_EXPIRES;
  return (guint) MIN (seconds, IPD_SIP_EXPIRES);
}

/* We speak UDP and nothing else. */
static gboolean
is_reachable (const sip_contact_t *contact)
{
  const url_t *url = contact->m_url;
  char transport[16] = "udp";
  if (url->url_params)
    url_param (url->url_params, "transport", transport, sizeof transport);
  return url->url_type == url_sip && g_ascii_strcasecmp (transport, "udp") == 0;
}

/* A phone may take its old Contact away and give the new one in one REGISTER: the last one that stays counts. */
static const sip_contact_t *
choose (const sip_t *request)
{
  const sip_contact_t *chosen = NULL;
  for (const sip_contact_t *m = request->sip_contact; m; m = m->m_next)
    if (is_reachable (m) && (!chosen || expires_of (request, m) > 0 || expires_of (request, chosen) == 0))
      chosen = m;
  return chosen;
}

static gboolean
read_user (const url_t *url, gboolean is_phone, IpdSipEvent *event)
{
  const char *user = url->url_user ? url->url_user : "";
  event->contact_user = g_strdup (user);
  return is_phone ? !*user || ipd_sip_uri_user_ok (user) : ipd_sip_user_ok (user);
}

static gboolean
read_params (const url_t *url, gboolean is_phone, IpdSipEvent *event)
{
  if (!is_phone || !url->url_params || !*url->url_params)
    return TRUE;
  event->contact_params = g_strdup (url->url_params);
  return ipd_sip_params_ok (event->contact_params);
}

static gboolean
read_address (const url_t *url, gboolean is_phone, IpdSipEvent *event)
{
  event->contact_host = ipd_sip_url_host (url);
  if (!event->contact_host || !ipd_sip_url_port (url, &event->contact_port))
    return FALSE;
  if (ipd_sip_host_ok (event->contact_host) || !is_phone)
    return TRUE;
  /* a name that only its own network knows: it is where it calls from */
  g_free (event->contact_host);
  event->contact_host = g_strdup (event->source_host);
  event->contact_port = event->source_port;
  return TRUE;
}

static gboolean
read_contact (const sip_contact_t *contact, IpdSipEvent *event, char **ret_contact)
{
  const url_t *url = contact->m_url;
  gboolean is_phone = event->licence == NULL;
  char text[TEXT_MAX];
  if (!read_user (url, is_phone, event) || !read_params (url, is_phone, event) || !read_address (url, is_phone, event)
      || url->url_password || url->url_headers || url_e (text, sizeof text, url) >= (issize_t) sizeof text)
    return FALSE;
  *ret_contact = g_strdup_printf ("<%s>", text);
  return TRUE;
}

static IpdSipBindingVerdict
read_star (const sip_t *request, IpdSipEvent *event)
{
  if (request->sip_contact->m_next || !request->sip_expires || request->sip_expires->ex_delta != 0)
    return IPD_SIP_BINDING_BAD;
  event->contact_user = g_strdup ("*");
  return IPD_SIP_BINDING_GOOD;
}

static IpdSipBindingVerdict
read_any (const sip_t *request, IpdSipEvent *event, char **ret_contact)
{
  if (!request->sip_contact)
    return IPD_SIP_BINDING_QUERY;
  if (request->sip_contact->m_url->url_type == url_any)
    return read_star (request, event);
  const sip_contact_t *contact = choose (request);
  if (!contact || !read_contact (contact, event, ret_contact))
    return IPD_SIP_BINDING_BAD;
  event->expires = expires_of (request, contact);
  return IPD_SIP_BINDING_GOOD;
}

IpdSipBindingVerdict
ipd_sip_binding_read (msg_t *msg, const sip_t *request, IpdSipEvent **ret_event, char **ret_contact)
{
  g_autoptr (IpdSipEvent) event = ipd_sip_event_from_request (IPD_SIP_REGISTER_REQUEST, msg, request);
  *ret_contact = NULL;
  if (!event)
    return IPD_SIP_BINDING_BAD;
  IpdSipBindingVerdict verdict = read_any (request, event, ret_contact);
  if (verdict == IPD_SIP_BINDING_GOOD)
    *ret_event = g_steal_pointer (&event);
  return verdict;
}
