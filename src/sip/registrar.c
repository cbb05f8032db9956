// SPDX-License-Identifier: Apache-2.0
// The station's registrar (docs/protocol.md §7): digest here, licence by the program, bindings kept by the program.
// Until the digest is right a REGISTER costs no state. Runs in the SIP thread; ipd_sip_register_reply() is called in
// the creator's.
#include "sip/binding.h"
#include "sip/check.h"
#include "sip/digest.h"
#include "sip/message.h"
#include "sip/nonce.h"
#include "wire/random.h"

#include <string.h>

struct _IpdSipRegistrar {
  IpdSip *sip;
  IpdSipNonces *nonces;
  IpdShortId no_secret; /* compared with when there is no such user: nobody knows it */
  GHashTable *pending;  /* guint64 -> Pending, owned: waits for the program's verdict */
};

typedef struct {
  guint64 id;
  nta_incoming_t *irq;
  char *contact; /* (nullable) as it was given, for the 200 */
  gboolean leaving;
} Pending;

static void
pending_free (gpointer data)
{
  Pending *pending = data;
  nta_incoming_destroy (pending->irq);
  g_free (pending->contact);
  g_free (pending);
}

IpdSipRegistrar *
ipd_sip_registrar_new (IpdSip *sip)
{
  IpdSipRegistrar *registrar = g_new0 (IpdSipRegistrar, 1);
  registrar->sip = sip;
  registrar->nonces = ipd_sip_nonces_new ();
  registrar->no_secret = ipd_random_short_id ();
  registrar->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, pending_free);
  return registrar;
}

void
ipd_sip_registrar_free (IpdSipRegistrar *registrar)
{
  g_hash_table_unref (registrar->pending);
  ipd_sip_nonces_free (registrar->nonces);
  g_free (registrar);
}

guint
ipd_sip_registrar_count_pending (IpdSipRegistrar *registrar)
{
  return g_hash_table_size (registrar->pending);
}

/* ---- the digest ---- */

typedef enum {
  GOOD,
  WRONG,
  STALE,
} Verdict;

static gint64
now_seconds (void)
{
  return g_get_monotonic_time () / G_USEC_PER_SEC;
}

static void
challenge (IpdSipRegistrar *registrar, msg_t *msg, const char *source, gboolean stale)
{
  g_autofree char *nonce = ipd_sip_nonces_make (registrar->nonces, source, now_seconds ());
  g_autofree char *value = g_strdup_printf ("Digest realm=\"" IPD_SIP_REALM "\", nonce=\"%s\", algorithm=MD5, "
                                            "qop=\"auth\"%s",
                                            nonce, stale ? ", stale=true" : "");
  nta_msg_treply (registrar->sip->agent, msg, SIP_401_UNAUTHORIZED, SIPTAG_WWW_AUTHENTICATE_STR (value), TAG_END ());
}

static gboolean
knows_secret (IpdSipRegistrar *registrar, const IpdSipCredentials *credentials)
{
  IpdSip *sip = registrar->sip;
  char *secret = sip->secret_lookup (credentials->user, sip->secret_data);
  /* the same work for a user there is not */
  gboolean right = ipd_sip_credentials_right (credentials, "REGISTER", secret ? secret : registrar->no_secret.s);
  gboolean known = secret != NULL;
  if (secret)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
  return known && right;
}

/* The uri of the digest is the R-URI, perhaps written a little differently (RFC 2617 §3.2.2.5). */
static gboolean
names_the_same (su_home_t *home, const char *uri, const url_t *ruri)
{
  const char *exact = url_as_string (home, ruri);
  const url_t *given = url_make (home, uri);
  return g_strcmp0 (uri, exact) == 0 || (given && url_cmp (given, ruri) == 0);
}

static Verdict
authenticate (IpdSipRegistrar *registrar, const sip_t *request, const char *source)
{
  su_home_t home[1] = { SU_HOME_INIT (home) };
  IpdSipCredentials credentials;
  const char *to_user = request->sip_to->a_url->url_user;
  const char *from_user = request->sip_from->a_url->url_user;
  Verdict verdict = WRONG;
  if (ipd_sip_credentials_read (home, request, &credentials) && g_strcmp0 (credentials.user, to_user) == 0
      && g_strcmp0 (credentials.user, from_user) == 0 && knows_secret (registrar, &credentials))
    {
      IpdSipNonceVerdict nonce
          = ipd_sip_nonces_use (registrar->nonces, credentials.nonce, credentials.nc, source, now_seconds ());
      if (nonce == IPD_SIP_NONCE_STALE)
        verdict = STALE;
      else if (names_the_same (home, credentials.uri, request->sip_request->rq_url))
        verdict = GOOD;
    }
  su_home_deinit (home);
  return verdict;
}

