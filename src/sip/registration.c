// SPDX-License-Identifier: Apache-2.0
// Our registrations at stations (docs/protocol.md §7): challenge, refresh, honest failure, trying again, farewell. The
// functions of sip/sip.h are called in the creator's thread, the rest runs in the SIP thread.
#include "sip/registration.h"

#include "sip/check.h"
#include "sip/digest.h"
#include "sip/message.h"
#include "wire/random.h"

#include <string.h>

/*
 * How long "registered" may be untrue at most is KEEP_MS and QUIET_MS together (docs/protocol.md §7). All registrations
 * are refreshed at the same moments, so that the computer wakes once for all of them.
 */
#define KEEP_MS 25000
/* Not answering is said after this time, and the try is over. */
#define QUIET_MS 4000
/*
 * Nobody says when a network that drops silently is back: while a try is answered by nobody, the next follows after
 * FIRST to twice FIRST, at random, so that not all clients of a plant ask in one moment. Then a REGISTER is under way
 * every 2.5 s or more often (0, 0.5, 1.5 and 3.5 s of each try). Who has waited LONG_MS waits longer, up to LAST.
 */
#define RETRY_FIRST_MS 1000
#define RETRY_LAST_MS  30000
#define LONG_MS        (10 * 60 * 1000)
/* A 401 to the first try may be a stale nonce; a second one means the secret is wrong. */
#define CHALLENGES_MAX 2

typedef struct {
  IpdSip *sip;
  guint id;
  char *uri, *via, *aor, *user, *secret, *contact_user, *licence;
  su_sockaddr_t address[1]; /* the registrar's, to compare with where a challenge comes from */
  IpdShortId call_id;
  guint32 cseq;
  guint expires;
  IpdSipChallenge challenge;
  guint challenges; /* in this try */
  nta_outgoing_t *request;
  su_timer_t *next;  /* refresh or retry */
  su_timer_t *quiet; /* QUIET_MS since the request */
  guint retry_ms;
  su_time_t heard; /* when somebody answered last, or the program asked us to try */
  gboolean told;   /* of this try */
  gboolean bound;  /* the registrar has, or may have, a binding of ours */
  gboolean leaving;
} Registration;

static void send_register (Registration *reg);

static void
registration_free (gpointer data)
{
  Registration *reg = data;
  g_clear_pointer (&reg->request, nta_outgoing_destroy);
  g_clear_pointer (&reg->next, su_timer_destroy);
  g_clear_pointer (&reg->quiet, su_timer_destroy);
  ipd_sip_challenge_clear (&reg->challenge);
  if (reg->secret)
    explicit_bzero (reg->secret, strlen (reg->secret));
  char *strings[] = { reg->uri, reg->via, reg->aor, reg->user, reg->secret, reg->contact_user, reg->licence };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (strings[i]);
  g_free (reg);
}

GHashTable *
ipd_sip_registrations_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, registration_free);
}

gboolean
ipd_sip_registrations_expect (GHashTable *registrations, const char *user)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, registrations);
  while (user && g_hash_table_iter_next (&iter, NULL, &value))
    if (strcmp (((const Registration *) value)->contact_user, user) == 0)
      return TRUE;
  return FALSE;
}

/* ---- timers ---- */

static void
on_next (su_root_magic_t *sip, su_timer_t *timer, su_timer_arg_t *arg)
{
  Registration *reg = arg;
  reg->challenges = 0;
  reg->told = FALSE;
  send_register (reg);
}

static void
try_again_later (Registration *reg)
{
  guint wait_ms = (guint) g_random_int_range ((gint32) reg->retry_ms, 2 * (gint32) reg->retry_ms);
  su_timer_set_interval (reg->next, on_next, reg, MIN (wait_ms, RETRY_LAST_MS));
  reg->retry_ms = MIN (reg->retry_ms * 2, RETRY_LAST_MS);
}

/* Nobody is there, as far as we can see: no reason to ask less often before it has lasted. */
static void
try_again_soon (Registration *reg)
{
  if (su_duration (su_now (), reg->heard) < LONG_MS)
    reg->retry_ms = RETRY_FIRST_MS;
  try_again_later (reg);
}

/* To the next of the moments at which this program refreshes; never later than @limit_ms. */
static guint
until_refresh (const Registration *reg, guint limit_ms)
{
  su_time_t now = su_now ();
  guint64 now_ms = (guint64) now.tv_sec * 1000 + now.tv_usec / 1000;
  guint wait_ms = KEEP_MS - (guint) ((now_ms + reg->sip->refresh_phase_ms) % KEEP_MS);
  return MIN (MAX (wait_ms, RETRY_FIRST_MS), limit_ms);
}

