// SPDX-License-Identifier: Apache-2.0
/* See power-disk.h. */
#include "power-disk.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#define SECTOR 512

typedef struct {
  PowerKind kind; /* WRITE, TRUNCATE or EXTEND */
  gsize offset;
  GBytes *data;
} Change;

typedef struct {
  char *path; /* at which it was made */
  bool is_folder;
  GByteArray *kept;
  GPtrArray *changes; /* of Change, not synced */
} Node;

/* A name that came, went, or changed its file; a rename is one act. */
typedef struct {
  char *folder;
  char *gone; /* (nullable) */
  char *name; /* (nullable) */
  Node *node; /* of @name */
} NameChange;

struct _PowerDisk {
  char *root;
  PowerForgets forgets;
  GPtrArray *nodes;   /* of Node, all that ever were */
  GHashTable *open;   /* guint64 -> Node */
  GHashTable *names;  /* path -> Node, as the program sees them */
  GHashTable *kept;   /* path -> Node, as they are on the disk */
  GPtrArray *changes; /* of NameChange, not synced */
};

static void
change_free (gpointer data)
{
  Change *change = data;
  g_clear_pointer (&change->data, g_bytes_unref);
  g_free (change);
}

static void
node_free (gpointer data)
{
  Node *node = data;
  g_free (node->path);
  g_byte_array_unref (node->kept);
  g_ptr_array_unref (node->changes);
  g_free (node);
}

static void
name_change_free (gpointer data)
{
  NameChange *change = data;
  g_free (change->folder);
  g_free (change->gone);
  g_free (change->name);
  g_free (change);
}

PowerDisk *
power_disk_new (const char *root, PowerForgets forgets)
{
  PowerDisk *self = g_new0 (PowerDisk, 1);

  self->root = g_strdup (root);
  self->forgets = forgets;
  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->changes = g_ptr_array_new_with_free_func (name_change_free);
  return self;
}

void
power_disk_free (PowerDisk *self)
{
  g_ptr_array_unref (self->changes);
  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->open);
  g_ptr_array_unref (self->nodes);
  g_free (self->root);
  g_free (self);
}

static Node *
add_node (PowerDisk *self, const char *path, bool is_folder)
{
  Node *node = g_new0 (Node, 1);

  node->path = g_strdup (path);
  node->is_folder = is_folder;
  node->kept = g_byte_array_new ();
  node->changes = g_ptr_array_new_with_free_func (change_free);
  g_ptr_array_add (self->nodes, node);
  return node;
}

static void
apply_name (GHashTable *names, const NameChange *change)
{
  if (change->gone != NULL)
    g_hash_table_remove (names, change->gone);
  if (change->name != NULL)
    g_hash_table_replace (names, g_strdup (change->name), change->node);
}

static void
change_name (PowerDisk *self, const char *gone, const char *name, Node *node)
{
  NameChange *change = g_new0 (NameChange, 1);

  change->folder = g_path_get_dirname (name != NULL ? name : gone);
  change->gone = g_strdup (gone);
  change->name = g_strdup (name);
  change->node = node;
  apply_name (self->names, change);
  g_ptr_array_add (self->changes, change);
}

static void
change_node (Node *node, PowerKind kind, gint64 offset, const char *data, gsize length)
{
  Change *change = g_new0 (Change, 1);

  change->kind = kind;
  change->offset = (gsize) offset;
  change->data = data != NULL ? g_bytes_new (data, length) : NULL;
  g_ptr_array_add (node->changes, change);
}

static void
act_open (PowerDisk *self, const PowerRecord *record, const char *path)
{
  const int flags = (int) record->offset;
  Node *node = g_hash_table_lookup (self->names, path);
  guint64 *number = g_new (guint64, 1);

  if (node == NULL)
    {
      const bool made = (flags & O_CREAT) != 0;
      node = add_node (self, path, !made); /* what was there before us is a folder: the disk was empty */
      if (made)
        change_name (self, NULL, path, node);
    }
  else if ((flags & O_TRUNC) != 0)
    change_node (node, POWER_TRUNCATE, 0, NULL, 0);
  *number = record->file;
  g_hash_table_replace (self->open, number, node);
}

