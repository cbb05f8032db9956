// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * The verbs of ipdoor-station that speak to the station that runs: press, enrol-code, clients, licence remove, status.
 * Thread: main; each is one process that asks once and ends.
 */

typedef struct {
  const char *state_dir;
  const char *name;    /* (nullable): --name of enrol-code */
  const char *profile; /* (nullable): --profile of enrol-code */
  gboolean json;       /* one JSON object on stdout instead of text */
} IpdVerbOptions;

/* @args: verb and arguments, %NULL-terminated. Returns: exit code: 0, 1 for a refusal, 2 for a wrong use */
int ipd_verb_run (char **args, const IpdVerbOptions *options);

/* Prints what the verb of @args does and takes. Returns: exit code: 0, 2 if there is no such verb */
int ipd_verb_help (char **args);
