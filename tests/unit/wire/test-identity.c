// SPDX-License-Identifier: Apache-2.0
/*
 * The identity document. Attacks of docs/protocol.md §4: evil twin, replayed identity.
 */

#include "wire/identity.h"
#include "wire/paseto.h"
#include "wire/random.h"

#include "wire-test.h"

static IpdIdentity
sample (void)
{
  IpdIdentity identity = { .roles = IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER,
                           .plant = { OTHER_ID },
                           .nonce = test_short_id ('n'),
                           .boot = test_short_id ('b'),
                           .host = "192.0.2.10",
                           .sip_port = 5060,
                           .version = "0.1.0" };
  ipd_name_set (&identity.name, "Main entrance");
  return identity;
}

static void
test_round_trip (void)
{
  g_auto (IpdKeyPair) device = STATION;
  IpdIdentity identity = sample (), back;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = ipd_identity_write (&device, &identity);
  g_autofree char *input = test_unterminated (body);

  g_assert_true (ipd_identity_read (input, strlen (body), &identity.nonce, &back, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (back.id.s, ==, STATION_ID);
  g_assert_cmpmem (back.pk, IPD_PK_OCTETS, device.pk, IPD_PK_OCTETS);
  g_assert_cmpint (back.roles, ==, IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER);
  g_assert_cmpstr (back.plant.s, ==, OTHER_ID);
  g_assert_cmpstr (back.name.s, ==, "Main entrance");
  g_assert_cmpstr (back.boot.s, ==, identity.boot.s);
  g_assert_cmpstr (back.host, ==, "192.0.2.10");
  g_assert_cmpint (back.sip_port, ==, 5060);
  g_assert_cmpstr (back.version, ==, "0.1.0");
}

static void
test_replayed_identity (void)
{
  g_auto (IpdKeyPair) device = STATION;
  IpdIdentity identity = sample (), back;
  IpdShortId later = test_short_id ('m');
  g_autoptr (GError) error = NULL;
  g_autofree char *body = ipd_identity_write (&device, &identity);
  g_assert_false (ipd_identity_read (body, strlen (body), &later, &back, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH);
}

/* Somebody else's key under the station's id: by the footer, by the member, by both. */
static void
test_evil_twin (void)
{
  g_auto (IpdKeyPair) station = STATION, twin = OTHER;
  g_autofree char *twin_pk = ipd_pk_write (twin.pk);
  IpdIdentity back;
  IpdShortId nonce = test_short_id ('n');
  static const struct {
    const char *footer, *id;
    int code;
  } attempts[] = {
    { STATION_ID, STATION_ID, IPD_WIRE_ERROR_SIGNER },
    { OTHER_ID, STATION_ID, IPD_WIRE_ERROR_MISMATCH },
    { STATION_ID, OTHER_ID, IPD_WIRE_ERROR_SIGNER },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (attempts); i++)
    {
      g_autofree char *json = g_strdup_printf (
          "{\"v\":1,\"t\":\"identity\",\"id\":\"%s\",\"pk\":\"%s\",\"role\":[\"outdoor\"],\"plant\":\"" OTHER_ID
          "\",\"name\":\"Main "
          "entrance\",\"nonce\":\"%s\",\"boot\":\"%s\",\"host\":\"192.0.2.10\",\"sip\":5060,\"version\":\"1\"}",
          attempts[i].id, twin_pk, nonce.s, nonce.s);
      g_autofree char *token
          = ipd_paseto_sign (&twin, (IpdOctets){ json, strlen (json) },
                             (IpdOctets){ attempts[i].footer, IPD_ID_LENGTH }, (IpdOctets){ "ipdoor 1 identity", 17 });
      g_autofree char *body = g_strdup_printf ("{\"identity\":\"%s\"}", token);
      g_autoptr (GError) error = NULL;
      g_assert_false (ipd_identity_read (body, strlen (body), &nonce, &back, &error));
      g_assert_error (error, IPD_WIRE_ERROR, attempts[i].code);
    }
}

static void
test_bits_and_cuts (void)
{
  g_auto (IpdKeyPair) device = STATION;
  IpdIdentity identity = sample (), back;
  g_autofree char *body = ipd_identity_write (&device, &identity);
  size_t length = strlen (body);
  const size_t start = strlen ("{\"identity\":\""), end = length - strlen ("\"}");

  for (size_t bit = start * 8; bit < end * 8; bit++)
    {
      body[bit / 8] = (char) (body[bit / 8] ^ 1 << bit % 8);
      g_assert_false (ipd_identity_read (body, length, &identity.nonce, &back, NULL));
      body[bit / 8] = (char) (body[bit / 8] ^ 1 << bit % 8);
    }
  for (size_t cut = 0; cut < length; cut++)
    g_assert_false (ipd_identity_read (body, cut, &identity.nonce, &back, NULL));
}

static void
test_bad_bodies (void)
{
  static const struct {
    const char *body;
    int code;
  } bad[] = {
    { "", IPD_WIRE_ERROR_FORM },
    { "{}", IPD_WIRE_ERROR_MEMBER },
    { "{\"identity\":1}", IPD_WIRE_ERROR_MEMBER },
    { "{\"identity\":\"\"}", IPD_WIRE_ERROR_FORM },
    { "{\"identity\":\"v4.public.AAAA\"}", IPD_WIRE_ERROR_FORM },
    { "<html>", IPD_WIRE_ERROR_FORM },
  };
  IpdShortId nonce = test_short_id ('n');
  IpdIdentity back;
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (ipd_identity_read (bad[i].body, strlen (bad[i].body), &nonce, &back, &error));
      g_assert_error (error, IPD_WIRE_ERROR, bad[i].code);
    }
  g_autofree char *huge = g_strnfill (IPD_IDENTITY_BODY_MAX + 1, ' ');
  g_autoptr (GError) error = NULL;
  g_assert_false (ipd_identity_read (huge, IPD_IDENTITY_BODY_MAX + 1, &nonce, &back, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/identity/round-trip", test_round_trip);
  g_test_add_func ("/wire/identity/replayed-identity", test_replayed_identity);
  g_test_add_func ("/wire/identity/evil-twin", test_evil_twin);
  g_test_add_func ("/wire/identity/bits-and-cuts", test_bits_and_cuts);
  g_test_add_func ("/wire/identity/bad-bodies", test_bad_bodies);
  return g_test_run ();
}
