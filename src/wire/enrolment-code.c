// SPDX-License-Identifier: Apache-2.0
/*
 * The code of an enrolment: made, shown, read from what a person typed, turned into K and its hint. Any thread.
 */

#include "wire/base64.h"
#include "wire/enrolment.h"

#include <sodium.h>
#include <string.h>

#define GROUP 5

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void
ipd_enrol_code_generate (char ret_code[static IPD_ENROL_CODE_LENGTH + 1])
{
  uint8_t octets[IPD_ENROL_CODE_LENGTH];
  randombytes_buf (octets, sizeof octets);
  for (size_t i = 0; i < IPD_ENROL_CODE_LENGTH; i++)
    ret_code[i] = alphabet[octets[i] & 31]; /* 32 divides 256: every character is as likely */
  ret_code[IPD_ENROL_CODE_LENGTH] = '\0';
  sodium_memzero (octets, sizeof octets);
}

void
ipd_enrol_code_format (const char code[static IPD_ENROL_CODE_LENGTH + 1],
                       char ret_shown[static IPD_ENROL_CODE_SHOWN + 1])
{
  size_t n = 0;
  for (size_t i = 0; i < IPD_ENROL_CODE_LENGTH; i++)
    {
      if (i > 0 && i % GROUP == 0)
        ret_shown[n++] = '-';
      ret_shown[n++] = code[i];
    }
  ret_shown[n] = '\0';
}

/* The digits that b32 does not have are what people read into a code on paper. */
static char
normal_character (char c)
{
  switch (c)
    {
    case '0':
      return 'O';
    case '1':
      return 'I';
    case '8':
      return 'B';
    default:
      return g_ascii_toupper (c);
    }
}

gboolean
ipd_enrol_code_normalise (const char *typed, char ret_code[static IPD_ENROL_CODE_LENGTH + 1])
{
  char code[IPD_ENROL_CODE_LENGTH + 1] = { 0 };
  size_t n = 0;
  gboolean good = typed != NULL;

  for (; good && *typed != '\0'; typed++)
    {
      if (*typed == '-' || g_ascii_isspace (*typed))
        continue;
      char c = normal_character (*typed);
      good = n < IPD_ENROL_CODE_LENGTH && strchr (alphabet, c) != NULL;
      if (good)
        code[n++] = c;
    }
  good = good && n == IPD_ENROL_CODE_LENGTH;
  if (good)
    memcpy (ret_code, code, sizeof code);
  sodium_memzero (code, sizeof code);
  return good;
}

void
ipd_enrol_key_from_code (const char code[static IPD_ENROL_CODE_LENGTH + 1], IpdEnrolKey *ret_key)
{
  static const char domain[] = "ipdoor enrol 1";
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, sizeof ret_key->k);
  crypto_generichash_update (&state, (const uint8_t *) domain, sizeof domain - 1);
  crypto_generichash_update (&state, (const uint8_t *) code, IPD_ENROL_CODE_LENGTH);
  crypto_generichash_final (&state, ret_key->k, sizeof ret_key->k);
  sodium_memzero (&state, sizeof state);
}

void
ipd_enrol_hint (const IpdEnrolKey *key, char ret_hint[static IPD_ENROL_HINT_LENGTH + 1])
{
  static const char label[] = "hint";
  uint8_t hash[16];

  G_STATIC_ASSERT (IPD_B64U_LENGTH (6) == IPD_ENROL_HINT_LENGTH);
  crypto_generichash (hash, sizeof hash, (const uint8_t *) label, sizeof label - 1, key->k, sizeof key->k);
  ipd_b64u_encode_to (hash, 6, ret_hint);
  sodium_memzero (hash, sizeof hash);
}
