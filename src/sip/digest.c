// SPDX-License-Identifier: Apache-2.0
// Digest with Sofia's MD5 helpers: the client's answer to a challenge and the registrar's check of it. Called by
// registration.c and registrar.c.
#include "sip/digest.h"

#include "sip/check.h"
#include "wire/random.h"

#include <sofia-sip/auth_digest.h>
#include <string.h>

#define HEX_DIGITS 32

void
ipd_sip_challenge_clear (IpdSipChallenge *challenge)
{
  g_free (challenge->nonce);
  g_free (challenge->opaque);
  *challenge = (IpdSipChallenge){ 0 };
}

static void
respond (const char *user, const char *secret, const char *method, const char *uri, const char *nonce, const char *nc,
         const char *cnonce, auth_hexmd5_t ret_response)
{
  auth_response_t ar = { .ar_size = sizeof ar,
                         .ar_username = user,
                         .ar_realm = IPD_SIP_REALM,
                         .ar_nonce = nonce,
                         .ar_uri = uri,
                         .ar_cnonce = cnonce,
                         .ar_nc = nc,
                         .ar_md5 = 1,
                         .ar_auth = 1 };
  auth_hexmd5_t ha1;
  auth_digest_a1 (&ar, ha1, secret);
  auth_digest_response (&ar, ret_response, ha1, method, NULL, 0);
  explicit_bzero (ha1, sizeof ha1);
}

static const char *
param (su_home_t *home, const msg_auth_t *au, const char *name)
{
  const char *raw = msg_params_find (au->au_params, name);
  return raw ? msg_unquote_dup (home, raw) : NULL;
}

static gboolean
lists_auth (const char *qop)
{
  g_auto (GStrv) words = g_strsplit_set (qop ? qop : "", ", ", -1);
  return g_strv_contains ((const char *const *) words, "auth");
}

gboolean
ipd_sip_challenge_take (IpdSipChallenge *challenge, const sip_t *answer)
{
  const msg_auth_t *au = answer->sip_www_authenticate;
  if (!au || !au->au_params || g_ascii_strcasecmp (au->au_scheme, "Digest") != 0)
    return FALSE;
  su_home_t home[1] = { SU_HOME_INIT (home) };
  const char *realm = param (home, au, "realm=");
  const char *nonce = param (home, au, "nonce=");
  const char *opaque = param (home, au, "opaque=");
  const char *algorithm = param (home, au, "algorithm=");
  gboolean ok = realm && strcmp (realm, IPD_SIP_REALM) == 0 && ipd_sip_value_ok (nonce)
                && (!opaque || ipd_sip_value_ok (opaque)) && (!algorithm || g_ascii_strcasecmp (algorithm, "MD5") == 0)
                && lists_auth (param (home, au, "qop="));
  if (ok)
    {
      ipd_sip_challenge_clear (challenge);
      challenge->nonce = g_strdup (nonce);
      challenge->opaque = g_strdup (opaque);
    }
  su_home_deinit (home);
  return ok;
}

char *
ipd_sip_challenge_answer (IpdSipChallenge *challenge, const char *method, const char *uri, const char *user,
                          const char *secret)
{
  IpdShortId cnonce = ipd_random_short_id ();
  g_autofree char *nc = g_strdup_printf ("%08x", ++challenge->count);
  auth_hexmd5_t response;
  respond (user, secret, method, uri, challenge->nonce, nc, cnonce.s, response);
  GString *value = g_string_new (NULL);
  g_string_printf (value,
                   "Digest username=\"%s\", realm=\"" IPD_SIP_REALM "\", nonce=\"%s\", uri=\"%s\", response=\"%s\", "
                   "algorithm=MD5, cnonce=\"%s\", qop=auth, nc=%s",
                   user, challenge->nonce, uri, response, cnonce.s, nc);
  if (challenge->opaque)
    g_string_append_printf (value, ", opaque=\"%s\"", challenge->opaque);
  return g_string_free (value, FALSE);
}

gboolean
ipd_sip_credentials_read (su_home_t *home, const sip_t *request, IpdSipCredentials *ret_credentials)
{
  const msg_auth_t *au = request->sip_authorization;
  if (!au || au->au_next || !au->au_params || g_ascii_strcasecmp (au->au_scheme, "Digest") != 0)
    return FALSE;
  const char *algorithm = param (home, au, "algorithm=");
  const char *qop = param (home, au, "qop=");
  IpdSipCredentials found = {
    param (home, au, "username="), param (home, au, "realm="),  param (home, au, "nonce="),    param (home, au, "nc="),
    param (home, au, "uri="),      param (home, au, "cnonce="), param (home, au, "response="),
  };
  if (!found.user || !found.realm || !found.nonce || !found.nc || !found.uri || !found.cnonce || !found.response || !qop
      || strcmp (qop, "auth") != 0 || (algorithm && g_ascii_strcasecmp (algorithm, "MD5") != 0)
      || strcmp (found.realm, IPD_SIP_REALM) != 0)
    return FALSE;
  *ret_credentials = found;
  return TRUE;
}

gboolean
ipd_sip_credentials_right (const IpdSipCredentials *credentials, const char *method, const char *secret)
{
  auth_hexmd5_t expected;
  respond (credentials->user, secret, method, credentials->uri, credentials->nonce, credentials->nc,
           credentials->cnonce, expected);
  if (strlen (credentials->response) != HEX_DIGITS)
    return FALSE;
  guint8 difference = 0;
  for (gsize i = 0; i < HEX_DIGITS; i++)
    difference |= (guint8) (expected[i] ^ g_ascii_tolower (credentials->response[i]));
  return difference == 0;
}
