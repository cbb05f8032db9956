// SPDX-License-Identifier: Apache-2.0
/*
 * Key containers and stream keys. The stream keys were computed with Python's hashlib.blake2b (digest_size=34).
 */

#include "wire/base64.h"
#include "wire/media-keys.h"
#include "wire/random.h"

#include "wire-test.h"

static const struct {
  IpdStream stream;
  const char *hex;
} expanded[] = {
  { IPD_STREAM_VIDEO, "4e54b3c425764aa6bf253a8c8e8285e933e31944a58271555974b1ddaf1526e20416" },
  { IPD_STREAM_AUDIO_STATION, "54d09d0062a62d777aee5b36b84beb2728ad8e91cdd139e925047169d36a32e109c0" },
  { IPD_STREAM_AUDIO_CLIENT, "74ec2ba13d44d9ebfec8fe19de11b99c825ef5c9a7e1dc831a81b8a542f7d02f0845" },
  { IPD_STREAM_VIDEO_CLIENT, "9a46b5ec53a2c44f58dcfcbddbbe83db049bb966852c26f02114268fe4749426f60d" },
};

static void
test_expand (void)
{
  uint8_t secret[IPD_MEDIA_SECRET_OCTETS];
  for (unsigned i = 0; i < sizeof secret; i++)
    secret[i] = (uint8_t) i;
  for (size_t i = 0; i < G_N_ELEMENTS (expanded); i++)
    {
      IpdStreamKey key;
      g_autoptr (GString) hex = g_string_new (NULL);
      ipd_stream_key_expand (secret, expanded[i].stream, &key);
      for (unsigned j = 0; j < IPD_SRTP_KEY_OCTETS; j++)
        g_string_append_printf (hex, "%02x", key.key[j]);
      g_string_append_printf (hex, "%08x", key.ssrc);
      g_assert_cmpstr (hex->str, ==, expanded[i].hex);
    }
  g_assert_cmphex (ipd_client_ssrc (0xabcd, 3), ==, 0xabcd0003);
}

static IpdStationKeys
station_keys (void)
{
  IpdStationKeys keys = { .leg_tag = 0xfe01, .nonce = ipd_random_short_id (), .visit = ipd_random_short_id () };
  ipd_random_octets (keys.visit_secret, sizeof keys.visit_secret);
  ipd_random_octets (keys.leg_secret, sizeof keys.leg_secret);
  return keys;
}

static void
test_station_container (void)
{
  g_auto (IpdKeyPair) client = CLIENT, other = OTHER;
  IpdStationKeys keys = station_keys (), back;
  g_autofree char *text = ipd_station_keys_seal (&keys, client.pk);
  g_autofree char *input = test_unterminated (text);
  IpdWireError error;

  g_assert_cmpuint (strlen (text), ==, IPD_MEDIA_KEYS_TEXT_MAX);
  g_assert_true (ipd_station_keys_open (input, strlen (text), &client, &back, NULL));
  g_assert_cmpmem (back.visit_secret, 16, keys.visit_secret, 16);
  g_assert_cmpmem (back.leg_secret, 16, keys.leg_secret, 16);
  g_assert_true (ipd_short_id_equal (&back.nonce, &keys.nonce));
  g_assert_true (ipd_short_id_equal (&back.visit, &keys.visit));
  g_assert_cmphex (back.leg_tag, ==, 0xfe01);
  g_assert_false (ipd_station_keys_open (text, strlen (text), &other, &back, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_FORGED);
  for (size_t cut = 0; cut < strlen (text); cut++)
    g_assert_false (ipd_station_keys_open (text, cut, &client, &back, NULL));
  for (size_t bit = 0; bit < strlen (text) * 8; bit++)
    {
      input[bit / 8] = (char) (input[bit / 8] ^ 1 << bit % 8);
      g_assert_false (ipd_station_keys_open (input, strlen (text), &client, &back, NULL));
      input[bit / 8] = (char) (input[bit / 8] ^ 1 << bit % 8);
    }
}

static void
test_client_container (void)
{
  g_auto (IpdKeyPair) station = STATION;
  IpdClientKeys keys = { "0123456789abcde" }, back;
  IpdStationKeys wrong;
  IpdWireError error;
  g_autofree char *text = ipd_client_keys_seal (&keys, station.pk);

  g_assert_true (ipd_client_keys_open (text, strlen (text), &station, &back, NULL));
  g_assert_cmpmem (back.secret, 16, keys.secret, 16);
  g_assert_false (ipd_station_keys_open (text, strlen (text), &station, &wrong, &error)); /* the other direction */
  g_assert_cmpint (error.code, ==, IPD_WIRE_UNSUPPORTED);
}

/* The layout of docs/protocol.md §9, octet by octet. */
static void
test_layout (void)
{
  uint8_t octets[IPD_STATION_KEYS_OCTETS + 1];
  IpdStationKeys keys;
  IpdClientKeys client;
  IpdWireError error;

  for (unsigned i = 0; i < sizeof octets; i++)
    octets[i] = (uint8_t) i;
  octets[0] = 0x01;
  g_assert_true (ipd_station_keys_read (octets, IPD_STATION_KEYS_OCTETS, &keys, NULL));
  g_assert_cmpuint (keys.visit_secret[0], ==, 1);
  g_assert_cmpuint (keys.leg_secret[0], ==, 17);
  IpdShortId nonce = ipd_short_id_from_octets (octets + 33), visit = ipd_short_id_from_octets (octets + 51);
  g_assert_cmpstr (keys.nonce.s, ==, nonce.s);
  g_assert_cmphex (keys.leg_tag, ==, 0x3132);
  g_assert_cmpstr (keys.visit.s, ==, visit.s);

  g_assert_false (ipd_station_keys_read (octets, IPD_STATION_KEYS_OCTETS + 1, &keys, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);
  g_assert_false (ipd_station_keys_read (octets, IPD_STATION_KEYS_OCTETS - 1, &keys, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_SHORT);
  g_assert_false (ipd_station_keys_read (octets, 0, &keys, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_SHORT);
  octets[0] = 0x02;
  g_assert_false (ipd_station_keys_read (octets, IPD_STATION_KEYS_OCTETS, &keys, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_UNSUPPORTED);
  g_assert_true (ipd_client_keys_read (octets, IPD_CLIENT_KEYS_OCTETS, &client, NULL));
  g_assert_cmpuint (client.secret[15], ==, 16);
}

static void
test_bad_values (void)
{
  g_auto (IpdKeyPair) client = CLIENT;
  IpdStationKeys keys = station_keys ();
  uint8_t bad_pk[IPD_PK_OCTETS] = { 0 };

  g_assert_null (ipd_station_keys_seal (&keys, bad_pk));
  keys.nonce.s[0] = '\0';
  g_assert_null (ipd_station_keys_seal (&keys, client.pk));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  g_test_add_func ("/wire/media-keys/expand", test_expand);
  g_test_add_func ("/wire/media-keys/station", test_station_container);
  g_test_add_func ("/wire/media-keys/client", test_client_container);
  g_test_add_func ("/wire/media-keys/layout", test_layout);
  g_test_add_func ("/wire/media-keys/bad-values", test_bad_values);
  return g_test_run ();
}
