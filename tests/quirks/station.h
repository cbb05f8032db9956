// SPDX-License-Identifier: Apache-2.0
/* The simulated station: its button, its calls, its limits. Thread: main. */
#pragma once

#include "dialect.h"

typedef struct _QuirkStation QuirkStation;

QuirkStation *quirk_station_new (const QuirkDialect *dialect, const char *address, guint16 sip_port);
void quirk_station_free (QuirkStation *station);

/* Somebody presses the button: rings user@host, one INVITE; user ends in @ or is empty. Nothing happens while it rings
 * already. */
void quirk_station_press (QuirkStation *station, const char *user, const char *host, guint16 port);
/* The visitor goes, or the station ends the talk: CANCEL or BYE on every call. */
void quirk_station_hang_up (QuirkStation *station);
/* From the INVITE to the answer. */
bool quirk_station_rings (const QuirkStation *station);
/* Number of the ring that goes on, from 1; 0: it does not ring. */
guint quirk_station_ring (const QuirkStation *station);
