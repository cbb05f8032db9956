// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

#include "desktop/visit-info.h"

/*
 * The Open buttons of a visit, in popup and call window alike. Thread: main.
 */
typedef struct _IpdDoors IpdDoors;

/* @open: the person wants output @id; @data is its last argument. */
IpdDoors *ipd_doors_new (void (*open) (const char *id, gpointer data), gpointer data);
void ipd_doors_free (IpdDoors *doors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdDoors, ipd_doors_free)

/*
 * ipd_doors_fill:
 * @visit: its outputs, in their order
 * @row: gets a button for each; borrowed, and outlives the last call of ipd_doors_set_opening()
 * @max: at most so many; 0: all outputs, with those that open no way (light, aux, floor)
 * @name_chars: see ipd_open_button_new()
 */
void ipd_doors_fill (IpdDoors *doors, const IpdDeskVisit *visit, GtkWidget *row, guint max, int name_chars);

/* How many buttons ipd_doors_fill() would make, up to @max. */
guint ipd_doors_count (const IpdDeskVisit *visit, guint max);

/* One command at a time: while one is on its way, no button takes a press. */
void ipd_doors_set_opening (IpdDoors *doors, gboolean opening);
