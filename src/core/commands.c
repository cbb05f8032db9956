// SPDX-License-Identifier: Apache-2.0
/*
 * Commands a station has seen lately, with the results it signed. Called by the station's program, in its main thread.
 */

#include "core/commands.h"

#include <stddef.h>

typedef struct {
  char key[IPD_ID_LENGTH + 1 + IPD_SHORT_ID_LENGTH + 1]; /* client '/' id */
  GPtrArray *results;                                    /* of char *, NULL at the end */
} Command;

struct _IpdCommandTable {
  GHashTable *commands; /* key, inside the Command -> Command (borrowed) */
  GQueue order;         /* of Command, owned, oldest first */
};

static void
command_free (gpointer data)
{
  Command *command = data;
  g_ptr_array_unref (command->results);
  g_free (command);
}

IpdCommandTable *
ipd_command_table_new (void)
{
  IpdCommandTable *table = g_new0 (IpdCommandTable, 1);
  table->commands = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&table->order);
  return table;
}

void
ipd_command_table_free (IpdCommandTable *table)
{
  if (table == NULL)
    return;
  g_hash_table_unref (table->commands);
  g_queue_clear_full (&table->order, command_free);
  g_free (table);
}

static void
make_key (const IpdId *client, const IpdShortId *id, char ret_key[static sizeof ((Command *) NULL)->key])
{
  g_snprintf (ret_key, sizeof ((Command *) NULL)->key, "%s/%s", client->s, id->s);
}

static Command *
find (const IpdCommandTable *table, const IpdId *client, const IpdShortId *id)
{
  char key[sizeof ((Command *) NULL)->key];
  make_key (client, id, key);
  return g_hash_table_lookup (table->commands, key);
}

bool
ipd_command_table_begin (IpdCommandTable *table, const IpdId *client, const IpdShortId *id)
{
  if (find (table, client, id) != NULL)
    return false;
  if (table->order.length == IPD_COMMANDS_REMEMBERED)
    {
      Command *oldest = g_queue_pop_head (&table->order);
      g_hash_table_remove (table->commands, oldest->key);
      command_free (oldest);
    }
  Command *command = g_new0 (Command, 1);
  make_key (client, id, command->key);
  command->results = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (command->results, NULL);
  g_queue_push_tail (&table->order, command);
  g_hash_table_insert (table->commands, command->key, command);
  return true;
}

bool
ipd_command_table_has (const IpdCommandTable *table, const IpdId *client, const IpdShortId *id)
{
  return find (table, client, id) != NULL;
}

void
ipd_command_table_add_result (IpdCommandTable *table, const IpdId *client, const IpdShortId *id, const char *token)
{
  Command *command = find (table, client, id);
  if (command != NULL && command->results->len <= IPD_COMMAND_RESULTS_MAX)
    g_ptr_array_insert (command->results, (gint) command->results->len - 1, g_strdup (token));
}

const char *const *
ipd_command_table_results (const IpdCommandTable *table, const IpdId *client, const IpdShortId *id)
{
  const Command *command = find (table, client, id);
  return command == NULL ? NULL : (const char *const *) command->results->pdata;
}
