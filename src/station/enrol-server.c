// SPDX-License-Identifier: Apache-2.0
/*
 * Enrolment codes and the answers to start and finish. Called by service.c for HTTP and station.c for the verb.
 * A wrong proof, an unknown hint, an expired, used-up or burnt code all get the same answer after the same work.
 * Nothing here logs a code, a hint or a proof.
 */
#include "station/enrol-server.h"

#include "station/third-party.h"
#include "wire/enrolment.h"
#include "wire/random.h"
#include "wire/secret.h"
#include "wire/sip-auth.h"

#include <netinet/in.h>
#include <sodium.h>
#include <string.h>

#define MINUTE_US    (60 * G_USEC_PER_SEC)
#define FINISHES_MAX 1024 /* remembered: more than 50 guessers at full speed */

typedef struct {
  gint64 time_us; /* monotonic */
  char source[INET6_ADDRSTRLEN];
} Finish;

typedef struct {
  IpdEnrolKey key;
  char hint[IPD_ENROL_HINT_LENGTH + 1];
  char *name;
  char *profile;
  gint64 expires_us; /* monotonic */
  guint tries;
  gboolean used;
  uint8_t client_pk[IPD_PK_OCTETS]; /* once used: only this key may repeat */
} Code;

struct _IpdEnrolServer {
  const IpdStationConfig *config;
  const IpdStationIdentity *identity;
  IpdPlant *plant;
  IpdRefusals *refusals;
  const IpdClock *clock;
  GPtrArray *codes;      /* of Code */
  GArray *finishes;      /* of Finish: within the last minute, oldest first */
  IpdEnrolKey nobody;    /* stands for the code behind an unknown hint */
  uint8_t nonce_key[16]; /* marks the nonces that we offered, so that none has to be kept */
};

static void
code_free (gpointer data)
{
  Code *self = data;
  g_free (self->name);
  g_free (self->profile);
  ipd_wipe (self, sizeof *self);
  g_free (self);
}

IpdEnrolServer *
ipd_enrol_server_new (const IpdStationConfig *config, const IpdStationIdentity *identity, IpdPlant *plant,
                      IpdRefusals *refusals, const IpdClock *clock)
{
  IpdEnrolServer *self = g_new0 (IpdEnrolServer, 1);
  self->config = config;
  self->identity = identity;
  self->plant = plant;
  self->refusals = refusals;
  self->clock = clock;
  self->codes = g_ptr_array_new_with_free_func (code_free);
  self->finishes = g_array_new (FALSE, FALSE, sizeof (Finish));
  ipd_random_octets (&self->nobody, sizeof self->nobody);
  ipd_random_octets (self->nonce_key, sizeof self->nonce_key);
  return self;
}

void
ipd_enrol_server_free (IpdEnrolServer *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->codes);
  g_array_unref (self->finishes);
  ipd_wipe (self, sizeof *self);
  g_free (self);
}

static void
drop_expired (IpdEnrolServer *self)
{
  gint64 now_us = ipd_clock_monotonic_us (self->clock);
  for (guint i = self->codes->len; i > 0; i--)
    {
      const Code *code = self->codes->pdata[i - 1];
      if (code->expires_us <= now_us || code->tries == 0)
        g_ptr_array_remove_index (self->codes, i - 1);
    }
}

gboolean
ipd_enrol_server_add_code (IpdEnrolServer *self, const char *name, const char *profile, char **ret_code,
                           gint64 *ret_expires_us)
{
  char text[IPD_ENROL_CODE_LENGTH + 1], shown[IPD_ENROL_CODE_SHOWN + 1];
  drop_expired (self);
  if (self->codes->len >= IPD_ENROL_CODES_MAX)
    return FALSE;
  Code *code = g_new0 (Code, 1);
  ipd_enrol_code_generate (text);
  ipd_enrol_code_format (text, shown);
  ipd_enrol_key_from_code (text, &code->key);
  ipd_enrol_hint (&code->key, code->hint);
  code->name = g_strdup (name);
  code->profile = g_strdup (profile);
  code->tries = IPD_ENROL_TRIES;
  code->expires_us = ipd_clock_monotonic_us (self->clock) + IPD_ENROL_CODE_LIFETIME_S * G_USEC_PER_SEC;
  g_ptr_array_add (self->codes, code);
  *ret_code = g_strdup (shown);
  *ret_expires_us = ipd_clock_wall_us (self->clock) + IPD_ENROL_CODE_LIFETIME_S * G_USEC_PER_SEC;
  ipd_wipe (text, sizeof text);
  ipd_wipe (shown, sizeof shown);
  return TRUE;
}

