// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "sip/sip.h"
#include "station/clock.h"
#include "station/config.h"
#include "station/registrar.h"

/*
 * The SIP phones of the configuration, and where each is registered (docs/protocol.md §15). The table is in RAM; a file
 * of the state directory keeps it over a restart. Thread: the main one.
 */

typedef struct _IpdPhones IpdPhones;

typedef struct {
  const IpdPhoneConfig *config;
  IpdId leg; /* what stands for it in visits and records */
  IpdName name;
  char *contact_user; /* "" for a Contact without user; %NULL while it is not registered */
  char *contact_params;
  char *contact_host;
  guint16 contact_port;
  char *source_host; /* where its REGISTER came from: requests go there */
  guint16 source_port;
  gint64 expires_us; /* monotonic */
} IpdPhone;

/* @config, @clock must outlive it. @plant: id of the plant. Returns: (transfer full) */
IpdPhones *ipd_phones_new (const IpdStationConfig *config, const IpdId *plant, const IpdClock *clock,
                           const char *state_dir);
void ipd_phones_free (IpdPhones *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdPhones, ipd_phones_free)

/* The digest password of @user, %NULL when no phone has that name. Thread: any, @config never changes. */
const char *ipd_phones_secret (const IpdStationConfig *config, const char *user);

/* Whether an IPD_SIP_REGISTER_REQUEST is one of a phone. Returns: (transfer none) (nullable) */
const IpdPhone *ipd_phones_by_user (const IpdPhones *self, const char *user);

/* An IPD_SIP_REGISTER_REQUEST of a phone, digest already verified. @ret_expires: seconds to grant */
IpdRegistrarVerdict ipd_phones_take (IpdPhones *self, const IpdSipEvent *request, guint *ret_expires);

/* The phone with that leg id. Returns: (transfer none) (nullable) */
const IpdPhone *ipd_phones_find (const IpdPhones *self, const IpdId *leg);

gboolean ipd_phones_is_registered (const IpdPhones *self, const IpdPhone *phone);

/* All of them in the order of the configuration. Returns: (transfer none) (element-type IpdPhone) */
const GPtrArray *ipd_phones_list (const IpdPhones *self);