static void
write_at (GByteArray *octets, gsize offset, const char *data, gsize length)
{
  const gsize old = octets->len;

  if (offset + length > old)
    {
      g_byte_array_set_size (octets, (guint) (offset + length));
      memset (octets->data + old, 0, offset + length - old);
    }
  memcpy (octets->data + offset, data, length);
}

static void
resize (GByteArray *octets, gsize size)
{
  const gsize old = octets->len;

  g_byte_array_set_size (octets, (guint) size);
  if (size > old)
    memset (octets->data + old, 0, size - old);
}

static void
apply (GByteArray *octets, const Change *change)
{
  gsize length;
  const char *data = change->data != NULL ? g_bytes_get_data (change->data, &length) : NULL;

  if (data != NULL)
    write_at (octets, change->offset, data, length);
  else if (change->kind == POWER_TRUNCATE || change->offset > octets->len)
    resize (octets, change->offset);
}

static void
sync_names (PowerDisk *self, const char *folder)
{
  for (guint i = 0; i < self->changes->len;)
    {
      const NameChange *change = self->changes->pdata[i];
      if (!g_str_equal (change->folder, folder))
        {
          i++;
          continue;
        }
      apply_name (self->kept, change);
      g_ptr_array_remove_index (self->changes, i);
    }
}

static bool
forgets (const PowerDisk *self, const Node *node)
{
  const bool is_database = strstr (node->path, ".db") != NULL;

  switch (self->forgets)
    {
    case POWER_FORGETS_NOTHING:
      return false;
    case POWER_FORGETS_DATABASE:
      return is_database;
    case POWER_FORGETS_FILES:
      return !node->is_folder && !is_database;
    case POWER_FORGETS_FOLDERS:
      return node->is_folder;
    }
  return false;
}

static void
act_sync (PowerDisk *self, Node *node)
{
  if (forgets (self, node))
    return;
  if (node->is_folder)
    sync_names (self, node->path);
  for (guint i = 0; i < node->changes->len; i++)
    apply (node->kept, node->changes->pdata[i]);
  g_ptr_array_set_size (node->changes, 0);
}

static void
act_rename (PowerDisk *self, const char *from)
{
  const char *to = from + strlen (from) + 1;
  Node *node = g_hash_table_lookup (self->names, from);

  g_assert_nonnull (node);
  change_name (self, from, to, node);
}

void
power_disk_act (PowerDisk *self, const PowerRecord *record, const char *path, const char *data)
{
  Node *node = g_hash_table_lookup (self->open, &record->file);

  switch ((PowerKind) record->kind)
    {
    case POWER_OPEN:
      act_open (self, record, path);
      break;
    case POWER_WRITE:
      change_node (node, POWER_WRITE, record->offset, data, record->length);
      break;
    case POWER_TRUNCATE:
    case POWER_EXTEND:
      change_node (node, (PowerKind) record->kind, record->offset, NULL, 0);
      break;
    case POWER_SYNC:
      act_sync (self, node);
      break;
    case POWER_RENAME:
      act_rename (self, path);
      break;
    case POWER_UNLINK:
      change_name (self, path, NULL, NULL);
      break;
    case POWER_SAID:
      break;
    }
}

void
power_disk_play (PowerDisk *self, const PowerTrace *trace, guint i)
{
  const PowerRecord record = *power_trace_record (trace, i);

  power_disk_act (self, &record, power_trace_path (trace, i), power_trace_data (trace, i));
}

/* ---- the cut ---- */

typedef enum {
  LOSE_ALL,
  LOSE_NOTHING,
  LOSE_WRITES,  /* any of them */
  LOSE_SECTORS, /* of any of them */
  LOSE_LAST,    /* what came after some moment; the write of that moment is torn */
  LOSE_OCTETS,  /* the size is new, the octets are not there */
  N_LOSSES,
} Loss;

