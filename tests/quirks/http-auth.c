// SPDX-License-Identifier: Apache-2.0
/* Checks and challenges of the simulated web server. Main loop. */
#include "http-auth.h"

#include "journal.h"

#include <string.h>

static char *md5 (const char *format, ...) G_GNUC_PRINTF (1, 2);

static char *
md5 (const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

/* name="value" or name=value out of a challenge's answer. */
static char *
parameter (const char *header, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("[ ,]%s=(?:\"([^\"]*)\"|([^ ,]*))", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  char *quoted;

  if (!g_regex_match (regex, header, 0, &match))
    return g_strdup ("");
  quoted = g_match_info_fetch (match, 1);
  if (*quoted != '\0')
    return quoted;
  g_free (quoted);
  quoted = g_match_info_fetch (match, 2);
  return quoted ? quoted : g_strdup ("");
}

static bool
basic_fits (const QuirkHttpAuth *auth, const char *value)
{
  g_autofree char *plain = g_strdup_printf ("%s:%s", auth->user, auth->password);
  g_autofree char *coded = g_base64_encode ((const guchar *) plain, strlen (plain));

  return strcmp (coded, value) == 0;
}

static bool
digest_fits (const QuirkHttpAuth *auth, const char *method, const char *header)
{
  g_autofree char *realm = parameter (header, "realm");
  g_autofree char *uri = parameter (header, "uri");
  g_autofree char *nonce = parameter (header, "nonce");
  g_autofree char *qop = parameter (header, "qop");
  g_autofree char *nc = parameter (header, "nc");
  g_autofree char *cnonce = parameter (header, "cnonce");
  g_autofree char *response = parameter (header, "response");
  g_autofree char *ha1 = md5 ("%s:%s:%s", auth->user, realm, auth->password);
  g_autofree char *ha2 = md5 ("%s:%s", method, uri);
  g_autofree char *want
      = *qop != '\0' ? md5 ("%s:%s:%s:%s:%s:%s", ha1, nonce, nc, cnonce, qop, ha2) : md5 ("%s:%s:%s", ha1, nonce, ha2);

  return strcmp (want, response) == 0;
}

const char *
quirk_http_auth_check (QuirkHttpAuth *auth, const char *method, const char *path, const char *header)
{
  const char *way = quirk_text (auth->dialect, "http", "auth", "none");
  g_autofree char *nonce = NULL;
  g_autofree char *uri = NULL;

  if (g_str_equal (way, "none"))
    return "good";
  if (g_str_equal (way, "bearer"))
    {
      g_autofree char *want = g_strdup_printf ("Bearer %s", auth->nonce ? auth->nonce : "");
      return g_str_has_suffix (path, "/login") || (header != NULL && auth->nonce != NULL && g_str_equal (header, want))
                 ? "good"
                 : "none";
    }
  if (header == NULL)
    return "none";
  if (g_str_equal (way, "basic"))
    return g_str_has_prefix (header, "Basic ") && basic_fits (auth, header + 6) ? "good" : "wrong";
  if (g_str_has_prefix (header, "Basic "))
    quirk_violation ("the password was sent in clear to a station that asks for Digest");
  if (!g_str_has_prefix (header, "Digest "))
    return "wrong";
  nonce = parameter (header, "nonce");
  uri = parameter (header, "uri");
  if (!g_str_has_prefix (uri, path) || !digest_fits (auth, method, header))
    return "wrong";
  if (auth->nonce == NULL || strcmp (nonce, auth->nonce) != 0)
    return "stale";
  return auth->uses++ == 0 && quirk_flag (auth->dialect, "http", "first-nonce-stale") ? "stale" : "good";
}

char *
quirk_http_auth_challenge (QuirkHttpAuth *auth, bool stale)
{
  const char *way = quirk_text (auth->dialect, "http", "auth", "none");
  const char *realm = quirk_text (auth->dialect, "http", "realm", "door");

  if (g_str_equal (way, "basic"))
    return g_strdup_printf ("Basic realm=\"%s\"", realm);
  if (g_str_equal (way, "bearer"))
    return g_strdup ("Bearer");
  if (!g_str_equal (way, "digest"))
    return NULL;
  g_free (auth->nonce);
  auth->nonce = g_uuid_string_random ();
  return g_strdup_printf ("Digest realm=\"%s\", nonce=\"%s\"%s%s", realm, auth->nonce,
                          quirk_flag (auth->dialect, "http", "no-qop") ? "" : ", qop=\"auth\", algorithm=MD5",
                          stale ? ", stale=true" : "");
}
