// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the history file and what waits for it. Translates calls and commands into rows and rows into the contract's
 * dictionaries. Main context only.
 */
#include "agent/history.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LIMIT_MAX     1000
#define RETRY_SECONDS 10

typedef struct {
  bool is_visit;
  union {
    IpdVisitRecord visit;
    IpdAccess access;
  };
} Record;

struct _IpdHistory {
  char *path;
  IpdStore *store;     /* NULL: not opened yet, or it could not be */
  GQueue waiting;      /* of Record, oldest first */
  const char *problem; /* "" = none */
  guint retry_timer;
  void (*changed) (gpointer user_data);
  gpointer user_data;
};

static const char *
sentence_of (const GError *error)
{
  if (g_error_matches (error, IPD_STORE_ERROR, IPD_STORE_ERROR_FULL))
    return _ ("Visits and openings are not recorded: the disk is full.");
  if (g_error_matches (error, IPD_STORE_ERROR, IPD_STORE_ERROR_READONLY))
    return _ ("Visits and openings are not recorded: the disk cannot be written.");
  return _ ("Visits and openings are not recorded: the disk does not work.");
}

/* Said at each change only: a full disk would otherwise fill the log as well. */
static void
set_problem (IpdHistory *self, const GError *error)
{
  const char *problem = error != NULL ? sentence_of (error) : "";

  if (strcmp (problem, self->problem) == 0)
    return;
  self->problem = problem;
  if (error != NULL)
    g_warning ("the history is not being kept: %s", error->message);
  else
    g_message ("the history is being kept again");
  self->changed (self->user_data);
}

/* Damaged while open: opened again, it is put aside and a new one begun. */
static bool
failed (IpdHistory *self, GError *error)
{
  set_problem (self, error);
  if (g_error_matches (error, IPD_STORE_ERROR, IPD_STORE_ERROR_CORRUPT))
    g_clear_pointer (&self->store, ipd_store_close);
  g_error_free (error);
  return false;
}

static bool
interrupt (IpdStore *store, GError **error)
{
  unsigned visits, accesses;

  if (!ipd_store_interrupt_visits (store, &visits, error) || !ipd_store_interrupt_accesses (store, &accesses, error))
    return false;
  if (visits + accesses > 0)
    g_message ("%u visits and %u openings were interrupted when the agent last ended", visits, accesses);
  return true;
}

/* Not only at the start: the disk may have had no room then. */
static bool
is_open (IpdHistory *self, GError **error)
{
  g_autoptr (IpdStore) store = NULL;
  IpdStoreFlags flags = 0;

  if (self->store != NULL)
    return true;
  store = ipd_store_open (self->path, &flags, error);
  if (store == NULL || !interrupt (store, error))
    return false;
  if ((flags & IPD_STORE_REPLACED) != 0)
    g_warning ("the history was damaged; it was put aside and a new one begun");
  self->store = g_steal_pointer (&store);
  return true;
}

/* ---- writing ---- */

static bool
write_access (IpdStore *store, const IpdAccess *access, GError **error)
{
  bool is_new;

  return ipd_store_put_access (store, access, &is_new, error)
         && (is_new || ipd_store_update_access (store, &access->id, access->state, access->refusal, error));
}

static bool
write_record (IpdHistory *self, const Record *record)
{
  GError *error = NULL;

  if (is_open (self, &error)
      && (record->is_visit ? ipd_store_put_visit (self->store, &record->visit, &error)
                           : write_access (self->store, &record->access, &error)))
    return true;
  return failed (self, error);
}

/* In the order in which it happened, so that an older word never comes over a newer one. */
static bool
flush (IpdHistory *self)
{
  while (!g_queue_is_empty (&self->waiting))
    {
      if (!write_record (self, g_queue_peek_head (&self->waiting)))
        return false;
      g_free (g_queue_pop_head (&self->waiting));
    }
  set_problem (self, NULL);
  g_clear_handle_id (&self->retry_timer, g_source_remove);
  return true;
}

static gboolean
on_retry (gpointer user_data)
{
  (void) flush (user_data);
  return G_SOURCE_CONTINUE; /* flush() has removed it when nothing waits any more */
}

static void
put (IpdHistory *self, const Record *record)
{
  g_queue_push_tail (&self->waiting, g_memdup2 (record, sizeof *record));
  if (flush (self))
    return;
  if (self->waiting.length > IPD_HISTORY_WAITING_MAX)
    g_free (g_queue_pop_head (&self->waiting));
  if (self->retry_timer == 0)
    self->retry_timer = g_timeout_add_seconds (RETRY_SECONDS, on_retry, self);
}

