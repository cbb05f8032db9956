// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sip/sip-event.h"
#include "station/plant.h"

/*
 * Who is registered, and where (docs/protocol.md §7). The table is in RAM; the store keeps it over a restart.
 * Thread: the main one.
 */

typedef struct _IpdRegistrar IpdRegistrar;

/* All must outlive it. Errors: IPD_STORE_ERROR.   Returns: (transfer full) */
IpdRegistrar *ipd_registrar_new (IpdPlant *plant, IpdStore *store, const IpdClock *clock, GError **error);
void ipd_registrar_free (IpdRegistrar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdRegistrar, ipd_registrar_free)

typedef enum {
  IPD_REGISTRAR_REFUSED,   /* answer 403 */
  IPD_REGISTRAR_REFRESHED, /* answer 200: nothing changed but the time */
  IPD_REGISTRAR_NEW,       /* answer 200: new Contact or new address */
  IPD_REGISTRAR_GONE,      /* answer 200: the client took its binding away */
} IpdRegistrarVerdict;

/* An IPD_SIP_REGISTER_REQUEST, digest already verified. @ret_expires: seconds to grant */
IpdRegistrarVerdict ipd_registrar_take (IpdRegistrar *self, const IpdSipEvent *request, guint *ret_expires);

/* The live binding of @client, or %NULL. Borrowed until the table changes. */
const IpdBinding *ipd_registrar_find (const IpdRegistrar *self, const IpdId *client);

/* Live bindings whose licence is valid now. Returns: (transfer container) (element-type IpdBinding) */
GPtrArray *ipd_registrar_list (const IpdRegistrar *self);

void ipd_registrar_forget (IpdRegistrar *self, const IpdId *client);
