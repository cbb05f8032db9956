// SPDX-License-Identifier: Apache-2.0
/*
 * Basic and Digest (RFC 7617, RFC 7616 with MD5) as stations ask for them, written out so that a dialect can leave qop
 * away (RFC 2069) or call a nonce stale; "bearer": a token that
 * its route "login" gives. Thread: main.
 */
#pragma once

#include "dialect.h"

typedef struct {
  const QuirkDialect *dialect;
  const char *user;
  const char *password;
  char *nonce; /* or the token of a login (BAS-IP) */
  int uses;    /* of the nonce */
} QuirkHttpAuth;

/* "none", "good", "wrong" or "stale". header: Authorization or NULL. */
const char *quirk_http_auth_check (QuirkHttpAuth *auth, const char *method, const char *path, const char *header);
/* The value of WWW-Authenticate; NULL if the dialect asks for nothing. */
char *quirk_http_auth_challenge (QuirkHttpAuth *auth, bool stale);
