// SPDX-License-Identifier: Apache-2.0
/*
 * A strict JSON recogniser: says yes or no, keeps nothing. Called by json.c before json-glib sees hostile text.
 */

#include "wire/json-check.h"

#include "wire/error-private.h"

#include <string.h>

typedef struct {
  const char *text;
  size_t length, at;
  IpdWireError error;
} Cursor;

static gboolean check_value (Cursor *cur, unsigned depth);

static gboolean
fail (Cursor *cur, IpdWireCode code)
{
  if (code == IPD_WIRE_SYNTAX && cur->at >= cur->length)
    code = IPD_WIRE_SHORT;
  return ipd_wire_fail (&cur->error, code, cur->at);
}

static int
peek (const Cursor *cur)
{
  return cur->at < cur->length ? (unsigned char) cur->text[cur->at] : -1;
}

static gboolean
take (Cursor *cur, char wanted)
{
  if (peek (cur) != wanted)
    return FALSE;
  cur->at++;
  return TRUE;
}

static void
skip_space (Cursor *cur)
{
  while (peek (cur) == ' ' || peek (cur) == '\t' || peek (cur) == '\n' || peek (cur) == '\r')
    cur->at++;
}

static gboolean
take_word (Cursor *cur, const char *word)
{
  size_t n = strlen (word);
  if (n > cur->length - cur->at || memcmp (cur->text + cur->at, word, n) != 0)
    return fail (cur, IPD_WIRE_SYNTAX);
  cur->at += n;
  return TRUE;
}

static gboolean
take_digits (Cursor *cur)
{
  size_t start = cur->at;
  while (g_ascii_isdigit (peek (cur)))
    cur->at++;
  return cur->at > start || fail (cur, IPD_WIRE_SYNTAX);
}

static gboolean
check_number (Cursor *cur)
{
  size_t start = cur->at;

  take (cur, '-');
  if (!take (cur, '0') && !take_digits (cur))
    return FALSE;
  if (take (cur, '.') && !take_digits (cur))
    return FALSE;
  if (take (cur, 'e') || take (cur, 'E'))
    {
      if (!take (cur, '+'))
        take (cur, '-');
      if (!take_digits (cur))
        return FALSE;
    }
  return cur->at - start <= IPD_JSON_DIGITS_MAX || fail (cur, IPD_WIRE_LONG);
}

static gboolean
take_hex4 (Cursor *cur, unsigned *ret_unit)
{
  unsigned unit = 0;
  for (unsigned i = 0; i < 4; i++, cur->at++)
    {
      int c = peek (cur);
      if (c < 0 || !g_ascii_isxdigit (c))
        return fail (cur, IPD_WIRE_SYNTAX);
      unit = unit << 4 | (unsigned) g_ascii_xdigit_value ((char) c);
    }
  *ret_unit = unit;
  return TRUE;
}

/* Behind "\u": a scalar value, as a pair if need be. A half pair has no UTF-8, U+0000 would cut a C string short. */
static gboolean
check_unicode_escape (Cursor *cur)
{
  unsigned unit, low;

  if (!take_hex4 (cur, &unit))
    return FALSE;
  if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return fail (cur, IPD_WIRE_SYNTAX);
  if (unit < 0xd800 || unit > 0xdbff)
    return TRUE;
  if (!take_word (cur, "\\u") || !take_hex4 (cur, &low))
    return FALSE;
  return (low >= 0xdc00 && low <= 0xdfff) || fail (cur, IPD_WIRE_SYNTAX);
}

static gboolean
check_string (Cursor *cur)
{
  if (!take (cur, '"'))
    return fail (cur, IPD_WIRE_SYNTAX);
  while (!take (cur, '"'))
    {
      int c = peek (cur);
      if (c < 0x20) /* the end of the text, too */
        return fail (cur, IPD_WIRE_SYNTAX);
      cur->at++;
      if (c != '\\')
        continue;
      c = peek (cur);
      if (c < 0 || strchr ("\"\\/bfnrtu", c) == NULL)
        return fail (cur, IPD_WIRE_SYNTAX);
      cur->at++;
      if (c == 'u' && !check_unicode_escape (cur))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_member (Cursor *cur, unsigned depth)
{
  skip_space (cur);
  if (!check_string (cur))
    return FALSE;
  skip_space (cur);
  if (!take (cur, ':'))
    return fail (cur, IPD_WIRE_SYNTAX);
  return check_value (cur, depth);
}

static gboolean
check_container (Cursor *cur, char close, unsigned depth)
{
  if (depth > IPD_JSON_DEPTH_MAX)
    return fail (cur, IPD_WIRE_LONG);
  cur->at++;
  skip_space (cur);
  if (take (cur, close))
    return TRUE;
  do
    if (!(close == '}' ? check_member (cur, depth) : check_value (cur, depth)))
      return FALSE;
  while (take (cur, ','));
  return take (cur, close) || fail (cur, IPD_WIRE_SYNTAX);
}

/* Consumes white space on both sides. */
static gboolean
check_value (Cursor *cur, unsigned depth)
{
  gboolean good;

  skip_space (cur);
  int c = peek (cur);
  if (c == '{')
    good = check_container (cur, '}', depth + 1);
  else if (c == '[')
    good = check_container (cur, ']', depth + 1);
  else if (c == '"')
    good = check_string (cur);
  else if (c == 't')
    good = take_word (cur, "true");
  else if (c == 'f')
    good = take_word (cur, "false");
  else if (c == 'n')
    good = take_word (cur, "null");
  else
    good = check_number (cur);
  skip_space (cur);
  return good;
}

gboolean
ipd_json_check (const char *text, size_t length, IpdWireError *reterr)
{
  Cursor cur = { .text = text, .length = length };
  const char *end = text;

  if (length > 0 && !g_utf8_validate_len (text, length, &end))
    return ipd_wire_fail (reterr, IPD_WIRE_SYNTAX, (size_t) (end - text));
  gboolean good = check_value (&cur, 0);
  if (good && cur.at != length)
    good = fail (&cur, IPD_WIRE_SYNTAX);
  if (!good && reterr != NULL)
    *reterr = cur.error;
  return good;
}
