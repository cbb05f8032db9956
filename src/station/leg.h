// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/dtmf-code.h"
#include "media/station.h"
#include "sip/sip.h"
#include "station/commands.h"
#include "station/identity.h"
#include "station/phones.h"
#include "station/plant.h"
#include "station/registrar.h"
#include "station/sockets.h"
#include "wire/media-keys.h"
#include "wire/sip-auth.h"

/*
 * One leg of a visit: a call with a client of ours (leg-client.c) or with a SIP phone (leg-phone.c). What they have in
 * common is here, what differs is behind one table of functions; nobody else asks which it is. A leg is a value inside
 * the run of its visit; it may be moved, not copied; clear it with ipd_leg_clear(). It sends nothing itself. Thread:
 * the main one.
 */

typedef struct _IpdLeg IpdLeg;

/* Where and how this station sends media in this visit. */
typedef struct {
  const char *host;
  const IpdMediaSockets *sockets;
  const char *sprop; /* (nullable) */
  gboolean no_camera;
  IpdCodecs codecs;
} IpdLegMedia;

/* What a leg is made from. Borrowed for the call. */
typedef struct {
  const IpdStationIdentity *identity;
  const IpdPlant *plant;
  const IpdRegistrar *registrar;
  const IpdPhones *phones;
  IpdCommands *commands; /* nonces */
  const char *station_name;
  IpdLegMedia media;
  const IpdShortId *visit;
  const uint8_t *visit_secret; /* Sv, IPD_MEDIA_SECRET_OCTETS of it */
  guint16 tag;                 /* of the leg */
} IpdLegContext;

/* What is to be answered to an offer inside the dialog. Clear it with ipd_leg_reanswer_clear(). */
typedef struct {
  int status;         /* 200, or why not */
  char *sdp;          /* of a 200 */
  char *auth;         /* (nullable) */
  gboolean held;      /* from now on */
  gboolean has_moved; /* picture and sound go elsewhere or are coded otherwise */
} IpdLegReanswer;

/* How a key's digit came. */
typedef enum {
  IPD_LEG_KEY_IN_RTP = 1, /* RFC 4733 */
  IPD_LEG_KEY_IN_SIP,     /* INFO */
} IpdLegKeyWay;

typedef struct {
  char digit; /* never to be logged */
  IpdLegKeyWay way;
  gint64 at_us; /* monotonic */
} IpdLegKey;

typedef struct {
  const char *noun;    /* for the log */
  gboolean takes_news; /* signed tokens about the visit are for it */

  /*
   * Makes the INVITE. @self: empty but for id. @ret_invite: borrows from @self and @with
   * Returns: %FALSE with @ret_why, a static word for the log
   */
  gboolean (*offer) (IpdLeg *self, const IpdLegContext *with, IpdSipInvite *ret_invite, const char **ret_why);
  /* Believes a 183 or 200 with all it carries, or does not. Nothing of it is used unless this returns %TRUE. */
  gboolean (*take_answer) (IpdLeg *self, const IpdLegContext *with, const IpdSipEvent *event);
  /* An offer of theirs inside the call, and their answer when the offer was left to us. */
  void (*take_reoffer) (IpdLeg *self, const IpdLegContext *with, const IpdSipEvent *event, IpdLegReanswer *ret_answer);
  void (*take_late_answer) (IpdLeg *self, const IpdSipEvent *event, IpdLegReanswer *ret_answer);
  /*
   * What the media needs; only after @self->has_remote. Both borrow from @self; wipe them.
   * Returns: %FALSE when it wants no picture
   */
  gboolean (*viewer) (const IpdLeg *self, IpdMediaViewer *ret_viewer);
  void (*talk) (const IpdLeg *self, IpdMediaTalk *ret_talk);
  /*
   * (nullable): where it is %NULL, keys of such a leg mean nothing. One key was pressed.
   * @ret_output: (nullable): the id of the output whose code is complete
   */
  IpdDtmfVerdict (*press) (IpdLeg *self, const IpdStationConfig *config, const IpdLegKey *key, const char **ret_output);
  void (*clear) (IpdLeg *self); /* @self->own */
} IpdLegKind;

struct _IpdLeg {
  const IpdLegKind *kind; /* %NULL: it was never rung */
  IpdId id;               /* of the client, or made from the phone's */
  guint64 call;           /* of IpdSip; 0 once it is over */
  char *from_user;        /* (nullable) */
  char *local_sdp;
  char media_host[IPD_ADDRESS_CHARS + 1]; /* where its SIP comes from: its SDP only gives the ports */
  guint16 tag;
  gboolean has_remote; /* an answer was believed */
  gboolean is_viewer;  /* the media has its address */
  gpointer own;        /* of its kind */
};

extern const IpdLegKind ipd_leg_kind_client;
extern const IpdLegKind ipd_leg_kind_phone;

/* Phones and clients have ids of one form. */
const IpdLegKind *ipd_leg_kind_of (const IpdPhones *phones, const IpdId *id);

void ipd_leg_clear (IpdLeg *self);
void ipd_leg_reanswer_clear (IpdLegReanswer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdLegReanswer, ipd_leg_reanswer_clear)
