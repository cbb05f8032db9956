// SPDX-License-Identifier: Apache-2.0
/* What a person reads in each state. IPDOOR_TEST_LANGUAGE=it: the same states, in Italian. */
#include "desktop/wording.h"

#include <libintl.h>
#include <locale.h>

#define ENDED(reason)  "'state': <'ended'>, 'reason': <'" reason "'>"
#define COMMAND(state) "'output': <'door'>, 'state': <'" state "'>"

typedef struct {
  const char *visit;
  const char *command; /* NULL: none */
  IpdDeskTone tone;
  const char *english;
  const char *italian;
} Case;

#define RING            "'state': <'previewing'>, 'outputs': <[('door', 'Door', 'lock', true), ('gate', 'Gate', 'gate', false)]>"
#define OPENED(contact) ENDED ("opened") ", 'by': <'Anna'>, 'contact': <'" contact "'>"

static const Case cases[] = {
  { RING, NULL, IPD_DESK_TONE_CALM, "Somebody is at the door", "C'è qualcuno alla porta" },
  { "'state': <'answering'>", NULL, IPD_DESK_TONE_WAIT, "Connecting…", "Connessione in corso…" },
  { "'state': <'calling'>", NULL, IPD_DESK_TONE_WAIT, "Calling the station…", "Chiamata in corso…" },
  { "'state': <'talking'>", NULL, IPD_DESK_TONE_CALM, "In conversation", "In conversazione" },
  { "'state': <'talking'>, 'held-by-peer': <true>", NULL, IPD_DESK_TONE_CALM, "The other side has put you on hold",
    "L'altra parte ti ha messo in attesa" },
  { "'state': <'held'>", NULL, IPD_DESK_TONE_CALM, "On hold: neither side is heard",
    "In attesa: nessuno dei due sente l'altro" },
  /* a door in this visit */
  { RING, COMMAND ("requested"), IPD_DESK_TONE_WAIT, "Opening requested…", "Apertura richiesta…" },
  { RING, COMMAND ("accepted"), IPD_DESK_TONE_WAIT, "The station has accepted…", "La postazione ha accettato…" },
  { RING, COMMAND ("actuated"), IPD_DESK_TONE_WAIT, "Lock released, waiting for the door",
    "Serratura sbloccata, in attesa della porta" },
  { RING, "'output': <'gate'>, 'state': <'actuated'>", IPD_DESK_TONE_CALM, "Lock released", "Serratura sbloccata" },
  { RING, COMMAND ("contact-open"), IPD_DESK_TONE_GOOD, "Door open", "Porta aperta" },
  { RING, COMMAND ("contact-timeout"), IPD_DESK_TONE_WORRY, "The door did not open", "La porta non si è aperta" },
  { RING, COMMAND ("no-answer"), IPD_DESK_TONE_WORRY, "The station did not answer. Check the door.",
    "La postazione non ha risposto. Controlla la porta." },
  { RING, COMMAND ("unconfirmed"), IPD_DESK_TONE_CALM, "Code sent. This station does not say whether the door opened.",
    "Codice inviato. Questa postazione non dice se la porta si è aperta." },
  { RING, COMMAND ("interrupted"), IPD_DESK_TONE_WORRY, "The station restarted. Check the door.",
    "La postazione si è riavviata. Controlla la porta." },
  { RING, COMMAND ("refused") ", 'reason': <'licence'>", IPD_DESK_TONE_WORRY,
    "This PC is no longer enabled for this plant.", "Questo PC non è più abilitato all'impianto." },
  { RING, COMMAND ("refused") ", 'reason': <'profile'>", IPD_DESK_TONE_WORRY,
    "You are not authorised to open this door.", "Non sei autorizzato ad aprire questo varco." },
  { RING, COMMAND ("refused") ", 'reason': <'of-the-future'>", IPD_DESK_TONE_WORRY,
    "The station refused to open the door.", "La postazione ha rifiutato di aprire il varco." },
  { RING, COMMAND ("refused"), IPD_DESK_TONE_WORRY, "The station refused to open the door.",
    "La postazione ha rifiutato di aprire il varco." },
  /* the end */
  { ENDED ("hangup"), NULL, IPD_DESK_TONE_CALM, "Call ended", "Chiamata terminata" },
  { ENDED ("rejected"), NULL, IPD_DESK_TONE_CALM, "Rejected", "Chiamata rifiutata" },
  { ENDED ("missed"), NULL, IPD_DESK_TONE_WORRY, "Missed visit", "Visita senza risposta" },
  { ENDED ("cancelled"), NULL, IPD_DESK_TONE_CALM, "The visitor has gone", "Il visitatore se n'è andato" },
  { ENDED ("cancelled") ", 'direction': <'out'>", NULL, IPD_DESK_TONE_CALM, "The call made way for a visitor",
    "La chiamata ha lasciato il posto a un visitatore" },
  { ENDED ("timeout"), NULL, IPD_DESK_TONE_WORRY, "The time to talk is over", "Il tempo di conversazione è finito" },
  { ENDED ("timeout") ", 'direction': <'out'>", NULL, IPD_DESK_TONE_WORRY, "Time is up", "Tempo scaduto" },
  { ENDED ("busy"), NULL, IPD_DESK_TONE_WORRY, "The station is busy", "La postazione è occupata" },
  { ENDED ("failed"), NULL, IPD_DESK_TONE_WORRY, "The connection was lost", "La connessione è caduta" },
  { ENDED ("refused"), NULL, IPD_DESK_TONE_WORRY, "The station refused the call",
    "La postazione ha rifiutato la chiamata" },
  { ENDED ("answered-elsewhere") ", 'by': <'Anna'>", NULL, IPD_DESK_TONE_CALM, "Answered by Anna", "Ha risposto Anna" },
  { ENDED ("answered-elsewhere"), NULL, IPD_DESK_TONE_CALM, "Answered elsewhere", "Risposto da un'altra postazione" },
  /* opened by somebody: what the contact says comes with it */
  { OPENED ("none"), NULL, IPD_DESK_TONE_CALM, "Opened by Anna", "Aperto da Anna" },
  { OPENED ("pending"), NULL, IPD_DESK_TONE_WAIT, "Opened by Anna, waiting for the door",
    "Aperto da Anna, in attesa della porta" },
  { OPENED ("open"), NULL, IPD_DESK_TONE_GOOD, "Opened by Anna, door open", "Aperto da Anna, porta aperta" },
  { OPENED ("timeout"), NULL, IPD_DESK_TONE_WORRY, "Opened by Anna, but the door did not open",
    "Aperto da Anna, ma la porta non si è aperta" },
  /* own command and end together: the door first, unless the command came to nothing */
  { OPENED ("open"), COMMAND ("contact-open"), IPD_DESK_TONE_GOOD, "Door open", "Porta aperta" },
  { OPENED ("open"), COMMAND ("refused") ", 'reason': <'busy'>", IPD_DESK_TONE_GOOD, "Opened by Anna, door open",
    "Aperto da Anna, porta aperta" },
  { ENDED ("cancelled"), COMMAND ("requested"), IPD_DESK_TONE_WAIT, "Opening requested…", "Apertura richiesta…" },
  { ENDED ("cancelled"), COMMAND ("refused"), IPD_DESK_TONE_CALM, "The visitor has gone",
    "Il visitatore se n'è andato" },
};