static void
tell_failure (Registration *reg, int status, const char *phrase)
{
  if (reg->told || reg->leaving)
    return;
  reg->told = TRUE;
  IpdSipEvent *event = ipd_sip_event_new (IPD_SIP_REGISTER_FAILED);
  event->reg = reg->id;
  event->status = status;
  event->phrase = ipd_sip_clean (phrase);
  ipd_sip_emit (reg->sip, event);
}

static void
on_quiet (su_root_magic_t *sip, su_timer_t *timer, su_timer_arg_t *arg)
{
  Registration *reg = arg;
  tell_failure (reg, SIP_408_REQUEST_TIMEOUT);
  /* an answer that comes before the next try is as good */
  if (!reg->leaving)
    try_again_soon (reg);
}

/* ---- answers ---- */

static void
forget (Registration *reg)
{
  IpdSip *sip = reg->sip;
  g_hash_table_remove (sip->registrations, GUINT_TO_POINTER (reg->id));
  ipd_sip_something_ended (sip);
}

static guint
granted (Registration *reg, const sip_t *answer)
{
  guint64 seconds = answer->sip_expires ? answer->sip_expires->ex_delta : reg->expires;
  for (const sip_contact_t *m = answer->sip_contact; m; m = m->m_next)
    if (g_strcmp0 (m->m_url->url_user, reg->contact_user) == 0 && m->m_expires)
      g_ascii_string_to_unsigned (m->m_expires, 10, 1, G_MAXUINT16, &seconds, NULL);
  return (guint) CLAMP (seconds, 2, reg->expires);
}

static void
on_registered (Registration *reg, const sip_t *answer)
{
  IpdSipEvent *event = ipd_sip_event_from_answer (IPD_SIP_REGISTERED, answer);
  event->reg = reg->id;
  event->expires = granted (reg, answer);
  reg->bound = TRUE;
  reg->retry_ms = RETRY_FIRST_MS;
  su_timer_set_interval (reg->next, on_next, reg, until_refresh (reg, event->expires * 1000 / 2));
  ipd_sip_emit (reg->sip, event);
}

/* Only the registrar itself may ask for the digest (digest leak, security of §7). */
static gboolean
may_answer_challenge (Registration *reg, const sip_t *answer)
{
  msg_t *msg = nta_outgoing_getresponse (reg->request);
  gboolean from_registrar = msg && su_cmp_sockaddr (msg_addr (msg), reg->address) == 0;
  if (msg)
    msg_destroy (msg);
  return from_registrar && reg->challenges++ < CHALLENGES_MAX && ipd_sip_challenge_take (&reg->challenge, answer);
}

static int
on_answer (nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *answer)
{
  Registration *reg = magic;
  int status = nta_outgoing_status (request);
  if (status < 200)
    return 0;
  su_timer_reset (reg->quiet);
  if (answer)
    reg->heard = su_now ();
  gboolean again = status == 401 && answer && may_answer_challenge (reg, answer);
  g_clear_pointer (&reg->request, nta_outgoing_destroy);
  if (again)
    send_register (reg);
  else if (reg->leaving)
    forget (reg);
  else if (status < 300)
    on_registered (reg, answer);
  else
    {
      ipd_sip_challenge_clear (&reg->challenge);
      reg->bound = reg->bound && status != 403;
      tell_failure (reg, status, answer ? answer->sip_status->st_phrase : NULL);
      if (answer)
        try_again_later (reg);
      else
        try_again_soon (reg);
    }
  return 0;
}

/* ---- REGISTER ---- */

static msg_t *
build_register (Registration *reg)
{
  msg_t *msg
      = ipd_sip_request_new (reg->sip, SIP_METHOD_REGISTER, reg->uri, reg->aor, reg->aor, reg->call_id.s, ++reg->cseq);
  g_autofree char *params = g_strdup_printf (";expires=%u", reg->leaving ? 0 : reg->expires);
  ipd_sip_add_contact (reg->sip, msg, reg->contact_user, params);
  ipd_sip_add_header (msg, IPD_SIP_HEADER_LICENCE, reg->licence);
  if (reg->challenge.nonce)
    {
      g_autofree char *value = ipd_sip_challenge_answer (&reg->challenge, "REGISTER", reg->uri, reg->user, reg->secret);
      sip_add_tl (msg, sip_object (msg), SIPTAG_AUTHORIZATION_STR (value), TAG_END ());
    }
  return msg;
}

