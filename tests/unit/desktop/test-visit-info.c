// SPDX-License-Identifier: Apache-2.0
/* What the agent's dictionaries become, and which of them are refused. */
#include "desktop/visit-info.h"

static GVariant *
dict (const char *text)
{
  return g_variant_ref_sink (g_variant_new_parsed (text));
}

static void
test_whole (void)
{
  g_autoptr (GVariant) said = dict ("{'id': <'v1'>, 'device': <'s1'>, 'device-name': <'Main entrance'>, "
                                    "'direction': <'out'>, 'state': <'talking'>, 'started': <int64 1234567>, "
                                    "'by': <'Anna'>, 'output': <'door'>, 'contact': <'pending'>, "
                                    "'outputs': <[('door', 'Front door', 'lock', true), "
                                    "('light', 'Stairs', 'light', false)]>, 'encrypted': <false>}");
  g_autoptr (IpdDeskVisit) visit = ipd_desk_visit_parse (said);
  const IpdDeskOutput *output;

  g_assert_nonnull (visit);
  g_assert_cmpstr (visit->id, ==, "v1");
  g_assert_cmpstr (visit->device, ==, "s1");
  g_assert_cmpstr (visit->device_name, ==, "Main entrance");
  g_assert_true (visit->outgoing);
  g_assert_cmpint (visit->state, ==, IPD_DESK_STATE_TALKING);
  g_assert_cmpint (visit->started_us, ==, 1234567);
  g_assert_cmpstr (visit->by, ==, "Anna");
  g_assert_cmpint (visit->contact, ==, IPD_DESK_CONTACT_PENDING);
  g_assert_false (visit->encrypted);
  g_assert_cmpuint (visit->outputs->len, ==, 2);
  output = ipd_desk_visit_find_output (visit, "door");
  g_assert_cmpstr (output->name, ==, "Front door");
  g_assert_cmpstr (output->kind, ==, "lock");
  g_assert_true (output->has_contact);
  g_assert_null (ipd_desk_visit_find_output (visit, "gate"));
  g_assert_null (ipd_desk_visit_find_output (visit, NULL));
}

/* Absent is not known: nothing is made up, and no warning is shown that nobody said. */
static void
test_sparse (void)
{
  g_autoptr (GVariant) said = dict ("{'id': <'v1'>, 'state': <'ringing'>, 'by': <''>}");
  g_autoptr (IpdDeskVisit) visit = ipd_desk_visit_parse (said);

  g_assert_nonnull (visit);
  g_assert_null (visit->device_name);
  g_assert_null (visit->by);
  g_assert_false (visit->outgoing);
  g_assert_true (visit->encrypted);
  g_assert_cmpint (visit->reason, ==, IPD_DESK_REASON_NONE);
  g_assert_cmpint (visit->contact, ==, IPD_DESK_CONTACT_NONE);
  g_assert_cmpuint (visit->outputs->len, ==, 0);
}

static void
test_refused_visits (void)
{
  static const char *const texts[] = {
    "{'state': <'ringing'>}",                                  /* no id */
    "{'id': <''>, 'state': <'ringing'>}",                      /* an empty one */
    "{'id': <'v1'>}",                                          /* no state */
    "{'id': <'v1'>, 'state': <'hovering'>}",                   /* a word of the future */
    "{'id': <'v1'>, 'state': <3>}",                            /* not a word */
    "{'id': <'v1'>, 'state': <'ended'>, 'reason': <'bored'>}", /* the same for the others */
    "{'id': <'v1'>, 'state': <'ringing'>, 'contact': <'perhaps'>}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GVariant) said = dict (texts[i]);

      g_test_message ("%s", texts[i]);
      g_assert_null (ipd_desk_visit_parse (said));
    }
}

static void
test_commands (void)
{
  g_autoptr (GVariant) said = dict ("{'id': <'c1'>, 'visit': <'v1'>, 'output': <'door'>, 'state': <'refused'>, "
                                    "'reason': <'profile'>}");
  g_autoptr (GVariant) nameless = dict ("{'visit': <'v1'>, 'state': <'requested'>}");
  g_autoptr (GVariant) stateless = dict ("{'id': <'c1'>, 'visit': <'v1'>}");
  g_autoptr (IpdDeskCommand) command = ipd_desk_command_parse (said);

  g_assert_nonnull (command);
  g_assert_cmpstr (command->visit, ==, "v1");
  g_assert_cmpstr (command->reason, ==, "profile");
  g_assert_cmpint (command->state, ==, IPD_DESK_COMMAND_REFUSED);
  g_assert_null (ipd_desk_command_parse (nameless));
  g_assert_null (ipd_desk_command_parse (stateless));
}

/* "actuated" is the end only where no contact will speak. */
static void
test_final (void)
{
  g_autoptr (GVariant) said = dict ("{'id': <'v1'>, 'state': <'ringing'>, 'outputs': "
                                    "<[('door', 'Door', 'lock', true), ('gate', 'Gate', 'gate', false)]>}");
  g_autoptr (IpdDeskVisit) visit = ipd_desk_visit_parse (said);
  static const struct {
    const char *output;
    IpdDeskCommandState state;
    gboolean final;
  } cases[] = {
    { "door", IPD_DESK_COMMAND_REQUESTED, FALSE },   { "door", IPD_DESK_COMMAND_ACCEPTED, FALSE },
    { "door", IPD_DESK_COMMAND_ACTUATED, FALSE },    { "gate", IPD_DESK_COMMAND_ACTUATED, TRUE },
    { "door", IPD_DESK_COMMAND_CONTACT_OPEN, TRUE }, { "door", IPD_DESK_COMMAND_CONTACT_TIMEOUT, TRUE },
    { "door", IPD_DESK_COMMAND_REFUSED, TRUE },      { "door", IPD_DESK_COMMAND_INTERRUPTED, TRUE },
    { "door", IPD_DESK_COMMAND_NO_ANSWER, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      IpdDeskCommand command = { .output = (char *) cases[i].output, .state = cases[i].state };

      g_assert_cmpint (ipd_desk_command_is_final (&command, visit), ==, cases[i].final);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desktop/visit-info/whole", test_whole);
  g_test_add_func ("/desktop/visit-info/sparse", test_sparse);
  g_test_add_func ("/desktop/visit-info/refused", test_refused_visits);
  g_test_add_func ("/desktop/visit-info/commands", test_commands);
  g_test_add_func ("/desktop/visit-info/final", test_final);
  return g_test_run ();
}
