// SPDX-License-Identifier: Apache-2.0
/* What the media process says it can play is what is offered and taken; until it has answered, what all can. */
#include <string.h>
#include <unistd.h>

#include "raw-station.h"
#include "wire/random.h"
#include "wire/sdp.h"

static const char *const media_ui[] = { "--ui", "media", NULL };

static void
wait_log (RawPlant *plant, const char *line)
{
  for (;;)
    {
      g_autofree char *log = raw_plant_log (plant);

      if (strstr (log, line) != NULL)
        return;
      raw_plant_settle (plant);
    }
}

static void
read_offer (RawPlant *plant, IpdSdp *ret_sdp)
{
  g_autoptr (GError) error = NULL;

  ipd_bus_agent1_call_call_sync (plant->bus, "", NULL, NULL, &error);
  g_assert_no_error (error);
  while (plant->invite == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (ipd_sdp_parse (plant->invite->body, strlen (plant->invite->body), ret_sdp, NULL));
}

static RawPlant *
start (guint n, const char *caps)
{
  RawPlant *plant;

  g_setenv ("IPDOOR_LIBEXEC", UI_DIR, TRUE);
  g_setenv ("TEST_UI_CAPS", caps, TRUE);
  g_setenv ("TEST_UI_OUT", "/dev/null", TRUE);
  g_setenv ("TEST_UI_EXIT", "0", TRUE);
  plant = raw_plant_new (n, media_ui);
  wait_log (plant, "the codecs are known");
  raw_plant_settle (plant); /* it may know them before it was told that it is registered, and then it calls nobody */
  return plant;
}

static void
test_known (void)
{
  RawPlant *plant = start (70, "{\"audio\":[\"opus\",\"PCMA\",\"smoke\",7],\"video\":[\"H264\"],\"srtp\":true}");
  IpdSdp sdp;

  read_offer (plant, &sdp);
  g_assert_cmpuint (sdp.n_audio, ==, 2);
  g_assert_cmpint (sdp.audio[0].codec, ==, IPD_AUDIO_OPUS);
  g_assert_cmpint (sdp.audio[1].codec, ==, IPD_AUDIO_PCMA);
  raw_plant_free (plant);
}

/* A media process that is broken: calls are still made, with what nobody lacks. */
static void
test_broken (void)
{
  RawPlant *plant = start (71, "not JSON");
  IpdSdp sdp;

  read_offer (plant, &sdp);
  g_assert_cmpuint (sdp.n_audio, ==, 2);
  g_assert_cmpint (sdp.audio[0].codec, ==, IPD_AUDIO_PCMA);
  g_assert_cmpint (sdp.audio[1].codec, ==, IPD_AUDIO_PCMU);
  raw_plant_free (plant);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (ipd_wire_init ());
  alarm (60);
  g_test_add_func ("/agent/codecs/known", test_known);
  g_test_add_func ("/agent/codecs/broken", test_broken);
  return g_test_run ();
}
