// SPDX-License-Identifier: Apache-2.0
/*
 * What may be logged. Each line carries a marked secret that must be gone and, where it matters, something that must
 * stay.
 */

#include "wire/redact.h"

#include "wire-test.h"

static const struct {
  const char *text, *secret, *stays;
} lines[] = {
  { "got v4.public.SECRETabc-_.Zm9v from 192.0.2.1", "SECRET", "from 192.0.2.1" },
  { "a=ipdoor-keys:SECRETabc\r\nm=audio 7078 RTP/SAVP 8", "SECRET", "m=audio 7078" },
  { "a=ipdoor-keys:SECRET", "SECRET", "ipdoor-keys" },
  { "attribute ipdoor-keys = SECRET", "SECRET", NULL },
  { "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRET|2^20\r\n", "SECRET", NULL },
  { "Ipdoor-Auth: 1.SECRET\r\nCSeq: 1 INVITE", "SECRET", "CSeq: 1 INVITE" },
  { "Authorization: Digest username=\"u\", response=\"SECRET\"\r\nVia: x", "SECRET", "Via: x" },
  { "AUTHORIZATION :Digest username=\"u\",\r\n response=\"SECRET\"\r\nVia: x", "SECRET", "Via: x" },
  { "Proxy-Authorization: Basic SECRET", "SECRET", "Proxy-Authorization" },
  { "header Authorization: Bearer SECRET", "SECRET", "header" },
  { "WWW-Authenticate: Digest nonce=\"SECRET\"", "SECRET", NULL },
  { "{\"v\":1,\"proof\":\"SECRET\",\"hint\":\"abc\"}", "SECRET", "\"hint\":\"abc\"" },
  { "{\"package\" : \"SEC\\\"RET\"}", "RET", NULL },
  { "{\"secret\":\"SECRET", "SECRET", NULL },
  { "{\"pin\":123456}", "123456", NULL },
  { "{\"nonce\":\"SECRET\",\"cnonce\":\"SECRET\"}", "SECRET", NULL },
  { "password=SECRET user=anna", "SECRET", "user=anna" },
  { "sip-secret: SECRET, next", "SECRET", "next" },
  { "pin=123456;", "123456", NULL },
  { "key='SECRET'", "SECRET", NULL },
  { "audio-tx-key=[SECRET]", "SECRET", NULL },
  { "seed: SECRET", "SECRET", NULL },
  { "enrolled with ABCDE-FGHIJ-KLMNO-PQRST today", "KLMNO", "today" },
  { "code abcde fghij klmno pqrst", "klmno", NULL },
  { "code ABCDEFGHIJKLMNOPQRST.", "KLMNO", NULL },
  { "code abcdefghijklmnopqrst", "klmno", NULL },
  { "code A8CD0-FGH1J-KLMNO-PQRS7", "KLMNO", NULL },
  { "sig 4PmGjd2ZF90iwb8MOyp6YFE31bFEa4ZNilEz16HboQc45FVACd8UScLnYYK6JdhTXqVXRd31GL8T1FwWP35zBw", "HboQc45", NULL },
  { "seed iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w", "8dlBIb83", NULL },
};

/* Ids, addresses and ordinary words are what a log is for. */
static const char *const untouched[] = {
  "",
  "call 17 from sip:" STATION_ID "@192.0.2.1:5060 refused: signature",
  "visit QkFCQUJBQkFCQUJBQkFCQQ ended: missed",
  "Call-ID: QkFCQUJBQkFCQUJBQkFCQQ\r\nCSeq: 1 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKabc",
  "keyboard interrupted, key frame after 40 ms",
  "SIP/2.0 200 OK",
  "Küche hat geöffnet",
};

static void
test_secrets (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *safe = ipd_redact (lines[i].text);
      g_test_message ("%s", safe);
      g_assert_null (strstr (safe, lines[i].secret));
      g_assert_nonnull (strstr (safe, "[redacted]"));
      if (lines[i].stays != NULL)
        g_assert_nonnull (strstr (safe, lines[i].stays));
      g_autofree char *again = ipd_redact (safe);
      g_assert_cmpstr (again, ==, safe);
    }
}

static void
test_untouched (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (untouched); i++)
    {
      g_autofree char *safe = ipd_redact (untouched[i]);
      g_assert_cmpstr (safe, ==, untouched[i]);
    }
  g_autofree char *nothing = ipd_redact (NULL);
  g_assert_cmpstr (nothing, ==, "");
}

/* Text that is not UTF-8, and text made to keep a matcher busy. */
static void
test_hostile (void)
{
  g_autofree char *broken = ipd_redact ("\xff\xfe secret=SECRET \x80");
  g_assert_null (strstr (broken, "SECRET"));
  g_autoptr (GString) busy = g_string_new (NULL);
  for (unsigned i = 0; i < 20000; i++)
    g_string_append (busy, "\"a\\");
  g_string_append (busy, " secret=SECRET");
  g_autofree char *safe = ipd_redact (busy->str);
  g_assert_null (strstr (safe, "SECRET"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/redact/secrets", test_secrets);
  g_test_add_func ("/wire/redact/untouched", test_untouched);
  g_test_add_func ("/wire/redact/hostile", test_hostile);
  return g_test_run ();
}
