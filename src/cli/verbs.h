// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#include "agent-contract.h"

/*
 * The verbs of `ipdoor`. Each gets its own arguments (argv[0] is the verb) and gives back an exit code; each prints for
 * people or, with --json, one JSON object a line with the keys of data/io.ipdoor.Agent1.xml. Main thread only.
 */

/* Exit codes: a promise to scripts, printed by `ipdoor --help`. */
typedef enum {
  CLI_OK = 0,
  CLI_FAILED = 1,    /* asked, and answered no; or the door did not open */
  CLI_USAGE = 2,     /* the command line is wrong */
  CLI_NO_AGENT = 3,  /* the agent does not run, or cannot be reached */
  CLI_NOT_READY = 4, /* not enrolled, or not registered where it should be */
  CLI_NO_PROGRAM = 5 /* `ipdoor station` without ipdoor-station installed */
} CliExit;

typedef struct {
  const char *name;
  const char *arguments; /* for the usage line, translatable, or "" */
  const char *summary;   /* translatable */
  const char *detail;    /* translatable, or NULL */
  int (*run) (int argc, char **argv);
} CliVerb;

/* All of them, ended by a name of NULL. */
extern const CliVerb cli_verbs[];

int cli_enrol (int argc, char **argv);
int cli_un_enrol (int argc, char **argv);
int cli_status (int argc, char **argv);
int cli_devices (int argc, char **argv);
int cli_history (int argc, char **argv);
int cli_open (int argc, char **argv);
int cli_call (int argc, char **argv);
int cli_answer (int argc, char **argv);
int cli_reject (int argc, char **argv);
int cli_hangup (int argc, char **argv);
int cli_hold (int argc, char **argv);
int cli_resume (int argc, char **argv);
int cli_digits (int argc, char **argv);
int cli_monitor (int argc, char **argv);
int cli_station (int argc, char **argv);
