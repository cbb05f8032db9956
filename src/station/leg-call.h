// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/station.h"
#include "sip/sip.h"
#include "station/identity.h"
#include "station/plant.h"
#include "station/sockets.h"
#include "wire/media-keys.h"
#include "wire/sdp.h"
#include "wire/sip-auth.h"

/*
 * The wire side of one leg of a visit: what is offered, signed, verified and derived (docs/protocol.md §8, §9). A value
 * inside the run of its visit; clear it with ipd_leg_call_clear(). It sends nothing. Thread: the main one.
 */
typedef struct {
  IpdId client;
  uint8_t client_pk[IPD_PK_OCTETS];
  guint64 call; /* of IpdSip; 0 once it is over */
  char *from_tag;
  char *call_id;
  char *ruri_user;
  char *visit; /* Ipdoor-Visit of the INVITE, %NULL if it had none */
  guint32 cseq;
  IpdStationKeys keys;
  IpdSdp local;
  IpdSdp remote;
  char media_host[IPD_ADDRESS_CHARS + 1]; /* where the client's SIP comes from: its SDP only gives the ports */
  char *local_sdp;
  IpdClientKeys client_keys;
  gboolean has_remote; /* @remote and @client_keys are verified */
  gboolean is_viewer;  /* the media has its address */
} IpdLegCall;

/* Where and how this station sends media in this visit. */
typedef struct {
  const char *host;
  const IpdMediaSockets *sockets;
  const char *sprop; /* (nullable) */
  gboolean no_camera;
} IpdLegMedia;

/*
 * ipd_leg_call_offer:
 * @self: empty
 * @keys: of this leg, copied
 * @ret_invite: borrows from @self, @binding and @ret_auth
 *
 * Returns: %FALSE when the client's key cannot be sealed to
 */
gboolean ipd_leg_call_offer (IpdLegCall *self, const IpdStationIdentity *identity, const IpdClient *client,
                             const IpdBinding *binding, const IpdStationKeys *keys, const IpdLegMedia *media,
                             char ret_auth[static IPD_SIP_AUTH_LENGTH + 1], IpdSipInvite *ret_invite);

/* Verifies a 183 or 200 with all it carries. Its keys are used only if this returns %TRUE. */
gboolean ipd_leg_call_take_answer (IpdLegCall *self, const IpdStationIdentity *identity, const IpdSipEvent *event);

/* Verifies the signature of a look-out INVITE of @client. */
gboolean ipd_leg_call_invite_is_signed (const IpdStationIdentity *identity, const IpdClient *client,
                                        const IpdSipEvent *event);

/* Takes over a look-out INVITE that is signed. Returns: %FALSE when SDP or keys cannot be used */
gboolean ipd_leg_call_take_invite (IpdLegCall *self, const IpdStationIdentity *identity, const IpdClient *client,
                                   const IpdSipEvent *event);

/* The answer to a look-out: SDP in @self->local_sdp, signature in @ret_auth. */
gboolean ipd_leg_call_answer (IpdLegCall *self, const IpdStationIdentity *identity, const IpdStationKeys *keys,
                              const IpdLegMedia *media, char ret_auth[static IPD_SIP_AUTH_LENGTH + 1]);

/* What the media needs; only after @self->has_remote. @ret_viewer and @ret_talk borrow from @self; wipe them. */
void ipd_leg_call_viewer (const IpdLegCall *self, IpdMediaViewer *ret_viewer);
void ipd_leg_call_talk (const IpdLegCall *self, IpdMediaTalk *ret_talk);

void ipd_leg_call_clear (IpdLegCall *self);
