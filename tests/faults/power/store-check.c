// SPDX-License-Identifier: Apache-2.0
/*
 * usage: store-check TRACE ROOT SCRATCH EVERY SEEDS [FORGETS [RECORD]]
 * Cuts the power before every EVERY-th record of TRACE (RECORD: before that one only), SEEDS times each, with what
 * store-workload did below ROOT; opens what is left with the real store in SCRATCH; and compares it with what was said:
 * all that was acknowledged, and of the act that was going on all or nothing. FORGETS: "", "database", "files",
 * "folders", a disk that forgets syncs: then at least one cut must be found to have lost something.
 *
 * Exit 0 when that is so; 1 otherwise, with the record and the seed of the first cut that was not.
 */
#include "agent/membership.h"
#include "power-disk.h"
#include "store-state.h"
#include "store/store.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  guint at;     /* record */
  char **parts; /* of the state; NULL: an act begins */
  char *act;
} Word;

typedef struct {
  PowerTrace *trace;
  GPtrArray *words; /* of Word */
  const char *scratch;
  guint cuts;
  guint next_word; /* the first one that is not said yet */
} Check;

static GPtrArray *
read_words (const PowerTrace *trace)
{
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; i < power_trace_length (trace); i++)
    {
      const PowerRecord record = *power_trace_record (trace, i);
      if (record.kind != POWER_SAID)
        continue;
      g_autofree char *text = g_strndup (power_trace_data (trace, i), record.length);
      Word *word = g_new0 (Word, 1);
      word->at = i;
      if (text[0] == '=')
        word->parts = g_strsplit (text + 2, STORE_STATE_MARK, -1);
      else
        word->act = g_strdup (text + 2);
      g_ptr_array_add (words, word);
    }
  return words;
}

/* The state that was said last before the cut, and the one that is said next; the same where no act was going on. */
static void
find_states (const Check *self, const Word **ret_before, const Word **ret_after)
{
  const Word *last = self->next_word > 0 ? self->words->pdata[self->next_word - 1] : NULL;
  const Word *next = self->next_word < self->words->len ? self->words->pdata[self->next_word] : last;

  if (last == NULL) /* the store is being made */
    last = next;
  if (last->parts != NULL)
    {
      *ret_before = *ret_after = last;
      return;
    }
  *ret_before = self->words->pdata[self->next_word - 2];
  *ret_after = next;
}

/* The lines of @text that are in neither of the others, at most three. */
static void
add_strange_lines (GString *report, const char *label, const char *text, const char *other, const char *another)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0, n = 0; lines[i] != NULL && n < 3; i++)
    if (strstr (other, lines[i]) == NULL && (another == NULL || strstr (another, lines[i]) == NULL))
      {
        g_string_append_printf (report, "\n  %s: %.200s", label, lines[i]);
        n++;
      }
}

static char *
compare (const char *what, const char *found, const char *before, const char *after)
{
  GString *report;

  if (g_str_equal (found, before) || g_str_equal (found, after))
    return NULL;
  report = g_string_new (what);
  g_string_append (report, " is neither as it was before nor as it is after");
  add_strange_lines (report, "lost", before, found, NULL);
  add_strange_lines (report, "wanted", after, found, NULL);
  add_strange_lines (report, "strange", found, before, after);
  return g_string_free (report, FALSE);
}

static char *
check_database (const char *folder, const char *before, const char *after)
{
  g_autofree char *path = g_build_filename (folder, STORE_STATE_DATABASE, NULL);
  g_autoptr (GError) error = NULL;
  IpdStoreFlags flags = 0;
  g_autoptr (IpdStore) store = ipd_store_open (path, &flags, &error);
  int64_t value = 0;

  if (store == NULL)
    return g_strdup_printf ("the store cannot be opened: %s", error->message);
  if ((flags & IPD_STORE_REPLACED) != 0)
    return g_strdup ("the store was damaged and put aside");
  g_autofree char *found = store_state_database (folder);
  char *wrong = compare ("the database", found, before, after);
  if (wrong == NULL && (!ipd_store_next_number (store, "after-the-cut", &value, NULL) || value != 1))
    wrong = g_strdup ("the store takes nothing any more");
  return wrong;
}

