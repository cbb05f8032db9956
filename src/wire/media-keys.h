// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "wire/error.h"
#include "wire/keys.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * The containers of a=ipdoor-keys and the stream keys made of them (docs/protocol.md §9). Plain values: wipe with
 * ipd_wipe (&value, sizeof value). Thread: any.
 */

#define IPD_MEDIA_SECRET_OCTETS 16
#define IPD_STATION_KEYS_OCTETS 67
#define IPD_CLIENT_KEYS_OCTETS  17
#define IPD_MEDIA_KEYS_TEXT_MAX 154 /* b64u of the larger container, sealed */

/** IpdStationKeys: offer of a station, or its answer to a look-out call. */
typedef struct {
  uint8_t visit_secret[IPD_MEDIA_SECRET_OCTETS]; /* Sv: shared by all clients of the visit */
  uint8_t leg_secret[IPD_MEDIA_SECRET_OCTETS];   /* Sl: this leg alone */
  IpdShortId nonce;                              /* command nonce of this leg, lives as long as the visit */
  uint16_t leg_tag;                              /* upper half of the client's SSRCs */
  IpdShortId visit;
} IpdStationKeys;

/** IpdClientKeys: answer of a client, or its look-out offer. */
typedef struct {
  uint8_t secret[IPD_MEDIA_SECRET_OCTETS]; /* Sc */
} IpdClientKeys;

/** ipd_station_keys_seal / ipd_client_keys_seal: Returns: (transfer full) (nullable): b64u; %NULL for a bad key. */
char *ipd_station_keys_seal (const IpdStationKeys *keys, const uint8_t receiver_pk[static IPD_PK_OCTETS]);
char *ipd_client_keys_seal (const IpdClientKeys *keys, const uint8_t receiver_pk[static IPD_PK_OCTETS]);

/** ipd_station_keys_open / ipd_client_keys_open: Errors: SYNTAX, LONG, FORGED (not sealed to @receiver), UNSUPPORTED.
 */
gboolean ipd_station_keys_open (const char *text, size_t length, const IpdKeyPair *receiver, IpdStationKeys *ret_keys,
                                IpdWireError *reterr);
gboolean ipd_client_keys_open (const char *text, size_t length, const IpdKeyPair *receiver, IpdClientKeys *ret_keys,
                               IpdWireError *reterr);
/** ipd_station_keys_read / ipd_client_keys_read: the plain octets, without the seal; for the fuzzers and the tests. */
gboolean ipd_station_keys_read (const uint8_t *octets, size_t length, IpdStationKeys *ret_keys, IpdWireError *reterr);
gboolean ipd_client_keys_read (const uint8_t *octets, size_t length, IpdClientKeys *ret_keys, IpdWireError *reterr);

#define IPD_SRTP_KEY_OCTETS 30

/** IpdStreamKey: 16 octets SRTP master key ‖ 14 octets salt, as libsrtp and GStreamer want them. */
typedef struct {
  uint8_t key[IPD_SRTP_KEY_OCTETS];
  uint32_t ssrc; /* from expand; for the client's own streams use ipd_client_ssrc() instead */
} IpdStreamKey;

typedef enum {
  IPD_STREAM_VIDEO,         /* Sv: video and its RTCP, station to every client of the visit */
  IPD_STREAM_AUDIO_STATION, /* Sl: audio, station to client */
  IPD_STREAM_AUDIO_CLIENT,  /* Sc: audio, client to station */
  IPD_STREAM_VIDEO_CLIENT,  /* Sc: RTCP about video, client to station */
} IpdStream;

/** ipd_stream_key_expand: BLAKE2b-272 (key @secret, label of @stream). @secret is the one named beside the value above.
 */
void ipd_stream_key_expand (const uint8_t secret[static IPD_MEDIA_SECRET_OCTETS], IpdStream stream,
                            IpdStreamKey *ret_key);
/* Generations of one leg. Each SSRC costs the receiver state before its first tag can be verified, so strangers must
 * not have 65,536 of them. */
#define IPD_GENERATIONS_MAX 64

/** ipd_client_ssrc: leg tag · 65,536 + generation (docs/protocol.md §9). */
uint32_t ipd_client_ssrc (uint16_t leg_tag, uint16_t generation);

G_END_DECLS