static void
send_register (Registration *reg)
{
  g_clear_pointer (&reg->request, nta_outgoing_destroy);
  su_timer_reset (reg->next);
  msg_t *msg = build_register (reg);
  if (!ipd_sip_fits (reg->sip, msg))
    {
      msg_destroy (msg);
      tell_failure (reg, SIP_513_MESSAGE_TOO_LARGE);
      return;
    }
  su_timer_set_interval (reg->quiet, on_quiet, reg, QUIET_MS);
  reg->request = nta_outgoing_mcreate (reg->sip->agent, on_answer, reg, URL_STRING_MAKE (reg->via), msg, TAG_END ());
  if (reg->request)
    return;
  msg_destroy (msg);
  tell_failure (reg, SIP_503_SERVICE_UNAVAILABLE);
  try_again_soon (reg);
}

/* ---- what programs ask for ---- */

static void
do_register (IpdSip *sip, gpointer data)
{
  Registration *reg = data;
  g_hash_table_insert (sip->registrations, GUINT_TO_POINTER (reg->id), reg);
  reg->next = su_timer_create (su_root_task (sip->root), 0);
  reg->quiet = su_timer_create (su_root_task (sip->root), 0);
  reg->heard = su_now ();
  send_register (reg);
}

static gboolean
registration_ok (const IpdSipRegistration *r)
{
  return ipd_sip_host_ok (r->registrar_host) && r->registrar_port && ipd_sip_user_ok (r->user)
         && ipd_sip_value_ok (r->secret) && ipd_sip_user_ok (r->contact_user)
         && (!r->licence || ipd_sip_value_ok (r->licence));
}

static void
set_address (Registration *reg, const char *host, guint16 port)
{
  memset (reg->address, 0, sizeof reg->address);
  reg->address->su_family = strchr (host, ':') ? AF_INET6 : AF_INET;
  reg->address->su_port = g_htons (port);
  su_inet_pton (reg->address->su_family, host, SU_ADDR (reg->address));
}

guint
ipd_sip_register (IpdSip *sip, const IpdSipRegistration *r, GError **error)
{
  if (sip->stopped || !registration_ok (r))
    {
      g_set_error (error, IPD_SIP_ERROR, sip->stopped ? IPD_SIP_ERROR_STOPPED : IPD_SIP_ERROR_INVALID,
                   sip->stopped ? "SIP has stopped." : "The registration cannot be written as a SIP message.");
      return 0;
    }
  Registration *reg = g_new0 (Registration, 1);
  reg->sip = sip;
  reg->id = (guint) g_atomic_int_add (&sip->next_reg, 1) + 1;
  reg->uri = ipd_sip_uri (NULL, r->registrar_host, r->registrar_port);
  reg->via = ipd_sip_via_uri (r->registrar_host, r->registrar_port);
  reg->aor = ipd_sip_uri (r->user, r->registrar_host, r->registrar_port);
  reg->user = g_strdup (r->user);
  reg->secret = g_strdup (r->secret);
  reg->contact_user = g_strdup (r->contact_user);
  reg->licence = g_strdup (r->licence);
  reg->expires = r->expires ? r->expires : IPD_SIP_EXPIRES;
  reg->call_id = ipd_random_short_id ();
  reg->retry_ms = RETRY_FIRST_MS;
  set_address (reg, r->registrar_host, r->registrar_port);
  guint id = reg->id;
  ipd_sip_post (sip, do_register, reg, NULL);
  return id;
}

static void
do_refresh (IpdSip *sip, gpointer data)
{
  Registration *reg = g_hash_table_lookup (sip->registrations, data);
  if (!reg || reg->leaving)
    return;
  reg->heard = su_now ();
  reg->retry_ms = RETRY_FIRST_MS;
  on_next (sip, reg->next, reg);
}

void
ipd_sip_refresh (IpdSip *sip, guint reg)
{
  ipd_sip_post (sip, do_refresh, GUINT_TO_POINTER (reg), NULL);
}

static void
leave (Registration *reg)
{
  if (reg->leaving)
    return;
  reg->leaving = TRUE;
  reg->challenges = 0;
  if (reg->bound || reg->request)
    send_register (reg);
  else
    forget (reg);
}

static void
do_unregister (IpdSip *sip, gpointer data)
{
  Registration *reg = g_hash_table_lookup (sip->registrations, data);
  if (reg)
    leave (reg);
}

void
ipd_sip_unregister (IpdSip *sip, guint reg)
{
  ipd_sip_post (sip, do_unregister, GUINT_TO_POINTER (reg), NULL);
}

void
ipd_sip_registrations_farewell (IpdSip *sip)
{
  /* leaving may forget at once, so walk over a copy */
  g_autoptr (GList) registrations = g_hash_table_get_values (sip->registrations);
  for (GList *l = registrations; l; l = l->next)
    leave (l->data);
}
