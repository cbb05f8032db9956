// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "desktop/visit-info.h"

/*
 * What a person reads about a visit: one short line and how it is meant. The only place where states become words, so
 * that the popup, the call window and the tests say the same.
 *
 * Thread: any; pure. Texts are in the language of the process and owned by the caller.
 */

/* How a line is meant; never told by colour alone, each has its own icon. */
typedef enum {
  IPD_DESK_TONE_CALM,  /* a state that asks nothing */
  IPD_DESK_TONE_WAIT,  /* something was asked and is not known yet: a spinner turns */
  IPD_DESK_TONE_GOOD,  /* proved: the contact says open */
  IPD_DESK_TONE_WORRY, /* look again: not opened, refused, lost */
} IpdDeskTone;

typedef struct {
  char *text; /* (not nullable) */
  IpdDeskTone tone;
} IpdDeskLine;

void ipd_desk_line_clear (IpdDeskLine *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdDeskLine, ipd_desk_line_clear)

/*
 * The one line about a visit. What became of the door comes before what became of the call, as somebody waits there.
 *
 * @command: (nullable): the newest command of this visit
 * ret_line: (out caller-allocates)
 */
void ipd_desk_wording (const IpdDeskVisit *visit, const IpdDeskCommand *command, IpdDeskLine *ret_line);

/* "0:07", "12:34", "1:02:03" */
char *ipd_desk_wording_elapsed (gint64 seconds);

/* Returns: (transfer none): the station's name, or words for a station without one */
const char *ipd_desk_wording_station (const IpdDeskVisit *visit);
