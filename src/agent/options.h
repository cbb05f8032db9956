// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * How the agent is told to run: $XDG_CONFIG_HOME/ipdoor/agent.conf (group [agent], keys bind, ui, station, interface),
 * and over it the command line with options of the same names.
 */

typedef enum {
  IPD_UI_DESKTOP, /* the popup and the call window */
  IPD_UI_MEDIA,   /* sound and recording without a window */
  IPD_UI_NONE     /* nothing is started; whoever calls OpenMedia has the media */
} IpdUi;

#define IPD_SERVICE_PORT 8001

typedef struct {
  char *bind;         /* (nullable): local address for SIP and media; NULL: the one that leads to the stations */
  char *interface;    /* (nullable): where to look for stations; NULL: everywhere */
  char *station_host; /* (nullable): asked first */
  uint16_t station_port;
  IpdUi ui;
} IpdAgentOptions;

/*
 * Errors: IPD_AGENT_ERROR_CONFIG, or GOption's. @ret_options: zeroed before. --help and --version end the program.
 */
bool ipd_agent_options_read (IpdAgentOptions *ret_options, int *argc, char ***argv, GError **error);

/* HOST[:PORT] or [IPV6]:PORT. False: not of that form. */
bool ipd_agent_parse_address (const char *text, char **ret_host, uint16_t *ret_port);

void ipd_agent_options_clear (IpdAgentOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdAgentOptions, ipd_agent_options_clear)
