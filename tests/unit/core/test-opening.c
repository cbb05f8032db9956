// SPDX-License-Identifier: Apache-2.0
/*
 * The command machine: results in every order, lost, doubled; what is shown is never more than what the station said.
 */
#include "core/opening.h"

#include <glib.h>
#include <string.h>

#define WALK_STEPS 200000

static IpdOpening
requested (bool has_contact)
{
  IpdOpening opening;
  IpdShortId id = { "AAAAAAAAAAAAAAAAAAAAAA" };
  IpdId device = { "aaaaaaaaaaaaaaaaaaaaaaaaaa" };
  IpdOutput output = { .id = { "door" }, .kind = IPD_OUTPUT_LOCK, .has_contact = has_contact };

  ipd_opening_init (&opening, &id, &device, &output, NULL);
  return opening;
}

typedef struct {
  const char *name;
  bool has_contact;
  const char *events; /* a accepted, m actuated (moved), o contact open, t contact timeout, r refused, i interrupted, f
                         send failed, x timer */
  IpdOpeningState end;
  bool over;
} Order;

static const Order orders[] = {
  { "straight", true, "amo", IPD_OPENING_CONTACT_OPEN, true },
  { "contact-never-opens", true, "amt", IPD_OPENING_CONTACT_TIMEOUT, true },
  { "no-contact", false, "am", IPD_OPENING_ACTUATED, true },
  { "no-contact-timer", false, "amx", IPD_OPENING_ACTUATED, true },
  { "contact-to-come", true, "am", IPD_OPENING_ACTUATED, false },
  { "everything-twice", true, "aammoo", IPD_OPENING_CONTACT_OPEN, true },
  { "backwards", true, "oma", IPD_OPENING_CONTACT_OPEN, true },
  { "accepted-late", true, "ma", IPD_OPENING_ACTUATED, false },
  { "only-the-end-arrives", true, "o", IPD_OPENING_CONTACT_OPEN, true },
  { "refused", true, "r", IPD_OPENING_REFUSED, true },
  { "driver-fails", true, "ar", IPD_OPENING_REFUSED, true },
  { "refused-then-open-is-nothing", true, "ro", IPD_OPENING_REFUSED, true },
  { "moved-is-moved", true, "mr", IPD_OPENING_ACTUATED, false },
  { "restart", true, "ai", IPD_OPENING_INTERRUPTED, true },
  { "restart-after-move", true, "ami", IPD_OPENING_INTERRUPTED, true },
  { "restart-after-move-no-contact", false, "ami", IPD_OPENING_ACTUATED, true },
  { "not-sent", true, "f", IPD_OPENING_NO_ANSWER, true },
  { "transaction-lost-but-arrived", true, "afmo", IPD_OPENING_CONTACT_OPEN, true },
  { "silence", true, "x", IPD_OPENING_NO_ANSWER, true },
  { "silence-after-accepted", true, "ax", IPD_OPENING_NO_ANSWER, true },
  { "silence-after-move", true, "amx", IPD_OPENING_NO_ANSWER, true },
  { "late-truth", true, "xo", IPD_OPENING_CONTACT_OPEN, true },
  { "late-refusal", true, "xr", IPD_OPENING_REFUSED, true },
  { "late-move", true, "xm", IPD_OPENING_ACTUATED, false },
  { "late-accepted-is-no-news", true, "xa", IPD_OPENING_NO_ANSWER, true },
  { "open-does-not-close", true, "ot", IPD_OPENING_CONTACT_OPEN, true },
  { "timeout-does-not-open", true, "to", IPD_OPENING_CONTACT_TIMEOUT, true },
  { "digits", false, "u", IPD_OPENING_UNCONFIRMED, true },
  { "digits-after-accepted", false, "au", IPD_OPENING_UNCONFIRMED, true },
  { "digits-are-never-more", true, "umo", IPD_OPENING_UNCONFIRMED, true },
  { "digits-after-a-proof", false, "mu", IPD_OPENING_ACTUATED, true },
  { "digits-late", false, "xu", IPD_OPENING_UNCONFIRMED, true },
  { "contact-we-did-not-know-of", false, "amo", IPD_OPENING_CONTACT_OPEN, true },
};

static IpdOpeningEvent
event_of (char letter)
{
  static const char letters[] = "amotrifxu";
  const char *at = strchr (letters, letter);

  g_assert_nonnull (at);
  return (IpdOpeningEvent){ (IpdOpeningEventType) (at - letters), IPD_REFUSAL_PROFILE };
}

static void
test_order (gconstpointer data)
{
  const Order *order = data;
  IpdOpening opening = requested (order->has_contact);

  for (const char *p = order->events; *p != '\0'; p++)
    {
      IpdOpeningEffects effects;
      IpdOpeningEvent ev = event_of (*p);
      g_assert_cmpint (ipd_opening_step (&opening, &ev, &opening, &effects), !=, IPD_STEP_ILLEGAL);
    }
  g_assert_cmpstr (ipd_opening_state_to_string (opening.state), ==, ipd_opening_state_to_string (order->end));
  g_assert_cmpint (ipd_opening_is_over (&opening), ==, order->over);
  g_assert_cmpint (opening.refusal, ==, order->end == IPD_OPENING_REFUSED ? IPD_REFUSAL_PROFILE : IPD_REFUSAL_NONE);
}

static int
rank (IpdOpeningState state)
{
  switch (state)
    {
    case IPD_OPENING_REQUESTED:
      return 0;
    case IPD_OPENING_ACCEPTED:
      return 1;
    case IPD_OPENING_NO_ANSWER:
      return 2;
    case IPD_OPENING_ACTUATED:
      return 3;
    case IPD_OPENING_CONTACT_OPEN:
    case IPD_OPENING_CONTACT_TIMEOUT:
    case IPD_OPENING_REFUSED:
    case IPD_OPENING_INTERRUPTED:
    case IPD_OPENING_UNCONFIRMED:
      return 4;
    }
  g_assert_not_reached ();
}

