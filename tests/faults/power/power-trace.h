// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "power-loss.h"

#include <glib.h>

/*
 * What power-loss.c wrote down, to be read again. Errors end the program: this is a test. Thread: any one.
 */
typedef struct _PowerTrace PowerTrace;

/* (transfer full) */
PowerTrace *power_trace_load (const char *path);
void power_trace_free (PowerTrace *trace);
guint power_trace_length (const PowerTrace *trace);
/* Until the next call. */
const PowerRecord *power_trace_record (const PowerTrace *trace, guint i);
/* Where it ends in the file. */
guint64 power_trace_end (const PowerTrace *trace, guint i);
/* Of a kind that has one. */
const char *power_trace_path (const PowerTrace *trace, guint i);
/* Octets after the record's path; .length of them. */
const char *power_trace_data (const PowerTrace *trace, guint i);
