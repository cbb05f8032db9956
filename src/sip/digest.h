// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/private.h"

/*
 * Digest of RFC 2617, MD5 with qop=auth and nothing else, for both sides of a registration (docs/protocol.md §7).
 * Thread: the SIP thread.
 */

/* What a client remembers of a challenge. All empty: none yet. */
typedef struct {
  char *nonce;
  char *opaque;
  guint count;
} IpdSipChallenge;

void ipd_sip_challenge_clear (IpdSipChallenge *challenge);

/**
 * ipd_sip_challenge_take: reads the WWW-Authenticate of @answer.
 * Returns: %FALSE, leaving @challenge alone, unless it is Digest, MD5, qop=auth, of our realm, and in our character set
 */
gboolean ipd_sip_challenge_take (IpdSipChallenge *challenge, const sip_t *answer);

/** ipd_sip_challenge_answer: value of Authorization; counts the use. Returns: (transfer full) */
char *ipd_sip_challenge_answer (IpdSipChallenge *challenge, const char *method, const char *uri, const char *user,
                                const char *secret);

/* The credentials of a request, unquoted; borrowed from the home given. */
typedef struct {
  const char *user;
  const char *realm;
  const char *nonce;
  const char *nc;
  const char *uri;
  const char *cnonce;
  const char *response;
} IpdSipCredentials;

/** ipd_sip_credentials_read: @home owns the strings. Returns: %FALSE unless there is exactly one complete set */
gboolean ipd_sip_credentials_read (su_home_t *home, const sip_t *request, IpdSipCredentials *ret_credentials);
/** ipd_sip_credentials_right: whether @secret made the response; takes the same time for each @secret. */
gboolean ipd_sip_credentials_right (const IpdSipCredentials *credentials, const char *method, const char *secret);