static GVariant *
dict (const char *id, const char *members)
{
  g_autofree char *text = g_strdup_printf ("{'id': <'%s'>, %s}", id, members);
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
check (const Case *c, gboolean italian)
{
  g_autoptr (GVariant) visit_said = dict ("v1", c->visit);
  g_autoptr (GVariant) command_said = c->command != NULL ? dict ("c1", c->command) : NULL;
  g_autoptr (IpdDeskVisit) visit = ipd_desk_visit_parse (visit_said);
  g_autoptr (IpdDeskCommand) command = command_said != NULL ? ipd_desk_command_parse (command_said) : NULL;
  g_auto (IpdDeskLine) line = { 0 };

  g_assert_nonnull (visit);
  ipd_desk_wording (visit, command, &line);
  g_assert_cmpstr (line.text, ==, italian ? c->italian : c->english);
  g_assert_cmpint (line.tone, ==, c->tone);
}

static void
test_states (void)
{
  gboolean italian = g_strcmp0 (g_getenv ("IPDOOR_TEST_LANGUAGE"), "it") == 0;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i], italian);
}

static void
test_elapsed (void)
{
  static const struct {
    gint64 seconds;
    const char *text;
  } times[] = {
    { -5, "0:00" }, { 0, "0:00" }, { 7, "0:07" }, { 754, "12:34" }, { 3723, "1:02:03" }, { G_MAXINT64, "99:59:59" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = ipd_desk_wording_elapsed (times[i].seconds);

      g_assert_cmpstr (text, ==, times[i].text);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("IPDOOR_LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desktop/wording/states", test_states);
  g_test_add_func ("/desktop/wording/elapsed", test_elapsed);
  return g_test_run ();
}