/* ---- after the digest ---- */

static void
hold (IpdSipRegistrar *registrar, nta_incoming_t *irq, IpdSipEvent *event, char *contact)
{
  Pending *pending = g_new0 (Pending, 1);
  pending->id = ipd_sip_take_id (registrar->sip);
  pending->irq = irq;
  pending->contact = contact;
  pending->leaving = event->expires == 0;
  g_hash_table_insert (registrar->pending, &pending->id, pending);
  event->request = pending->id;
  ipd_sip_emit (registrar->sip, event);
}

static void
ask_program (IpdSipRegistrar *registrar, msg_t *msg, sip_t *request)
{
  IpdSip *sip = registrar->sip;
  g_autoptr (IpdSipEvent) event = NULL;
  g_autofree char *contact = NULL;
  int status = 0;
  switch (ipd_sip_binding_read (msg, request, &event, &contact))
    {
    case IPD_SIP_BINDING_GOOD:
      status = g_hash_table_size (registrar->pending) >= IPD_SIP_PENDING_MAX ? 503 : 0;
      break;
    case IPD_SIP_BINDING_QUERY:
      status = 200;
      break;
    case IPD_SIP_BINDING_BAD:
      status = 400;
      break;
    }
  if (status)
    {
      nta_msg_treply (sip->agent, msg, status, sip_status_phrase (status), TAG_END ());
      return;
    }
  nta_incoming_t *irq = nta_incoming_create (sip->agent, NULL, msg, request, TAG_END ());
  if (irq)
    hold (registrar, irq, g_steal_pointer (&event), g_steal_pointer (&contact));
}

void
ipd_sip_registrar_receive (IpdSipRegistrar *registrar, msg_t *msg, sip_t *request)
{
  guint16 port;
  g_autofree char *host = ipd_sip_source (msg, &port);
  g_autofree char *source = g_strdup_printf ("%s %u", host, port);
  Verdict verdict = authenticate (registrar, request, source);
  if (verdict == GOOD)
    ask_program (registrar, msg, request);
  else
    challenge (registrar, msg, source, verdict == STALE);
}

/* ---- the program's verdict ---- */

typedef struct {
  guint64 request;
  int status;
  char *boot;
  guint expires;
} Reply;

static void
reply_free (gpointer data)
{
  g_free (((Reply *) data)->boot);
  g_free (data);
}

static void
do_reply (IpdSip *sip, gpointer data)
{
  Reply *reply = data;
  Pending *pending = sip->registrar ? g_hash_table_lookup (sip->registrar->pending, &reply->request) : NULL;
  if (!pending)
    return;
  if (reply->status == 200)
    {
      guint expires = pending->leaving ? 0 : reply->expires;
      g_autofree char *contact = g_strdup_printf ("%s;expires=%u", pending->contact, expires);
      g_autofree char *boot = reply->boot ? g_strdup_printf (IPD_SIP_HEADER_BOOT ": %s", reply->boot) : NULL;
      nta_incoming_treply (pending->irq, SIP_200_OK, TAG_IF (!pending->leaving, SIPTAG_CONTACT_STR (contact)),
                           TAG_IF (boot, SIPTAG_HEADER_STR (boot)), TAG_END ());
    }
  else
    nta_incoming_treply (pending->irq, reply->status, NULL, TAG_END ());
  g_hash_table_remove (sip->registrar->pending, &reply->request);
}

void
ipd_sip_register_reply (IpdSip *sip, guint64 request, int status, const char *boot, guint expires)
{
  g_return_if_fail (status >= 200 && status <= 699 && (!boot || ipd_sip_value_ok (boot)));
  Reply *reply = g_new (Reply, 1);
  *reply = (Reply){ request, status, g_strdup (boot), MIN (expires ? expires : IPD_SIP_EXPIRES, IPD_SIP_EXPIRES) };
  ipd_sip_post (sip, do_reply, reply, reply_free);
}
