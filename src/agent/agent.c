// SPDX-License-Identifier: Apache-2.0
/*
 * Puts the parts together: membership in, registration and visits out, and the contract's verbs. It owns all parts and
 * hands each event from the network to the one that it is for. Main context only.
 */
#include "agent/agent.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "agent/addresses.h"
#include "agent/agent-error.h"
#include "agent/codecs.h"
#include "agent/commands.h"
#include "agent/enrolment.h"
#include "agent/finder.h"
#include "agent/history.h"
#include "agent/rate-limit.h"
#include "agent/sleep.h"
#include "agent/stations.h"
#include "agent/ui-child.h"
#include "agent/visits.h"
#include "platform/paths.h"

/* ---- status ---- */

static const char *
reason (IpdAgent *self, bool *ret_ready)
{
  const char *text = "";

  *ret_ready = false;
  if (self->membership == NULL)
    return _ ("This computer is not enrolled.");
  *ret_ready = ipd_stations_ready (self->stations, &text);
  return text;
}

GVariant *
ipd_agent_status (IpdAgent *self)
{
  const IpdMembership *membership = self->membership;
  const char *problem = ipd_history_problem (self->history);
  GVariantDict dict;
  bool ready;
  const char *text = reason (self, &ready);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "enrolled", "b", membership != NULL);
  if (membership != NULL)
    {
      g_variant_dict_insert (&dict, "client-id", "s", membership->key.id.s);
      g_variant_dict_insert (&dict, "client-name", "s", membership->licence.name.s);
      g_variant_dict_insert (&dict, "plant", "s", membership->package.plant_name.s);
      g_variant_dict_insert (&dict, "plant-id", "s", membership->package.plant.s);
    }
  g_variant_dict_insert (&dict, "ready", "b", ready);
  g_variant_dict_insert (&dict, "reason", "s", text);
  if (*problem != '\0')
    g_variant_dict_insert (&dict, "notice", "s", problem);
  g_variant_dict_insert (&dict, "version", "s", IPD_VERSION);
  return g_variant_dict_end (&dict);
}

void
ipd_agent_status_changed (IpdAgent *self)
{
  ipd_contract_emit_status (self->contract, ipd_agent_status (self));
}

/* ---- membership ---- */

void
ipd_agent_join (IpdAgent *self, IpdMembership *membership)
{
  ipd_membership_free (self->membership);
  self->membership = membership;
  ipd_history_put_number (self->history, IPD_HISTORY_DIRECTORY_VERSION, (gint64) membership->directory.version);
  g_message ("client %s of plant %s", membership->key.id.s, membership->package.plant.s);
  ipd_stations_start (self->stations);
  ipd_finder_start (self->finder);
  ipd_agent_status_changed (self);
}

void
ipd_agent_leave (IpdAgent *self)
{
  g_message ("leaving plant %s", self->membership->package.plant.s);
  ipd_visits_end_all (self->visits, true);
  ipd_commands_clear (self->commands);
  ipd_finder_stop (self->finder);
  ipd_stations_farewell (self->stations);
  /* The membership last: who dies in between is enrolled still, and may un-enrol again. */
  ipd_history_wipe (self->history);
  ipd_addresses_wipe (self->data_dir);
  ipd_membership_wipe (self->data_dir);
  g_clear_pointer (&self->membership, ipd_membership_free);
  ipd_agent_status_changed (self);
}

/* ---- from the network ---- */

/* The signer is looked up in the directory; what a token says of itself only selects the key. */
static bool
verify_token (IpdAgent *self, const char *text, IpdMessage *ret_message)
{
  const size_t length = strlen (text);
  g_autoptr (GError) error = NULL;
  IpdTokenPeek peek;
  const IpdDevice *device;

  if (self->membership == NULL || !ipd_token_peek (text, length, &peek))
    return false;
  device = ipd_directory_find (&self->membership->directory, &peek.signer);
  if (device == NULL || ipd_device_is_third_party (device) /* has no key */
      || !ipd_message_verify (text, length, device->pk, ret_message, &error))
    {
      g_debug ("a token was dropped: %s", error != NULL ? error->message : "unknown signer");
      return false;
    }
  return true;
}