/* A nonce of ours: 8 octets (minute, random) and 8 octets that only we can compute from them. */
static void
mark_nonce (const IpdEnrolServer *self, uint8_t nonce[static IPD_ENROL_NONCE_OCTETS])
{
  uint8_t mark[crypto_generichash_BYTES_MIN];
  crypto_generichash (mark, sizeof mark, nonce, 8, self->nonce_key, sizeof self->nonce_key);
  memcpy (nonce + 8, mark, 8);
}

static guint32
current_minute (const IpdEnrolServer *self)
{
  return (guint32) (ipd_clock_monotonic_us (self->clock) / MINUTE_US);
}

static gboolean
nonce_is_ours (const IpdEnrolServer *self, const uint8_t nonce[static IPD_ENROL_NONCE_OCTETS])
{
  uint8_t expected[IPD_ENROL_NONCE_OCTETS];
  guint32 minute;
  memcpy (&minute, nonce, sizeof minute);
  memcpy (expected, nonce, 8);
  mark_nonce (self, expected);
  return sodium_memcmp (expected, nonce, sizeof expected) == 0
         && current_minute (self) - minute <= IPD_ENROL_CODE_LIFETIME_S / 60;
}

static guint
refuse (guint status, const char *word, char **ret_json)
{
  *ret_json = g_strdup_printf ("{\"error\":\"%s\"}", word);
  return status;
}

guint
ipd_enrol_server_start (IpdEnrolServer *self, const char *body, gsize octets, char **ret_json)
{
  char hint[IPD_ENROL_HINT_LENGTH + 1];
  IpdEnrolOffer offer;
  if (!ipd_enrol_start_read (body, octets, hint, NULL))
    return refuse (400, "form", ret_json);
  guint32 minute = current_minute (self);
  memcpy (offer.authority_pk, self->identity->authority.pk, sizeof offer.authority_pk);
  ipd_random_octets (offer.nonce, sizeof offer.nonce);
  memcpy (offer.nonce, &minute, sizeof minute);
  mark_nonce (self, offer.nonce);
  *ret_json = ipd_enrol_offer_write (&offer);
  return 200;
}

/*
 * At most IPD_ENROL_FINISHES_A_MINUTE from each address. Not from all together: then one stranger who guesses would
 * keep everybody else from enrolling. Guessing is bounded by the tries of a code, whoever makes them.
 */
static gboolean
is_too_fast (IpdEnrolServer *self, const char *source)
{
  Finish now = { .time_us = ipd_clock_monotonic_us (self->clock) };
  guint of_source = 0;
  g_strlcpy (now.source, source != NULL ? source : "", sizeof now.source);
  while (self->finishes->len > 0 && g_array_index (self->finishes, Finish, 0).time_us <= now.time_us - MINUTE_US)
    g_array_remove_index (self->finishes, 0);
  for (guint i = 0; i < self->finishes->len; i++)
    of_source += g_str_equal (g_array_index (self->finishes, Finish, i).source, now.source) ? 1 : 0;
  if (of_source >= IPD_ENROL_FINISHES_A_MINUTE || self->finishes->len >= FINISHES_MAX)
    return TRUE;
  g_array_append_val (self->finishes, now);
  return FALSE;
}

static Code *
find_code (IpdEnrolServer *self, const char *hint)
{
  drop_expired (self);
  for (guint i = 0; i < self->codes->len; i++)
    {
      Code *code = self->codes->pdata[i];
      if (sodium_memcmp (code->hint, hint, IPD_ENROL_HINT_LENGTH) == 0)
        return code;
    }
  return NULL;
}

