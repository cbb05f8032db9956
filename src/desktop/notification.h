// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "desktop/visit-info.h"

/*
 * Where no window can be put in front of others (Wayland), a notification of the desktop says that somebody rang; the
 * popup is there besides, without the focus. Thread: main.
 */
typedef struct _IpdNotification IpdNotification;

/* Returns: (transfer full) (nullable): %NULL where our own window is in front, or nobody takes notifications */
IpdNotification *ipd_notification_send (const IpdDeskVisit *visit);

/* Takes it back and frees it: nobody shall come to a door where nobody stands any more. */
void ipd_notification_withdraw (IpdNotification *notification);
