// SPDX-License-Identifier: Apache-2.0
/*
 * Bindings of clients. Owned by IpdStation; fed by its SIP events.
 * Every refresh would wear a station's flash: the store is written only when something changed. How long a binding
 * counts is measured by the monotonic clock; a station whose clock was set, or that starts in 1970 because its battery
 * is empty, rings the same clients. So after a restart each kept one counts for one more registration period.
 */
#include "station/registrar.h"

#include "sip/sip.h"

#include <string.h>

struct _IpdRegistrar {
  IpdPlant *plant;
  IpdStore *store;
  const IpdClock *clock;
  GHashTable *bindings; /* id text, inside the value, to Entry */
};

typedef struct {
  IpdBinding binding; /* .expires_s: monotonic */
  gboolean kept;      /* the store has it */
} Entry;

static gint64
now_s (const IpdRegistrar *self)
{
  return ipd_clock_monotonic_us (self->clock) / G_USEC_PER_SEC;
}

static void
insert (IpdRegistrar *self, const IpdBinding *binding, gboolean kept)
{
  Entry *entry = g_new0 (Entry, 1);
  entry->binding = *binding;
  entry->kept = kept;
  g_hash_table_replace (self->bindings, entry->binding.client.s, entry);
}

IpdRegistrar *
ipd_registrar_new (IpdPlant *plant, IpdStore *store, const IpdClock *clock, GError **error)
{
  g_autoptr (IpdRegistrar) self = g_new0 (IpdRegistrar, 1);
  self->plant = plant;
  self->store = store;
  self->clock = clock;
  self->bindings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GArray) kept = ipd_store_bindings (store, 0, error);
  if (kept == NULL)
    return NULL;
  for (guint i = 0; i < kept->len; i++)
    {
      IpdBinding binding = g_array_index (kept, IpdBinding, i);
      binding.expires_s = now_s (self) + IPD_SIP_EXPIRES;
      insert (self, &binding, TRUE);
    }
  return g_steal_pointer (&self);
}

void
ipd_registrar_free (IpdRegistrar *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->bindings);
  g_free (self);
}

static gboolean
read_request (const IpdSipEvent *request, IpdBinding *ret_binding)
{
  IpdBinding binding = { .contact_port = request->contact_port, .source_port = request->source_port };
  if (!ipd_id_from_text (request->from_user, &binding.client)
      || !ipd_short_id_from_text (request->licence, &binding.licence))
    return FALSE;
  if (!ipd_short_id_from_text (request->contact_user, &binding.contact_user) || request->contact_host == NULL
      || request->source_host == NULL || strlen (request->contact_host) > IPD_ADDRESS_CHARS
      || strlen (request->source_host) > IPD_ADDRESS_CHARS)
    return FALSE;
  g_strlcpy (binding.contact_host, request->contact_host, sizeof binding.contact_host);
  g_strlcpy (binding.source_host, request->source_host, sizeof binding.source_host);
  *ret_binding = binding;
  return TRUE;
}

static gboolean
is_same_place (const IpdBinding *a, const IpdBinding *b)
{
  return ipd_short_id_equal (&a->contact_user, &b->contact_user) && g_str_equal (a->source_host, b->source_host)
         && a->source_port == b->source_port && g_str_equal (a->contact_host, b->contact_host)
         && a->contact_port == b->contact_port && ipd_short_id_equal (&a->licence, &b->licence);
}

static gboolean
keep (IpdRegistrar *self, const IpdBinding *binding)
{
  g_autoptr (GError) error = NULL;
  IpdBinding row = *binding;
  row.expires_s = ipd_clock_wall_us (self->clock) / G_USEC_PER_SEC + IPD_SIP_EXPIRES; /* for who reads the file */
  if (ipd_store_put_binding (self->store, &row, &error))
    return TRUE;
  g_warning ("the registration of client %s will not survive a restart: %s", binding->client.s, error->message);
  return FALSE;
}

/* A client that registers anew takes its old Contact away at the same time; the two may come in any order. */
static IpdRegistrarVerdict
take_away (IpdRegistrar *self, const Entry *old, const IpdBinding *named)
{
  if (old == NULL || !ipd_short_id_equal (&old->binding.contact_user, &named->contact_user))
    return IPD_REGISTRAR_REFRESHED;
  ipd_registrar_forget (self, &named->client);
  return IPD_REGISTRAR_GONE;
}

IpdRegistrarVerdict
ipd_registrar_take (IpdRegistrar *self, const IpdSipEvent *request, guint *ret_expires)
{
  IpdBinding binding;
  *ret_expires = 0;
  if (!read_request (request, &binding) || !ipd_plant_is_licensed (self->plant, &binding.client, &binding.licence))
    return IPD_REGISTRAR_REFUSED;
  const Entry *old = g_hash_table_lookup (self->bindings, binding.client.s);
  if (request->expires == 0)
    return take_away (self, old, &binding);
  *ret_expires = MIN (request->expires, IPD_SIP_EXPIRES);
  binding.expires_s = now_s (self) + *ret_expires;
  gboolean same = old != NULL && is_same_place (&old->binding, &binding);
  insert (self, &binding, (same && old->kept) || keep (self, &binding));
  return same ? IPD_REGISTRAR_REFRESHED : IPD_REGISTRAR_NEW;
}

const IpdBinding *
ipd_registrar_find (const IpdRegistrar *self, const IpdId *client)
{
  const Entry *entry = g_hash_table_lookup (self->bindings, client->s);
  return entry != NULL && entry->binding.expires_s > now_s (self) ? &entry->binding : NULL;
}

GPtrArray *
ipd_registrar_list (const IpdRegistrar *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->bindings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      IpdBinding *binding = &((Entry *) value)->binding;
      if (binding->expires_s > now_s (self) && ipd_plant_is_licensed (self->plant, &binding->client, &binding->licence))
        g_ptr_array_add (list, binding);
    }
  return list;
}

void
ipd_registrar_forget (IpdRegistrar *self, const IpdId *client)
{
  g_autoptr (GError) error = NULL;
  if (!ipd_store_delete_binding (self->store, client, &error))
    g_warning ("the registration of client %s stays on disk: %s", client->s, error->message);
  g_hash_table_remove (self->bindings, client->s);
}
