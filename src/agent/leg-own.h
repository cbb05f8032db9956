// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/leg.h"

#include "wire/media-keys.h"
#include "wire/sdp.h"
#include "wire/sip-auth.h"

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
  /* Offers inside the dialog. */
  char *to_tag;    /* ours, where they called */
  char *peer_user; /* R-URI user of offers of ours */
  guint n_offers;  /* of ours so far */
  guint64 version; /* of o= in what we said last */
  bool asked_hold; /* by our last one */
};

extern const IpdLegKind ipd_leg_own_kind;

/*
 * Whether an INVITE may ring, by the checks of §8 in their order; on success everything of it is in the new leg.
 * @ret_why: on refusal, a word for the log
 * Returns: (transfer full) (nullable)
 */
IpdLeg *ipd_leg_from_invite (IpdAgent *agent, const IpdSipEvent *event, const char **ret_why);

/*
 * What is signed of the INVITE that made the dialog (@status 0) and of its answers; offers inside the dialog differ in
 * tag, R-URI user and CSeq. Borrows from the leg and from @body.
 * @ours: we sign it and the station reads it
 */
IpdSipAuth ipd_leg_own_auth (const IpdLeg *leg, bool ours, unsigned status, const char *body);

/* leg-own-hold.c: a re-INVITE of ours, the answer to it, and one of theirs. */
bool ipd_leg_own_send_hold (IpdLeg *leg, bool held);
void ipd_leg_own_take_reanswer (IpdLeg *leg, const IpdSipEvent *event);
void ipd_leg_own_take_reoffer (IpdLeg *leg, const IpdSipEvent *event);

/* OpenMedia of such a leg (leg-own-media.c). */
void ipd_leg_own_add_media (const IpdLeg *leg, GVariantDict *params);
