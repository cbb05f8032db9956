// SPDX-License-Identifier: Apache-2.0
// The life of an IpdSip: its thread, its socket, its queue of jobs, its end. The functions of sip/sip.h are called in
// the creator's thread and only queue; all else of this folder runs in the SIP thread, inside su_root_run().
//
// It stands on Sofia's transaction layer (NTA), not on its user agent (NUA): From-tag, Call-ID and CSeq are the
// caller's, the 200's body depends on the PRACK, a binding is not where its URI points, and nothing may be sent or
// answered that docs/protocol.md does not name. NUA does all of these its own way.
#include "sip/call.h"
#include "sip/check.h"
#include "sip/message.h"
#include "sip/registration.h"
#include "sip/session-timer.h"
#include "sip/steady-time.h"
#include "sip/stun-silence.h"
#include "sip/token-message.h"

#include <gio/gio.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/tport_tag.h>
#include <string.h>

#define SHUTDOWN_MS     2000
#define ANY_PORT_TRIES  16
#define IDLE_WAKEUP_MS  (10 * 60 * 1000)
#define INCOMING_OCTETS 8192

G_DEFINE_QUARK (ipd - sip - error - quark, ipd_sip_error)

typedef struct {
  IpdSipWork work;
  gpointer data;
  GDestroyNotify destroy;
} Job;

/* ---- jobs ---- */

static void
on_job (su_root_magic_t *sip, su_msg_r msg, su_msg_arg_t *arg)
{
  Job *job = arg;
  job->work (sip, job->data);
}

static void
job_clear (su_msg_arg_t *arg)
{
  Job *job = arg;
  if (job->destroy)
    job->destroy (job->data);
}

void
ipd_sip_post (IpdSip *sip, IpdSipWork work, gpointer data, GDestroyNotify destroy)
{
  su_msg_r msg = SU_MSG_R_INIT;
  if (su_msg_create (msg, su_root_task (sip->root), su_task_null, on_job, sizeof (Job)) != 0)
    g_error ("no memory for a job of SIP");
  *(Job *) su_msg_data (msg) = (Job){ work, data, destroy };
  su_msg_deinitializer (msg, job_clear);
  /* against do_end(): the port is still touched after the message is in its queue */
  g_mutex_lock (&sip->lock);
  su_msg_send (msg);
  g_mutex_unlock (&sip->lock);
}

guint64
ipd_sip_take_id (IpdSip *sip)
{
  g_mutex_lock (&sip->lock);
  guint64 id = ++sip->next_id;
  g_mutex_unlock (&sip->lock);
  return id;
}

gboolean
ipd_sip_check_order (IpdSip *sip, gboolean ok, const char *message, GError **error)
{
  if (!sip->stopped && ok)
    return TRUE;
  g_set_error_literal (error, IPD_SIP_ERROR, sip->stopped ? IPD_SIP_ERROR_STOPPED : IPD_SIP_ERROR_INVALID,
                       sip->stopped ? "SIP has stopped." : message);
  return FALSE;
}

/* ---- the thread ---- */

/* Sofia would write to stderr, addresses of strangers included. What matters becomes an event. */
static void
no_log (void *stream, char const *format, va_list args)
{
}

static gpointer
init_sofia (gpointer data)
{
  ipd_sip_steady_time ();
  su_init ();
  su_log_redirect (NULL, no_log, NULL);
  return GINT_TO_POINTER (ipd_sip_silence_stun ());
}

static nta_agent_t *
bind_agent (IpdSip *sip, guint16 port)
{
  g_autofree char *url = ipd_sip_via_uri (sip->host, port);
  return nta_agent_create (sip->root, URL_STRING_MAKE (url), ipd_sip_inbox, sip, NTATAG_UA (1),
                           NTATAG_SIP_T1 (IPD_SIP_T1_MS), NTATAG_SIP_T1X64 (IPD_SIP_SILENCE_MS),
                           NTATAG_MAXSIZE (INCOMING_OCTETS), NTATAG_UDP_MTU (65535), NTATAG_USE_SRV (0),
                           NTATAG_USE_NAPTR (0), NTATAG_CANCEL_487 (0), NTATAG_RPORT (1), NTATAG_SERVER_RPORT (1),
                           TPTAG_STUN_SERVER (sip->silent_stun), TPTAG_SERVER (1), TAG_END ());
}

