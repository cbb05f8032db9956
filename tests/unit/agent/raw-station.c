// SPDX-License-Identifier: Apache-2.0
#include "raw-station.h"

#include <string.h>
#include <unistd.h>

#include "agent/agent-error.h"
#include "agent/membership.h"
#include "home/home.h"
#include "platform/paths.h"
#include "raw-vendor.h"
#include "wire/directory.h"
#include "wire/enrolment.h"
#include "wire/licence-token.h"
#include "wire/random.h"
#include "wire/sdp.h"
#include "wire/sip-auth.h"

static void
turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

/* ---- what SIP says ---- */

static void
on_register (RawPlant *plant, const IpdSipEvent *event)
{
  if (plant->register_status == 0)
    return;
  ipd_sip_register_reply (plant->sip, event->request, plant->register_status, plant->boot.s, plant->expires);
  if (event->expires == 0 || plant->register_status != 200)
    return;
  g_free (plant->contact_user);
  plant->contact_user = g_strdup (event->contact_user);
  g_free (plant->contact_host);
  plant->contact_host = g_strdup (event->source_host);
  plant->contact_port = event->source_port;
  plant->registrations++;
}

static RawCall *
find_call (RawPlant *plant, guint64 id)
{
  for (guint i = 0; i < plant->calls->len; i++)
    if (((RawCall *) g_ptr_array_index (plant->calls, i))->call == id)
      return g_ptr_array_index (plant->calls, i);
  return NULL;
}

static void
on_call_event (RawPlant *plant, const IpdSipEvent *event)
{
  RawCall *call = find_call (plant, event->call);

  if (event->call == plant->incoming && plant->incoming != 0)
    {
      plant->incoming_talks |= event->type == IPD_SIP_TALKING;
      plant->incoming_over |= event->type == IPD_SIP_BYE || event->type == IPD_SIP_CANCELLED;
    }
  if (call == NULL)
    return;
  if (event->type == IPD_SIP_FAILED)
    call->failed = event->status;
  else if (event->type == IPD_SIP_BYE)
    call->ended = true;
  else
    {
      call->status = event->status;
      call->answered |= event->type == IPD_SIP_ANSWERED;
      g_free (call->auth);
      call->auth = g_strdup (event->auth);
      g_free (call->body);
      call->body = g_strdup (event->body);
      if (call->first_body == NULL)
        call->first_body = g_strdup (event->body);
      g_free (call->contact_user);
      call->contact_user = g_strdup (event->contact_user);
    }
}

IpdSipEvent *
raw_copy_event (const IpdSipEvent *event)
{
  IpdSipEvent *copy = g_memdup2 (event, sizeof *event);

  copy->phrase = g_strdup (event->phrase);
  copy->from_user = g_strdup (event->from_user);
  copy->from_tag = g_strdup (event->from_tag);
  copy->to_tag = g_strdup (event->to_tag);
  copy->ruri_user = g_strdup (event->ruri_user);
  copy->call_id = g_strdup (event->call_id);
  copy->visit = g_strdup (event->visit);
  copy->auth = g_strdup (event->auth);
  copy->licence = g_strdup (event->licence);
  copy->boot = g_strdup (event->boot);
  copy->body = g_strdup (event->body);
  copy->content_type = g_strdup (event->content_type);
  copy->contact_user = g_strdup (event->contact_user);
  copy->contact_host = g_strdup (event->contact_host);
  copy->contact_params = g_strdup (event->contact_params);
  copy->source_host = g_strdup (event->source_host);
  copy->text = g_strdup (event->text);
  return copy;
}

static void
on_incoming (RawPlant *plant, const IpdSipEvent *event)
{
  ipd_sip_event_free (plant->invite);
  plant->invite = raw_copy_event (event);
  plant->incoming = event->call;
}

static void
on_offer (RawPlant *plant, const IpdSipEvent *event)
{
  RawCall *call = find_call (plant, event->call);

  if (call == NULL)
    return;
  if (event->type == IPD_SIP_REANSWERED)
    {
      call->reanswered = event->status;
      g_free (call->reanswer_body);
      call->reanswer_body = g_strdup (event->body);
      return;
    }
  ipd_sip_event_free (call->reoffer);
  call->reoffer = raw_copy_event (event);
}

