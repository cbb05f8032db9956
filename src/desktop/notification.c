// SPDX-License-Identifier: Apache-2.0
/*
 * GNotification for displays without keep-above. Called by the session with its popup; main thread.
 */
#include "desktop/notification.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>

#include "desktop/quiet-window.h"
#include "desktop/wording.h"

#define APPLICATION_ID "io.ipdoor.Desktop"

struct _IpdNotification {
  GApplication *application;
  char *id;
};

IpdNotification *
ipd_notification_send (const IpdDeskVisit *visit)
{
  g_autoptr (GApplication) application = NULL;
  g_autoptr (GNotification) notification = NULL;
  g_autoptr (GIcon) icon = NULL;
  IpdNotification *self;

  if (ipd_quiet_window_can_be_above ())
    return NULL;
  /* Not unique: each visit is a process, the name on the bus is not what makes it one. */
  application = g_application_new (APPLICATION_ID, G_APPLICATION_NON_UNIQUE);
  if (!g_application_register (application, NULL, NULL) || g_application_get_dbus_connection (application) == NULL)
    return NULL;
  notification = g_notification_new (ipd_desk_wording_station (visit));
  icon = g_themed_icon_new (APPLICATION_ID);
  g_notification_set_body (notification, _ ("Somebody is at the door"));
  g_notification_set_icon (notification, icon);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_application_send_notification (application, visit->id, notification);
  self = g_new0 (IpdNotification, 1);
  self->application = g_steal_pointer (&application);
  self->id = g_strdup (visit->id);
  return self;
}

void
ipd_notification_withdraw (IpdNotification *self)
{
  g_application_withdraw_notification (self->application, self->id);
  g_object_unref (self->application);
  g_free (self->id);
  g_free (self);
}
