// SPDX-License-Identifier: Apache-2.0
/*
 * Whoever asks to be let in under failing allocations gets the same verdict as with all memory, or a refusal: never a
 * wrong yes. Genuine, forged and used-up ones of everything that opens a door or admits a client; and the machines of
 * core, which must not allocate at all.
 *
 *   alloc-verdicts VENDORS-FOLDER
 */
#include "alloc-sweep.h"

#include "core/commands.h"
#include "core/nonces.h"
#include "core/visit.h"
#include "wire/command.h"
#include "wire/directory.h"
#include "wire/driver.h"
#include "wire/enrolment.h"
#include "wire/licence-token.h"
#include "wire/media-keys.h"
#include "wire/sip-auth.h"

#include "fuzz.h"

#include <stdio.h>

/* Places an operation, in the sample that every test run plays. */
#define SAMPLE 40

static const char nothing[] = "";

static void
say (char ret_result[static ALLOC_RESULT_SIZE], bool good, const char *what)
{
  g_strlcpy (ret_result, good ? what : ALLOC_REFUSED, ALLOC_RESULT_SIZE);
}

static IpdShortId
short_id (char c)
{
  IpdShortId id = { "" };

  memset (id.s, 'A', IPD_SHORT_ID_LENGTH);
  id.s[0] = c;
  return id;
}

/* A character in the middle of the signature, which stands before the footer of a token and at the end of a SIP header.
 */
static char *
forge (char *text)
{
  char *end = g_str_has_prefix (text, "v4.") ? strrchr (text, '.') : text + strlen (text);

  end[-40] = end[-40] == 'A' ? 'B' : 'A';
  return text;
}

static void
verify_command (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  IpdKeyPair client = FUZZ_CLIENT;
  const char *token = data;
  IpdMessage message;

  say (ret_result, ipd_message_verify (token, strlen (token), client.pk, &message, NULL), "command");
  if (!g_str_equal (ret_result, ALLOC_REFUSED))
    g_snprintf (ret_result, ALLOC_RESULT_SIZE, "open %s at %s with %s by %s", message.command.output.s,
                message.command.device.s, message.command.nonce.s, message.signer.s);
}

static void
make_command (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  IpdKeyPair client = FUZZ_CLIENT, station = FUZZ_STATION;
  const IpdMessage message
      = { .type = IPD_TOKEN_COMMAND,
          .command = { short_id ('a'), station.id, { "door" }, short_id ('b'), short_id ('c'), short_id ('d') } };
  g_autofree char *token = ipd_message_make (&client, &message);

  say (ret_result, token != NULL, token);
}

static IpdLicence
licence_of_client (void)
{
  IpdKeyPair client = FUZZ_CLIENT;
  IpdLicence licence;

  ipd_licence_init (&licence);
  licence.client = client.id;
  memcpy (licence.pk, client.pk, IPD_PK_OCTETS);
  ipd_name_set (&licence.name, "Front desk");
  ipd_profile_add_output (&licence.profile, "door");
  licence.expires_s = G_MAXINT32;
  licence.serial = 42;
  return licence;
}

static void
verify_licence (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  IpdKeyPair authority = FUZZ_STATION;
  IpdLicence licence;

  if (!ipd_licence_token_verify (data, authority.pk, &licence, NULL))
    say (ret_result, false, NULL);
  else
    g_snprintf (ret_result, ALLOC_RESULT_SIZE, "%s may %s, not garage: %d %d", licence.client.s, licence.name.s,
                ipd_profile_allows_output (&licence.profile, "door"),
                ipd_profile_allows_output (&licence.profile, "garage"));
}

static char *
directory_token (void)
{
  IpdKeyPair authority = FUZZ_STATION;
  g_auto (IpdDirectory) directory = { 0 };
  IpdDevice *device = ipd_device_new ();
  const IpdOutput door = { .id = { "door" }, .name = { "Street door" }, .kind = IPD_OUTPUT_LOCK };

  ipd_directory_init (&directory);
  directory.version = 7;
  device->id = authority.id;
  memcpy (device->pk, authority.pk, IPD_PK_OCTETS);
  ipd_name_set (&device->name, "Main entrance");
  device->roles = IPD_ROLE_OUTDOOR | IPD_ROLE_BROKER;
  device->http_port = 8001;
  device->sip_port = 5060;
  ipd_device_add_output (device, &door);
  g_ptr_array_add (directory.devices, device);
  return ipd_directory_token_make (&authority, &directory, NULL);
}

