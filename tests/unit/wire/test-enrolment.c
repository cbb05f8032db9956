// SPDX-License-Identifier: Apache-2.0
/*
 * Enrolment, both sides. Known answers come from Python's hashlib and hmac. Attacks of docs/protocol.md §5: wrong-code,
 * a relayed proof (evil twin), a changed package.
 */

#include "wire/base64.h"
#include "wire/enrolment.h"
#include "wire/random.h"
#include "wire/token.h"

#include "wire-test.h"

#define CODE "ABCDEFGHIJKLMNOPQRST"

static IpdEnrolKey
code_key (const char *code)
{
  IpdEnrolKey key;
  ipd_enrol_key_from_code (code, &key);
  return key;
}

static IpdEnrolOffer
station_offer (void)
{
  IpdEnrolOffer offer;
  IpdKeyPair station = STATION;
  memcpy (offer.authority_pk, station.pk, IPD_PK_OCTETS);
  memset (offer.nonce, 0x51, sizeof offer.nonce);
  return offer;
}

static void
test_codes (void)
{
  static const struct {
    const char *typed, *code;
  } codes[] = {
    { CODE, CODE },
    { "ABCDE-FGHIJ-KLMNO-PQRST", CODE },
    { " abcde fghij\tklmno-pqrst\n", CODE },
    { "ABCDE-FGH1J-KLMN0-PQRST", CODE },
    { "A8CDE-FGHIJ-KLMNO-PQRST", CODE },
    { "ABCDE-FGHIJ-KLMNO-PQRS", NULL },
    { "ABCDE-FGHIJ-KLMNO-PQRSTU", NULL },
    { "ABCDE-FGHIJ-KLMNO-PQRS9", NULL },
    { "ABCDE_FGHIJ-KLMNO-PQRST", NULL },
    { "ABCDE-FGHIJ-KLMNO-PQRS\xc3\xa9", NULL },
    { "", NULL },
    { NULL, NULL },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      char code[IPD_ENROL_CODE_LENGTH + 1] = "untouched";
      g_assert_cmpint (ipd_enrol_code_normalise (codes[i].typed, code), ==, codes[i].code != NULL);
      g_assert_cmpstr (code, ==, codes[i].code != NULL ? codes[i].code : "untouched");
    }
}

static void
test_generated_codes (void)
{
  unsigned seen[128] = { 0 };
  for (unsigned i = 0; i < 400; i++)
    {
      char code[IPD_ENROL_CODE_LENGTH + 1], shown[IPD_ENROL_CODE_SHOWN + 1], again[IPD_ENROL_CODE_LENGTH + 1];
      ipd_enrol_code_generate (code);
      ipd_enrol_code_format (code, shown);
      g_assert_cmpuint (strlen (shown), ==, IPD_ENROL_CODE_SHOWN);
      g_assert_true (shown[5] == '-' && shown[11] == '-' && shown[17] == '-');
      g_assert_true (ipd_enrol_code_normalise (shown, again));
      g_assert_cmpstr (again, ==, code);
      for (const char *c = code; *c != '\0'; c++)
        seen[(unsigned char) *c]++;
    }
  for (const char *c = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; *c != '\0'; c++)
    g_assert_cmpuint (seen[(unsigned char) *c], >, 100); /* 250 expected of each; 100 is 10 deviations away */
}

