// SPDX-License-Identifier: Apache-2.0
/*
 * Holding and call waiting with stations of ours: signed offers inside the dialog, both ways, what is not believed, and
 * several visits at a time.
 */
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent-error.h"
#include "raw-station.h"
#include "wire/random.h"
#include "wire/sdp.h"
#include "wire/sip-auth.h"

static const char *const no_ui[] = { "--ui", "none", NULL };

static void
set_up (RawPlant **plant, gconstpointer n)
{
  *plant = raw_plant_new (GPOINTER_TO_UINT (n), no_ui);
}

static void
tear_down (RawPlant **plant, gconstpointer n)
{
  raw_plant_free (*plant);
}

static void
turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

/* ---- visits ---- */

typedef gboolean (*Verb) (IpdBusAgent1 *bus, const char *visit, GCancellable *cancellable, GError **error);

static void
act (RawPlant *plant, Verb verb, const char *visit)
{
  g_autoptr (GError) error = NULL;

  verb (plant->bus, visit, NULL, &error);
  g_assert_no_error (error);
}

static RawCall *
ring (RawPlant *plant, RawInvite *ret_invite)
{
  RawCall *call;

  raw_invite_init (plant, ret_invite);
  call = raw_plant_ring (plant, ret_invite);
  raw_call_wait_answer (call);
  g_assert_cmpint (call->status, ==, 183);
  return call;
}

/* Waits until the agent says that of that visit. */
static void
wait_visit (RawPlant *plant, const RawInvite *invite, const char *state)
{
  for (;;)
    {
      GVariant *visit = raw_plant_wait_visit (plant, state);
      bool found = strcmp (raw_text (visit, "id"), invite->visit.s) == 0;

      g_variant_unref (g_queue_pop_head (&plant->visits));
      if (found)
        return;
    }
}

static RawCall *
talk (RawPlant *plant, RawInvite *ret_invite)
{
  RawCall *call = ring (plant, ret_invite);

  act (plant, ipd_bus_agent1_call_answer_sync, ret_invite->visit.s);
  wait_visit (plant, ret_invite, "talking");
  return call;
}

static const char *
state_now (RawPlant *plant, const RawInvite *invite)
{
  g_autoptr (GVariant) visits = raw_plant_visits (plant);
  const char *state = "gone";

  for (gsize i = 0; i < g_variant_n_children (visits); i++)
    {
      g_autoptr (GVariant) visit = g_variant_get_child_value (visits, i);

      if (strcmp (raw_text (visit, "id"), invite->visit.s) == 0)
        state = g_intern_string (raw_text (visit, "state"));
    }
  return state;
}

/* ---- offers of the agent ---- */

static char *
sdp_of (RawPlant *plant, const RawInvite *invite, bool held, guint port)
{
  IpdSdp first, again;

  g_assert_true (ipd_sdp_parse (invite->sdp, strlen (invite->sdp), &first, NULL));
  ipd_sdp_init_hold (&again, &first, held, first.version + 1);
  if (port != 0)
    again.audio_port = (uint16_t) port;
  return ipd_sdp_write (&again);
}

static void
sign (const RawInvite *invite, guint status, const char *from_tag, const char *ruri_user, guint32 cseq,
      const char *body, char ret_value[static IPD_SIP_AUTH_LENGTH + 1])
{
  const IpdSipAuth auth = { .method = "INVITE",
                            .status = status,
                            .signer = invite->signer.id.s,
                            .receiver = invite->receiver,
                            .from_tag = from_tag,
                            .ruri_user = ruri_user,
                            .call_id = invite->call_id.s,
                            .cseq = cseq,
                            .visit = invite->visit.s,
                            .body = body,
                            .body_length = strlen (body) };

  g_assert_true (ipd_sip_auth_sign (&auth, &invite->signer, ret_value));
}

