// SPDX-License-Identifier: Apache-2.0
/*
 * The quirks of one make of door station, read from dialects.json: an object for each dialect, whose member "worst" is
 * merged over the rest (RFC 7396) when the worst station of that make is wanted. dialects.json explains the members.
 * Thread: any, nothing changes after the start.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct {
  char *name;
  bool worst;
  JsonObject *quirks;
} QuirkDialect;

/* Exits with a sentence when the file cannot be used or has no such dialect: this is a test tool. */
QuirkDialect *quirk_dialect_load (const char *path, const char *name, bool worst);
void quirk_dialect_free (QuirkDialect *dialect);

/* group: "sip", "audio", "video", "digits", "http", "rtsp". What is not said is fallback. */
const char *quirk_text (const QuirkDialect *dialect, const char *group, const char *member, const char *fallback);
int quirk_number (const QuirkDialect *dialect, const char *group, const char *member, int fallback);
bool quirk_flag (const QuirkDialect *dialect, const char *group, const char *member);
/* For an option of the command line that takes precedence. */
void quirk_dialect_set_flag (QuirkDialect *dialect, const char *group, const char *member);
/* A list of words, or NULL. Borrowed. */
JsonArray *quirk_list (const QuirkDialect *dialect, const char *group, const char *member);
bool quirk_list_has (const QuirkDialect *dialect, const char *group, const char *member, const char *word);
