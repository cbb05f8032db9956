// SPDX-License-Identifier: Apache-2.0
/*
 * The sealed containers of a=ipdoor-keys and the SRTP keys made of their secrets. Used by agent and station for each
 * leg; media/ gets ready stream keys. Any thread.
 */

#include "wire/media-keys.h"

#include "wire/base64.h"
#include "wire/error-private.h"
#include "wire/random.h"

#include <sodium.h>
#include <string.h>

#define STATION_MARK 0x01
#define CLIENT_MARK  0x02
#define SEALED_MAX   (IPD_STATION_KEYS_OCTETS + IPD_SEAL_OCTETS)
G_STATIC_ASSERT (IPD_B64U_LENGTH (SEALED_MAX) == IPD_MEDIA_KEYS_TEXT_MAX);

static char *
seal_text (const uint8_t *octets, size_t length, const uint8_t pk[static IPD_PK_OCTETS])
{
  g_autoptr (GBytes) sealed = ipd_seal (pk, octets, length);
  return sealed == NULL ? NULL : ipd_b64u_encode (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
}

char *
ipd_station_keys_seal (const IpdStationKeys *keys, const uint8_t receiver_pk[static IPD_PK_OCTETS])
{
  uint8_t octets[IPD_STATION_KEYS_OCTETS];
  uint8_t *at = octets;

  *at++ = STATION_MARK;
  memcpy (at, keys->visit_secret, IPD_MEDIA_SECRET_OCTETS);
  at += IPD_MEDIA_SECRET_OCTETS;
  memcpy (at, keys->leg_secret, IPD_MEDIA_SECRET_OCTETS);
  at += IPD_MEDIA_SECRET_OCTETS;
  if (!ipd_short_id_to_octets (keys->nonce.s, at))
    return NULL;
  at += IPD_SHORT_ID_OCTETS;
  *at++ = (uint8_t) (keys->leg_tag >> 8);
  *at++ = (uint8_t) (keys->leg_tag & 0xff);
  char *text = ipd_short_id_to_octets (keys->visit.s, at) ? seal_text (octets, sizeof octets, receiver_pk) : NULL;
  sodium_memzero (octets, sizeof octets);
  return text;
}

char *
ipd_client_keys_seal (const IpdClientKeys *keys, const uint8_t receiver_pk[static IPD_PK_OCTETS])
{
  uint8_t octets[IPD_CLIENT_KEYS_OCTETS] = { CLIENT_MARK };
  memcpy (octets + 1, keys->secret, IPD_MEDIA_SECRET_OCTETS);
  char *text = seal_text (octets, sizeof octets, receiver_pk);
  sodium_memzero (octets, sizeof octets);
  return text;
}

static gboolean
check_frame (const uint8_t *octets, size_t length, uint8_t mark, size_t wanted, IpdWireError *reterr)
{
  if (length == 0)
    return ipd_wire_fail (reterr, IPD_WIRE_SHORT, 0);
  if (octets[0] != mark)
    return ipd_wire_fail (reterr, IPD_WIRE_UNSUPPORTED, 0);
  if (length != wanted)
    return ipd_wire_fail (reterr, length < wanted ? IPD_WIRE_SHORT : IPD_WIRE_LONG, length);
  return TRUE;
}

gboolean
ipd_station_keys_read (const uint8_t *octets, size_t length, IpdStationKeys *ret_keys, IpdWireError *reterr)
{
  if (!check_frame (octets, length, STATION_MARK, IPD_STATION_KEYS_OCTETS, reterr))
    return FALSE;
  const uint8_t *at = octets + 1;
  memcpy (ret_keys->visit_secret, at, IPD_MEDIA_SECRET_OCTETS);
  at += IPD_MEDIA_SECRET_OCTETS;
  memcpy (ret_keys->leg_secret, at, IPD_MEDIA_SECRET_OCTETS);
  at += IPD_MEDIA_SECRET_OCTETS;
  ret_keys->nonce = ipd_short_id_from_octets (at);
  at += IPD_SHORT_ID_OCTETS;
  ret_keys->leg_tag = (uint16_t) (at[0] << 8 | at[1]);
  ret_keys->visit = ipd_short_id_from_octets (at + 2);
  return TRUE;
}

gboolean
ipd_client_keys_read (const uint8_t *octets, size_t length, IpdClientKeys *ret_keys, IpdWireError *reterr)
{
  if (!check_frame (octets, length, CLIENT_MARK, IPD_CLIENT_KEYS_OCTETS, reterr))
    return FALSE;
  memcpy (ret_keys->secret, octets + 1, IPD_MEDIA_SECRET_OCTETS);
  return TRUE;
}

static IpdSecret *
unseal_text (const char *text, size_t length, const IpdKeyPair *receiver, IpdWireError *reterr)
{
  uint8_t sealed[SEALED_MAX];
  size_t sealed_length;

  if (!ipd_b64u_decode (text, length, sealed, sizeof sealed, &sealed_length, reterr))
    return NULL;
  IpdSecret *plain = ipd_unseal (receiver, sealed, sealed_length);
  if (plain == NULL)
    ipd_wire_fail (reterr, IPD_WIRE_FORGED, 0);
  return plain;
}

gboolean
ipd_station_keys_open (const char *text, size_t length, const IpdKeyPair *receiver, IpdStationKeys *ret_keys,
                       IpdWireError *reterr)
{
  g_autoptr (IpdSecret) plain = unseal_text (text, length, receiver, reterr);
  return plain != NULL
         && ipd_station_keys_read (ipd_secret_octets (plain), ipd_secret_length (plain), ret_keys, reterr);
}

gboolean
ipd_client_keys_open (const char *text, size_t length, const IpdKeyPair *receiver, IpdClientKeys *ret_keys,
                      IpdWireError *reterr)
{
  g_autoptr (IpdSecret) plain = unseal_text (text, length, receiver, reterr);
  return plain != NULL && ipd_client_keys_read (ipd_secret_octets (plain), ipd_secret_length (plain), ret_keys, reterr);
}

static const char *
stream_label (IpdStream stream)
{
  switch (stream)
    {
    case IPD_STREAM_VIDEO:
      return "ipdoor video";
    case IPD_STREAM_AUDIO_STATION:
      return "ipdoor audio station";
    case IPD_STREAM_AUDIO_CLIENT:
      return "ipdoor audio client";
    case IPD_STREAM_VIDEO_CLIENT:
      return "ipdoor video client";
    }
  g_assert_not_reached ();
}

void
ipd_stream_key_expand (const uint8_t secret[static IPD_MEDIA_SECRET_OCTETS], IpdStream stream, IpdStreamKey *ret_key)
{
  const char *label = stream_label (stream);
  uint8_t out[IPD_SRTP_KEY_OCTETS + 4];

  crypto_generichash (out, sizeof out, (const uint8_t *) label, strlen (label), secret, IPD_MEDIA_SECRET_OCTETS);
  memcpy (ret_key->key, out, IPD_SRTP_KEY_OCTETS);
  const uint8_t *ssrc = out + IPD_SRTP_KEY_OCTETS;
  ret_key->ssrc = (uint32_t) ssrc[0] << 24 | (uint32_t) ssrc[1] << 16 | (uint32_t) ssrc[2] << 8 | ssrc[3];
  sodium_memzero (out, sizeof out);
}

uint32_t
ipd_client_ssrc (uint16_t leg_tag, uint16_t generation)
{
  return (uint32_t) leg_tag << 16 | generation;
}