/* Returns: the code, if the proof is right and the code is free or already this client's. */
static Code *
check_finish (IpdEnrolServer *self, const char *source, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish)
{
  Code *code = find_code (self, finish->hint);
  gboolean proven = ipd_enrol_finish_verify (code != NULL ? &code->key : &self->nobody, offer, finish);
  if (code == NULL)
    ipd_refusals_log (self->refusals, source != NULL ? source : "?", "enrolment", "no code waits that it could be for");
  /* A proof over a nonce that was never given costs no try: five blind requests with an overheard hint must not burn a
   * code. */
  if (code == NULL || !nonce_is_ours (self, finish->nonce))
    return NULL;
  if (!proven)
    {
      code->tries--;
      g_message ("enrolment refused: wrong proof, %u tries left for this code", code->tries);
      return NULL;
    }
  gboolean foreign = code->used && memcmp (code->client_pk, finish->pk, sizeof code->client_pk) != 0;
  if (foreign)
    g_message ("enrolment refused: the code has enabled another client already");
  return foreign ? NULL : code;
}

static const IpdClient *
licence_for (IpdEnrolServer *self, Code *code, const IpdEnrolFinish *finish, GError **error)
{
  IpdId id = ipd_id_from_pk (finish->pk);
  if (code->used)
    {
      const IpdClient *known = ipd_plant_find (self->plant, &id);
      return known != NULL && !known->removed ? known : NULL;
    }
  const char *name = code->name[0] != '\0' ? code->name : finish->name.s[0] != '\0' ? finish->name.s : "Client";
  const IpdClient *client = ipd_plant_issue (self->plant, finish->pk, name, code->profile, error);
  if (client == NULL)
    return NULL;
  code->used = TRUE;
  memcpy (code->client_pk, finish->pk, sizeof code->client_pk);
  g_message ("client %s enrolled as “%s”, profile %s", id.s, client->licence.name.s, code->profile);
  return client;
}

static GBytes *
make_package (IpdEnrolServer *self, const IpdClient *client, GError **error)
{
  IpdEnrolPackage package = { 0 };
  ipd_name_set (&package.plant_name, ipd_plant_get_name (self->plant));
  package.client = client->licence.client;
  package.licence = client->token;
  package.directory = (char *) ipd_plant_get_directory (self->plant);
  package.sip[0].station = self->identity->device.id;
  package.sip[0].secret = ipd_sip_secret (self->identity->k_station, &client->licence.client);
  package.n_sip = 1;
  ipd_third_party_pack (self->config, &self->identity->authority.id, &client->licence.profile, &package);
  GBytes *sealed = ipd_enrol_package_seal (&self->identity->authority, client->licence.pk, &package, error);
  ipd_wipe (&package.sip, sizeof package.sip);
  ipd_wipe (package.vendors, package.n_vendors * sizeof *package.vendors);
  g_free (package.vendors);
  return sealed;
}

guint
ipd_enrol_server_finish (IpdEnrolServer *self, const char *source, const char *body, gsize octets, char **ret_json)
{
  IpdEnrolFinish finish;
  IpdEnrolOffer offer;
  g_auto (IpdEnrolReply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  if (is_too_fast (self, source))
    return refuse (429, "busy", ret_json);
  if (!ipd_enrol_finish_read (body, octets, &finish, NULL))
    return refuse (400, "form", ret_json);
  memcpy (offer.authority_pk, self->identity->authority.pk, sizeof offer.authority_pk);
  memcpy (offer.nonce, finish.nonce, sizeof offer.nonce);
  Code *code = check_finish (self, source, &offer, &finish);
  const IpdClient *client = code != NULL ? licence_for (self, code, &finish, &error) : NULL;
  if (client == NULL && error == NULL)
    return refuse (403, "code", ret_json);
  g_autoptr (GBytes) package = client != NULL ? make_package (self, client, &error) : NULL;
  if (package == NULL)
    {
      g_warning ("enrolment failed: %s", error->message);
      return refuse (503, "store", ret_json);
    }
  ipd_enrol_reply_make (&code->key, &offer, &finish, package, &reply);
  *ret_json = ipd_enrol_reply_write (&reply);
  return 200;
}
