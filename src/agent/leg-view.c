// SPDX-License-Identifier: Apache-2.0
/* What a leg looks like through the contract: the Visit dictionary and the parameters of OpenMedia. */
#include <glib/gi18n-lib.h>

#include "agent/agent-error.h"
#include "agent/history.h"
#include "agent/leg.h"
#include "wire/media-keys.h"

GVariant *
ipd_leg_to_variant (const IpdLeg *self)
{
  const IpdCall *call = &self->call;
  const char *problem = ipd_history_problem (self->agent->history);
  g_autofree char *both
      = self->notice != NULL && *problem != '\0' ? g_strdup_printf ("%s %s", self->notice, problem) : NULL;
  const char *notice = both != NULL ? both : self->notice != NULL ? self->notice : problem;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", call->visit.s);
  g_variant_dict_insert (&dict, "device", "s", call->device.s);
  g_variant_dict_insert (&dict, "device-name", "s", call->device_name.s);
  g_variant_dict_insert (&dict, "direction", "s", call->origin == IPD_VISIT_IN ? "in" : "out");
  g_variant_dict_insert (&dict, "state", "s", ipd_call_state_to_string (call->state));
  g_variant_dict_insert (&dict, "started", "x", (gint64) call->started_us);
  g_variant_dict_insert (&dict, "by", "s", ipd_call_by (call));
  g_variant_dict_insert (&dict, "output", "s", call->output.s);
  g_variant_dict_insert (&dict, "contact", "s", ipd_contact_to_string (call->contact));
  if (ipd_leg_is_over (self))
    g_variant_dict_insert (&dict, "reason", "s", ipd_call_reason_to_string (call->reason));
  if (*notice != '\0')
    g_variant_dict_insert (&dict, "notice", "s", notice);
  g_variant_dict_insert_value (&dict, "outputs", ipd_stations_outputs_to_variant (self->station->device));
  g_variant_dict_insert (&dict, "held-by-peer", "b", (gboolean) call->peer_held);
  self->kind->add_view (self, &dict);
  return g_variant_dict_end (&dict);
}

GVariant *
ipd_leg_open_media (IpdLeg *self, IpdContractMedia *ret_media, GError **error)
{
  GVariantDict params;

  if (ipd_leg_is_over (self) || !self->kind->has_media (self) || !ipd_leg_media_is_bound (&self->media))
    {
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE, _ ("This visit has no sound and picture now."));
      return NULL;
    }
  if ((self->own != NULL && self->generation >= IPD_GENERATIONS_MAX)
      || !ipd_leg_media_dup (&self->media, ret_media->fd))
    {
      g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_FAILED, _ ("Sound and picture cannot be handed over."));
      return NULL;
    }
  if (self->generation > 0 && !self->media_changed)
    ipd_leg_media_flush (&self->media);
  self->media_changed = false;
  g_variant_dict_init (&params, NULL);
  g_variant_dict_insert (&params, "local-generation", "u", self->generation);
  self->kind->add_media (self, &params);
  self->generation++;
  return g_variant_dict_end (&params);
}
