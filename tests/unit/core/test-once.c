// SPDX-License-Identifier: Apache-2.0
/*
 * What makes a command work once: nonces and known command ids. Attacks of docs/protocol.md §10: replayed-command,
 * duplicate-command, another client's nonce, replay-after-restart (a fresh table knows nothing).
 */

#include "core/commands.h"
#include "core/nonces.h"

static const IpdId anna = { "aaaaaaaaaaaaaaaaaaaaaaaaaa" };
static const IpdId berta = { "baaaaaaaaaaaaaaaaaaaaaaaaa" };

static IpdShortId
number (unsigned n)
{
  IpdShortId id = { "" };
  g_snprintf (id.s, sizeof id.s, "%021uA", n);
  return id;
}

static void
test_asked_for (void)
{
  g_autoptr (IpdNonceTable) table = ipd_nonce_table_new ();
  IpdShortId request = number (1), nonce = number (2), visit = number (77);

  g_assert_cmpint (ipd_nonce_table_ask (table, &anna, &request, &nonce, 1000), ==, IPD_NONCE_GIVEN);
  g_assert_cmpint (ipd_nonce_table_ask (table, &anna, &request, &nonce, 1000), ==, IPD_NONCE_SEEN);
  g_assert_false (ipd_nonce_table_consume (table, &berta, &nonce, 1000, NULL)); /* per client */
  g_assert_true (ipd_nonce_table_consume (table, &anna, &nonce, 5999, &visit));
  g_assert_true (ipd_short_id_is_none (&visit));
  g_assert_false (ipd_nonce_table_consume (table, &anna, &nonce, 5999, NULL)); /* once */

  request = number (3);
  g_assert_cmpint (ipd_nonce_table_ask (table, &anna, &request, &nonce, 10000), ==, IPD_NONCE_GIVEN);
  g_assert_false (ipd_nonce_table_consume (table, &anna, &nonce, 10000 + IPD_NONCE_LIFETIME_MS, NULL));
  g_assert_cmpuint (ipd_nonce_table_count (table, &anna, 10000), ==, 0);
}

static void
test_visit_nonces (void)
{
  g_autoptr (IpdNonceTable) table = ipd_nonce_table_new ();
  IpdShortId visit = number (1), other_visit = number (2), nonce = number (3), second = number (4), found;

  g_assert_true (ipd_nonce_table_put (table, &anna, &visit, &nonce, 0));
  g_assert_true (ipd_nonce_table_put (table, &berta, &visit, &second, 0));
  g_assert_true (ipd_nonce_table_consume (table, &anna, &nonce, 3600000, &found)); /* no five seconds for these */
  g_assert_true (ipd_short_id_equal (&found, &visit));
  g_assert_true (ipd_nonce_table_put (table, &anna, &other_visit, &nonce, 0));
  ipd_nonce_table_end_visit (table, &visit);
  g_assert_false (ipd_nonce_table_consume (table, &berta, &second, 0, NULL));
  g_assert_true (ipd_nonce_table_consume (table, &anna, &nonce, 0, NULL));
}

static void
test_eight (void)
{
  g_autoptr (IpdNonceTable) table = ipd_nonce_table_new ();
  IpdShortId visit = number (999), of_visit = number (500);

  g_assert_true (ipd_nonce_table_put (table, &anna, &visit, &of_visit, 0));
  for (unsigned i = 0; i < 8; i++)
    {
      IpdShortId request = number (i + 1), nonce = number (100 + i);
      g_assert_cmpint (ipd_nonce_table_ask (table, &anna, &request, &nonce, 0), ==, IPD_NONCE_GIVEN);
    }
  g_assert_cmpuint (ipd_nonce_table_count (table, &anna, 0), ==, IPD_NONCES_MAX);
  IpdShortId oldest = number (100), next = number (101);
  g_assert_false (ipd_nonce_table_consume (table, &anna, &oldest, 0, NULL)); /* the oldest asked-for one went */
  g_assert_true (ipd_nonce_table_consume (table, &anna, &next, 0, NULL));
  g_assert_true (ipd_nonce_table_consume (table, &anna, &of_visit, 0, NULL)); /* that of the visit did not */
}

static void
test_full_of_visits (void)
{
  g_autoptr (IpdNonceTable) table = ipd_nonce_table_new ();
  IpdShortId request = number (50), nonce = number (51), visit = number (1);

  for (unsigned i = 0; i < IPD_NONCES_MAX; i++)
    {
      IpdShortId of_visit = number (100 + i);
      g_assert_true (ipd_nonce_table_put (table, &anna, &visit, &of_visit, 0));
    }
  g_assert_false (ipd_nonce_table_put (table, &anna, &visit, &nonce, 0));
  g_assert_cmpint (ipd_nonce_table_ask (table, &anna, &request, &nonce, 0), ==, IPD_NONCE_FULL);
  g_assert_cmpint (ipd_nonce_table_ask (table, &berta, &request, &nonce, 0), ==, IPD_NONCE_GIVEN);
  ipd_nonce_table_remove_client (table, &anna);
  g_assert_cmpuint (ipd_nonce_table_count (table, &anna, 0), ==, 0);
}

