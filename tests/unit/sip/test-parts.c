// SPDX-License-Identifier: Apache-2.0
// The parts that need no network: which text may go out and in, nonces; and what ipd_sip_new() refuses.
#include "party.h"
#include "sip/check.h"
#include "sip/nonce.h"
#include "wire/random.h"

#include <string.h>

static void
test_text (void)
{
  g_autofree char *long_user = g_strnfill (65, 'a');
  g_assert_true (ipd_sip_user_ok ("Az09-_.~"));
  g_assert_false (ipd_sip_user_ok (""));
  g_assert_false (ipd_sip_user_ok (NULL));
  g_assert_false (ipd_sip_user_ok ("a b"));
  g_assert_false (ipd_sip_user_ok ("a@b"));
  g_assert_false (ipd_sip_user_ok ("a\r\nEvil: 1"));
  g_assert_false (ipd_sip_user_ok (long_user));
  g_assert_true (ipd_sip_value_ok ("1.AZaz09-_"));
  g_assert_false (ipd_sip_value_ok ("a\"b"));
  g_assert_false (ipd_sip_value_ok ("a\r\nEvil: 1"));
  g_assert_true (ipd_sip_host_ok ("127.0.0.1"));
  g_assert_true (ipd_sip_host_ok ("fd00::1"));
  g_assert_false (ipd_sip_host_ok ("example.org"));
  g_assert_false (ipd_sip_host_ok ("fe80::1%eth0"));
  g_assert_null (ipd_sip_clean ("a\nb"));
  g_assert_null (ipd_sip_clean ("\xff"));
  g_assert_null (ipd_sip_clean (NULL));
}

static void
test_uris (void)
{
  g_autofree char *four = ipd_sip_uri ("u", "127.0.0.1", 5060);
  g_autofree char *six = ipd_sip_uri (NULL, "fd00::1", 5061);
  g_autofree char *via = ipd_sip_via_uri ("fd00::1", 5061);
  g_assert_cmpstr (four, ==, "sip:u@127.0.0.1:5060");
  g_assert_cmpstr (six, ==, "sip:[fd00::1]:5061");
  g_assert_cmpstr (via, ==, "sip:[fd00::1]:5061;transport=udp");
}

static void
test_reason (void)
{
  g_autofree char *bare = ipd_sip_reason (487, NULL);
  g_autofree char *tricky = ipd_sip_reason (200, "a\"\\\r\nb");
  g_autofree char *broken = ipd_sip_reason (200, "\xff");
  g_assert_cmpstr (bare, ==, "SIP;cause=487");
  g_assert_cmpstr (tricky, ==, "SIP;cause=200;text=\"a    b\"");
  g_assert_true (g_utf8_validate (broken, -1, NULL));
}

static void
test_token_form (void)
{
  static const struct {
    const char *text;
    gboolean ok;
  } cases[] = {
    { "v4.public.AA.BB", TRUE },
    { "v4.public.A-_.b", TRUE },
    { "v4.public.AA", FALSE },
    { "v4.public..BB", FALSE },
    { "v4.public.AA.", FALSE },
    { "v4.local.AA.BB", FALSE },
    { "", FALSE },
    { "v4.public.", FALSE },
    { "v4.public.AA.BB.C", FALSE },
    { "v4.public.AA.B\n", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (ipd_sip_token_ok (cases[i].text, strlen (cases[i].text)), ==, cases[i].ok);
  g_assert_false (ipd_sip_token_ok ("v4.public.A\0.BB", 15));
}

static void
test_nonce (void)
{
  g_autoptr (IpdSipNonces) nonces = ipd_sip_nonces_new ();
  g_autofree char *nonce = ipd_sip_nonces_make (nonces, "1.2.3.4 5060", 1000);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "00000001", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_FRESH);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "00000001", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_STALE);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "0000000a", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_FRESH);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "00000009", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_STALE);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "0000000b", "1.2.3.4 5061", 1001), ==, IPD_SIP_NONCE_STALE);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "0000000b", "1.2.3.4 5060", 1601), ==, IPD_SIP_NONCE_STALE);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "0000000b", "1.2.3.4 5060", 999), ==, IPD_SIP_NONCE_STALE);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "b", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_STALE);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "0000000x", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_STALE);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, "", "0000000b", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_STALE);
  /* Two challenges to one source in one second count apart. */
  g_autofree char *second = ipd_sip_nonces_make (nonces, "1.2.3.4 5060", 1000);
  g_assert_cmpstr (second, !=, nonce);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, second, "00000001", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_FRESH);
  g_autoptr (IpdSipNonces) restarted = ipd_sip_nonces_new ();
  g_assert_cmpint (ipd_sip_nonces_use (restarted, nonce, "0000000b", "1.2.3.4 5060", 1001), ==, IPD_SIP_NONCE_STALE);
}