static GSocket *
probe (IpdSip *sip, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (sip->host);
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new (address, port);
  g_autoptr (GSocket) socket
      = g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (!socket || !g_socket_bind (socket, where, FALSE, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/* The kernel picks a port, we give it back and hope: another may be faster, hence the tries. */
static guint16
any_port (IpdSip *sip)
{
  g_autoptr (GSocket) socket = probe (sip, 0, NULL);
  g_autoptr (GSocketAddress) got = socket ? g_socket_get_local_address (socket, NULL) : NULL;
  return got ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got)) : 0;
}

static void
bind_first_free (IpdSip *sip)
{
  gboolean any = sip->first_port == 0;
  guint tries = any ? ANY_PORT_TRIES : (guint) (sip->last_port - sip->first_port) + 1;
  for (guint i = 0; i < tries && !sip->agent; i++)
    {
      sip->port = any ? any_port (sip) : (guint16) (sip->first_port + i);
      sip->agent = sip->port ? bind_agent (sip, sip->port) : NULL;
    }
}

static void
open_thread (IpdSip *sip)
{
  sip->root = su_root_create (sip);
  su_root_threading (sip->root, 0);
  su_root_set_max_defer (sip->root, IDLE_WAKEUP_MS);
  bind_first_free (sip);
  if (sip->agent && sip->is_registrar)
    sip->registrar = ipd_sip_registrar_new (sip);

  g_mutex_lock (&sip->lock);
  if (!sip->agent)
    g_set_error (&sip->start_error, IPD_SIP_ERROR, IPD_SIP_ERROR_NO_PORT, "No free UDP port from %u to %u on %s.",
                 sip->first_port, sip->last_port, sip->host);
  sip->root_ready = TRUE;
  g_cond_signal (&sip->started);
  g_mutex_unlock (&sip->lock);
}

static void
close_thread (IpdSip *sip)
{
  g_clear_pointer (&sip->shutdown_timer, su_timer_destroy);
  g_hash_table_remove_all (sip->calls);
  g_hash_table_remove_all (sip->registrations);
  g_hash_table_remove_all (sip->messages);
  g_clear_pointer (&sip->registrar, ipd_sip_registrar_free);
  g_clear_pointer (&sip->agent, nta_agent_destroy);
  g_clear_pointer (&sip->root, su_root_destroy);
}

static gpointer
run_thread (gpointer data)
{
  IpdSip *sip = data;
  open_thread (sip);
  if (sip->agent)
    su_root_run (sip->root);
  close_thread (sip);
  return NULL;
}

/* ---- start ---- */

static gboolean
check_config (const IpdSipConfig *config, GError **error)
{
  if (!ipd_sip_host_ok (config->bind) || (config->user && !ipd_sip_user_ok (config->user))
      || (config->boot && !ipd_sip_user_ok (config->boot)) || config->first_port > config->last_port
      || (config->registrar && !config->secret_lookup) || (config->first_port == 0 && config->last_port != 0))
    {
      g_set_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_INVALID, "The SIP settings do not fit together.");
      return FALSE;
    }
  return TRUE;
}

static IpdSip *
alloc (const IpdSipConfig *config)
{
  IpdSip *sip = g_new0 (IpdSip, 1);
  g_mutex_init (&sip->lock);
  g_cond_init (&sip->started);
  sip->host = g_strdup (config->bind);
  sip->user = g_strdup (config->user ? config->user : "ipdoor");
  sip->boot = g_strdup (config->boot);
  sip->first_port = config->first_port;
  sip->last_port = config->last_port;
  sip->is_registrar = config->registrar;
  sip->secret_lookup = config->secret_lookup;
  sip->secret_data = config->secret_data;
  sip->session_seconds = config->session_seconds ? config->session_seconds : IPD_SIP_SESSION_SECONDS;
  sip->session_min_seconds = config->session_min_seconds ? config->session_min_seconds : IPD_SIP_SESSION_MIN_SECONDS;
  sip->refresh_phase_ms = g_random_int () % 60000;
  sip->named_hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sip->calls = ipd_sip_calls_new ();
  sip->registrations = ipd_sip_registrations_new ();
  sip->messages = ipd_sip_token_messages_new ();
  return sip;
}

static void
discard (IpdSip *sip)
{
  g_thread_join (sip->thread);
  g_hash_table_unref (sip->named_hosts);
  g_hash_table_unref (sip->calls);
  g_hash_table_unref (sip->registrations);
  g_hash_table_unref (sip->messages);
  ipd_sip_mailbox_close (sip->mailbox);
  g_clear_error (&sip->start_error);
  g_mutex_clear (&sip->lock);
  g_cond_clear (&sip->started);
  g_free (sip->host);
  g_free (sip->user);
  g_free (sip->boot);
  g_free (sip);
}

