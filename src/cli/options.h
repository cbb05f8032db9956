// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verbs.h"

/*
 * One way to read a verb's command line: --json and --help everywhere, more by @entries, and a bounded number of words.
 */
typedef struct {
  bool json;
  char *word[2]; /* NULL where not given */
} CliOptions;

/*
 * @verb: name in cli_verbs; @entries: (nullable); @least, @most: how many words it takes, at most 2
 * Returns: whether to go on; if not, @ret_exit is the exit code and everything is said
 */
bool cli_options_parse (CliOptions *ret_options, int argc, char **argv, const GOptionEntry *entries, int least,
                        int most, int *ret_exit);

/*
 * A word that other users of the computer shall not read in its list of processes: "-" is replaced by one line of
 * standard input. Returns: false, and @missing is said, when there is none
 */
bool cli_options_take_secret (char **word, const char *missing);

void cli_options_clear (CliOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliOptions, cli_options_clear)
