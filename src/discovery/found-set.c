// SPDX-License-Identifier: Apache-2.0
/*
 * Announcements in, a set of devices and its changes out. Owned by a discovery, fed by its backend, on the discovery's
 * thread.
 */
#include "discovery/found-set.h"

#include <string.h>

typedef struct {
  IpdFound found;
  guint64 stamp; /* order of the last change */
  gboolean doubtful;
} Announcement;

struct _IpdFoundSet {
  GHashTable *announcements; /* key -> Announcement */
  GHashTable *devices;       /* id -> IpdFound, the values reported last */
  guint64 last_stamp;
  guint dropped;
  IpdFoundNotify notify;
  gpointer user_data;
};

IpdFoundSet *
ipd_found_set_new (IpdFoundNotify notify, gpointer user_data)
{
  IpdFoundSet *set = g_new0 (IpdFoundSet, 1);

  set->announcements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  /* The key is the id inside the value. */
  set->devices = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  set->notify = notify;
  set->user_data = user_data;
  return set;
}

void
ipd_found_set_free (IpdFoundSet *set)
{
  if (set == NULL)
    return;
  g_hash_table_unref (set->announcements);
  g_hash_table_unref (set->devices);
  g_free (set);
}

static gboolean
same (const IpdFound *a, const IpdFound *b)
{
  return ipd_id_equal (&a->id, &b->id) && ipd_id_equal (&a->plant, &b->plant) && ipd_short_id_equal (&a->boot, &b->boot)
         && a->roles == b->roles && strcmp (a->name, b->name) == 0 && strcmp (a->host, b->host) == 0
         && a->http_port == b->http_port && a->sip_port == b->sip_port;
}

static const IpdFound *
newest_of (IpdFoundSet *set, const IpdId *id)
{
  const Announcement *newest = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, set->announcements);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Announcement *announcement = value;

      if (ipd_id_equal (&announcement->found.id, id) && (newest == NULL || announcement->stamp > newest->stamp))
        newest = announcement;
    }
  return newest != NULL ? &newest->found : NULL;
}

/* Brings the device up to date with its announcements and tells what that changed. */
static void
refresh (IpdFoundSet *set, const IpdId *id)
{
  const IpdFound *now = newest_of (set, id);
  IpdFound *known = g_hash_table_lookup (set->devices, id->s);
  IpdFound last;

  if (now == NULL && known != NULL)
    {
      last = *known;
      g_hash_table_remove (set->devices, id->s);
      set->notify (IPD_DISCOVERY_LOST, &last, set->user_data);
    }
  else if (now != NULL && known == NULL)
    {
      known = g_memdup2 (now, sizeof *now);
      g_hash_table_insert (set->devices, known->id.s, known);
      set->notify (IPD_DISCOVERY_FOUND, known, set->user_data);
    }
  else if (now != NULL && !same (now, known))
    {
      *known = *now;
      set->notify (IPD_DISCOVERY_CHANGED, known, set->user_data);
    }
}

static Announcement *
announcement_for (IpdFoundSet *set, const char *key)
{
  Announcement *announcement = g_hash_table_lookup (set->announcements, key);

  if (announcement != NULL)
    return announcement;
  if (g_hash_table_size (set->announcements) >= IPD_DISCOVERY_DEVICES_MAX)
    {
      if (set->dropped++ == 0)
        g_debug ("more than %u devices announce themselves; the rest is ignored", IPD_DISCOVERY_DEVICES_MAX);
      return NULL;
    }
  announcement = g_new0 (Announcement, 1);
  g_hash_table_insert (set->announcements, g_strdup (key), announcement);
  return announcement;
}

void
ipd_found_set_put (IpdFoundSet *set, const char *key, const IpdFound *found)
{
  Announcement *announcement = announcement_for (set, key);
  IpdId before;

  if (announcement == NULL)
    return;
  announcement->doubtful = FALSE;
  /* An announcement that only repeats itself must not push aside a newer one. */
  if (announcement->stamp != 0 && same (&announcement->found, found))
    return;
  before = announcement->found.id;
  announcement->found = *found;
  announcement->stamp = ++set->last_stamp;
  if (!ipd_id_is_none (&before) && !ipd_id_equal (&before, &found->id))
    refresh (set, &before);
  refresh (set, &found->id);
}

void
ipd_found_set_remove (IpdFoundSet *set, const char *key)
{
  const Announcement *announcement = g_hash_table_lookup (set->announcements, key);
  IpdId id;

  if (announcement == NULL)
    return;
  id = announcement->found.id;
  g_hash_table_remove (set->announcements, key);
  refresh (set, &id);
}

void
ipd_found_set_doubt (IpdFoundSet *set)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, set->announcements);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Announcement *) value)->doubtful = TRUE;
}

void
ipd_found_set_drop_doubtful (IpdFoundSet *set)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, set->announcements);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((Announcement *) value)->doubtful)
      g_ptr_array_add (keys, g_strdup (key));
  for (guint i = 0; i < keys->len; i++)
    ipd_found_set_remove (set, g_ptr_array_index (keys, i));
}

void
ipd_found_set_clear (IpdFoundSet *set)
{
  g_hash_table_remove_all (set->announcements);
  g_hash_table_remove_all (set->devices);
}

const IpdFound *
ipd_found_set_lookup (IpdFoundSet *set, const IpdId *id)
{
  return g_hash_table_lookup (set->devices, id->s);
}

GPtrArray *
ipd_found_set_list (IpdFoundSet *set)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, set->devices);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (list, value);
  return list;
}