static void
verify_directory (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  IpdKeyPair authority = FUZZ_STATION;
  g_auto (IpdDirectory) directory = { 0 };

  if (!ipd_directory_token_verify (data, authority.pk, 7, &directory, NULL))
    {
      say (ret_result, false, NULL);
      return;
    }
  const IpdDevice *device = ipd_directory_find (&directory, &authority.id);
  g_snprintf (ret_result, ALLOC_RESULT_SIZE, "%" G_GUINT64_FORMAT " %u %s %zu", directory.version,
              directory.devices->len, device->name.s, device->n_outputs);
}

/* What a client needs before it believes an authority: only the package sealed to it, of that plant. */
static void
open_package (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  IpdKeyPair authority = FUZZ_STATION, client = FUZZ_CLIENT;
  g_auto (IpdEnrolPackage) package = { 0 };
  gsize length;
  const void *sealed = g_bytes_get_data ((GBytes *) data, &length);

  if (ipd_enrol_package_open (&client, authority.pk, sealed, length, &package, NULL))
    g_snprintf (ret_result, ALLOC_RESULT_SIZE, "%s %s %u %s", package.plant.s, package.client.s, package.n_sip,
                package.sip[0].secret.s);
  else
    say (ret_result, false, NULL);
}

static GBytes *
seal_package (const char *licence, const char *directory)
{
  IpdKeyPair authority = FUZZ_STATION, client = FUZZ_CLIENT;
  IpdEnrolPackage package = { .client = client.id, .licence = (char *) licence, .directory = (char *) directory };

  ipd_name_set (&package.plant_name, "Via Roma 1");
  package.sip[0].station = authority.id;
  package.sip[0].secret = short_id ('s');
  package.n_sip = 1;
  return ipd_enrol_package_seal (&authority, client.pk, &package, NULL);
}

static const IpdSipAuth *
invite (void)
{
  static IpdKeyPair station;
  static IpdSipAuth auth;

  station = FUZZ_STATION;
  auth = (IpdSipAuth){ .method = "INVITE",
                       .signer = station.id.s,
                       .receiver = "4imn5zqnjekuiuea3bbp4flewy",
                       .from_tag = "tag",
                       .ruri_user = "user",
                       .call_id = "call",
                       .cseq = 1,
                       .body = "v=0\r\n",
                       .body_length = 5 };
  return &auth;
}

static void
verify_invite (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  IpdKeyPair station = FUZZ_STATION;

  say (ret_result, ipd_sip_auth_verify (invite (), data, strlen (data), station.pk, NULL), "rings");
}

static void
open_media_keys (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  IpdKeyPair client = FUZZ_CLIENT;
  IpdStationKeys keys;

  say (ret_result, ipd_station_keys_open (data, strlen (data), &client, &keys, NULL), keys.visit.s);
}

static void
read_driver (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  g_autoptr (IpdDriver) driver = ipd_driver_read ("generic", data, strlen (data), NULL);

  say (ret_result, driver != NULL, "a driver");
}

/* A nonce opens once, whatever becomes of the memory meanwhile. */
static void
use_nonce (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  g_autoptr (IpdNonceTable) nonces = ipd_nonce_table_new ();
  g_autoptr (IpdCommandTable) commands = ipd_command_table_new ();
  const IpdId anna = { "aaaaaaaaaaaaaaaaaaaaaaaaaa" }, berta = { "baaaaaaaaaaaaaaaaaaaaaaaaa" };
  const IpdShortId request = short_id ('r'), nonce = short_id ('n'), command = short_id ('c');
  bool given = ipd_nonce_table_ask (nonces, &anna, &request, &nonce, 0) == IPD_NONCE_GIVEN;
  bool stranger = ipd_nonce_table_consume (nonces, &berta, &nonce, 1, NULL);
  bool first = ipd_nonce_table_consume (nonces, &anna, &nonce, 1, NULL);
  bool second = ipd_nonce_table_consume (nonces, &anna, &nonce, 1, NULL);
  bool begun = ipd_command_table_begin (commands, &anna, &command);
  bool again = ipd_command_table_begin (commands, &anna, &command);

  g_snprintf (ret_result, ALLOC_RESULT_SIZE, "given %d, stranger %d, once %d, twice %d, begun %d, again %d", given,
              stranger, first, second, begun, again);
}

