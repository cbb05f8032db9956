// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/info-digits.h"
#include "agent/leg.h"
#include "wire/driver.h"
#include "wire/peer-sdp.h"

/*
 * A leg of a third-party station (docs/protocol.md §14): plain SIP and RTP in the dialect of its driver. It is believed
 * by its address and by nothing else, so all that it may do is ring, talk and be looked at. Thread: main context.
 */

/* Many stations answer whatever name they are called by; those that do not take any number. */
#define IPD_LEG_PEER_CALLED_AS "100"

struct _IpdLegPeer {
  const IpdDriver *driver;
  IpdPeerSdp local;
  IpdPeerSdp remote;
  bool have_local;
  bool have_remote; /* remote fits local: media may run */
  bool early_200;   /* preview by 2xx: answered for SIP, not by the user */
  bool early_ack;
  bool confirmed;        /* the user's answer is through, or the station's */
  bool sound_asked;      /* a re-INVITE for sound is wanted or under way */
  GVariant *told;        /* (nullable): what OpenMedia said last */
  unsigned key_frames;   /* asked for by INFO so far */
  guint key_frame_timer; /* until the next one */
  guint pace_timer;      /* until the driver allows the request that waits */
  guint talk_timer;      /* until the station is about to hang up by itself */
  GQueue digits;         /* of what leg-peer-digits.c keeps; the first one is going out */
  IpdInfoDigits *info;   /* (nullable): digits that are going out by INFO */
  guint digits_timer;    /* the media process does not say that it sent them */
};

extern const IpdLegKind ipd_leg_peer_kind;

/*
 * Whether an INVITE from the address of a third-party station may ring; on success everything of it is in the new leg.
 * @ret_status: on refusal, what to answer; @ret_why: a word for the log
 * Returns: (transfer full) (nullable)
 */
IpdLeg *ipd_leg_peer_from_invite (IpdAgent *agent, IpdStation *station, const IpdSipEvent *event, int *ret_status,
                                  const char **ret_why);

/*
 * leg-peer-sdp.c: bodies of theirs, which name their own address or are refused; answers and offers of ours; and what
 * was agreed. Write makes leg->local_sdp of what is local now.
 */
bool ipd_leg_peer_read_sdp (const IpdStation *station, const char *body, IpdPeerSdp *ret_sdp);
bool ipd_leg_peer_answer_offer (const IpdLeg *leg, const IpdPeerSdp *offer, bool silent, IpdPeerSdp *ret_answer);
void ipd_leg_peer_offer_all (IpdLeg *leg);
const char *ipd_leg_peer_write_local (IpdLeg *leg);
void ipd_leg_peer_take_remote (IpdLeg *leg, const IpdPeerSdp *remote);
bool ipd_leg_peer_take_their_answer (IpdLeg *leg, const char *body);

/* leg-peer-dialog.c: once it is answered. Confirm: by the user here, or by the station. */
void ipd_leg_peer_offer_again (IpdLeg *leg, IpdSdpDirection audio);
bool ipd_leg_peer_send_hold (IpdLeg *leg, bool held);
void ipd_leg_peer_confirm (IpdLeg *leg);
void ipd_leg_peer_take_sip (IpdLeg *leg, const IpdSipEvent *event);

/* leg-peer-media.c: OpenMedia's parameters, and what the Visit says. */
bool ipd_leg_peer_has_media (const IpdLeg *leg);
/* Says MediaChanged if what OpenMedia would say is not what it said. */
void ipd_leg_peer_check_media (IpdLeg *leg);
void ipd_leg_peer_add_media (const IpdLeg *leg, GVariantDict *params);
void ipd_leg_peer_add_view (const IpdLeg *leg, GVariantDict *visit);

/* leg-peer-keys.c: asks for key frames by INFO, where the driver says that this is how, until a first picture. */
void ipd_leg_peer_ask_key_frames (IpdLeg *leg);
void ipd_leg_peer_stop_key_frames (IpdLeg *leg);

/* leg-peer-digits.c. */
/* Whether digits make sense now: the call is answered, and there is a way for them. */
bool ipd_leg_peer_takes_digits (const IpdLeg *leg);
/* One after the other. @done: called once, never from inside this function. NULL: a person pressed them, and reads it
 * when they came to nothing. */
void ipd_leg_peer_send_digits (IpdLeg *leg, const char *digits, IpdDigitsDone done, gpointer user_data);
void ipd_leg_peer_take_info (IpdLeg *leg, const IpdSipEvent *event); /* IPD_SIP_INFO_DONE */
/* What the media process says of the first ones. */
void ipd_leg_peer_digits_ended (IpdLeg *leg, IpdDigitsEnd end);
/* No more of them: those that wait end as lost. */
void ipd_leg_peer_drop_digits (IpdLeg *leg);
/* Who asked goes away: its @done is not called any more. */
void ipd_leg_peer_forget_digits (IpdLeg *leg, gpointer user_data);
