// SPDX-License-Identifier: Apache-2.0
/*
 * Between the engines and the store: nothing is lost while the disk is full, nothing waits for it. Owned by IpdStation.
 * What waits is written again with the next record and every ten seconds as long as there is something.
 */
#include "station/recorder.h"

#define RETRY_SECONDS 10

struct _IpdRecorder {
  IpdStore *store;
  GQueue accesses; /* of IpdAccess, oldest first */
  GQueue visits;   /* of IpdVisitRecord */
  guint retry_timer;
  gboolean last_life_open; /* rows of the last start still say that they go on */
};

IpdRecorder *
ipd_recorder_new (IpdStore *store)
{
  IpdRecorder *self = g_new0 (IpdRecorder, 1);
  self->store = store;
  g_queue_init (&self->accesses);
  g_queue_init (&self->visits);
  return self;
}

/* Before anything of this life is written: afterwards nobody could tell whose a row is. */
static gboolean
end_last_life (IpdRecorder *self, GError **error)
{
  unsigned commands = 0, visits = 0;
  if (!self->last_life_open)
    return TRUE;
  if (!ipd_store_interrupt_accesses (self->store, &commands, error)
      || !ipd_store_interrupt_visits (self->store, &visits, error))
    return FALSE;
  self->last_life_open = FALSE;
  if (commands > 0 || visits > 0)
    g_message ("the last stop interrupted %u commands and %u visits", commands, visits);
  return TRUE;
}

static gboolean
write_visit (IpdRecorder *self, const IpdVisitRecord *visit, GError **error)
{
  return end_last_life (self, error) && ipd_store_put_visit (self->store, visit, error);
}

static gboolean
write_access (IpdRecorder *self, const IpdAccess *access, GError **error)
{
  bool is_new = false;
  return end_last_life (self, error) && ipd_store_put_access (self->store, access, &is_new, error)
         && (is_new || ipd_store_update_access (self->store, &access->id, access->state, access->refusal, error));
}

static gboolean
flush (IpdRecorder *self)
{
  if (!end_last_life (self, NULL))
    return FALSE;
  while (!g_queue_is_empty (&self->accesses))
    {
      if (!write_access (self, g_queue_peek_head (&self->accesses), NULL))
        return FALSE;
      g_free (g_queue_pop_head (&self->accesses));
    }
  while (!g_queue_is_empty (&self->visits))
    {
      if (!write_visit (self, g_queue_peek_head (&self->visits), NULL))
        return FALSE;
      g_free (g_queue_pop_head (&self->visits));
    }
  return TRUE;
}

static gboolean
on_retry_timeout (gpointer data)
{
  IpdRecorder *self = data;
  if (!ipd_store_mend (self->store, NULL) || !flush (self))
    return G_SOURCE_CONTINUE;
  g_message ("the disk takes records again, what waited is written");
  self->retry_timer = 0;
  return G_SOURCE_REMOVE;
}

static void
try_again_later (IpdRecorder *self)
{
  if (self->retry_timer != 0)
    return;
  self->retry_timer = g_timeout_add_seconds (RETRY_SECONDS, on_retry_timeout, self);
  g_source_set_name_by_id (self->retry_timer, "records that wait for the disk");
}

static void
wait_for_disk (IpdRecorder *self, GQueue *queue, gpointer record, const char *what, const char *id, const GError *why)
{
  try_again_later (self);
  g_warning ("not recorded: %s %s waits in memory and would be lost in a power cut: %s", what, id, why->message);
  g_queue_push_tail (queue, record);
  if (queue->length <= IPD_RECORDER_WAITING_MAX)
    return;
  g_warning ("the oldest %s that waited for the disk is lost: there are more than %d", what, IPD_RECORDER_WAITING_MAX);
  g_free (g_queue_pop_head (queue));
}

void
ipd_recorder_begin (IpdRecorder *self)
{
  g_autoptr (GError) error = NULL;
  self->last_life_open = TRUE;
  if (end_last_life (self, &error) && !ipd_store_is_limited (self->store))
    return;
  g_warning ("nothing can be recorded for now: %s", error != NULL ? error->message : "the store can only be read");
  try_again_later (self);
}

static IpdAccess *
find_waiting (const IpdRecorder *self, const IpdShortId *id)
{
  for (GList *link = self->accesses.head; link != NULL; link = link->next)
    if (ipd_short_id_equal (&((IpdAccess *) link->data)->id, id))
      return link->data;
  return NULL;
}

static IpdVisitRecord *
find_waiting_visit (const IpdRecorder *self, const IpdShortId *id)
{
  for (GList *link = self->visits.head; link != NULL; link = link->next)
    if (ipd_short_id_equal (&((IpdVisitRecord *) link->data)->id, id))
      return link->data;
  return NULL;
}

gboolean
ipd_recorder_access (IpdRecorder *self, const IpdAccess *access)
{
  g_autoptr (GError) error = NULL;
  IpdAccess *waiting = find_waiting (self, &access->id);
  if (waiting != NULL)
    *waiting = *access;
  else if (!write_access (self, access, &error))
    wait_for_disk (self, &self->accesses, g_memdup2 (access, sizeof *access), "access", access->id.s, error);
  return ipd_recorder_is_waiting (self) ? flush (self) : TRUE;
}

gboolean
ipd_recorder_visit (IpdRecorder *self, const IpdVisitRecord *visit)
{
  g_autoptr (GError) error = NULL;
  IpdVisitRecord *waiting = find_waiting_visit (self, &visit->id);
  if (waiting != NULL)
    *waiting = *visit;
  else if (!write_visit (self, visit, &error))
    wait_for_disk (self, &self->visits, g_memdup2 (visit, sizeof *visit), "visit", visit->id.s, error);
  return ipd_recorder_is_waiting (self) ? flush (self) : TRUE;
}

gboolean
ipd_recorder_find_access (IpdRecorder *self, const IpdShortId *id, IpdAccess *ret_access)
{
  const IpdAccess *waiting = find_waiting (self, id);
  bool found = false;
  if (waiting != NULL)
    *ret_access = *waiting;
  return waiting != NULL || (ipd_store_find_access (self->store, id, ret_access, &found, NULL) && found);
}

gboolean
ipd_recorder_is_waiting (const IpdRecorder *self)
{
  return self->last_life_open || ipd_store_is_limited (self->store) || self->accesses.length > 0
         || self->visits.length > 0;
}

void
ipd_recorder_free (IpdRecorder *self)
{
  if (self == NULL)
    return;
  if (!flush (self) && self->accesses.length + self->visits.length > 0)
    g_warning ("%u accesses and %u visits are lost: the disk took none of them until the end", self->accesses.length,
               self->visits.length);
  g_clear_handle_id (&self->retry_timer, g_source_remove);
  g_queue_clear_full (&self->accesses, g_free);
  g_queue_clear_full (&self->visits, g_free);
  g_free (self);
}
