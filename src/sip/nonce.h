// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * IpdSipNonces: digest nonces of a registrar (RFC 2617 §3.2.1) that cost nothing until they were used well: each is
 * its time and a MAC over time and source, so a flood of REGISTERs allocates nothing. The key is random and lives as
 * long as the object: after a restart all are stale. No clock inside: the caller says the time. Thread: one.
 */
typedef struct _IpdSipNonces IpdSipNonces;

#define IPD_SIP_NONCE_SECONDS 600
#define IPD_SIP_NONCES_MAX    4096

typedef enum {
  IPD_SIP_NONCE_FRESH,
  IPD_SIP_NONCE_STALE, /* not ours, too old, of another source, or its nc was used: ask again with a new one */
} IpdSipNonceVerdict;

IpdSipNonces *ipd_sip_nonces_new (void);
void ipd_sip_nonces_free (IpdSipNonces *nonces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdSipNonces, ipd_sip_nonces_free)

/** ipd_sip_nonces_make: @source: anything that names the peer. @now: seconds. Returns: (transfer full) */
char *ipd_sip_nonces_make (IpdSipNonces *nonces, const char *source, gint64 now);

/**
 * ipd_sip_nonces_use: call it only after the digest was right: it remembers @nc, which must rise with each use.
 * @nc: as in the header, 8 hexadecimal digits
 */
IpdSipNonceVerdict ipd_sip_nonces_use (IpdSipNonces *nonces, const char *nonce, const char *nc, const char *source,
                                       gint64 now);

G_END_DECLS