static void
on_token (IpdAgent *self, const char *text)
{
  const IpdId *me;
  IpdMessage message;

  if (!verify_token (self, text, &message))
    return;
  me = &self->membership->key.id;
  if (message.type == IPD_TOKEN_RESULT && ipd_id_equal (&message.result.audience, me))
    ipd_commands_on_result (self->commands, &message.signer, &message.result);
  else if (message.type == IPD_TOKEN_NONCE && ipd_id_equal (&message.nonce.audience, me))
    ipd_commands_on_nonce (self->commands, &message.signer, &message.nonce);
  else if (message.type == IPD_TOKEN_VISIT && ipd_id_equal (&message.visit.audience, me))
    ipd_visits_on_news (self->visits, &message.signer, &message.visit);
}

void
ipd_agent_on_sip (IpdAgent *self, const IpdSipEvent *event)
{
  switch (event->type)
    {
    case IPD_SIP_REGISTERED:
    case IPD_SIP_REGISTER_FAILED:
      ipd_stations_on_sip (self->stations, event);
      break;
    case IPD_SIP_INVITE:
    case IPD_SIP_PROGRESS:
    case IPD_SIP_ANSWERED:
    case IPD_SIP_TALKING:
    case IPD_SIP_FAILED:
    case IPD_SIP_CANCELLED:
    case IPD_SIP_BYE:
    case IPD_SIP_REOFFER:
    case IPD_SIP_REANSWERED:
    case IPD_SIP_INFO:
    case IPD_SIP_INFO_DONE:
      ipd_visits_on_sip (self->visits, event);
      ipd_commands_on_call (self->commands, event);
      break;
    case IPD_SIP_MESSAGE:
      on_token (self, event->body);
      break;
    case IPD_SIP_MESSAGE_DONE:
      ipd_commands_on_sent (self->commands, event);
      break;
    case IPD_SIP_REGISTER_REQUEST:
    case IPD_SIP_STOPPED:
      break;
    }
}

/* ---- the contract's verbs ---- */

static bool
is_enrolled (IpdAgent *self, GError **error)
{
  if (self->membership != NULL)
    return true;
  g_set_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_NOT_ENROLLED, _ ("This computer is not enrolled."));
  return false;
}

static GVariant *
verb_status (gpointer owner)
{
  return ipd_agent_status (owner);
}

static GVariant *
verb_devices (gpointer owner)
{
  return ipd_stations_to_variant (((IpdAgent *) owner)->stations);
}

static GVariant *
verb_visits (gpointer owner)
{
  return ipd_visits_to_variant (((IpdAgent *) owner)->visits);
}

static GVariant *
verb_history (gpointer owner, guint limit)
{
  return ipd_history_to_variant (((IpdAgent *) owner)->history, limit);
}

static void
verb_enrol (gpointer owner, const char *code, const char *address, const char *name, GTask *task)
{
  ipd_enrolment_run (owner, code, address, name, task);
}

static bool
verb_un_enrol (gpointer owner, GError **error)
{
  if (!is_enrolled (owner, error))
    return false;
  ipd_agent_leave (owner);
  return true;
}

static char *
verb_open (gpointer owner, const char *device, const char *output, const char *visit, GError **error)
{
  IpdAgent *self = owner;

  return is_enrolled (self, error) ? ipd_commands_open (self->commands, device, output, visit, error) : NULL;
}

static char *
verb_call (gpointer owner, const char *device, GError **error)
{
  IpdAgent *self = owner;

  return is_enrolled (self, error) ? ipd_visits_call (self->visits, device, error) : NULL;
}

static bool
verb_answer (gpointer owner, const char *visit, GError **error)
{
  return ipd_visits_answer (((IpdAgent *) owner)->visits, visit, error);
}

static bool
verb_reject (gpointer owner, const char *visit, GError **error)
{
  return ipd_visits_reject (((IpdAgent *) owner)->visits, visit, error);
}

static bool
verb_hang_up (gpointer owner, const char *visit, GError **error)
{
  return ipd_visits_hang_up (((IpdAgent *) owner)->visits, visit, error);
}

static bool
verb_hold (gpointer owner, const char *visit, GError **error)
{
  return ipd_visits_hold (((IpdAgent *) owner)->visits, visit, error);
}

static bool
verb_resume (gpointer owner, const char *visit, GError **error)
{
  return ipd_visits_resume (((IpdAgent *) owner)->visits, visit, error);
}

static bool
verb_send_digits (gpointer owner, const char *visit, const char *digits, GError **error)
{
  return ipd_visits_send_digits (((IpdAgent *) owner)->visits, visit, digits, error);
}