static void
apply_sectors (GByteArray *octets, const Change *change, GRand *chance)
{
  gsize length;
  const char *data = g_bytes_get_data (change->data, &length);

  for (gsize done = 0; done < length;)
    {
      const gsize in_sector = MIN (SECTOR - (change->offset + done) % SECTOR, length - done);
      if (g_rand_boolean (chance))
        write_at (octets, change->offset + done, data + done, in_sector);
      done += in_sector;
    }
}

static void
apply_size (GByteArray *octets, const Change *change)
{
  const gsize end = change->offset + (change->data != NULL ? g_bytes_get_size (change->data) : 0);

  if (change->kind == POWER_TRUNCATE || end > octets->len)
    resize (octets, end);
}

static void
apply_by_chance (GByteArray *octets, const Change *change, Loss loss, GRand *chance)
{
  switch (loss)
    {
    case LOSE_NOTHING:
      apply (octets, change);
      break;
    case LOSE_WRITES:
      if (g_rand_boolean (chance))
        apply (octets, change);
      break;
    case LOSE_SECTORS:
    case LOSE_LAST:
      if (change->data != NULL)
        apply_sectors (octets, change, chance);
      else if (g_rand_boolean (chance))
        apply (octets, change);
      break;
    case LOSE_OCTETS:
      apply_size (octets, change);
      break;
    case LOSE_ALL:
    case N_LOSSES:
      break;
    }
}

static GByteArray *
octets_after (const Node *node, GRand *chance)
{
  GByteArray *octets = g_byte_array_sized_new (node->kept->len);
  const Loss loss = (Loss) g_rand_int_range (chance, 0, N_LOSSES);
  const guint n = node->changes->len;
  const guint torn = loss == LOSE_LAST ? (guint) g_rand_int_range (chance, 0, (gint32) n + 1) : n;

  g_byte_array_append (octets, node->kept->data, node->kept->len);
  for (guint i = 0; i < n && i <= torn; i++)
    apply_by_chance (octets, node->changes->pdata[i], loss == LOSE_LAST && i < torn ? LOSE_NOTHING : loss, chance);
  return octets;
}

/* It was written through mmap, and it never mattered: nothing, zeroes or noise. */
static GByteArray *
index_after (GRand *chance)
{
  const gint32 kind = g_rand_int_range (chance, 0, 3);
  GByteArray *octets = g_byte_array_new ();

  resize (octets, kind == 0 ? 0 : 32768);
  for (guint i = 0; kind == 2 && i < octets->len; i += 4)
    *(guint32 *) (gpointer) (octets->data + i) = g_rand_int (chance);
  return octets;
}

static void
make_file (const PowerDisk *self, const char *path, const Node *node, GRand *chance, const char *folder)
{
  g_autofree char *to = g_build_filename (folder, path + strlen (self->root), NULL);
  g_autofree char *parent = g_path_get_dirname (to);
  g_autoptr (GByteArray) octets = g_str_has_suffix (path, "-shm") ? index_after (chance) : octets_after (node, chance);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  const int fd = g_open (to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, octets->data, octets->len), ==, (gssize) octets->len);
  g_assert_true (g_close (fd, NULL));
}

void
power_disk_cut (const PowerDisk *self, guint32 seed, const char *folder)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRand) chance = g_rand_new_with_seed (seed);
  const guint n_names = (guint) g_rand_int_range (chance, 0, (gint32) self->changes->len + 1);
  GHashTableIter iter;
  gpointer path, node;

  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, &path, &node))
    g_hash_table_insert (names, g_strdup (path), node);
  for (guint i = 0; i < n_names; i++)
    apply_name (names, self->changes->pdata[i]);
  /* By name, so that a seed means the same in each run. */
  g_autoptr (GList) sorted = g_list_sort (g_hash_table_get_keys (names), (GCompareFunc) g_strcmp0);
  for (GList *item = sorted; item != NULL; item = item->next)
    make_file (self, item->data, g_hash_table_lookup (names, item->data), chance, folder);
}