static void
on_sip (IpdSip *sip, const IpdSipEvent *event, gpointer user_data)
{
  RawPlant *plant = user_data;

  switch (event->type)
    {
    case IPD_SIP_REGISTER_REQUEST:
      on_register (plant, event);
      break;
    case IPD_SIP_MESSAGE:
      g_queue_push_tail (&plant->messages, g_strdup (event->body));
      break;
    case IPD_SIP_INVITE:
      on_incoming (plant, event);
      break;
    case IPD_SIP_PROGRESS:
    case IPD_SIP_ANSWERED:
    case IPD_SIP_TALKING:
    case IPD_SIP_FAILED:
    case IPD_SIP_CANCELLED:
    case IPD_SIP_BYE:
      on_call_event (plant, event);
      break;
    case IPD_SIP_REOFFER:
    case IPD_SIP_REANSWERED:
      on_offer (plant, event);
      break;
    case IPD_SIP_REGISTERED:
    case IPD_SIP_REGISTER_FAILED:
    case IPD_SIP_INFO:
    case IPD_SIP_INFO_DONE:
    case IPD_SIP_MESSAGE_DONE:
    case IPD_SIP_STOPPED:
      break;
    }
}

static char *
look_up (const char *user, gpointer user_data)
{
  const RawPlant *plant = user_data;

  return g_str_equal (user, plant->client.id.s) ? g_strdup (plant->secret.s) : NULL;
}

/* ---- the membership on the disk ---- */

static char *
make_licence (RawPlant *plant)
{
  IpdLicence licence;

  ipd_licence_init (&licence);
  licence.client = plant->client.id;
  memcpy (licence.pk, plant->client.pk, sizeof licence.pk);
  ipd_name_set (&licence.name, "Kitchen");
  ipd_name_set (&licence.profile.name, "resident");
  g_assert_true (ipd_profile_add_output (&licence.profile, "door"));
  licence.profile.intercom = true;
  licence.not_before_s = g_get_real_time () / G_USEC_PER_SEC - 60;
  licence.expires_s = licence.not_before_s + 3600;
  licence.serial = 1;
  return ipd_licence_token_make (&plant->station, &licence);
}

static void
add_output (IpdDevice *device, const char *id, IpdOutputKind kind, bool contact)
{
  IpdOutput output = { .kind = kind, .has_contact = contact };

  g_assert_true (ipd_output_id_from_text (id, &output.id));
  ipd_name_set (&output.name, id);
  g_assert_true (ipd_device_add_output (device, &output));
}

static char *
make_directory (RawPlant *plant)
{
  g_auto (IpdDirectory) directory;
  IpdDevice *device = ipd_device_new ();
  g_autoptr (GError) error = NULL;
  char *token;

  ipd_directory_init (&directory);
  directory.version = 1;
  directory.time = g_get_real_time () / G_USEC_PER_SEC;
  device->id = plant->station.id;
  memcpy (device->pk, plant->station.pk, sizeof device->pk);
  ipd_name_set (&device->name, "Main entrance");
  device->roles = IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER;
  g_strlcpy (device->host, plant->host, sizeof device->host);
  device->http_port = 8001;
  device->sip_port = ipd_sip_get_port (plant->sip);
  add_output (device, "door", IPD_OUTPUT_LOCK, true);
  add_output (device, "light", IPD_OUTPUT_LIGHT, false);
  g_ptr_array_add (directory.devices, device);
  if (plant->vendor != NULL)
    g_ptr_array_add (directory.devices, raw_vendor_device (plant->vendor));
  token = ipd_directory_token_make (&plant->station, &directory, &error);
  g_assert_no_error (error);
  return token;
}