static void
test_known_answers (void)
{
  IpdEnrolKey key = code_key (CODE);
  IpdEnrolOffer offer = station_offer ();
  IpdKeyPair client = CLIENT;
  IpdEnrolFinish finish = { 0 };
  g_auto (IpdEnrolReply) reply = { 0 };
  g_autoptr (GBytes) package = g_bytes_new_static ("package octets", 14);
  g_autoptr (GString) hex = g_string_new (NULL);

  for (unsigned i = 0; i < sizeof key.k; i++)
    g_string_append_printf (hex, "%02x", key.k[i]);
  g_assert_cmpstr (hex->str, ==, "410595b0e5dc2a1a15a6456ebd4f2a17a9dbc7abe6f4be7fdd817a2725c92af1");
  ipd_enrol_hint (&key, finish.hint);
  g_assert_cmpstr (finish.hint, ==, "TAxlAZSR");

  memcpy (finish.pk, client.pk, IPD_PK_OCTETS);
  ipd_name_set (&finish.name, "Küche");
  memset (finish.cnonce, 0xc1, sizeof finish.cnonce);
  memset (finish.nonce, 0x51, sizeof finish.nonce);
  g_assert_true (ipd_b64u_decode_exact ("7j2RDfl9bYdiA0B4yf-NId_zbkWaoAkfmJoBOxf4xSY", 43, finish.proof, 32));
  g_assert_true (ipd_enrol_finish_verify (&key, &offer, &finish));
  ipd_enrol_reply_make (&key, &offer, &finish, package, &reply);
  g_autofree char *proof = ipd_b64u_encode (reply.proof, sizeof reply.proof);
  g_assert_cmpstr (proof, ==, "9-OpDSBN8t8DE7kcVQS1lGDO4kvl0stcl2V114zx2Vo");
}

static void
fill_package (IpdEnrolPackage *package)
{
  IpdId client = { CLIENT_ID }, station = { STATION_ID };
  package->client = client;
  ipd_name_set (&package->plant_name, "Via Roma 1");
  package->licence = g_strdup ("licence token");
  package->directory = g_strdup ("directory token");
  package->n_sip = 1;
  package->sip[0].station = station;
  package->sip[0].secret = test_short_id ('s');
}

