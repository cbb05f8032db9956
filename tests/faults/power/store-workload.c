// SPDX-License-Identifier: Apache-2.0
/*
 * usage: store-workload FOLDER SEED ACTS     Everything that a station and a client keep, in an order that the seed
 * decides, through the real functions. On the descriptor of POWER_SAYS it says "> ACT" before each act, and after it
 * "= STATE" with all that is kept from then on.
 */
#include "agent/membership.h"
#include "platform/paths.h"
#include "power-loss.h"
#include "store-state.h"
#include "store/store.h"
#include "wire/key-file.h"
#include "wire/random.h"

#include <string.h>
#include <unistd.h>

#define ROWS 24 /* of each kind; what comes later changes them */

typedef struct {
  const char *folder;
  char *path;
  IpdStore *store;
  GRand *chance;
  guint n_accesses;
  gint64 version;
  gint64 now_us;
} Work;

static void
say (const char *text)
{
  const int fd = (int) g_ascii_strtoll (g_getenv (POWER_SAYS), NULL, 10);

  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize) strlen (text));
}

static guint
any (Work *self, guint n)
{
  return (guint) g_rand_int_range (self->chance, 0, (gint32) n);
}

static IpdShortId
short_id (guint n)
{
  IpdShortId id;
  g_autofree char *text = g_strdup_printf ("%021uA", n);
  g_assert_true (ipd_short_id_from_text (text, &id));
  return id;
}

static IpdId
client_id (guint n)
{
  IpdId id;
  char text[IPD_ID_LENGTH + 1] = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
  text[0] = (char) ('a' + n % 26);
  g_assert_true (ipd_id_from_text (text, &id));
  return id;
}

static void
open_store (Work *self)
{
  IpdStoreFlags flags = 0;
  g_autoptr (GError) error = NULL;

  self->store = ipd_store_open (self->path, &flags, &error);
  g_assert_no_error (error);
  g_assert_cmpint (flags & IPD_STORE_REPLACED, ==, 0);
}

/* ---- the acts; each is true when it is kept ---- */

static bool
act_access (Work *self)
{
  bool is_new;
  IpdAccess access = { .id = short_id (self->n_accesses++),
                       .time_us = ++self->now_us,
                       .device = client_id (1),
                       .output = { "door" },
                       .client = client_id (any (self, 5)),
                       .state = IPD_OPENING_ACCEPTED };

  ipd_name_set (&access.device_name, "Main entrance");
  ipd_name_set (&access.client_name, "Front desk");
  return ipd_store_put_access (self->store, &access, &is_new, NULL) && is_new;
}

static bool
act_result (Work *self)
{
  const IpdShortId id = short_id (any (self, self->n_accesses + 1));

  return ipd_store_update_access (self->store, &id, (IpdOpeningState) any (self, IPD_OPENING_N_STATES),
                                  IPD_REFUSAL_NONE, NULL);
}

static bool
act_visit (Work *self)
{
  IpdVisitRecord visit = { .id = short_id (any (self, ROWS)),
                           .device = client_id (1),
                           .started_us = self->now_us,
                           .known_us = ++self->now_us,
                           .ended_us = any (self, 2) == 0 ? 0 : self->now_us };

  ipd_name_set (&visit.device_name, "Main entrance");
  if (visit.ended_us != 0)
    g_strlcpy (visit.outcome, "hangup", sizeof visit.outcome);
  ipd_name_set (&visit.answered_by, any (self, 2) == 0 ? "" : "Front desk");
  return ipd_store_put_visit (self->store, &visit, NULL);
}

static bool
act_binding (Work *self)
{
  const IpdBinding binding = { .client = client_id (any (self, ROWS)),
                               .contact_user = ipd_random_short_id (),
                               .contact_host = "192.0.2.7",
                               .contact_port = 5062,
                               .source_host = "192.0.2.7",
                               .source_port = 5062,
                               .licence = short_id (1),
                               .expires_s = ++self->now_us };

  return ipd_store_put_binding (self->store, &binding, NULL);
}

static bool
act_unbinding (Work *self)
{
  const IpdId client = client_id (any (self, ROWS));

  return ipd_store_delete_binding (self->store, &client, NULL);
}

static bool
act_licence (Work *self)
{
  char token[1200];
  IpdLicenceRow row = { .client = client_id (any (self, ROWS)), .serial = (guint64) ++self->now_us, .token = token };

  row.hash = short_id ((guint) row.serial);
  memset (token, 'a' + (int) any (self, 26), sizeof token - 1);
  token[sizeof token - 1] = '\0';
  return ipd_store_put_licence (self->store, &row, NULL);
}