static void
write_membership (RawPlant *plant)
{
  g_autofree char *data = g_build_filename (plant->dir, "data", "ipdoor", NULL);
  g_auto (IpdEnrolPackage) package = { .plant = plant->plant, .client = plant->client.id, .n_sip = 1 };
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ipd_paths_ensure_private (data, &error));
  g_assert_no_error (error);
  g_assert_true (ipd_membership_key (data, &plant->client, &error));
  package.client = plant->client.id;
  ipd_name_set (&package.plant_name, "Test plant");
  memcpy (package.authority_pk, plant->station.pk, sizeof package.authority_pk);
  package.licence = make_licence (plant);
  package.directory = make_directory (plant);
  package.sip[0].station = plant->station.id;
  package.sip[0].secret = plant->secret;
  if (plant->vendor != NULL)
    {
      package.vendors = g_new0 (IpdEnrolVendor, 1);
      package.n_vendors = 1;
      raw_vendor_fill_package (plant->vendor, &package.vendors[0]);
    }
  plant->licence_hash = ipd_token_hash (package.licence);
  sealed = ipd_enrol_package_seal (&plant->station, plant->client.pk, &package, &error);
  g_assert_no_error (error);
  g_assert_true (ipd_membership_save (data, plant->station.pk, g_bytes_get_data (sealed, NULL),
                                      g_bytes_get_size (sealed), &error));
  g_assert_no_error (error);
}

/* ---- the agent ---- */

static void
on_visit (IpdBusAgent1 *bus, GVariant *visit, RawPlant *plant)
{
  g_queue_push_tail (&plant->visits, g_variant_ref (visit));
}

static void
on_command (IpdBusAgent1 *bus, GVariant *command, RawPlant *plant)
{
  g_queue_push_tail (&plant->commands, g_variant_ref (command));
}

static void
on_digits_wanted (IpdBusAgent1 *bus, const char *visit, const char *digits, guint duration_ms, guint gap_ms,
                  RawPlant *plant)
{
  g_queue_push_tail (&plant->wanted, g_variant_ref_sink (g_variant_new ("(ssuu)", visit, digits, duration_ms, gap_ms)));
}

static void
on_media_changed (IpdBusAgent1 *bus, const char *visit, RawPlant *plant)
{
  plant->media_changes++;
}

static void
spawn_agent (RawPlant *plant, const char *const *agent_args)
{
  g_autoptr (GSubprocessLauncher) launcher = home_launcher_new (plant->dir, G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char *log = g_build_filename (plant->dir, "log", NULL);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "G_MESSAGES_DEBUG", "all", TRUE);
  g_subprocess_launcher_setenv (launcher, "IPDOOR_DATA", plant->dir, TRUE);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  g_ptr_array_add (arguments, (gpointer) AGENT_PROGRAM);
  g_ptr_array_add (arguments, (gpointer) "--bind");
  g_ptr_array_add (arguments, (gpointer) plant->agent_host);
  for (gsize i = 0; agent_args != NULL && agent_args[i] != NULL; i++)
    g_ptr_array_add (arguments, (gpointer) agent_args[i]);
  g_ptr_array_add (arguments, NULL);
  plant->agent = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments->pdata, &error);
  g_assert_no_error (error);
}