static void
test_nothing (void)
{
  g_autoptr (IpdNonceTable) table = ipd_nonce_table_new ();
  IpdShortId none = { "" }, nonce = number (1);
  g_assert_false (ipd_nonce_table_consume (table, &anna, &nonce, 0, NULL));
  g_assert_true (ipd_nonce_table_put (table, &anna, &nonce, &nonce, 0));
  g_assert_false (ipd_nonce_table_consume (table, &anna, &none, 0, NULL));
  ipd_nonce_table_end_visit (table, &none);
  g_assert_cmpuint (ipd_nonce_table_count (table, &anna, 0), ==, 1);
}

/* Any sequence: no nonce is consumed twice, never more than eight, none of a visit is lost while the visit lives. */
static void
test_walk (void)
{
  g_autoptr (IpdNonceTable) table = ipd_nonce_table_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (20261122);
  IpdShortId visit = number (1000000);
  unsigned n_visit = 0;
  g_autoptr (GPtrArray) of_visit = g_ptr_array_new_with_free_func (g_free);

  for (unsigned i = 1; i < 20000; i++)
    {
      IpdShortId fresh = number (i), request = number (500000 + i);
      int64_t now = i * 100;
      if (g_rand_int_range (random, 0, 3) > 0)
        ipd_nonce_table_ask (table, &anna, &request, &fresh, now);
      else if (ipd_nonce_table_put (table, &anna, &visit, &fresh, now))
        {
          g_ptr_array_add (of_visit, g_memdup2 (&fresh, sizeof fresh));
          n_visit++;
        }
      g_assert_cmpuint (ipd_nonce_table_count (table, &anna, now), <=, IPD_NONCES_MAX);
      while (of_visit->len > 0 && g_rand_boolean (random))
        {
          const IpdShortId *given = g_ptr_array_index (of_visit, 0);
          g_assert_true (ipd_nonce_table_consume (table, &anna, given, now, NULL));
          g_assert_false (ipd_nonce_table_consume (table, &anna, given, now, NULL));
          g_ptr_array_remove_index (of_visit, 0);
        }
    }
  g_assert_cmpuint (n_visit, >, 1000);
}

static void
test_commands (void)
{
  g_autoptr (IpdCommandTable) table = ipd_command_table_new ();
  IpdShortId id = number (1);

  g_assert_false (ipd_command_table_has (table, &anna, &id));
  g_assert_null (ipd_command_table_results (table, &anna, &id));
  g_assert_true (ipd_command_table_begin (table, &anna, &id));
  g_assert_false (ipd_command_table_begin (table, &anna, &id));
  g_assert_true (ipd_command_table_begin (table, &berta, &id)); /* nobody occupies an id of somebody else */
  g_assert_null (ipd_command_table_results (table, &anna, &id)[0]);
  ipd_command_table_add_result (table, &anna, &id, "accepted");
  ipd_command_table_add_result (table, &anna, &id, "actuated");
  const char *const *results = ipd_command_table_results (table, &anna, &id);
  g_assert_cmpstr (results[0], ==, "accepted");
  g_assert_cmpstr (results[1], ==, "actuated");
  g_assert_null (results[2]);
  g_assert_null (ipd_command_table_results (table, &berta, &id)[0]);
}

static void
test_command_limits (void)
{
  g_autoptr (IpdCommandTable) table = ipd_command_table_new ();
  IpdShortId first = number (0), last = number (IPD_COMMANDS_REMEMBERED);
  unsigned n = 0;

  for (unsigned i = 0; i <= IPD_COMMANDS_REMEMBERED; i++)
    {
      IpdShortId id = number (i);
      g_assert_true (ipd_command_table_begin (table, &anna, &id));
    }
  g_assert_false (ipd_command_table_has (table, &anna, &first)); /* the store knows it now */
  g_assert_true (ipd_command_table_has (table, &anna, &last));
  ipd_command_table_add_result (table, &anna, &first, "late");
  g_assert_null (ipd_command_table_results (table, &anna, &first));
  for (unsigned i = 0; i < 2 * IPD_COMMAND_RESULTS_MAX; i++)
    ipd_command_table_add_result (table, &anna, &last, "again");
  for (const char *const *r = ipd_command_table_results (table, &anna, &last); *r != NULL; r++)
    n++;
  g_assert_cmpuint (n, ==, IPD_COMMAND_RESULTS_MAX);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/once/asked-for", test_asked_for);
  g_test_add_func ("/core/once/visit-nonces", test_visit_nonces);
  g_test_add_func ("/core/once/eight", test_eight);
  g_test_add_func ("/core/once/full-of-visits", test_full_of_visits);
  g_test_add_func ("/core/once/nothing", test_nothing);
  g_test_add_func ("/core/once/walk", test_walk);
  g_test_add_func ("/core/once/commands", test_commands);
  g_test_add_func ("/core/once/command-limits", test_command_limits);
  return g_test_run ();
}