static bool
act_remove (Work *self)
{
  const IpdId client = client_id (any (self, ROWS));

  return ipd_store_remove_licences (self->store, &client, NULL, NULL);
}

static bool
act_next (Work *self)
{
  int64_t value;

  return ipd_store_next_number (self->store, "licence-serial", &value, NULL);
}

static bool
act_version (Work *self)
{
  return ipd_store_put_number (self->store, "directory.version", ++self->version, NULL);
}

static bool
act_interrupt (Work *self)
{
  return ipd_store_interrupt_visits (self->store, NULL, NULL);
}

static bool
act_interrupt_accesses (Work *self)
{
  return ipd_store_interrupt_accesses (self->store, NULL, NULL);
}

/* Closing copies the log into the file. */
static bool
act_restart (Work *self)
{
  ipd_store_close (self->store);
  open_store (self);
  return true;
}

static bool
act_addresses (Work *self)
{
  g_autofree char *path = g_build_filename (self->folder, "addresses.conf", NULL);
  const gsize length = 1 + any (self, 6000);
  g_autofree char *text = g_malloc (length);

  memset (text, '0' + (int) any (self, 10), length);
  return ipd_paths_write_private (path, text, (gssize) length, NULL);
}

static bool
act_station_key (Work *self)
{
  g_autofree char *path = g_build_filename (self->folder, "station.key", NULL);
  g_auto (IpdKeyPair) key = { 0 };

  return ipd_key_file_load_or_create (path, &key, NULL, NULL);
}

static bool
act_key (Work *self)
{
  g_auto (IpdKeyPair) key = { 0 };

  return ipd_membership_key (self->folder, &key, NULL);
}

static bool
act_enrol (Work *self)
{
  uint8_t pk[IPD_PK_OCTETS], sealed[2000];

  ipd_random_octets (pk, sizeof pk);
  ipd_random_octets (sealed, sizeof sealed);
  return ipd_membership_save (self->folder, pk, sealed, 1 + any (self, sizeof sealed - 1), NULL);
}

static bool
act_leave (Work *self)
{
  ipd_membership_wipe (self->folder);
  return true;
}

static const struct {
  const char *name;
  bool (*act) (Work *self);
  guint weight;
} acts[] = {
  { "access", act_access, 6 },
  { "result", act_result, 6 },
  { "visit", act_visit, 6 },
  { "binding", act_binding, 4 },
  { "unbinding", act_unbinding, 1 },
  { "licence", act_licence, 3 },
  { "remove", act_remove, 1 },
  { "next", act_next, 3 },
  { "version", act_version, 2 },
  { "interrupt", act_interrupt, 1 },
  { "stop", act_interrupt_accesses, 1 },
  { "restart", act_restart, 1 },
  { "addresses", act_addresses, 3 },
  { "station-key", act_station_key, 1 },
  { "key", act_key, 2 },
  { "enrol", act_enrol, 3 },
  { "leave", act_leave, 1 },
};

static gsize
choose (Work *self)
{
  guint all = 0, left;
  gsize i = 0;

  for (gsize j = 0; j < G_N_ELEMENTS (acts); j++)
    all += acts[j].weight;
  for (left = any (self, all); left >= acts[i].weight; i++)
    left -= acts[i].weight;
  return i;
}

static void
say_state (const char *folder)
{
  g_autofree char *state = store_state (folder);
  g_autofree char *line = g_strconcat ("= ", state, NULL);

  say (line);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 4);
  g_assert_true (ipd_wire_init ());
  Work work = { .folder = argv[1],
                .path = g_build_filename (argv[1], STORE_STATE_DATABASE, NULL),
                .chance = g_rand_new_with_seed ((guint32) g_ascii_strtoull (argv[2], NULL, 10)),
                .now_us = 1000000 };
  const guint n = (guint) g_ascii_strtoull (argv[3], NULL, 10);

  open_store (&work);
  say_state (work.folder);
  for (guint i = 0; i < n; i++)
    {
      const gsize act = choose (&work);
      g_autofree char *line = g_strdup_printf ("> %s", acts[act].name);
      say (line);
      if (!acts[act].act (&work))
        g_error ("%s failed", acts[act].name);
      say_state (work.folder);
    }
  ipd_store_close (work.store);
  g_rand_free (work.chance);
  g_free (work.path);
  return 0;
}
