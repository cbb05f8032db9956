// SPDX-License-Identifier: Apache-2.0
/*
 * Every key of the configuration: what is taken, and the sentence for what is not.
 */
#include "station/config.h"

#include <string.h>

static void
test_defaults (void)
{
  g_autoptr (IpdStationConfig) config = ipd_station_config_new ();
  const IpdOutputConfig *door = config->outputs->pdata[0];
  g_assert_cmpstr (config->name, ==, "Main entrance");
  g_assert_cmpuint (config->outputs->len, ==, 1);
  g_assert_cmpstr (door->id, ==, "door");
  g_assert_cmpstr (door->kind, ==, "lock");
  g_assert_cmpint (door->contact, ==, IPD_CONTACT_PLAN_OPENS);
  g_assert_cmpuint (config->audio_ports.first, ==, 7078);
  g_assert_null (config->bind);
}

static void
test_values (void)
{
  static const char text[]
      = "[station]\nname=Hof\nplant=Haus 7\nroles=outdoor, broker\nbuttons=2\n"
        "[network]\nbind=127.0.0.1\nhttp-port=0\nsip-ports=5070\naudio-ports=7100-7103\npublish=false\n"
        "[media]\ncamera=rtsp:rtsp://10.0.0.1/"
        "live\npicture=1280x720\nfps=30\nkbps=2000\nmicrophone=test:880\nspeaker=device\n"
        "[visit]\nring-seconds=5\ntalk-seconds=6\n"
        "[output gate-2]\nname=Tor\nkind=gate\npulse-ms=500\ncontact=late 8000\n"
        "contact-timeout-ms=1000\n[output light]\nkind=light\ncontact=none\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdStationConfig) config = ipd_station_config_parse (text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (config->name, ==, "Hof");
  g_assert_cmpuint (config->buttons, ==, 2);
  g_assert_cmpuint (config->sip_ports.first, ==, 5070);
  g_assert_cmpuint (config->sip_ports.last, ==, 5070);
  g_assert_cmpuint (config->audio_ports.last, ==, 7103);
  g_assert_false (config->publish);
  g_assert_cmpstr (config->camera, ==, "rtsp:rtsp://10.0.0.1/live");
  g_assert_cmpuint (config->picture.width, ==, 1280);
  g_assert_cmpuint (config->picture.height, ==, 720);
  g_assert_cmpuint (config->fps, ==, 30);
  g_assert_cmpuint (config->kbps, ==, 2000);
  g_assert_cmpuint (config->outputs->len, ==, 2);
  const IpdOutputConfig *gate = config->outputs->pdata[0];
  g_assert_cmpstr (gate->id, ==, "gate-2");
  g_assert_cmpint (gate->contact, ==, IPD_CONTACT_PLAN_OPENS);
  g_assert_cmpuint (gate->contact_delay_ms, ==, 8000);
  g_assert_cmpuint (gate->contact_timeout_ms, ==, 1000);
  g_assert_cmpint (((IpdOutputConfig *) config->outputs->pdata[1])->contact, ==, IPD_CONTACT_PLAN_NONE);
}

static void
test_gpio (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdStationConfig) config
      = ipd_station_config_parse ("[output door]\ndriver=gpio:gpiochip0:17:active-low\ncontact=gpio:/dev/gpiochip1:4\n"
                                  "[output gate]\ndriver=gpio:gpiochip0:18\n",
                                  &error);
  g_assert_no_error (error);
  const IpdOutputConfig *door = config->outputs->pdata[0], *gate = config->outputs->pdata[1];
  g_assert_cmpstr (door->relay_line.chip, ==, "gpiochip0");
  g_assert_cmpuint (door->relay_line.line, ==, 17);
  g_assert_true (door->relay_line.active_low);
  g_assert_cmpint (door->contact, ==, IPD_CONTACT_PLAN_GPIO);
  g_assert_cmpstr (door->contact_line.chip, ==, "/dev/gpiochip1");
  g_assert_false (door->contact_line.active_low);
  g_assert_cmpint (gate->contact, ==, IPD_CONTACT_PLAN_NONE); /* not the simulated one */
}

static void
test_phones_and_devices (void)
{
  g_autoptr (GError) error = NULL;
  /* Groups are read in their own order. */
  g_autoptr (IpdStationConfig) config = ipd_station_config_parse (
      "[device-output gate lock]\ncode=123#\nnumber=2\n[device gate]\nname=Gate\ndriver=2n\nhost=192.0.2.9\n"
      "http-port=8080\nuser=admin\npassword=p%20w\n"
      "[phone 21]\nname=Kitchen\nsecret=0123456789abcdef\noutputs=door, aux\ndtmf=true\n"
      "[output door]\ndtmf-code=12\n[output aux]\n",
      &error);
  g_assert_no_error (error);
  const IpdPhoneConfig *phone = config->phones->pdata[0];
  g_assert_cmpstr (phone->id, ==, "21");
  g_assert_cmpstr (phone->name, ==, "Kitchen");
  g_assert_cmpstr (phone->outputs[1], ==, "aux");
  g_assert_true (phone->dtmf);
  const IpdDeviceConfig *device = config->devices->pdata[0];
  g_assert_cmpstr (device->driver, ==, "2n");
  g_assert_cmpstr (device->host, ==, "192.0.2.9");
  g_assert_cmpuint (device->http_port, ==, 8080);
  g_assert_cmpuint (device->sip_port, ==, 5060);
  const IpdDeviceOutputConfig *lock = device->outputs->pdata[0];
  g_assert_cmpstr (lock->id, ==, "lock");
  g_assert_cmpuint (lock->number, ==, 2);
}

