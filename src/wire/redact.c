// SPDX-License-Identifier: Apache-2.0
/*
 * Takes secrets out of text that is about to be logged. Used by every program's log calls that carry foreign text. Any
 * thread.
 *
 * Better once too often than once too seldom: a rule that takes out an innocent word costs nothing.
 */

#include "wire/redact.h"

#include <string.h>

#define REDACTED "[redacted]"

typedef struct {
  const char *pattern;
  const char *replacement;
  GRegexCompileFlags flags;
} Rule;

#define SECRET_WORDS "(?:c?nonce|[a-z_-]*secret|[a-z_-]*key|k|proof|package|pin|pass(?:word|wd)?|seed|response|token)"

/* No value spans lines, so that a quote left open in one line cannot pair with one that opens a secret in the next.
 * In this order: whole tokens and headers first, then named values, at last what only looks like a code. */
static const Rule rules[] = {
  { "v[0-9]\\.(?:public|local)\\.[A-Za-z0-9_.=-]*", REDACTED, 0 },
  { "^((?:proxy-)?authori[sz]ation|ipdoor-auth|(?:www|proxy)-authenticate|authentication-info)[ \\t]*:.*(?:\\r?\\n[ "
    "\\t]+.*)*",
    "\\1: " REDACTED, G_REGEX_CASELESS | G_REGEX_MULTILINE },
  { "\\b((?:proxy-)?authori[sz]ation|ipdoor-auth)\\b[ \\t]*[:=][^\\r\\n]*", "\\1: " REDACTED, G_REGEX_CASELESS },
  { "(a=(?:ipdoor-keys|crypto)|k=[a-z0-9]+)[ \\t]*:[^\\r\\n\"]*", "\\1:" REDACTED, G_REGEX_CASELESS },
  { "(ipdoor-keys)[ \\t]*[:=][ \\t]*[^\\s\"]+", "\\1:" REDACTED, G_REGEX_CASELESS },
  { "(\"" SECRET_WORDS "\"[ \\t]*:[ \\t]*)(?:\"(?:[^\"\\\\\r\n]|\\\\.)*\"?|[^\\s,}\\]]+)", "\\1\"" REDACTED "\"",
    G_REGEX_CASELESS },
  { "(?<![A-Za-z0-9])(" SECRET_WORDS
    "[ \\t]*[=:][ \\t]*)(?:\"(?:[^\"\\\\\r\n]|\\\\.)*\"?|'[^'\r\n]*'?|(?!\\[redacted\\])[^\\s,;&\"']+)",
    "\\1" REDACTED, G_REGEX_CASELESS },
  { "(?<![A-Za-z0-9])(?:[A-Za-z0-9]{5}[- ]){3}[A-Za-z0-9]{5}(?![A-Za-z0-9])", REDACTED, 0 },
  { "(?<![A-Za-z0-9])(?=[0-9]*[A-Z])[A-Z0-8]{20}(?![A-Za-z0-9])", REDACTED, G_REGEX_CASELESS },
  { "(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]{86}|[A-Za-z0-9_-]{87}|[A-Za-z0-9_-]{154}|[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])",
    REDACTED, 0 },
};

static GRegex *
compiled_rule (size_t index)
{
  static GRegex *compiled[G_N_ELEMENTS (rules)];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      for (size_t i = 0; i < G_N_ELEMENTS (rules); i++)
        {
          compiled[i] = g_regex_new (rules[i].pattern, rules[i].flags | G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
          g_assert (compiled[i] != NULL);
        }
      g_once_init_leave (&ready, 1);
    }
  return compiled[index];
}

char *
ipd_redact (const char *text)
{
  g_autofree char *safe = g_strdup (text == NULL ? "" : text);

  for (size_t i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      char *next = g_regex_replace (compiled_rule (i), safe, -1, 0, rules[i].replacement, 0, NULL);
      if (next == NULL) /* the matcher gave up: nothing of it may be shown */
        return g_strdup (REDACTED);
      g_free (safe);
      safe = next;
    }
  return g_steal_pointer (&safe);
}
