// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/*
 * What the agent says, for programs (one JSON object a line) and for people (one line, or a few). Standard output is
 * flushed after each, so that a pipe follows events as they come. Main thread only.
 */

/* How one kind of a{sv} is told to people. */
typedef void (*CliPrint) (GVariant *value);

/*
 * @value: a{sv}, as JSON when @json says so, by @print otherwise
 * @kind: (nullable): "status", "device", "visit", "command", … put into the JSON under the key "event"
 */
void cli_print (const char *kind, GVariant *value, bool json, CliPrint print);

void cli_print_status (GVariant *status);
void cli_print_device (GVariant *device);
void cli_print_visit (GVariant *visit);
void cli_print_command (GVariant *command);
void cli_print_history (GVariant *entry);

/* Why a verb failed: on standard error, or as {"error": …} on standard output once the command line asked for JSON. */
void cli_print_errors_as_json (void);
void cli_print_error (const char *sentence);

/* Members of an a{sv}: "" or false where absent; borrowed. */
const char *cli_text (GVariant *dictionary, const char *key);
bool cli_flag (GVariant *dictionary, const char *key);