static bool
has (const IpdOpeningEffects *effects, IpdOpeningEffect effect)
{
  for (size_t i = 0; i < effects->n; i++)
    {
      if (effects->list[i] == effect)
        return true;
    }
  return false;
}

/* The one step back there is: no answer after the relay moved, which is this side's ignorance and not a claim. */
static void
check_forward (IpdOpeningState before, IpdOpeningState after)
{
  if (before == IPD_OPENING_ACTUATED && after == IPD_OPENING_NO_ANSWER)
    return;
  g_assert_cmpint (rank (after), >=, rank (before));
}

static void
check_effects (const IpdOpening *before, const IpdOpening *after, IpdStep step, const IpdOpeningEffects *effects,
               bool *timer, const IpdOpeningEvent *ev)
{
  if (step == IPD_STEP_IGNORED)
    {
      g_assert_cmpmem (before, sizeof *before, after, sizeof *after);
      g_assert_cmpuint (effects->n, ==, 0);
      return;
    }
  g_assert_cmpint (step, ==, IPD_STEP_OK);
  g_assert_true (has (effects, IPD_OPENING_DO_PUBLISH));
  g_assert_true (has (effects, IPD_OPENING_DO_RECORD));
  if (ev->type == IPD_OPENING_EV_TIMEOUT)
    *timer = false;
  if (has (effects, IPD_OPENING_DO_STOP_TIMER))
    {
      g_assert_true (*timer);
      *timer = false;
    }
  if (has (effects, IPD_OPENING_DO_RESTART_TIMER))
    *timer = true;
  if (ipd_opening_is_over (after))
    g_assert_false (*timer);
  else
    g_assert_true (*timer);
}

static void
test_walk (void)
{
  unsigned left = 0;
  unsigned ends[IPD_OPENING_N_STATES] = { 0 };
  bool said_open = false, timer = true;
  IpdOpening opening = requested (true);

  for (unsigned i = 0; i < WALK_STEPS; i++)
    {
      if (left-- == 0)
        {
          ends[opening.state]++;
          opening = requested (g_test_rand_int_range (0, 2) == 1);
          left = (unsigned) g_test_rand_int_range (1, 8);
          said_open = false;
          timer = true;
        }
      IpdOpeningEvent ev = { (IpdOpeningEventType) g_test_rand_int_range (0, IPD_OPENING_N_EVENTS),
                             (IpdRefusal) g_test_rand_int_range (1, 8) };
      if (ev.type == IPD_OPENING_EV_TIMEOUT && !timer)
        continue; /* a timer that does not run does not fire */
      IpdOpening next;
      IpdOpeningEffects effects;
      said_open = said_open || ev.type == IPD_OPENING_EV_CONTACT_OPEN;
      IpdStep step = ipd_opening_step (&opening, &ev, &next, &effects);
      check_forward (opening.state, next.state);
      check_effects (&opening, &next, step, &effects, &timer, &ev);
      g_assert_true (next.state != IPD_OPENING_CONTACT_OPEN || said_open);
      opening = next;
    }
  for (unsigned s = IPD_OPENING_ACCEPTED; s < IPD_OPENING_N_STATES; s++)
    g_assert_cmpuint (ends[s], >, 0);
}

static void
test_words (void)
{
  for (unsigned s = 0; s < IPD_OPENING_N_STATES; s++)
    {
      IpdOpeningState state = IPD_OPENING_NO_ANSWER;
      g_assert_true (ipd_opening_state_from_string (ipd_opening_state_to_string ((IpdOpeningState) s), &state));
      g_assert_cmpint (state, ==, s);
    }
  for (unsigned r = IPD_REFUSAL_NONE; r <= IPD_REFUSAL_RATE; r++)
    {
      IpdRefusal refusal = IPD_REFUSAL_NONE;
      g_assert_true (ipd_refusal_from_string (ipd_refusal_to_string ((IpdRefusal) r), &refusal));
      g_assert_cmpint (refusal, ==, r);
    }
  IpdOpeningState state;
  IpdRefusal refusal;
  g_assert_false (ipd_opening_state_from_string ("Accepted", &state));
  g_assert_false (ipd_opening_state_from_string (NULL, &state));
  g_assert_false (ipd_refusal_from_string ("because", &refusal));
}

static void
test_result_words (void)
{
  IpdOpeningEventType type;

  g_assert_false (ipd_opening_event_from_state (IPD_OPENING_REQUESTED, &type));
  g_assert_false (ipd_opening_event_from_state (IPD_OPENING_NO_ANSWER, &type));
  g_assert_false (ipd_opening_event_from_state (IPD_OPENING_UNCONFIRMED, &type)); /* no station signs that */
  for (unsigned s = IPD_OPENING_ACCEPTED; s <= IPD_OPENING_INTERRUPTED; s++)
    {
      IpdOpening opening = requested (true);
      IpdOpeningEffects effects;
      g_assert_true (ipd_opening_event_from_state ((IpdOpeningState) s, &type));
      IpdOpeningEvent ev = { type, IPD_REFUSAL_BUSY };
      ipd_opening_step (&opening, &ev, &opening, &effects);
      g_assert_cmpint (opening.state, ==, s);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *path = g_strdup_printf ("/opening/order/%s", orders[i].name);
      g_test_add_data_func (path, &orders[i], test_order);
    }
  g_test_add_func ("/opening/walk", test_walk);
  g_test_add_func ("/opening/words", test_words);
  g_test_add_func ("/opening/result-words", test_result_words);
  return g_test_run ();
}
