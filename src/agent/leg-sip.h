// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/leg.h"

#include "wire/media-keys.h"
#include "wire/sdp.h"

/*
 * A leg of a station of ours: what it says and hears by SIP (docs/protocol.md §8, §9), signatures made and checked,
 * keys sealed and opened. Thread: main context.
 */

/* What signatures of this leg cover, the same for request and answers (docs/protocol.md §8). */
typedef struct {
  char *from_tag;
  char *ruri_user;
  char *call_id;
  char *visit; /* Ipdoor-Visit as it stood in the request */
  guint32 cseq;
} IpdLegDialog;

struct _IpdLegOwn {
  IpdLegDialog dialog;
  IpdSdp local;
  IpdSdp remote;
  bool have_keys; /* remote and station_keys are verified */
  IpdStationKeys station_keys;
  IpdClientKeys client_keys;
};

extern const IpdLegKind ipd_leg_sip_kind;

/*
 * Whether an INVITE may ring, by the checks of §8 in their order; on success everything of it is in the new leg.
 * @ret_why: on refusal, a word for the log
 * Returns: (transfer full) (nullable)
 */
IpdLeg *ipd_leg_from_invite (IpdAgent *agent, const IpdSipEvent *event, const char **ret_why);

/* OpenMedia of such a leg (leg-sip-media.c). */
void ipd_leg_sip_add_media (const IpdLeg *leg, GVariantDict *params);
