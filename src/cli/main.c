// SPDX-License-Identifier: Apache-2.0
/*
 * ipdoor: the command line. Everything it can do goes through the agent's contract; this file only finds the verb.
 */
#include <glib/gi18n.h>
#include <string.h>

#include "agent/agent-error.h"
#include "cli/verbs.h"
#include "platform/language.h"

const CliVerb cli_verbs[] = {
  { "enrol", N_ ("CODE|- [--station HOST[:PORT]] [--name NAME]"), N_ ("Make this computer a member of a plant"),
    N_ ("The code comes from whoever looks after the plant (“ipdoor-station enrol-code” on the station). With “-” it "
        "is read from standard input, so that it does not show in the list of processes. Starts the agent when it does "
        "not run."),
    cli_enrol },
  { "un-enrol", "", N_ ("End the membership and wipe keys, licence and history"), NULL, cli_un_enrol },
  { "status", "", N_ ("Say how things are"), N_ ("Exits with 0 when this computer can be rung."), cli_status },
  { "devices", "", N_ ("List the stations of the plant and their outputs"), NULL, cli_devices },
  { "open", N_ ("[DEVICE] [OUTPUT]"), N_ ("Open a door, and say what became of it"),
    N_ ("DEVICE is an id or a name; it can be left away where there is one station, or a visitor at one only. OUTPUT "
        "is the station's first lock if left away. While a visitor rings there, the door is opened for that visit. "
        "Exits with 0 only when the contact saw the door open, when an output without contact was actuated, or when a "
        "code was sent to a station of another maker that confirms nothing."),
    cli_open },
  { "call", N_ ("DEVICE"), N_ ("See and hear a station without a ring"), NULL, cli_call },
  { "answer", N_ ("[VISIT]"), N_ ("Answer the visitor"), NULL, cli_answer },
  { "reject", N_ ("[VISIT]"), N_ ("Reject the visitor"), NULL, cli_reject },
  { "hangup", N_ ("[VISIT]"), N_ ("Hang up"), NULL, cli_hangup },
  { "hold", N_ ("[VISIT]"), N_ ("Hold a talk: neither side hears the other"), NULL, cli_hold },
  { "resume", N_ ("[VISIT]"), N_ ("Go on with a talk that was held; the one that goes on now is held"), NULL,
    cli_resume },
  { "digits", N_ ("DIGITS|- [VISIT]"), N_ ("Press keys in a talk with a station of another maker"),
    N_ ("DIGITS are 1 to 32 of 0-9, *, # and A-D. With “-” they are read from standard input, so that a code does not "
        "show in the list of processes."),
    cli_digits },
  { "history", N_ ("[--limit N]"), N_ ("List past visits and openings"), NULL, cli_history },
  { "monitor", "", N_ ("Follow everything that happens, until interrupted"), NULL, cli_monitor },
  { "station", "…", N_ ("Run ipdoor-station with the arguments that follow"), NULL, cli_station },
  { NULL },
};

static void
print_help (void)
{
  g_print ("%s\n\n", _ ("Usage: ipdoor VERB [--json] [--help] …"));
  for (const CliVerb *verb = cli_verbs; verb->name != NULL; verb++)
    g_print ("  %-10s %s\n", verb->name, _ (verb->summary));
  g_print ("\n%s\n", _ ("Exit codes:\n"
                        "  0  done\n"
                        "  1  asked, and the answer was no; or the door did not open\n"
                        "  2  the command line is wrong\n"
                        "  3  the agent does not run or cannot be reached\n"
                        "  4  not enrolled, or the station cannot be reached\n"
                        "  5  the program to run is not installed"));
}

int
main (int argc, char **argv)
{
  ipd_language_set_up ();
  g_set_prgname ("ipdoor");
  g_log_writer_default_set_use_stderr (TRUE); /* standard output is what was asked for, debug messages are not */
  (void) ipd_agent_error_quark ();            /* so that the agent's errors come back as what they are */
  if (argc < 2 || strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0)
    {
      print_help ();
      return argc < 2 ? CLI_USAGE : CLI_OK;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("ipdoor %s\n", IPD_VERSION);
      return CLI_OK;
    }
  for (const CliVerb *verb = cli_verbs; verb->name != NULL; verb++)
    if (strcmp (verb->name, argv[1]) == 0)
      return verb->run (argc - 1, argv + 1);
  g_printerr (_ ("ipdoor: there is no verb “%s”; “ipdoor --help” lists them\n"), argv[1]);
  return CLI_USAGE;
}