IpdSip *
ipd_sip_new (const IpdSipConfig *config, IpdSipHandler handler, gpointer user_data, GError **error)
{
  static GOnce once = G_ONCE_INIT;
  gboolean silent_stun = GPOINTER_TO_INT (g_once (&once, init_sofia, NULL));
  if (!check_config (config, error))
    return NULL;

  IpdSip *sip = alloc (config);
  sip->silent_stun = silent_stun;
  sip->mailbox = ipd_sip_mailbox_new (sip, handler, user_data);
  sip->thread = g_thread_new ("ipdoor-sip", run_thread, sip);
  g_mutex_lock (&sip->lock);
  while (!sip->root_ready)
    g_cond_wait (&sip->started, &sip->lock);
  g_mutex_unlock (&sip->lock);
  if (!sip->start_error)
    return sip;

  /* why: no such address, or only no port? */
  g_autoptr (GSocket) socket = probe (sip, 0, NULL);
  if (socket)
    g_propagate_error (error, g_steal_pointer (&sip->start_error));
  else
    g_set_error (error, IPD_SIP_ERROR, IPD_SIP_ERROR_ADDRESS, "%s is not an address of this computer.", sip->host);
  discard (sip);
  return NULL;
}

guint16
ipd_sip_get_port (IpdSip *sip)
{
  return sip->port;
}

/* ---- the end ---- */

static void
farewell (IpdSip *sip)
{
  ipd_sip_calls_farewell (sip);
  ipd_sip_registrations_farewell (sip);
}

static void
finish_shutdown (IpdSip *sip)
{
  su_timer_reset (sip->shutdown_timer);
  sip->shutting_down = FALSE;
  ipd_sip_emit (sip, ipd_sip_event_new (IPD_SIP_STOPPED));
}

void
ipd_sip_something_ended (IpdSip *sip)
{
  if (sip->shutting_down && g_hash_table_size (sip->calls) == 0 && g_hash_table_size (sip->registrations) == 0
      && g_hash_table_size (sip->messages) == 0)
    finish_shutdown (sip);
}

static void
on_shutdown_timeout (su_root_magic_t *sip, su_timer_t *timer, su_timer_arg_t *arg)
{
  /* somebody did not answer our farewell; they will notice by themselves */
  g_hash_table_remove_all (sip->calls);
  g_hash_table_remove_all (sip->registrations);
  g_hash_table_remove_all (sip->messages);
  finish_shutdown (sip);
}

static void
do_shutdown (IpdSip *sip, gpointer data)
{
  sip->shutting_down = TRUE;
  sip->shutdown_timer = su_timer_create (su_root_task (sip->root), 0);
  su_timer_set_interval (sip->shutdown_timer, on_shutdown_timeout, NULL, SHUTDOWN_MS);
  farewell (sip);
  ipd_sip_something_ended (sip);
}

void
ipd_sip_shutdown (IpdSip *sip)
{
  if (sip->stopped)
    return;
  sip->stopped = TRUE;
  ipd_sip_post (sip, do_shutdown, NULL, NULL);
}

static void
do_end (IpdSip *sip, gpointer data)
{
  farewell (sip);
  /* whoever sent this job has left su_msg_send() once we had the lock; then the port may go */
  g_mutex_lock (&sip->lock);
  g_mutex_unlock (&sip->lock);
  su_root_break (sip->root);
}

void
ipd_sip_free (IpdSip *sip)
{
  if (!sip)
    return;
  ipd_sip_post (sip, do_end, NULL, NULL);
  discard (sip);
}

/* ---- counts ---- */

typedef struct {
  IpdSipCounts counts;
  gboolean done; /* guarded by sip->lock */
} Census;

static void
do_count (IpdSip *sip, gpointer data)
{
  Census *census = data;
  usize_t legs = 0;
  nta_agent_get_stats (sip->agent, NTATAG_S_LEG_HASH_USED_REF (legs), TAG_END ());
  census->counts.calls = g_hash_table_size (sip->calls);
  census->counts.registrations = g_hash_table_size (sip->registrations);
  census->counts.requests
      = g_hash_table_size (sip->messages) + (sip->registrar ? ipd_sip_registrar_count_pending (sip->registrar) : 0);
  census->counts.dialogs = (guint) legs;
  g_mutex_lock (&sip->lock);
  census->done = TRUE;
  g_cond_signal (&sip->started);
  g_mutex_unlock (&sip->lock);
}

void
ipd_sip_get_counts (IpdSip *sip, IpdSipCounts *ret_counts)
{
  Census census = { 0 };
  ipd_sip_post (sip, do_count, &census, NULL);
  g_mutex_lock (&sip->lock);
  while (!census.done)
    g_cond_wait (&sip->started, &sip->lock);
  g_mutex_unlock (&sip->lock);
  *ret_counts = census.counts;
}