/* Waits for one; it is signed by the client, and changes the directions and nothing else. */
static void
wait_offer (RawPlant *plant, const RawInvite *invite, RawCall *call, bool held)
{
  IpdSdp first, again;
  gboolean is_held;

  while (call->reoffer == NULL)
    turn ();
  const IpdSipEvent *offer = call->reoffer;
  const IpdSipAuth auth = { .method = "INVITE",
                            .signer = plant->client.id.s,
                            .receiver = plant->station.id.s,
                            .from_tag = offer->from_tag,
                            .ruri_user = offer->ruri_user,
                            .call_id = invite->call_id.s,
                            .cseq = offer->cseq,
                            .visit = invite->visit.s,
                            .body = offer->body,
                            .body_length = strlen (offer->body) };
  g_assert_true (ipd_sip_auth_verify (&auth, offer->auth, strlen (offer->auth), plant->client.pk, NULL));
  g_assert_true (ipd_sdp_parse (call->first_body, strlen (call->first_body), &first, NULL));
  g_assert_true (ipd_sdp_parse (offer->body, strlen (offer->body), &again, NULL));
  g_assert_true (ipd_sdp_hold_fits (&first, &again, &is_held));
  g_assert_cmpint (is_held, ==, held);
}

static void
answer_offer (RawPlant *plant, const RawInvite *invite, RawCall *call, bool held, bool spoil)
{
  g_autofree char *body = sdp_of (plant, invite, held, 0);
  char value[IPD_SIP_AUTH_LENGTH + 1];

  sign (invite, 200, call->reoffer->from_tag, call->reoffer->ruri_user, call->reoffer->cseq, body, value);
  if (spoil)
    value[20] = value[20] == 'A' ? 'B' : 'A';
  ipd_sip_answer_reoffer (plant->sip, call->call, 200, body, value, NULL);
  g_clear_pointer (&call->reoffer, ipd_sip_event_free);
}

static void
expect_offer (RawPlant *plant, const RawInvite *invite, RawCall *call, bool held)
{
  wait_offer (plant, invite, call, held);
  answer_offer (plant, invite, call, held, false);
}

/* ---- tests ---- */

