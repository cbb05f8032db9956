// SPDX-License-Identifier: Apache-2.0
/*
 * What the installer may do with a running station: the verbs of data/io.ipdoor.Station1.xml. Called by control.c; main
 * thread.
 */
#include "station/station-error.h"
#include "station/station-private.h"

#include <glib/gi18n.h>

#define DEFAULT_PROFILE "resident"

static gboolean
press (gpointer owner, guint button, IpdShortId *ret_visit, guint *ret_rings, GError **error)
{
  IpdStation *self = owner;
  if (button < 1 || button > self->config->buttons)
    {
      g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_NO_BUTTON, _ ("This station has buttons 1 to %u."),
                   self->config->buttons);
      return FALSE;
    }
  if (!ipd_visit_engine_press (self->visits, button, ret_visit, error))
    return FALSE;
  const IpdVisit *visit = ipd_visit_engine_current (self->visits); /* over already when there is nobody to ring */
  *ret_rings = visit != NULL && visit->state != IPD_VISIT_ENDED ? (guint) visit->n_legs : 0;
  return TRUE;
}

static gboolean
enrol_code (gpointer owner, const char *name, const char *profile, char **ret_code, gint64 *ret_expires, GError **error)
{
  IpdStation *self = owner;
  const char *wanted = *profile != '\0' ? profile : DEFAULT_PROFILE;
  if (!ipd_plant_profile_exists (wanted))
    {
      g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_NO_PROFILE,
                   _ ("There is no profile “%s”; there are resident, manager and viewer."), wanted);
      return FALSE;
    }
  if (ipd_enrol_server_add_code (self->enrol, name, wanted, ret_code, ret_expires))
    return TRUE;
  g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_TOO_MANY,
               _ ("%d enrolment codes wait already; use one of them or let them expire."), IPD_ENROL_CODES_MAX);
  return FALSE;
}

static gboolean
remove_licence (gpointer owner, const char *client, GError **error)
{
  IpdStation *self = owner;
  IpdId id;
  g_autoptr (GError) why = NULL;
  const IpdClient *known = ipd_id_from_text (client, &id) ? ipd_plant_find (self->plant, &id) : NULL;
  if (known == NULL || known->removed)
    {
      g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_NO_CLIENT, _ ("No client %s is enrolled here."), client);
      return FALSE;
    }
  if (ipd_station_end_licence (self, &id, &why))
    return TRUE;
  g_set_error (error, IPD_STATION_ERROR, IPD_STATION_ERROR_STATE,
               _ ("The licence is removed, but the disk could not keep that, so it would be back after a restart: %s"),
               why->message);
  return FALSE;
}

const IpdControlVerbs ipd_installer_verbs = {
  .status = ipd_station_get_status,
  .clients = ipd_station_get_clients,
  .phones = ipd_station_get_phones,
  .enrol_code = enrol_code,
  .remove_licence = remove_licence,
  .press = press,
};
