// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ipd_redact:
 * @text: anything that is about to be logged: SIP, SDP, HTTP bodies, messages of libraries
 *
 * Takes out what must not be in a log (docs/protocol.md, house rule): tokens (v4.public.…), a=ipdoor-keys and a=crypto,
 * Ipdoor-Auth, Authorization and Proxy-Authorization, enrolment codes in any spelling a person types, and the values of
 * JSON members or key=value pairs named like secrets (secret, proof, package, pin, password, seed, nonce, key). Each is
 * replaced by "[redacted]"; ids, addresses and the rest stay readable. Pure. Thread: any.
 *
 * Returns: (transfer full): safe text
 */
char *ipd_redact (const char *text);

G_END_DECLS