/* Before the store was made there is no file at all. */
static char *
check_files (const char *folder, const Word *before, const Word *after)
{
  char *wrong = NULL;

  for (gsize i = 0; wrong == NULL && store_state_files[i] != NULL; i++)
    {
      g_autofree char *found = store_state_file (folder, store_state_files[i]);
      wrong = compare (store_state_files[i], found, before->parts[i + 1], after->parts[i + 1]);
    }
  return wrong;
}

/* A wipe that was cut short is ended at the next start. */
static char *
check_wiped (const char *folder)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  ipd_membership_free (ipd_membership_load (folder, 0, NULL));
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".gone"))
      return g_strdup_printf ("%s is still there", name);
  return NULL;
}

static void
empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

static char *
check_cut (Check *self, const PowerDisk *disk, guint32 seed)
{
  const Word *before, *after;
  char *wrong;

  find_states (self, &before, &after);
  power_disk_cut (disk, seed, self->scratch);
  wrong = check_database (self->scratch, before->parts[0], after->parts[0]);
  if (wrong == NULL)
    wrong = check_files (self->scratch, before, after);
  if (wrong == NULL)
    wrong = check_wiped (self->scratch);
  empty (self->scratch);
  self->cuts++;
  return wrong;
}

static char *
check_record (Check *self, const PowerDisk *disk, guint at, guint seeds)
{
  char *wrong = NULL;

  for (guint seed = 0; wrong == NULL && seed < seeds; seed++)
    {
      wrong = check_cut (self, disk, at * 1000 + seed);
      if (wrong != NULL)
        {
          const Word *word = self->next_word > 0 ? self->words->pdata[self->next_word - 1] : NULL;
          char *all
              = g_strdup_printf ("cut before record %u of %u, seed %u, %s %s: %s", at, power_trace_length (self->trace),
                                 at * 1000 + seed, word != NULL && word->act != NULL ? "during" : "after",
                                 word != NULL && word->act != NULL ? word->act : "the last act", wrong);
          g_free (wrong);
          wrong = all;
        }
    }
  return wrong;
}

static bool
is_said (const Check *self, guint at)
{
  const Word *word = self->next_word < self->words->len ? self->words->pdata[self->next_word] : NULL;

  return word != NULL && word->at < at;
}

static PowerForgets
forgets_of (const char *word)
{
  static const char *const words[] = { "", "database", "files", "folders" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], word))
      return (PowerForgets) i;
  g_error ("%s: what does the disk forget?", word);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, >=, 6);
  const guint every = (guint) g_ascii_strtoull (argv[4], NULL, 10);
  const guint seeds = (guint) g_ascii_strtoull (argv[5], NULL, 10);
  const PowerForgets forgets = forgets_of (argc > 6 ? argv[6] : "");
  const guint only = argc > 7 ? (guint) g_ascii_strtoull (argv[7], NULL, 10) : G_MAXUINT;
  Check check = { .trace = power_trace_load (argv[1]), .scratch = argv[3] };
  PowerDisk *disk = power_disk_new (argv[2], forgets);
  g_autofree char *wrong = NULL;
  bool damaged_is_found = false;

  check.words = read_words (check.trace);
  for (guint at = 0; wrong == NULL && at < power_trace_length (check.trace); at++)
    {
      while (is_said (&check, at))
        check.next_word++;
      if (only == G_MAXUINT ? at % every == 0 : at == only)
        wrong = check_record (&check, disk, at, seeds);
      power_disk_play (disk, check.trace, at);
    }
  damaged_is_found = wrong != NULL;
  g_print ("%u cuts in %u records%s%s: %s\n", check.cuts, power_trace_length (check.trace),
           forgets != POWER_FORGETS_NOTHING ? ", the disk forgets syncs of its " : "", argc > 6 ? argv[6] : "",
           wrong == NULL                      ? "nothing is lost"
           : forgets != POWER_FORGETS_NOTHING ? "found"
                                              : wrong);
  return damaged_is_found == (forgets != POWER_FORGETS_NOTHING) ? 0 : 1;
}
