// SPDX-License-Identifier: Apache-2.0
/*
 * Redaction of anything: a secret in a line of its own is gone whatever stands in the lines around it.
 */

#include "fuzz.h"

#include "wire/redact.h"

#define MARK "QZmarkZQ"

static const char *const secret_lines[] = {
  "token v4.public." MARK,
  "a=ipdoor-keys:" MARK,
  "Ipdoor-Auth: 1." MARK,
  "Authorization: Digest username=\"u\", response=\"" MARK "\"",
  "{\"v\":1,\"proof\":\"" MARK "\"}",
  "{\"secret\" : \"x\\\"" MARK "\"}",
  "sip-secret=" MARK,
  "key = '" MARK "'",
};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *around = g_strndup ((const char *) data, size);
  size_t half = strlen (around) / 2;
  const char *line = secret_lines[size == 0 ? 0 : data[0] % G_N_ELEMENTS (secret_lines)];
  g_autofree char *text = g_strdup_printf ("%.*s\n%s\n%s", (int) half, around, line, around + half);
  g_autofree char *safe = ipd_redact (text);

  g_assert_true (strstr (safe, MARK) == NULL || strstr (around, MARK) != NULL); /* unless it stood around, too */
  return 0;
}