static GVariant *
verb_open_media (gpointer owner, const char *visit, IpdContractMedia *ret_media, GError **error)
{
  IpdLeg *leg = ipd_visits_find (((IpdAgent *) owner)->visits, visit, error);

  return leg != NULL ? ipd_leg_open_media (leg, ret_media, error) : NULL;
}

static bool
verb_report_media (gpointer owner, const char *visit, const char *event, const char *detail, GError **error)
{
  return ipd_visits_report_media (((IpdAgent *) owner)->visits, visit, event, detail, error);
}

static const IpdContractVerbs verbs = {
  .status = verb_status,
  .devices = verb_devices,
  .visits = verb_visits,
  .history = verb_history,
  .enrol = verb_enrol,
  .un_enrol = verb_un_enrol,
  .open = verb_open,
  .call = verb_call,
  .answer = verb_answer,
  .reject = verb_reject,
  .hang_up = verb_hang_up,
  .hold = verb_hold,
  .resume = verb_resume,
  .send_digits = verb_send_digits,
  .open_media = verb_open_media,
  .report_media = verb_report_media,
};

/* ---- life ---- */

static void
on_ui_ended (const char *visit, IpdUiEnd end, gpointer user_data)
{
  ipd_visits_on_ui_ended (((IpdAgent *) user_data)->visits, visit, end);
}

/* Whether what is shown now is recorded is said there, too. */
static void
on_history (gpointer user_data)
{
  IpdAgent *self = user_data;

  ipd_agent_status_changed (self);
  ipd_visits_publish (self->visits);
}

/*
 * What is on the disk is believed only when it verifies. If it does not, the agent runs as one that is not enrolled and
 * says so; nothing is deleted.
 */
void
ipd_agent_start (IpdAgent *self)
{
  g_autoptr (GError) error = NULL;
  gint64 known_version = ipd_history_get_number (self->history, IPD_HISTORY_DIRECTORY_VERSION);
  IpdMembership *membership = ipd_membership_load (self->data_dir, (guint64) known_version, &error);

  if (membership != NULL)
    ipd_agent_join (self, membership);
  else if (error != NULL)
    g_warning ("the enrolment on the disk cannot be used: %s", error->message);
}

IpdAgent *
ipd_agent_new (IpdAgentOptions *options, GError **error)
{
  g_autofree char *data_dir = ipd_paths_data_dir (error);
  g_autofree char *history = NULL;
  IpdAgent *self;

  if (data_dir == NULL)
    return NULL;
  self = g_new0 (IpdAgent, 1);
  self->options = *options;
  self->codecs = IPD_CODECS_BASIC;
  *options = (IpdAgentOptions){ 0 };
  self->data_dir = g_steal_pointer (&data_dir);
  history = g_build_filename (self->data_dir, "history.db", NULL);
  self->history = ipd_history_new (history, on_history, self);
  self->contract = ipd_contract_new (&verbs, self);
  self->stations = ipd_stations_new (self);
  self->visits = ipd_visits_new (self);
  self->commands = ipd_commands_new (self);
  self->finder = ipd_finder_new (self);
  self->ui = ipd_ui_child_new (self, on_ui_ended, self);
  self->reserve = ipd_reserve_new ();
  self->strangers = ipd_rate_limit_new ();
  self->sleep = ipd_sleep_watch_new (ipd_sleep_on_news, self);
  return self;
}

void
ipd_agent_shutdown (IpdAgent *self, void (*done) (gpointer user_data), gpointer user_data)
{
  ipd_finder_stop (self->finder);
  ipd_visits_end_all (self->visits, false);
  ipd_stations_shutdown (self->stations, done, user_data);
}

void
ipd_agent_free (IpdAgent *self)
{
  ipd_sleep_watch_free (self->sleep);
  ipd_finder_free (self->finder);
  ipd_commands_free (self->commands);
  ipd_visits_free (self->visits);
  ipd_ui_child_free (self->ui);
  ipd_stations_free (self->stations);
  ipd_contract_free (self->contract);
  g_clear_pointer (&self->membership, ipd_membership_free);
  g_clear_pointer (&self->history, ipd_history_free);
  ipd_reserve_free (self->reserve);
  ipd_rate_limit_free (self->strangers);
  ipd_agent_options_clear (&self->options);
  g_free (self->data_dir);
  g_free (self);
}

IpdContract *
ipd_agent_get_contract (IpdAgent *self)
{
  return self->contract;
}