/* The whole exchange over texts, as the programs do it. */
static void
test_exchange (void)
{
  g_auto (IpdKeyPair) authority = STATION, client = CLIENT;
  IpdEnrolKey key = code_key (CODE);
  IpdEnrolOffer offer = station_offer (), offered;
  IpdEnrolFinish finish, received;
  g_auto (IpdEnrolReply) reply = { 0 }, answer = { 0 };
  g_auto (IpdEnrolPackage) package = { 0 }, opened = { 0 };
  char hint[IPD_ENROL_HINT_LENGTH + 1], wanted[IPD_ENROL_HINT_LENGTH + 1];
  g_autoptr (GError) error = NULL;

  ipd_enrol_hint (&key, wanted);
  g_autofree char *start = ipd_enrol_start_write (wanted);
  g_assert_true (ipd_enrol_start_read (start, strlen (start), hint, &error));
  g_assert_cmpstr (hint, ==, wanted);
  g_autofree char *offer_text = ipd_enrol_offer_write (&offer);
  g_assert_true (ipd_enrol_offer_read (offer_text, strlen (offer_text), &offered, &error));

  ipd_enrol_finish_make (&key, client.pk, "Kitchen PC", &offered, &finish);
  g_autofree char *finish_text = ipd_enrol_finish_write (&finish);
  g_assert_null (strstr (finish_text, CODE));
  g_assert_true (ipd_enrol_finish_read (finish_text, strlen (finish_text), &received, &error));
  g_assert_true (ipd_enrol_finish_verify (&key, &offer, &received));
  g_assert_cmpstr (received.name.s, ==, "Kitchen PC");

  fill_package (&package);
  g_autoptr (GBytes) sealed = ipd_enrol_package_seal (&authority, received.pk, &package, &error);
  g_assert_no_error (error);
  ipd_enrol_reply_make (&key, &offer, &received, sealed, &reply);
  g_autofree char *reply_text = ipd_enrol_reply_write (&reply);
  g_assert_true (ipd_enrol_reply_read (reply_text, strlen (reply_text), &answer, &error));
  g_assert_true (ipd_enrol_reply_verify (&key, &offered, &finish, &answer));
  g_assert_true (ipd_enrol_package_open (&client, offered.authority_pk, g_bytes_get_data (answer.package, NULL),
                                         g_bytes_get_size (answer.package), &opened, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (opened.plant.s, ==, STATION_ID);
  g_assert_cmpstr (opened.plant_name.s, ==, "Via Roma 1");
  g_assert_cmpstr (opened.client.s, ==, CLIENT_ID);
  g_assert_cmpstr (opened.licence, ==, "licence token");
  g_assert_cmpstr (opened.directory, ==, "directory token");
  g_assert_cmpuint (opened.n_sip, ==, 1);
  g_assert_cmpstr (opened.sip[0].secret.s, ==, package.sip[0].secret.s);
}

static void
test_wrong_code (void)
{
  g_auto (IpdKeyPair) client = CLIENT;
  IpdEnrolKey right = code_key (CODE), wrong = code_key ("ABCDEFGHIJKLMNOPQRSU");
  IpdEnrolOffer offer = station_offer ();
  IpdEnrolFinish finish;
  ipd_enrol_finish_make (&wrong, client.pk, "PC", &offer, &finish);
  g_assert_false (ipd_enrol_finish_verify (&right, &offer, &finish));
}

/* An evil twin hands on what the client proved to it: its own authority key is inside, so the real one says no. */
static void
test_relayed_proof (void)
{
  g_auto (IpdKeyPair) client = CLIENT, twin = OTHER;
  IpdEnrolKey key = code_key (CODE);
  IpdEnrolOffer real = station_offer (), evil = real;
  IpdEnrolFinish finish;

  memcpy (evil.authority_pk, twin.pk, IPD_PK_OCTETS);
  ipd_enrol_finish_make (&key, client.pk, "PC", &evil, &finish);
  g_assert_true (ipd_enrol_finish_verify (&key, &evil, &finish));
  g_assert_false (ipd_enrol_finish_verify (&key, &real, &finish));
}

static void
test_every_field (void)
{
  g_auto (IpdKeyPair) client = CLIENT;
  IpdEnrolKey key = code_key (CODE);
  IpdEnrolOffer offer = station_offer (), other_offer = offer;
  IpdEnrolFinish good, bad;
  g_autoptr (GBytes) package = g_bytes_new_static ("package", 7), changed = g_bytes_new_static ("packagf", 7);
  g_auto (IpdEnrolReply) reply = { 0 }, tampered = { 0 };

  ipd_enrol_finish_make (&key, client.pk, "PC", &offer, &good);
  uint8_t *const fields[] = { bad.pk, bad.cnonce, bad.nonce, bad.proof, (uint8_t *) bad.name.s };
  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      bad = good;
      fields[i][0] ^= 1;
      g_assert_false (ipd_enrol_finish_verify (&key, &offer, &bad));
    }
  other_offer.nonce[3] ^= 1;
  g_assert_false (ipd_enrol_finish_verify (&key, &other_offer, &good));

  ipd_enrol_reply_make (&key, &offer, &good, package, &reply);
  g_assert_true (ipd_enrol_reply_verify (&key, &offer, &good, &reply));
  tampered.package = g_bytes_ref (changed);
  memcpy (tampered.proof, reply.proof, sizeof reply.proof);
  g_assert_false (ipd_enrol_reply_verify (&key, &offer, &good, &tampered));
  g_assert_false (ipd_enrol_reply_verify (&key, &other_offer, &good, &reply));
  g_assert_cmpint (memcmp (reply.proof, good.proof, sizeof reply.proof), !=, 0); /* no proof serves both sides */
}

static void
test_package_refused (void)
{
  g_auto (IpdKeyPair) authority = STATION, client = CLIENT, other = OTHER;
  g_auto (IpdEnrolPackage) package = { 0 }, opened = { 0 };
  g_autoptr (GError) error = NULL;

  fill_package (&package);
  g_autoptr (GBytes) sealed = ipd_enrol_package_seal (&authority, client.pk, &package, NULL);
  gsize length;
  const void *octets = g_bytes_get_data (sealed, &length);
  g_assert_false (ipd_enrol_package_open (&other, authority.pk, octets, length, &opened, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_SEAL);
  g_clear_error (&error);
  g_assert_false (ipd_enrol_package_open (&client, other.pk, octets, length, &opened, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_SIGNER);
  g_clear_error (&error);

  g_autoptr (GBytes) for_other = ipd_enrol_package_seal (&authority, other.pk, &package, NULL);
  octets = g_bytes_get_data (for_other, &length);
  g_assert_false (ipd_enrol_package_open (&other, authority.pk, octets, length, &opened, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH); /* it names the client of the other package */
  g_clear_error (&error);

  g_autofree char *huge = g_strnfill (70000, 'x');
  g_free (package.directory);
  package.directory = g_steal_pointer (&huge);
  g_assert_null (ipd_enrol_package_seal (&authority, client.pk, &package, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG);
}

#define B32OCTETS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define B16OCTETS "AAAAAAAAAAAAAAAAAAAAAA"
static const struct {
  const char *body;
  int code;
} finishes[] = {
  { "{\"v\":1,\"hint\":\"AAAAAAAA\",\"pk\":\"" B32OCTETS "\",\"name\":\"PC\",\"cnonce\":\"" B16OCTETS
    "\",\"nonce\":\"" B16OCTETS "\",\"proof\":\"" B32OCTETS "\"}",
    -1 },
  { "{\"v\":2,\"hint\":\"AAAAAAAA\",\"pk\":\"" B32OCTETS "\",\"name\":\"PC\",\"cnonce\":\"" B16OCTETS
    "\",\"nonce\":\"" B16OCTETS "\",\"proof\":\"" B32OCTETS "\"}",
    IPD_WIRE_ERROR_VERSION },
  { "{\"v\":1,\"hint\":\"AAAAAAA\",\"pk\":\"" B32OCTETS "\",\"name\":\"PC\",\"cnonce\":\"" B16OCTETS
    "\",\"nonce\":\"" B16OCTETS "\",\"proof\":\"" B32OCTETS "\"}",
    IPD_WIRE_ERROR_MEMBER },
  { "{\"v\":1,\"hint\":\"AAAAAAAA\",\"pk\":\"" B16OCTETS "\",\"name\":\"PC\",\"cnonce\":\"" B16OCTETS
    "\",\"nonce\":\"" B16OCTETS "\",\"proof\":\"" B32OCTETS "\"}",
    IPD_WIRE_ERROR_MEMBER },
  { "{\"v\":1,\"hint\":\"AAAAAAAA\",\"pk\":\"" B32OCTETS "\",\"name\":\"\",\"cnonce\":\"" B16OCTETS
    "\",\"nonce\":\"" B16OCTETS "\",\"proof\":\"" B32OCTETS "\"}",
    IPD_WIRE_ERROR_MEMBER },
  { "{\"v\":1,\"hint\":\"AAAAAAAA\",\"pk\":\"" B32OCTETS
    "\",\"name\":\"12345678901234567890123456789012345678901234567890123456789012345\",\"cnonce\":\"" B16OCTETS
    "\",\"nonce\":\"" B16OCTETS "\",\"proof\":\"" B32OCTETS "\"}",
    IPD_WIRE_ERROR_MEMBER },
  { "{\"v\":1}", IPD_WIRE_ERROR_MEMBER },
  { "null", IPD_WIRE_ERROR_FORM },
  { "", IPD_WIRE_ERROR_FORM },
};

static void
test_finish_bodies (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (finishes); i++)
    {
      IpdEnrolFinish finish;
      g_autoptr (GError) error = NULL;
      g_assert_cmpint (ipd_enrol_finish_read (finishes[i].body, strlen (finishes[i].body), &finish, &error), ==,
                       finishes[i].code < 0);
      if (finishes[i].code >= 0)
        g_assert_error (error, IPD_WIRE_ERROR, finishes[i].code);
    }
  g_autofree char *huge = g_strnfill (IPD_ENROL_REQUEST_MAX + 1, ' ');
  g_autoptr (GError) error = NULL;
  char hint[IPD_ENROL_HINT_LENGTH + 1];
  g_assert_false (ipd_enrol_start_read (huge, IPD_ENROL_REQUEST_MAX + 1, hint, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/enrolment/codes", test_codes);
  g_test_add_func ("/wire/enrolment/generated-codes", test_generated_codes);
  g_test_add_func ("/wire/enrolment/known-answers", test_known_answers);
  g_test_add_func ("/wire/enrolment/exchange", test_exchange);
  g_test_add_func ("/wire/enrolment/wrong-code", test_wrong_code);
  g_test_add_func ("/wire/enrolment/relayed-proof", test_relayed_proof);
  g_test_add_func ("/wire/enrolment/every-field", test_every_field);
  g_test_add_func ("/wire/enrolment/package-refused", test_package_refused);
  g_test_add_func ("/wire/enrolment/finish-bodies", test_finish_bodies);
  return g_test_run ();
}
