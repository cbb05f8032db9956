// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * `ipdoor-desktop --stand-by`: a process that is ready before anybody rings. The agent keeps one while a window of ours
 * is open (agent/ui-spare.h), so that who rings then is seen at once; it shows nothing until it is told a visit.
 *
 * Thread: main.
 */

/*
 * Builds a popup that nobody sees and lets it look for its fonts, icons and sizes: what the first one of a process
 * costs and the second does not. The toolkit is up.
 */
void ipd_stand_by_rehearse (void);

/*
 * Waits in the default context for the one message of @fd, a socket that keeps messages apart: the id of a visit.
 * @told: called once, not after the source was removed. @visit: %NULL when the agent ended it, for nobody rang or
 * because it is gone itself.
 *
 * Returns: the source, gone after @told
 */
guint ipd_stand_by_listen (int fd, void (*told) (const char *visit, gpointer data), gpointer data);
