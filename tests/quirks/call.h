// SPDX-License-Identifier: Apache-2.0
/*
 * One SIP dialog of the simulated station, in either direction: what is said in it, with its sound and its digits.
 * The station (station.h) owns the calls and gives each the messages of its Call-ID. Thread: main.
 */
#pragma once

#include "digits.h"
#include "endpoint.h"
#include "picture.h"
#include "sound.h"

typedef enum {
  QUIRK_CALLING,
  QUIRK_EARLY,
  QUIRK_TALKING,
  QUIRK_OVER,
} QuirkCallState;

/* What calls share. */
typedef struct {
  const QuirkDialect *dialect;
  QuirkEndpoint *endpoint;
  QuirkPicture *picture;
  const char *address;
  guint16 sip_port;
  guint16 next_port; /* of sound */
} QuirkBox;

typedef struct {
  QuirkBox *box;
  QuirkCallState state;
  bool outgoing;
  char *id;
  char *local_tag;
  char *local_uri;
  char *remote_tag;
  char *remote_uri;
  char *target; /* their Contact */
  GSocketAddress *peer;
  guint cseq;
  char *via; /* of our INVITE: its CANCEL and the ACK of a refusal have the same */
  guint invite_cseq;
  bool rang; /* a 180 came */
  char *early_body;
  QuirkLine shown; /* where the picture goes, port 0: nowhere */
  bool answered_picture;
  guint16 audio_port;
  QuirkSound *sound;
  QuirkDigits *digits;
  guint version; /* of our SDP */
  guint talk_timer;
  guint refresh_timer;
} QuirkCall;

QuirkCall *quirk_call_ring (QuirkBox *box, const char *user, const char *host, guint16 port);
/* An INVITE outside any dialog: takes it and answers. */
QuirkCall *quirk_call_take (QuirkBox *box, const QuirkSip *invite, GSocketAddress *from);
void quirk_call_free (QuirkCall *call);

void quirk_call_response (QuirkCall *call, const QuirkSip *response);
void quirk_call_request (QuirkCall *call, const QuirkSip *request, GSocketAddress *from);
/* CANCEL before the answer, BYE after it. */
void quirk_call_end (QuirkCall *call);

/* call-request.c: INFO and MESSAGE: digits and key frames. Returns the status to answer. */
int quirk_call_take_info (QuirkCall *call, const QuirkSip *request);
/* Our SDP as it stands, the answer to offer unless that is NULL. */
char *quirk_call_sdp (QuirkCall *call, const QuirkRemote *offer);
/* The other side's SDP: who gets picture and sound from now on. */
void quirk_call_agree (QuirkCall *call, const char *body, bool is_answer);
/* A request inside the dialog, its headers up to Max-Forwards. Takes the next CSeq unless cseq says one. */
GString *quirk_call_new_request (QuirkCall *call, const char *method, guint cseq);
