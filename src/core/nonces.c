// SPDX-License-Identifier: Apache-2.0
/*
 * Nonces given out by a station (docs/protocol.md §10). Called by the station's program, in its main thread.
 */

#include "core/nonces.h"

#include <stddef.h>

typedef struct {
  IpdShortId nonce;
  IpdShortId visit;   /* none: asked for */
  int64_t expires_ms; /* of an asked-for one */
} Entry;

/* Oldest first: @nonces in the order they were given, @seen as a ring. */
typedef struct {
  IpdId id;
  Entry nonces[IPD_NONCES_MAX];
  unsigned n_nonces;
  IpdShortId seen[IPD_NONCE_REQUESTS_SEEN];
  unsigned next_seen;
} Client;

struct _IpdNonceTable {
  GHashTable *clients; /* id text, inside the Client -> Client */
};

IpdNonceTable *
ipd_nonce_table_new (void)
{
  IpdNonceTable *table = g_new0 (IpdNonceTable, 1);
  table->clients = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  return table;
}

void
ipd_nonce_table_free (IpdNonceTable *table)
{
  if (table == NULL)
    return;
  g_hash_table_unref (table->clients);
  g_free (table);
}

static Client *
client_get (IpdNonceTable *table, const IpdId *id)
{
  Client *client = g_hash_table_lookup (table->clients, id->s);
  if (client == NULL)
    {
      client = g_new0 (Client, 1);
      client->id = *id;
      g_hash_table_insert (table->clients, client->id.s, client);
    }
  return client;
}

static void
drop (Client *client, unsigned index)
{
  client->n_nonces--;
  for (unsigned i = index; i < client->n_nonces; i++)
    client->nonces[i] = client->nonces[i + 1];
  client->nonces[client->n_nonces] = (Entry){ 0 };
}

static bool
is_alive (const Entry *entry, int64_t now_ms)
{
  return !ipd_short_id_is_none (&entry->visit) || now_ms < entry->expires_ms;
}

static void
drop_expired (Client *client, int64_t now_ms)
{
  for (unsigned i = client->n_nonces; i > 0; i--)
    if (!is_alive (&client->nonces[i - 1], now_ms))
      drop (client, i - 1);
}

/* False when all eight are of visits, and those never go. */
static bool
make_room (Client *client, int64_t now_ms)
{
  drop_expired (client, now_ms);
  if (client->n_nonces < IPD_NONCES_MAX)
    return true;
  for (unsigned i = 0; i < client->n_nonces; i++)
    if (ipd_short_id_is_none (&client->nonces[i].visit))
      {
        drop (client, i);
        return true;
      }
  return false;
}

static bool
was_seen (const Client *client, const IpdShortId *request)
{
  for (unsigned i = 0; i < IPD_NONCE_REQUESTS_SEEN; i++)
    if (ipd_short_id_equal (&client->seen[i], request))
      return true;
  return false;
}

IpdNonceVerdict
ipd_nonce_table_ask (IpdNonceTable *table, const IpdId *client, const IpdShortId *request, const IpdShortId *fresh,
                     int64_t now_ms)
{
  Client *known = client_get (table, client);

  if (was_seen (known, request))
    return IPD_NONCE_SEEN;
  known->seen[known->next_seen] = *request;
  known->next_seen = (known->next_seen + 1) % IPD_NONCE_REQUESTS_SEEN;
  if (!make_room (known, now_ms))
    return IPD_NONCE_FULL;
  known->nonces[known->n_nonces++] = (Entry){ .nonce = *fresh, .expires_ms = now_ms + IPD_NONCE_LIFETIME_MS };
  return IPD_NONCE_GIVEN;
}

bool
ipd_nonce_table_put (IpdNonceTable *table, const IpdId *client, const IpdShortId *visit, const IpdShortId *fresh,
                     int64_t now_ms)
{
  Client *known = client_get (table, client);

  if (!make_room (known, now_ms))
    return false;
  known->nonces[known->n_nonces++] = (Entry){ .nonce = *fresh, .visit = *visit };
  return true;
}

/* How long it takes says nothing about how much of a guess was right. */
static bool
equal_constant_time (const IpdShortId *a, const IpdShortId *b)
{
  unsigned difference = 0;
  for (size_t i = 0; i < sizeof a->s; i++)
    difference |= (unsigned) (a->s[i] ^ b->s[i]);
  return difference == 0;
}

bool
ipd_nonce_table_consume (IpdNonceTable *table, const IpdId *client, const IpdShortId *nonce, int64_t now_ms,
                         IpdShortId *ret_visit)
{
  Client *known = g_hash_table_lookup (table->clients, client->s);

  if (known == NULL || ipd_short_id_is_none (nonce))
    return false;
  drop_expired (known, now_ms);
  for (unsigned i = 0; i < known->n_nonces; i++)
    if (equal_constant_time (&known->nonces[i].nonce, nonce))
      {
        if (ret_visit != NULL)
          *ret_visit = known->nonces[i].visit;
        drop (known, i);
        return true;
      }
  return false;
}

void
ipd_nonce_table_end_visit (IpdNonceTable *table, const IpdShortId *visit)
{
  GHashTableIter iter;
  gpointer value;

  if (ipd_short_id_is_none (visit))
    return;
  g_hash_table_iter_init (&iter, table->clients);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Client *client = value;
      for (unsigned i = client->n_nonces; i > 0; i--)
        if (ipd_short_id_equal (&client->nonces[i - 1].visit, visit))
          drop (client, i - 1);
    }
}

void
ipd_nonce_table_remove_client (IpdNonceTable *table, const IpdId *client)
{
  g_hash_table_remove (table->clients, client->s);
}

unsigned
ipd_nonce_table_count (const IpdNonceTable *table, const IpdId *client, int64_t now_ms)
{
  const Client *known = g_hash_table_lookup (table->clients, client->s);
  unsigned count = 0;

  for (unsigned i = 0; known != NULL && i < known->n_nonces; i++)
    count += is_alive (&known->nonces[i], now_ms) ? 1 : 0;
  return count;
}
