// SPDX-License-Identifier: Apache-2.0
/*
 * The common shape of the transition tables, so that tests and the diagrams in docs are made from the very rows the
 * machines run.
 *
 * Rows of one (state, event) pair are tried in order; the first whose guard holds is taken. The last row of each pair
 * has guard 0 (always), so every pair has an answer. Actions run in order; 0 ends the list.
 */
#pragma once

#include "core/step.h"

#include <stdbool.h>
#include <stddef.h>

#define IPD_ROW_ACTIONS 10

typedef struct {
  unsigned from;
  unsigned event;
  unsigned guard;
  unsigned to;
  IpdStep step;
  unsigned actions[IPD_ROW_ACTIONS];
} IpdRow;

/* The names are indexed by the machine's own enums; all memory is static. */
typedef struct {
  const char *name;
  const IpdRow *rows;
  size_t n_rows;
  const char *const *states;
  size_t n_states;
  const char *const *events;
  size_t n_events;
  const char *const *guards;
  size_t n_guards;
  const char *const *actions;
  size_t n_actions;
  unsigned first_state; /* where a fresh value starts */
} IpdTable;

/* How a machine's file makes its table: out of its own arrays `rows`, `states`, `events`, `guards` and `actions`. */
#define IPD_TABLE_LENGTH(array) (sizeof (array) / sizeof (array)[0])
#define IPD_TABLE(machine, first)                                                                                      \
  {                                                                                                                    \
    .name = (machine), .rows = rows, .n_rows = IPD_TABLE_LENGTH (rows), .states = states,                              \
    .n_states = IPD_TABLE_LENGTH (states), .events = events, .n_events = IPD_TABLE_LENGTH (events), .guards = guards,  \
    .n_guards = IPD_TABLE_LENGTH (guards), .actions = actions, .n_actions = IPD_TABLE_LENGTH (actions),                \
    .first_state = (first)                                                                                             \
  }

/* Does not compile when a value of one of the machine's enums came in after the last one that has a name. */
#define IPD_TABLE_NAMES_ALL(n_states, n_events, n_guards, n_actions)                                                   \
  _Static_assert(IPD_TABLE_LENGTH (states) == (n_states) && IPD_TABLE_LENGTH (events) == (n_events)                    \
                     && IPD_TABLE_LENGTH (guards) == (n_guards) && IPD_TABLE_LENGTH (actions) == (n_actions),          \
                 "a list of names is shorter than its enum")

/* Guard 0 is not asked. @value and @event are the machine's own. */
typedef bool (*IpdGuardFunc) (unsigned guard, const void *value, const void *event);

/* The row for @event in @state, NULL when either is out of range. */
const IpdRow *ipd_table_pick (const IpdTable *table, unsigned state, unsigned event, IpdGuardFunc holds,
                              const void *value, const void *event_value);

/* Graphviz text of @table; rows that are ignored or illegal are left out. Returns: (transfer full): free with g_free().
 */
char *ipd_table_to_dot (const IpdTable *table);