/* One too many: nonces that were used up cannot come back through a full table. */
static void
test_nonce_table_full (void)
{
  g_autoptr (IpdSipNonces) nonces = ipd_sip_nonces_new ();
  g_autofree char *first = ipd_sip_nonces_make (nonces, "source 0", 1000);
  for (int i = 0; i < IPD_SIP_NONCES_MAX; i++)
    {
      g_autofree char *source = g_strdup_printf ("source %d", i);
      g_autofree char *nonce = ipd_sip_nonces_make (nonces, source, 1000);
      g_assert_cmpint (ipd_sip_nonces_use (nonces, nonce, "00000001", source, 1000), ==, IPD_SIP_NONCE_FRESH);
    }
  g_autofree char *more = ipd_sip_nonces_make (nonces, "more", 1000);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, more, "00000001", "more", 1000), ==, IPD_SIP_NONCE_STALE);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, first, "00000001", "source 0", 1000), ==, IPD_SIP_NONCE_STALE);
  g_autofree char *anew = ipd_sip_nonces_make (nonces, "more", 1000);
  g_assert_cmpint (ipd_sip_nonces_use (nonces, anew, "00000001", "more", 1000), ==, IPD_SIP_NONCE_FRESH);
}

static void
ignore (IpdSip *sip, const IpdSipEvent *event, gpointer user_data)
{
}

static void
test_first_free_port (void)
{
  g_autoptr (GError) error = NULL;
  IpdSipConfig config = { .bind = "127.14.0.6" };
  g_autoptr (IpdSip) first = ipd_sip_new (&config, ignore, NULL, &error);
  g_assert_no_error (error);
  guint16 taken = ipd_sip_get_port (first);
  config.first_port = config.last_port = taken;
  g_assert_null (ipd_sip_new (&config, ignore, NULL, &error));
  g_assert_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_NO_PORT);
  g_clear_error (&error);

  config.last_port = (guint16) MIN (taken + 100, G_MAXUINT16);
  g_autoptr (IpdSip) second = ipd_sip_new (&config, ignore, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ipd_sip_get_port (second), >, taken);
  g_assert_cmpuint (ipd_sip_get_port (second), <=, config.last_port);
}

static void
test_bad_settings (void)
{
  static const struct {
    IpdSipConfig config;
    IpdSipError code;
  } cases[] = {
    { { .bind = "192.0.2.1" }, IPD_SIP_ERROR_ADDRESS },
    { { .bind = "localhost" }, IPD_SIP_ERROR_INVALID },
    { { .bind = "127.14.0.6", .first_port = 2, .last_port = 1 }, IPD_SIP_ERROR_INVALID },
    { { .bind = "127.14.0.6", .user = "a b" }, IPD_SIP_ERROR_INVALID },
    { { .bind = "127.14.0.6", .registrar = TRUE }, IPD_SIP_ERROR_INVALID },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (ipd_sip_new (&cases[i].config, ignore, NULL, &error));
      g_assert_error (error, IPD_SIP_ERROR, (int) cases[i].code);
    }
}

/* Nothing that a program passes on from elsewhere can add a header. */
static void
test_bad_requests (void)
{
  g_autoptr (GError) error = NULL;
  IpdSipConfig config = { .bind = "127.14.0.6" };
  g_autoptr (IpdSip) sip = ipd_sip_new (&config, ignore, NULL, &error);
  IpdSipInvite invite = { .target = { .user = "u", .host = "127.14.0.7", .port = 5060 },
                          .from_user = "f",
                          .from_tag = "t",
                          .call_id = "c",
                          .cseq = 1,
                          .auth = "1.a\r\nEvil: 1" };
  g_assert_cmpuint (ipd_sip_invite (sip, &invite, &error), ==, 0);
  g_assert_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_INVALID);
  g_clear_error (&error);
  invite.auth = NULL;
  invite.cseq = 0;
  g_assert_cmpuint (ipd_sip_invite (sip, &invite, &error), ==, 0);
  g_assert_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpuint (ipd_sip_message (sip, &invite.target, "f", "not a token", &error), ==, 0);
  g_assert_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (ipd_sip_answer (sip, 1, 100, NULL, NULL, NULL, &error));
  g_assert_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_INVALID);
  g_clear_error (&error);
  IpdSipRegistration registration
      = { .registrar_host = "example.org", .registrar_port = 1, .user = "u", .secret = "s", .contact_user = "c" };
  g_assert_cmpuint (ipd_sip_register (sip, &registration, &error), ==, 0);
  g_assert_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/sip/parts/text", test_text);
  g_test_add_func ("/sip/parts/uris", test_uris);
  g_test_add_func ("/sip/parts/reason", test_reason);
  g_test_add_func ("/sip/parts/token-form", test_token_form);
  g_test_add_func ("/sip/parts/nonce", test_nonce);
  g_test_add_func ("/sip/parts/nonce-table-full", test_nonce_table_full);
  g_test_add_func ("/sip/parts/first-free-port", test_first_free_port);
  g_test_add_func ("/sip/parts/bad-settings", test_bad_settings);
  g_test_add_func ("/sip/parts/bad-requests", test_bad_requests);
  return g_test_run ();
}
