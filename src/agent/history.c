// SPDX-License-Identifier: Apache-2.0
/* Translates calls and commands into rows and rows into the contract's dictionaries. Main context only. */
#include "agent/history.h"

#define LIMIT_MAX 1000

/* Said once: a full disk would otherwise fill the log as well. */
static void
complain (const GError *error)
{
  static bool said = false;

  if (!said)
    g_warning ("the history is not being kept: %s", error->message);
  said = true;
}

IpdStore *
ipd_history_open (const char *path)
{
  g_autoptr (GError) error = NULL;
  IpdStoreFlags flags = 0;
  IpdStore *store = ipd_store_open (path, &flags, &error);

  if (store == NULL)
    complain (error);
  else if ((flags & IPD_STORE_REPLACED) != 0)
    g_warning ("the history was damaged; it was put aside and a new one begun");
  return store;
}

gint64
ipd_history_get_number (IpdStore *store, const char *key)
{
  g_autoptr (GError) error = NULL;
  int64_t value = 0;

  if (store != NULL && !ipd_store_get_number (store, key, 0, &value, &error))
    complain (error);
  return value;
}

void
ipd_history_put_number (IpdStore *store, const char *key, gint64 value)
{
  g_autoptr (GError) error = NULL;

  if (store != NULL && !ipd_store_put_number (store, key, value, &error))
    complain (error);
}

void
ipd_history_put_call (IpdStore *store, const IpdCall *call)
{
  g_autoptr (GError) error = NULL;
  IpdVisitRecord record = { .id = call->visit,
                            .device = call->device,
                            .device_name = call->device_name,
                            .started_us = call->started_us,
                            .answered_by = call->answered_by,
                            .opened_by = call->opened_by,
                            .output = call->output,
                            .contact = call->contact };

  if (store == NULL)
    return;
  if (call->state == IPD_CALL_ENDED)
    record.ended_us = g_get_real_time ();
  g_strlcpy (record.outcome, ipd_call_reason_to_string (call->reason), sizeof record.outcome);
  if (!ipd_store_put_visit (store, &record, &error))
    complain (error);
}

void
ipd_history_put_opening (IpdStore *store, const IpdOpening *opening, const IpdName *device_name, const IpdId *client,
                         const IpdName *client_name)
{
  g_autoptr (GError) error = NULL;
  const IpdAccess access = { .id = opening->id,
                             .time_us = g_get_real_time (),
                             .device = opening->device,
                             .device_name = *device_name,
                             .output = opening->output,
                             .client = *client,
                             .client_name = *client_name,
                             .visit = opening->visit,
                             .state = opening->state,
                             .refusal = opening->refusal };
  bool is_new;

  if (store == NULL)
    return;
  if (!ipd_store_put_access (store, &access, &is_new, &error)
      || (!is_new && !ipd_store_update_access (store, &opening->id, opening->state, opening->refusal, &error)))
    complain (error);
}

static GVariant *
entry_to_variant (const IpdHistoryEntry *entry)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", entry->id.s);
  g_variant_dict_insert (&dict, "kind", "s", entry->kind == IPD_HISTORY_VISIT ? "visit" : "access");
  g_variant_dict_insert (&dict, "device", "s", entry->device.s);
  g_variant_dict_insert (&dict, "device-name", "s", entry->device_name.s);
  g_variant_dict_insert (&dict, "started", "x", (gint64) entry->started_us);
  if (entry->ended_us != 0)
    g_variant_dict_insert (&dict, "ended", "x", (gint64) entry->ended_us);
  g_variant_dict_insert (&dict, "outcome", "s", entry->outcome);
  g_variant_dict_insert (&dict, "by", "s", entry->by.s);
  g_variant_dict_insert (&dict, "output", "s", entry->output.s);
  g_variant_dict_insert (&dict, "contact", "s", ipd_contact_to_string (entry->contact));
  return g_variant_dict_end (&dict);
}

GVariant *
ipd_history_to_variant (IpdStore *store, guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) entries = NULL;
  GVariantBuilder builder;

  if (store != NULL)
    entries = ipd_store_history (store, CLAMP (limit, 1, LIMIT_MAX), 0, &error);
  if (error != NULL)
    complain (error);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    g_variant_builder_add_value (&builder, entry_to_variant (&g_array_index (entries, IpdHistoryEntry, i)));
  return g_variant_builder_end (&builder);
}

void
ipd_history_wipe (IpdStore *store)
{
  g_autoptr (GError) error = NULL;

  if (store != NULL && !ipd_store_wipe (store, &error))
    g_warning ("the history could not be wiped: %s", error->message);
}