static void
connect_agent (RawPlant *plant)
{
  g_autofree char *address = g_strdup_printf ("unix:path=%s/run/ipdoor/agent.sock", plant->dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, &error);

  g_assert_no_error (error);
  plant->bus = ipd_bus_agent1_proxy_new_sync (connection, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL,
                                              "/io/ipdoor/Agent1", NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (plant->bus, "visit-changed", G_CALLBACK (on_visit), plant);
  g_signal_connect (plant->bus, "command-changed", G_CALLBACK (on_command), plant);
  g_signal_connect (plant->bus, "digits-wanted", G_CALLBACK (on_digits_wanted), plant);
  g_signal_connect (plant->bus, "media-changed", G_CALLBACK (on_media_changed), plant);
  /* Connected is not yet served: signals go to who has had an answer. */
  g_variant_unref (raw_plant_visits (plant));
}

void
raw_plant_start_agent (RawPlant *plant, const char *const *agent_args)
{
  guint before = plant->registrations;

  spawn_agent (plant, agent_args);
  while (plant->registrations == before)
    turn ();
  connect_agent (plant);
}

void
raw_plant_kill_agent (RawPlant *plant)
{
  g_subprocess_force_exit (plant->agent);
  g_subprocess_wait (plant->agent, NULL, NULL);
  g_clear_object (&plant->agent);
  g_signal_handlers_disconnect_by_data (plant->bus, plant);
  g_clear_object (&plant->bus);
}

static void
raw_call_free (gpointer data)
{
  RawCall *call = data;

  g_free (call->auth);
  g_free (call->body);
  g_free (call->contact_user);
  g_free (call->first_body);
  g_free (call->reanswer_body);
  ipd_sip_event_free (call->reoffer);
  g_free (call);
}

RawPlant *
raw_plant_new (guint n, const char *const *agent_args)
{
  return raw_plant_new_with_vendor (n, agent_args, NULL);
}

RawPlant *
raw_plant_new_with_vendor (guint n, const char *const *agent_args, const char *driver)
{
  RawPlant *plant = g_new0 (RawPlant, 1);
  const guint net = 64 + (guint) getpid () % 128;
  g_autofree char *host = g_strdup_printf ("127.%u.%u.1", net, n);
  g_autofree char *agent_host = g_strdup_printf ("127.%u.%u.2", net, n);
  g_autoptr (GError) error = NULL;

  plant->dir = g_dir_make_tmp ("ipdoor-agent-XXXXXX", NULL);
  plant->host = g_intern_string (host);
  plant->agent_host = g_intern_string (agent_host);
  plant->register_status = 200;
  plant->expires = 120;
  plant->calls = g_ptr_array_new_with_free_func (raw_call_free);
  ipd_key_pair_generate (&plant->station);
  plant->plant = plant->station.id;
  plant->secret = ipd_random_short_id ();
  plant->boot = ipd_random_short_id ();
  plant->sip = ipd_sip_new (&(IpdSipConfig){ .bind = plant->host,
                                             .user = plant->station.id.s,
                                             .registrar = TRUE,
                                             .secret_lookup = look_up,
                                             .secret_data = plant },
                            on_sip, plant, &error);
  g_assert_no_error (error);
  if (driver != NULL)
    {
      g_autofree char *vendor_host = g_strdup_printf ("127.%u.%u.3", net, n);

      plant->vendor = raw_vendor_new (plant, vendor_host, driver);
      raw_vendor_write_driver (plant->vendor, plant->dir);
    }
  write_membership (plant);
  raw_plant_start_agent (plant, agent_args);
  return plant;
}

void
raw_plant_free (RawPlant *plant)
{
  if (plant->agent != NULL)
    raw_plant_kill_agent (plant);
  raw_vendor_free (plant->vendor);
  ipd_sip_free (plant->sip);
  g_queue_clear_full (&plant->wanted, (GDestroyNotify) g_variant_unref);
  g_ptr_array_unref (plant->calls);
  g_queue_clear_full (&plant->messages, g_free);
  g_queue_clear_full (&plant->visits, (GDestroyNotify) g_variant_unref);
  g_queue_clear_full (&plant->commands, (GDestroyNotify) g_variant_unref);
  ipd_sip_event_free (plant->invite);
  home_remove (plant->dir);
  g_free (plant->contact_user);
  g_free (plant->contact_host);
  g_free (plant->dir);
  g_free (plant);
}

/* ---- rings ---- */

void
raw_invite_init (RawPlant *plant, RawInvite *invite)
{
  const IpdShortId visit = ipd_random_short_id ();

  raw_invite_init_for (plant, invite, &visit);
}

void
raw_invite_init_for (RawPlant *plant, RawInvite *invite, const IpdShortId *visit)
{
  IpdSdp sdp;
  g_autofree char *sealed = NULL;

  *invite = (RawInvite){
    .signer = plant->station, .visit = *visit, .call_id = ipd_random_short_id (), .from_tag = ipd_random_short_id ()
  };
  g_strlcpy (invite->from_user, plant->station.id.s, sizeof invite->from_user);
  g_strlcpy (invite->receiver, plant->client.id.s, sizeof invite->receiver);
  g_strlcpy (invite->ruri_user, plant->contact_user, sizeof invite->ruri_user);
  ipd_random_octets (invite->keys.visit_secret, sizeof invite->keys.visit_secret);
  ipd_random_octets (invite->keys.leg_secret, sizeof invite->keys.leg_secret);
  invite->keys.nonce = ipd_random_short_id ();
  invite->keys.leg_tag = ipd_random_tag ();
  invite->keys.visit = invite->visit;
  sealed = ipd_station_keys_seal (&invite->keys, plant->client.pk);
  ipd_sdp_init_offer (&sdp, plant->host, 7078, 9078, &IPD_CODECS_BASIC, FALSE);
  g_strlcpy (sdp.sprop, "Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==", sizeof sdp.sprop);
  g_strlcpy (sdp.keys, sealed, sizeof sdp.keys);
  invite->sdp = ipd_sdp_write (&sdp);
  raw_invite_sign (invite);
}

void
raw_invite_sign (RawInvite *invite)
{
  const IpdSipAuth auth = { .method = "INVITE",
                            .signer = invite->signer.id.s,
                            .receiver = invite->receiver,
                            .from_tag = invite->from_tag.s,
                            .ruri_user = invite->ruri_user,
                            .call_id = invite->call_id.s,
                            .cseq = 1,
                            .visit = invite->visit.s,
                            .body = invite->sdp,
                            .body_length = strlen (invite->sdp) };

  g_assert_true (ipd_sip_auth_sign (&auth, &invite->signer, invite->auth));
}

void
raw_invite_clear (RawInvite *invite)
{
  g_free (invite->sdp);
}

RawCall *
raw_plant_ring (RawPlant *plant, const RawInvite *invite)
{
  RawCall *call = g_new0 (RawCall, 1);
  g_autoptr (GError) error = NULL;

  call->call = ipd_sip_invite (
      plant->sip,
      &(IpdSipInvite){ .target
                       = { .user = invite->ruri_user, .host = plant->contact_host, .port = plant->contact_port },
                       .from_user = invite->from_user,
                       .from_tag = invite->from_tag.s,
                       .call_id = invite->call_id.s,
                       .cseq = 1,
                       .visit = invite->visit.s,
                       .auth = *invite->auth != '\0' ? invite->auth : NULL,
                       .sdp = invite->sdp },
      &error);
  g_assert_no_error (error);
  g_ptr_array_add (plant->calls, call);
  return call;
}

void
raw_call_wait_answer (RawCall *call)
{
  while (call->status == 0 && call->failed == 0)
    turn ();
}

/* ---- waiting ---- */

const char *
raw_text (GVariant *dictionary, const char *key)
{
  const char *text = "";

  g_variant_lookup (dictionary, key, "&s", &text);
  return text;
}

static GVariant *
wait_state (GQueue *queue, const char *state)
{
  for (;;)
    {
      while (g_queue_is_empty (queue))
        turn ();
      if (g_str_equal (raw_text (g_queue_peek_head (queue), "state"), state))
        return g_queue_peek_head (queue);
      g_variant_unref (g_queue_pop_head (queue));
    }
}

GVariant *
raw_plant_wait_visit (RawPlant *plant, const char *state)
{
  return wait_state (&plant->visits, state);
}

GVariant *
raw_plant_wait_command (RawPlant *plant, const char *state)
{
  return wait_state (&plant->commands, state);
}

void
raw_plant_wait_token (RawPlant *plant, IpdTokenType type, IpdMessage *ret_message)
{
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  while (g_queue_is_empty (&plant->messages))
    turn ();
  token = g_queue_pop_head (&plant->messages);
  g_assert_true (ipd_message_verify (token, strlen (token), plant->client.pk, ret_message, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ret_message->type, ==, type);
}

void
raw_plant_tell (RawPlant *plant, const IpdKeyPair *signer, const IpdMessage *message)
{
  const IpdSipTarget target = { .user = plant->contact_user, .host = plant->contact_host, .port = plant->contact_port };
  g_autofree char *token = ipd_message_make (signer, message);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (ipd_sip_message (plant->sip, &target, plant->station.id.s, token, &error), !=, 0);
  g_assert_no_error (error);
}

/* A ring that is refused follows everything that was sent before, and its 403 says that the agent is past that. */
void
raw_plant_settle (RawPlant *plant)
{
  RawInvite invite;
  RawCall *call;

  raw_invite_init (plant, &invite);
  invite.auth[5] = invite.auth[5] == 'A' ? 'B' : 'A';
  call = raw_plant_ring (plant, &invite);
  raw_call_wait_answer (call);
  g_assert_cmpint (call->failed, ==, 403);
  raw_invite_clear (&invite);
  g_variant_unref (raw_plant_visits (plant));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

GVariant *
raw_plant_visits (RawPlant *plant)
{
  g_autoptr (GError) error = NULL;
  GVariant *visits = NULL;

  ipd_bus_agent1_call_get_visits_sync (plant->bus, &visits, NULL, &error);
  g_assert_no_error (error);
  return visits;
}

char *
raw_plant_log (RawPlant *plant)
{
  g_autofree char *path = g_build_filename (plant->dir, "log", NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}