/* A wrong secret is not shown to whoever reads the log. */
static void
test_secrets_are_not_shown (void)
{
  static const char *const texts[]
      = { "[phone 21]\nsecret=hush\n", "[output door]\ndtmf-code=hush\n", "[device g]\npassword=hush hush\n",
          "[device g]\n[device-output g x]\ncode=hush hush\n" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (ipd_station_config_parse (texts[i], &error));
      g_assert_error (error, IPD_CONFIG_ERROR, IPD_CONFIG_ERROR_VALUE);
      g_assert_null (strstr (error->message, "hush"));
    }
}

/* The sentence must name group, key and value, so that an installer finds the line. */
static void
test_refused (void)
{
  static const struct {
    const char *text;
    IpdConfigError code;
    const char *says;
  } cases[] = {
    { "[station]\nname=\n", IPD_CONFIG_ERROR_VALUE, "[station] name=" },
    { "[station]\nname=12345678901234567890123456789012345678901234567890123456789012345\n", IPD_CONFIG_ERROR_VALUE,
      "64 octets" },
    { "[station]\nroles=outdoor\n", IPD_CONFIG_ERROR_VALUE, "roles=outdoor" },
    { "[station]\nroles=outdoor,lift\n", IPD_CONFIG_ERROR_VALUE, "lift" },
    { "[station]\nbuttons=0\n", IPD_CONFIG_ERROR_VALUE, "buttons=0" },
    { "[station]\nbuttons=0x1\n", IPD_CONFIG_ERROR_VALUE, "0x1" },
    { "[network]\nbind=localhost\n", IPD_CONFIG_ERROR_VALUE, "bind=localhost" },
    { "[network]\nhttp-port=65536\n", IPD_CONFIG_ERROR_VALUE, "65536" },
    { "[network]\nsip-ports=5080-5060\n", IPD_CONFIG_ERROR_VALUE, "5080-5060" },
    { "[network]\naudio-ports=7078\n", IPD_CONFIG_ERROR_VALUE, "range of ports" },
    { "[network]\nvideo-ports=1-2-3\n", IPD_CONFIG_ERROR_VALUE, "1-2-3" },
    { "[network]\npublish=yes\n", IPD_CONFIG_ERROR_VALUE, "publish=yes" },
    { "[media]\ncamera=usb\n", IPD_CONFIG_ERROR_VALUE, "camera=usb" },
    { "[media]\ncamera=v4l2:\n", IPD_CONFIG_ERROR_VALUE, "camera=v4l2:" },
    { "[media]\npicture=1920x1080\n", IPD_CONFIG_ERROR_VALUE, "picture=1920x1080" },
    { "[media]\npicture=640\n", IPD_CONFIG_ERROR_VALUE, "picture=640" },
    { "[media]\npicture=641x480\n", IPD_CONFIG_ERROR_VALUE, "picture=641x480" },
    { "[media]\nfps=60\n", IPD_CONFIG_ERROR_VALUE, "fps=60" },
    { "[media]\nmicrophone=tone\n", IPD_CONFIG_ERROR_VALUE, "microphone=tone" },
    { "[media]\nspeaker=test\n", IPD_CONFIG_ERROR_VALUE, "speaker=test" },
    { "[visit]\nring-seconds=601\n", IPD_CONFIG_ERROR_VALUE, "601" },
    { "[visit]\ntalk-seconds=-1\n", IPD_CONFIG_ERROR_VALUE, "-1" },
    { "[output Door]\n", IPD_CONFIG_ERROR_VALUE, "[output Door]" },
    { "[output a-name-far-too-long]\n", IPD_CONFIG_ERROR_VALUE, "16 characters" },
    { "[output door]\nkind=window\n", IPD_CONFIG_ERROR_VALUE, "[output door] kind=window" },
    { "[output door]\ndriver=gpio\n", IPD_CONFIG_ERROR_VALUE, "driver=gpio" },
    { "[output door]\npulse-ms=10\n", IPD_CONFIG_ERROR_VALUE, "pulse-ms=10" },
    { "[output door]\ncontact=late\n", IPD_CONFIG_ERROR_VALUE, "contact=late" },
    { "[output door]\ncontact=late x\n", IPD_CONFIG_ERROR_VALUE, "contact=late x" },
    { "[output door]\ncolour=red\n", IPD_CONFIG_ERROR_UNKNOWN, "colour" },
    { "[output door]\ndriver=gpio:gpiochip0\n", IPD_CONFIG_ERROR_VALUE, "gpio:CHIP:LINE" },
    { "[output door]\ndriver=gpio:gpiochip0:1:low\n", IPD_CONFIG_ERROR_VALUE, "active-low" },
    { "[output door]\ndriver=gpio:a/b:1\n", IPD_CONFIG_ERROR_VALUE, "gpio:a/b:1" },
    { "[output door]\ndriver=gpio:c:1\ncontact=opens\n", IPD_CONFIG_ERROR_VALUE, "both must be of one kind" },
    { "[output door]\ncontact=gpio:c:1\n", IPD_CONFIG_ERROR_VALUE, "both must be of one kind" },
    { "[output a]\ndriver=gpio:c:1\n[output b]\ndriver=gpio:/dev/c:1\n", IPD_CONFIG_ERROR_VALUE, "in use already" },
    { "[output door]\ndtmf-code=1#2\n", IPD_CONFIG_ERROR_VALUE, "dtmf-code" },
    { "[phone a b]\n", IPD_CONFIG_ERROR_VALUE, "[phone a b]" },
    { "[phone aaaaaaaaaaaaaaaaaaaaaaaaaa]\n", IPD_CONFIG_ERROR_VALUE, "SIP user" }, /* as an id is */
    { "[phone 21]\nname=x\n", IPD_CONFIG_ERROR_VALUE, "without a secret" },
    { "[phone 21]\nsecret=0123456789abcde\n", IPD_CONFIG_ERROR_VALUE, "16 to 64" },
    { "[phone 21]\nsecret=0123456789abcdef\noutputs=attic\n", IPD_CONFIG_ERROR_VALUE, "no group [output attic]" },
    { "[phone 21]\nsecret=0123456789abcdef\noutputs=door\ndtmf=true\n", IPD_CONFIG_ERROR_VALUE, "dtmf-code" },
    { "[output a]\ndtmf-code=12\n[output b]\ndtmf-code=123\n"
      "[phone 21]\nsecret=0123456789abcdef\noutputs=a,b\n",
      IPD_CONFIG_ERROR_VALUE, "the beginning of the other" },
    { "[device gate]\n", IPD_CONFIG_ERROR_VALUE, "without a host" },
    { "[device gate]\nhost=gate.local\n", IPD_CONFIG_ERROR_VALUE, "numeric" },
    { "[device gate]\nhost=224.0.0.1\n", IPD_CONFIG_ERROR_VALUE, "224.0.0.1" },
    { "[device gate]\nhost=0.0.0.0\n", IPD_CONFIG_ERROR_VALUE, "0.0.0.0" },
    { "[device a]\nhost=192.0.2.1\n[device b]\nhost=192.0.2.1\n", IPD_CONFIG_ERROR_VALUE, "known by its address" },
    { "[device-output gate door]\n", IPD_CONFIG_ERROR_VALUE, "names a device" },
    { "[station]\ncolour=red\n", IPD_CONFIG_ERROR_UNKNOWN, "colour" },
    { "[visits]\n", IPD_CONFIG_ERROR_UNKNOWN, "[visits]" },
    { "nonsense\n", IPD_CONFIG_ERROR_FILE, "cannot be read" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_test_message ("%s", cases[i].text);
      g_assert_null (ipd_station_config_parse (cases[i].text, &error));
      g_assert_error (error, IPD_CONFIG_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

/* The file that people start from must be one that works, and say the true defaults. */
static void
test_shipped_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (g_getenv ("IPDOOR_STATION_CONF"), &text, NULL, &error));
  g_autoptr (GRegex) commented = g_regex_new ("^#([a-z-]+=)", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *live = g_regex_replace (commented, text, -1, 0, "\\1", 0, NULL);
  g_autoptr (IpdStationConfig) shipped = ipd_station_config_parse (live, &error);
  g_assert_no_error (error);
  g_autoptr (IpdStationConfig) plain = ipd_station_config_new ();
  g_assert_cmpstr (shipped->name, ==, plain->name);
  g_assert_cmpstr (shipped->plant, ==, plain->plant);
  g_assert_cmpuint (shipped->ring_seconds, ==, plain->ring_seconds);
  g_assert_cmpuint (shipped->talk_seconds, ==, plain->talk_seconds);
  g_assert_cmpuint (shipped->http_port, ==, plain->http_port);
  g_assert_cmpmem (&shipped->video_ports, sizeof (IpdPortRange), &plain->video_ports, sizeof (IpdPortRange));
  const IpdOutputConfig *a = shipped->outputs->pdata[0], *b = plain->outputs->pdata[0];
  g_assert_cmpstr (a->name, ==, b->name);
  g_assert_cmpuint (a->pulse_ms, ==, b->pulse_ms);
  g_assert_cmpuint (a->contact_timeout_ms, ==, b->contact_timeout_ms);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/defaults", test_defaults);
  g_test_add_func ("/config/values", test_values);
  g_test_add_func ("/config/gpio", test_gpio);
  g_test_add_func ("/config/phones-and-devices", test_phones_and_devices);
  g_test_add_func ("/config/secrets-are-not-shown", test_secrets_are_not_shown);
  g_test_add_func ("/config/refused", test_refused);
  g_test_add_func ("/config/shipped-file", test_shipped_file);
  return g_test_run ();
}
