// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * What the files of this folder share. Everything here lives in the SIP thread, except what struct _IpdSip says
 * belongs to its creator. The only header of the project that includes Sofia-SIP.
 */

typedef struct _IpdSip _SipMagic;
typedef struct _IpdSipCall IpdSipCall;
#define SU_ROOT_MAGIC_T      _SipMagic
#define NTA_AGENT_MAGIC_T    _SipMagic
#define NTA_LEG_MAGIC_T      IpdSipCall
#define NTA_INCOMING_MAGIC_T IpdSipCall
#define NTA_RELIABLE_MAGIC_T IpdSipCall
#define NTA_OUTGOING_MAGIC_T void

#include "sip/sip.h"

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_wait.h>

typedef struct _IpdSipRegistrar IpdSipRegistrar;
typedef struct _IpdSipMailbox IpdSipMailbox;

/* Requests and calls of strangers held at once. A flood is answered 503 without state above these. */
#define IPD_SIP_CALLS_MAX    256
#define IPD_SIP_PENDING_MAX  256
#define IPD_SIP_INCOMING_MAX 2048
/* Events that the program has not taken yet; above, strangers are not heard. */
#define IPD_SIP_WAITING_MAX 512

/* A peer that is silent for this long is not there (64 * T1 of RFC 3261, shortened: everything of ours is on one LAN or
 * one hop from it, and a person waits in front of the door). */
#define IPD_SIP_SILENCE_MS 8000

/* RFC 3261 section 17.1.1.1, T1: half of the usual one, as it allows inside one network. A lost INVITE is a visitor who
 * waits: it is sent six times before silence is believed, not five. */
#define IPD_SIP_T1_MS 250

struct _IpdSip {
  /* the creator's thread */
  GThread *thread;
  IpdSipMailbox *mailbox;
  gboolean stopped;

  /* written before the thread runs or before ipd_sip_new() returns, constant afterwards */
  char *host;
  char *user;
  char *boot; /* nullable */
  guint16 port;
  guint16 first_port, last_port;
  gboolean silent_stun; /* STUN goes to a server that says nothing */
  gboolean is_registrar;
  IpdSipSecretLookup secret_lookup;
  gpointer secret_data;
  guint session_seconds, session_min_seconds;
  guint refresh_phase_ms; /* of all our registrations; at random, so that clients do not ask together */

  /* any thread */
  gint next_reg;       /* atomic */
  guint64 next_id;     /* guarded by lock */
  GMutex lock;         /* never held while calling out */
  GCond started;       /* with lock: root_ready and start_error */
  gboolean root_ready; /* guarded by lock */
  GError *start_error; /* guarded by lock until ipd_sip_new() returned */

  /* the SIP thread */
  su_root_t *root;
  nta_agent_t *agent;
  GHashTable *calls;         /* guint64 -> IpdSipCall, owned */
  GHashTable *registrations; /* guint -> IpdSipRegistrationState, owned */
  GHashTable *messages;      /* guint64 -> IpdSipTokenMessage, owned */
  GHashTable *named_hosts;   /* set of text as ipd_sip_source() writes it, owned */
  IpdSipRegistrar *registrar;
  su_timer_t *shutdown_timer;
  gboolean shutting_down;
};

/* sip.c */
typedef void (*IpdSipWork) (IpdSip *sip, gpointer data);
/* Run @work in the SIP thread, then @destroy @data (also when the thread ended before it could run). */
void ipd_sip_post (IpdSip *sip, IpdSipWork work, gpointer data, GDestroyNotify destroy);
guint64 ipd_sip_take_id (IpdSip *sip);
/* For the functions of sip/sip.h: whether there is still somebody to carry out an order, and it is @ok. */
gboolean ipd_sip_check_order (IpdSip *sip, gboolean ok, const char *message, GError **error);
/* Called whenever something ended, so that a shutdown sees when all has. */
void ipd_sip_something_ended (IpdSip *sip);

/* mailbox.c: the way out, to the creator's context */
IpdSipMailbox *ipd_sip_mailbox_new (IpdSip *sip, IpdSipHandler handler, gpointer user_data);
void ipd_sip_mailbox_close (IpdSipMailbox *mailbox);
void ipd_sip_mailbox_post (IpdSipMailbox *mailbox, IpdSipEvent *event);
/* Events under way to the program. Thread: any. */
guint ipd_sip_mailbox_count (IpdSipMailbox *mailbox);
IpdSipEvent *ipd_sip_event_new (IpdSipEventType type);
/* post @event (transfer full) */
void ipd_sip_emit (IpdSip *sip, IpdSipEvent *event);

/* inbox.c: requests that belong to no dialog and no transaction */
int ipd_sip_inbox (_SipMagic *sip, nta_agent_t *agent, msg_t *msg, sip_t *request);
/* As many requests of strangers are held as there is room for. */
gboolean ipd_sip_is_full (IpdSip *sip);

/* call-in.c, call-out.c, call.c */
void ipd_sip_call_incoming (IpdSip *sip, msg_t *msg, sip_t *request);
void ipd_sip_call_incoming_cut (IpdSipCall *call);
void ipd_sip_call_outgoing_cut (IpdSipCall *call, int cause, const char *text);
void ipd_sip_calls_farewell (IpdSip *sip);

/* token-message.c */
void ipd_sip_token_incoming (IpdSip *sip, msg_t *msg, sip_t *request);

/* registrar.c */
IpdSipRegistrar *ipd_sip_registrar_new (IpdSip *sip);
void ipd_sip_registrar_free (IpdSipRegistrar *registrar);
void ipd_sip_registrar_receive (IpdSipRegistrar *registrar, msg_t *msg, sip_t *request);
guint ipd_sip_registrar_count_pending (IpdSipRegistrar *registrar);

/* registration.c */
void ipd_sip_registrations_farewell (IpdSip *sip);