IpdHistory *
ipd_history_new (const char *path, void (*changed) (gpointer user_data), gpointer user_data)
{
  IpdHistory *self = g_new0 (IpdHistory, 1);

  self->path = g_strdup (path);
  self->problem = "";
  g_queue_init (&self->waiting);
  self->changed = changed;
  self->user_data = user_data;
  return self;
}

static void
ignore_change (gpointer user_data)
{
}

void
ipd_history_free (IpdHistory *self)
{
  if (self == NULL)
    return;
  self->changed = ignore_change;
  if (!g_queue_is_empty (&self->waiting) && !flush (self))
    g_warning ("%u records of the history are lost: the disk took none of them until the end", self->waiting.length);
  g_clear_handle_id (&self->retry_timer, g_source_remove);
  g_queue_clear_full (&self->waiting, g_free);
  ipd_store_close (self->store);
  g_free (self->path);
  g_free (self);
}

const char *
ipd_history_problem (const IpdHistory *self)
{
  return self->problem;
}

/* ---- numbers ---- */

gint64
ipd_history_get_number (IpdHistory *self, const char *key)
{
  GError *error = NULL;
  int64_t value = 0;

  if (!is_open (self, &error) || !ipd_store_get_number (self->store, key, 0, &value, &error))
    (void) failed (self, error);
  return value;
}

void
ipd_history_put_number (IpdHistory *self, const char *key, gint64 value)
{
  GError *error = NULL;

  if (!is_open (self, &error) || !ipd_store_put_number (self->store, key, value, &error))
    (void) failed (self, error);
}

/* ---- visits and openings ---- */

void
ipd_history_put_call (IpdHistory *self, const IpdCall *call)
{
  const gint64 now_us = g_get_real_time ();
  Record record = { .is_visit = true,
                    .visit = { .id = call->visit,
                               .device = call->device,
                               .device_name = call->device_name,
                               .started_us = call->started_us,
                               .known_us = now_us,
                               .answered_by = call->answered_by,
                               .opened_by = call->opened_by,
                               .output = call->output,
                               .contact = call->contact } };

  if (call->state == IPD_CALL_ENDED)
    record.visit.ended_us = now_us;
  g_strlcpy (record.visit.outcome, ipd_call_reason_to_string (call->reason), sizeof record.visit.outcome);
  put (self, &record);
}

bool
ipd_history_call_is_news (const IpdCall *then, const IpdCall *now)
{
  return ipd_call_is_up (now) != ipd_call_is_up (then) || now->contact != then->contact
         || strcmp (now->answered_by.s, then->answered_by.s) != 0 || strcmp (now->opened_by.s, then->opened_by.s) != 0
         || !ipd_output_id_equal (&now->output, &then->output);
}

void
ipd_history_put_opening (IpdHistory *self, const IpdOpening *opening, const IpdName *device_name, const IpdId *client,
                         const IpdName *client_name)
{
  const Record record = { .access = { .id = opening->id,
                                      .time_us = g_get_real_time (),
                                      .device = opening->device,
                                      .device_name = *device_name,
                                      .output = opening->output,
                                      .client = *client,
                                      .client_name = *client_name,
                                      .visit = opening->visit,
                                      .state = opening->state,
                                      .refusal = opening->refusal } };

  put (self, &record);
}

/* ---- reading ---- */

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
ipd_history_to_variant (IpdHistory *self, guint limit)
{
  GError *error = NULL;
  g_autoptr (GArray) entries = NULL;
  GVariantBuilder builder;

  if (!g_queue_is_empty (&self->waiting))
    (void) flush (self);
  if (is_open (self, &error))
    entries = ipd_store_history (self->store, CLAMP (limit, 1, LIMIT_MAX), 0, &error);
  if (error != NULL)
    (void) failed (self, error);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    g_variant_builder_add_value (&builder, entry_to_variant (&g_array_index (entries, IpdHistoryEntry, i)));
  return g_variant_builder_end (&builder);
}

void
ipd_history_wipe (IpdHistory *self)
{
  GError *error = NULL;

  g_queue_clear_full (&self->waiting, g_free);
  g_queue_init (&self->waiting);
  if (is_open (self, &error) && ipd_store_wipe (self->store, &error))
    return;
  g_warning ("the history could not be wiped: %s", error->message);
  g_error_free (error);
}
