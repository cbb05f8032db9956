// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "party.h"

/*
 * A third-party station or phone, played by hand: a dialog between a bare socket and a Party, in either direction. It
 * writes what a test tells it to, right or wrong.
 */

#define SDP_TYPE "Content-Type: application/sdp\r\n"
/* Header lines of a body that is SDP, after which raw_dialog_send() needs nothing more. */

typedef struct {
  Raw *raw;
  Party *party;
  char *local;  /* our From in requests, with tag */
  char *remote; /* our To in requests; without tag before an answer came */
  char *call_id;
  guint cseq; /* of our last request */
  char *branch;
} RawDialog;

/* We call: nothing is sent yet. */
RawDialog *raw_dialog_new (Raw *raw, Party *party, const char *call_id);
/* We were called by @invite, and answer with @tag. */
RawDialog *raw_dialog_new_callee (Raw *raw, Party *party, const char *invite, const char *tag);
void raw_dialog_free (RawDialog *dialog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawDialog, raw_dialog_free)

/* A request with the next CSeq and a new branch. @more: lines ending in CRLF; without a Contact among them ours is
 * added. ACK keeps the CSeq. */
void raw_dialog_send (RawDialog *dialog, const char *method, const char *more, const char *body);
/* The same, and waits for the answer, which must have @status; a refused INVITE is acknowledged. Returns: (transfer
 * full) */
char *raw_dialog_ask (RawDialog *dialog, const char *method, const char *more, const char *body, int status);
/* As above, thrown away. */
void raw_dialog_assert (RawDialog *dialog, const char *method, const char *more, const char *body, int status);
/* Takes the To tag of an answer. */
void raw_dialog_learn (RawDialog *dialog, const char *answer);
/* Answers @request inside the dialog. */
void raw_dialog_reply (RawDialog *dialog, const char *request, const char *status, const char *more, const char *body);

/* A foreign call that @party made, answered by us with @sdp; INVITE event pending in neither. Returns: its id */
guint64 raw_dialog_answer_call (Raw *raw, Party *party, const char *call_id, const char *more, const char *sdp,
                                RawDialog **ret_dialog);
/* A foreign call that we made, answered by @party with @sdp, up on both sides. Returns: its id */
guint64 raw_dialog_make_call (Raw *raw, Party *party, const char *call_id, const char *more, const char *sdp,
                              RawDialog **ret_dialog);
/* Hangs up as the peer, checks the answer and the event. */
void raw_dialog_end (RawDialog *dialog);