/* A visit from the press to its end, with two legs. */
static void
walk_visit (gconstpointer data, char ret_result[static ALLOC_RESULT_SIZE])
{
  const IpdVisitLeg legs[] = { { .client = { "aaaaaaaaaaaaaaaaaaaaaaaaaa" }, .may_talk = true },
                               { .client = { "baaaaaaaaaaaaaaaaaaaaaaaaa" }, .may_talk = true } };
  const IpdVisitEvent events[] = {
    { .type = IPD_VISIT_EV_PRESS, .id = short_id ('v'), .button = 1, .legs = legs, .n_legs = 2 },
    { .type = IPD_VISIT_EV_LEG_PROGRESS, .leg = 0 },
    { .type = IPD_VISIT_EV_LEG_PROGRESS, .leg = 1 },
    { .type = IPD_VISIT_EV_LEG_ANSWERED, .leg = 1 },
    { .type = IPD_VISIT_EV_OPENED, .by = legs[1].client, .output = { "door" }, .granted = true },
    { .type = IPD_VISIT_EV_LEG_BYE, .leg = 1 },
  };
  static IpdVisit now, next;
  static IpdVisitEffects effects;

  ipd_visit_init (&now);
  for (size_t i = 0; i < G_N_ELEMENTS (events); i++)
    {
      ipd_visit_step (&now, &events[i], &next, &effects);
      now = next;
    }
  g_snprintf (ret_result, ALLOC_RESULT_SIZE, "%d %d", now.state, now.reason);
}

static bool
sweep_all (const AllocOperation *operations, size_t n)
{
  bool good = true;

  for (size_t i = 0; i < n; i++)
    {
      AllocReport report;
      good = alloc_sweep (&operations[i], SAMPLE, &report) && good;
      printf ("%-18s %5u allocations, %5u plays: %u the same, %u refused, %u ended\n", operations[i].name,
              report.allocations, report.plays, report.same, report.refused, report.ended);
    }
  return good;
}

static bool
sweep_tokens (void)
{
  IpdKeyPair authority = FUZZ_STATION, client = FUZZ_CLIENT;
  IpdLicence licence = licence_of_client ();
  char command[ALLOC_RESULT_SIZE], forged_command[ALLOC_RESULT_SIZE], ring[IPD_SIP_AUTH_LENGTH + 1],
      forged_ring[IPD_SIP_AUTH_LENGTH + 1];
  const IpdStationKeys keys = { .nonce = short_id ('n'), .visit = short_id ('v') };

  make_command (nothing, command);
  forge (strcpy (forged_command, command));
  ipd_sip_auth_sign (invite (), &authority, ring);
  forge (strcpy (forged_ring, ring));
  g_autofree char *good_licence = ipd_licence_token_make (&authority, &licence);
  g_autofree char *forged_licence = forge (g_strdup (good_licence));
  g_autofree char *directory = directory_token ();
  g_autofree char *forged_directory = forge (g_strdup (directory));
  g_autoptr (GBytes) package = seal_package (good_licence, directory);
  g_autofree char *media = ipd_station_keys_seal (&keys, client.pk);
  g_autofree char *foreign_media = ipd_station_keys_seal (&keys, authority.pk);
  const AllocOperation operations[] = {
    { "make a command", make_command, nothing, false },
    { "command", verify_command, command, false },
    { "forged command", verify_command, forged_command, false },
    { "licence", verify_licence, good_licence, false },
    { "forged licence", verify_licence, forged_licence, false },
    { "directory", verify_directory, directory, false },
    { "forged directory", verify_directory, forged_directory, false },
    { "package", open_package, package, false },
    { "ring", verify_invite, ring, false },
    { "forged ring", verify_invite, forged_ring, false },
    { "media keys", open_media_keys, media, false },
    { "foreign media keys", open_media_keys, foreign_media, false },
    { "nonce", use_nonce, nothing, false },
    { "visit", walk_visit, nothing, true },
  };
  return sweep_all (operations, G_N_ELEMENTS (operations));
}

static bool
sweep_drivers (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "generic.json", NULL);
  g_autofree char *json = NULL;

  if (!g_file_get_contents (path, &json, NULL, NULL))
    return false;
  const AllocOperation operation = { "driver", read_driver, json, false };
  return sweep_all (&operation, 1);
}

int
main (int argc, char *argv[])
{
  if (argc != 2)
    return 2;
  bool tokens = sweep_tokens (), drivers = sweep_drivers (argv[1]);
  return tokens && drivers ? 0 : 1;
}
