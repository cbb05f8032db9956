// SPDX-License-Identifier: Apache-2.0
/*
 * What all legs have in common. Used by the files of a visit; main thread.
 */
#include "station/leg.h"

#include "wire/secret.h"

const IpdLegKind *
ipd_leg_kind_of (const IpdPhones *phones, const IpdId *id)
{
  return ipd_phones_find (phones, id) != NULL ? &ipd_leg_kind_phone : &ipd_leg_kind_client;
}

void
ipd_leg_clear (IpdLeg *self)
{
  if (self->own != NULL)
    self->kind->clear (self);
  g_free (self->from_user);
  g_free (self->local_sdp);
  ipd_wipe (self, sizeof *self);
}

void
ipd_leg_reanswer_clear (IpdLegReanswer *self)
{
  g_clear_pointer (&self->sdp, g_free);
  g_clear_pointer (&self->auth, g_free);
}