static void
test_hold (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = talk (*plant, &invite);
  g_autoptr (GError) error = NULL;

  act (*plant, ipd_bus_agent1_call_hold_sync, "");
  wait_visit (*plant, &invite, "held");
  expect_offer (*plant, &invite, call, true);
  g_assert_false (ipd_bus_agent1_call_hold_sync ((*plant)->bus, invite.visit.s, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  act (*plant, ipd_bus_agent1_call_resume_sync, "");
  wait_visit (*plant, &invite, "talking");
  expect_offer (*plant, &invite, call, false);
  g_assert_false (ipd_bus_agent1_call_resume_sync ((*plant)->bus, invite.visit.s, NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE);
  g_clear_error (&error);
  g_assert_false (ipd_bus_agent1_call_send_digits_sync ((*plant)->bus, "", "1", NULL, &error));
  g_assert_error (error, IPD_AGENT_ERROR, IPD_AGENT_ERROR_WRONG_STATE);
  raw_invite_clear (&invite);
}

/* Refused: nobody is heard all the same. An answer that does not verify: the call is not what it was. */
static void
test_hold_refused (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = talk (*plant, &invite);

  act (*plant, ipd_bus_agent1_call_hold_sync, "");
  wait_offer (*plant, &invite, call, true);
  ipd_sip_answer_reoffer ((*plant)->sip, call->call, 488, NULL, NULL, NULL);
  g_clear_pointer (&call->reoffer, ipd_sip_event_free);
  raw_plant_settle (*plant);
  g_assert_cmpstr (state_now (*plant, &invite), ==, "held");
  act (*plant, ipd_bus_agent1_call_hang_up_sync, "");
  wait_visit (*plant, &invite, "ended");
  raw_invite_clear (&invite);
  call = talk (*plant, &invite);
  act (*plant, ipd_bus_agent1_call_hold_sync, "");
  wait_offer (*plant, &invite, call, true);
  answer_offer (*plant, &invite, call, true, true);
  wait_visit (*plant, &invite, "ended");
  while (!call->ended)
    turn ();
  raw_invite_clear (&invite);
}

static int
offer (RawPlant *plant, const RawInvite *invite, RawCall *call, const char *body, guint32 cseq, bool spoil)
{
  char value[IPD_SIP_AUTH_LENGTH + 1];
  g_autoptr (GError) error = NULL;

  sign (invite, 0, invite->from_tag.s, call->contact_user, cseq, body, value);
  if (spoil)
    value[20] = value[20] == 'A' ? 'B' : 'A';
  call->reanswered = 0;
  ipd_sip_reinvite (plant->sip, call->call, cseq, body, value, &error);
  g_assert_no_error (error);
  while (call->reanswered == 0)
    turn ();
  return call->reanswered;
}

/* The station holds, and goes on; who cannot sign changes nothing, and nobody moves a port. */
static void
test_station_holds (RawPlant **plant, gconstpointer n)
{
  RawInvite invite;
  RawCall *call = talk (*plant, &invite);
  g_autofree char *hold = sdp_of (*plant, &invite, true, 0);
  g_autofree char *on = sdp_of (*plant, &invite, false, 0);
  g_autofree char *moved = sdp_of (*plant, &invite, false, 30000);
  gboolean held = FALSE;

  g_assert_cmpint (offer (*plant, &invite, call, hold, 1001, true), ==, 403);
  g_assert_cmpint (offer (*plant, &invite, call, moved, 2001, false), ==, 488);
  g_queue_clear_full (&(*plant)->visits, (GDestroyNotify) g_variant_unref);
  g_assert_cmpint (offer (*plant, &invite, call, hold, 3001, false), ==, 200);
  g_variant_lookup (raw_plant_wait_visit (*plant, "talking"), "held-by-peer", "b", &held);
  g_assert_true (held);
  g_queue_clear_full (&(*plant)->visits, (GDestroyNotify) g_variant_unref);
  g_assert_cmpint (offer (*plant, &invite, call, on, 4001, false), ==, 200);
  g_variant_lookup (raw_plant_wait_visit (*plant, "talking"), "held-by-peer", "b", &held);
  g_assert_false (held);
  raw_invite_clear (&invite);
}

/* A second ring beside the talk: both go on. To answer holds the first, to resume swaps, an end is one's own. */
static void
test_call_waiting (RawPlant **plant, gconstpointer n)
{
  RawInvite first, second, third;
  RawCall *call1 = talk (*plant, &first);
  RawCall *call2 = ring (*plant, &second);
  RawCall *call3;

  wait_visit (*plant, &second, "ringing");
  g_assert_cmpstr (state_now (*plant, &first), ==, "talking");
  act (*plant, ipd_bus_agent1_call_answer_sync, second.visit.s);
  expect_offer (*plant, &first, call1, true);
  wait_visit (*plant, &second, "talking");
  g_assert_cmpstr (state_now (*plant, &first), ==, "held");
  act (*plant, ipd_bus_agent1_call_resume_sync, first.visit.s);
  expect_offer (*plant, &second, call2, true);
  expect_offer (*plant, &first, call1, false);
  g_assert_cmpstr (state_now (*plant, &first), ==, "talking");
  g_assert_cmpstr (state_now (*plant, &second), ==, "held");
  call3 = ring (*plant, &third);
  g_assert_cmpint (call3->status, ==, 183);
  g_assert_cmpstr (state_now (*plant, &third), ==, "ringing");
  act (*plant, ipd_bus_agent1_call_hang_up_sync, ""); /* the one that talks, though others are newer */
  wait_visit (*plant, &first, "ended");
  g_assert_cmpstr (state_now (*plant, &second), ==, "held");
  g_assert_cmpstr (state_now (*plant, &third), ==, "ringing");
  act (*plant, ipd_bus_agent1_call_resume_sync, "");
  expect_offer (*plant, &second, call2, false);
  ipd_sip_bye ((*plant)->sip, call2->call);
  wait_visit (*plant, &second, "ended");
  g_assert_cmpstr (state_now (*plant, &third), ==, "ringing");
  raw_invite_clear (&first);
  raw_invite_clear (&second);
  raw_invite_clear (&third);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  (void) ipd_agent_error_quark ();
  alarm (60);
#define ADD(path, n, function) g_test_add (path, RawPlant *, GUINT_TO_POINTER (n), set_up, function, tear_down)
  ADD ("/agent/hold/hold", 60, test_hold);
  ADD ("/agent/hold/refused", 61, test_hold_refused);
  ADD ("/agent/hold/station-holds", 62, test_station_holds);
  ADD ("/agent/hold/call-waiting", 63, test_call_waiting);
#undef ADD
  return g_test_run ();
}
