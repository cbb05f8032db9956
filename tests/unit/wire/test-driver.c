// SPDX-License-Identifier: Apache-2.0
/*
 * Driver files: every one of data/vendors says what its maker's station understands; what is not a driver is refused
 * with the name of the member that is wrong; values cannot leave their place.
 */

#include "wire/driver.h"

#include "wire-test.h"

#define OPENING(text) "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"openings\":[" text "]}"
#define STEP(text)    OPENING ("{\"way\":\"http\",\"steps\":[{" text "}]}")

static const char *const vendors[] = { "2n",     "akuvox",     "axis",        "bas-ip",    "dahua",   "doorbird",
                                       "fanvil", "fanvil-2xx", "grandstream", "hikvision", "generic", "generic-180" };

static IpdDriver *
load (const char *name)
{
  g_autofree char *file = g_strdup_printf ("%s.json", name);
  g_autofree char *path = g_build_filename (g_getenv ("IPDOOR_VENDORS"), file, NULL);
  g_autofree char *json = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &json, &length, &error);
  g_assert_no_error (error);
  IpdDriver *driver = ipd_driver_read (name, json, length, &error);
  g_assert_no_error (error);
  return driver;
}

static const IpdDriverValue values[] = {
  { "host", "192.0.2.7" }, { "sip-port", "5060" },  { "http-port", "80" }, { "rtsp-port", "554" },
  { "user", "ad min" },    { "password", "p&w=d" }, { "code", "2468" },    { "number", "2" },
  { "output", "door" },    { "token", "T/1" },      { "IDCode", "4711" },  { "ChallengeCode", "abc" },
};

static char *
expand (const char *text, IpdDriverPlace place)
{
  g_autoptr (GError) error = NULL;
  char *expanded = ipd_driver_expand (text, place, values, G_N_ELEMENTS (values), &error);
  g_assert_no_error (error);
  return expanded;
}

/* What goes out for output 2 with code 2468, as the makers' documents have it. */
static const struct {
  const char *vendor;
  unsigned opening, step;
  const char *method, *target;
  IpdDriverAuth auth;
} requests[] = {
  { "2n", 0, 0, "GET", "/api/switch/ctrl?switch=2&action=trigger", IPD_DRIVER_AUTH_ANY },
  { "doorbird", 0, 0, "GET", "/bha-api/open-door.cgi?r=2", IPD_DRIVER_AUTH_BASIC },
  { "akuvox", 0, 0, "GET", "/fcgi/do?action=OpenDoor&UserName=ad%20min&Password=p%26w%3Dd&DoorNum=2",
    IPD_DRIVER_AUTH_NONE },
  { "fanvil", 0, 0, "GET", "/cgi-bin/ConfigManApp.com?key=F_LOCK&code=2468", IPD_DRIVER_AUTH_BASIC },
  { "grandstream", 0, 0, "GET", "/goform/apicmd?cmd=0&user=ad%20min", IPD_DRIVER_AUTH_NONE },
  { "grandstream", 0, 1, "GET", /* md5 of abc:2468:p&w=d */
    "/goform/apicmd?cmd=1&user=ad%20min&authcode=96b93a24e4df90d89dd97654a5bc4f25&idcode=4711&type=1",
    IPD_DRIVER_AUTH_NONE },
  { "hikvision", 0, 0, "PUT", "/ISAPI/AccessControl/RemoteControl/door/2", IPD_DRIVER_AUTH_DIGEST },
  { "axis", 0, 0, "GET", "/axis-cgi/io/port.cgi?action=2%3A%2F3000%5C", IPD_DRIVER_AUTH_DIGEST },
  { "dahua", 0, 0, "GET", "/cgi-bin/accessControl.cgi?action=openDoor&channel=2&UserID=101&Type=Remote",
    IPD_DRIVER_AUTH_DIGEST },
  { "bas-ip", 0, 1, "GET", "/api/v1/access/general/lock/open/remote/accepted/2", IPD_DRIVER_AUTH_BEARER },
  { "bas-ip", 1, 0, "GET", "/v1/access/general/lock/open/remote/accepted/2", IPD_DRIVER_AUTH_BASIC },
};

static void
test_requests (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (IpdDriver) driver = load (requests[i].vendor);
      const IpdDriverOpening *opening = &driver->openings[requests[i].opening];
      g_assert_cmpint (opening->way, ==, IPD_DRIVER_BY_HTTP);
      g_assert_cmpuint (requests[i].step, <, opening->n_steps);
      const IpdDriverStep *step = &opening->steps[requests[i].step];
      g_autofree char *target = expand (step->target, IPD_DRIVER_URL);
      g_assert_cmpstr (step->method, ==, requests[i].method);
      g_assert_cmpint (step->auth, ==, requests[i].auth);
      g_assert_cmpstr (target, ==, requests[i].target);
    }
}

static void
test_all (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (vendors); i++)
    {
      g_autoptr (IpdDriver) driver = load (vendors[i]);
      g_assert_cmpstr (driver->name, ==, vendors[i]);
      g_assert_cmpstr (driver->title, !=, "");
      g_assert_cmpuint (driver->n_openings, >=, 2);
      g_assert_cmpuint (driver->digits.duration_ms, >=, 100);
      const char *uris[] = { driver->ring_uri, driver->stream_uri };
      for (size_t u = 0; u < G_N_ELEMENTS (uris); u++)
        {
          g_autofree char *uri = uris[u] != NULL ? expand (uris[u], IPD_DRIVER_URL) : NULL;
          g_assert_true (uri == NULL || strstr (uri, "://192.0.2.7:") != NULL);
        }
    }
}

/* No driver file is without a test here. */
static void
test_none_forgotten (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (g_getenv ("IPDOOR_VENDORS"), 0, &error);
  unsigned count = 0;

  g_assert_no_error (error);
  for (const char *file = g_dir_read_name (folder); file != NULL; file = g_dir_read_name (folder))
    count += g_str_has_suffix (file, ".json") ? 1 : 0;
  g_assert_cmpuint (count, ==, G_N_ELEMENTS (vendors));
}

static void
test_doorbird (void)
{
  g_autoptr (IpdDriver) driver = load ("doorbird");
  IpdRefusal refusal;

  g_assert_cmpint (driver->preview, ==, IPD_DRIVER_PREVIEW_STILL);
  g_assert_false (driver->limits.auto_stream);
  g_assert_cmpuint (driver->limits.sip_interval_ms, ==, 3000);
  g_assert_cmpuint (driver->limits.talk_s, ==, 180);
  g_assert_cmpint (ipd_driver_status_means (&driver->openings[0], 200, &refusal), ==, IPD_DRIVER_OPENED);
  g_assert_cmpint (refusal, ==, IPD_REFUSAL_NONE);
  g_assert_cmpint (ipd_driver_status_means (&driver->openings[0], 204, &refusal), ==, IPD_DRIVER_REFUSED);
  g_assert_cmpint (refusal, ==, IPD_REFUSAL_PROFILE);
  g_assert_cmpint (ipd_driver_status_means (&driver->openings[0], 423, &refusal), ==, IPD_DRIVER_REFUSED);
  g_assert_cmpint (refusal, ==, IPD_REFUSAL_BUSY);
  g_assert_cmpint (ipd_driver_status_means (&driver->openings[0], 404, &refusal), ==, IPD_DRIVER_NEXT);
  g_assert_cmpint (refusal, ==, IPD_REFUSAL_NONE);
  g_assert_cmpint (ipd_driver_status_means (&driver->openings[0], 500, &refusal), ==, IPD_DRIVER_REFUSED);
  g_assert_cmpint (refusal, ==, IPD_REFUSAL_DRIVER);
  g_assert_cmpint (ipd_driver_status_means (&driver->openings[0], 401, &refusal), ==, IPD_DRIVER_REFUSED);
}

static void
test_others (void)
{
  g_autoptr (IpdDriver) grandstream = load ("grandstream"), hikvision = load ("hikvision"), plain = load ("generic");
  g_autoptr (IpdDriver) second = load ("fanvil-2xx"), two_n = load ("2n"), axis = load ("axis");

  g_assert_cmpstr (grandstream->digits.suffix, ==, "#");
  g_assert_cmpstr (grandstream->openings[0].steps[0].takes[1], ==, "IDCode");
  g_assert_cmpint (hikvision->digits.dialect, ==, IPD_DTMF_INFO_RELAY);
  g_assert_cmpint (hikvision->openings[0].steps[0].body_place, ==, IPD_DRIVER_XML);
  g_assert_cmpint (plain->openings[0].way, ==, IPD_DRIVER_BY_DIGITS);
  g_assert_cmpint (plain->openings[1].way, ==, IPD_DRIVER_BY_CALL);
  g_assert_true (plain->limits.auto_stream && plain->look_out && plain->hold);
  g_assert_cmpint (second->preview, ==, IPD_DRIVER_PREVIEW_2XX);
  g_assert_cmpint (axis->preview, ==, IPD_DRIVER_PREVIEW_RTSP);
  /* 200 is not yet success there, and line ends are the station's own business. */
  static const char yes[] = "{\r\n  \"success\" : true\r\n}", no[] = "{ \"success\" : false, \"error\" : {} }";
  g_assert_true (ipd_driver_body_fits (&two_n->openings[0], yes, sizeof yes - 1));
  g_assert_false (ipd_driver_body_fits (&two_n->openings[0], no, sizeof no - 1));
  g_assert_false (ipd_driver_body_fits (&two_n->openings[0], NULL, 0));
  g_assert_true (ipd_driver_body_fits (&axis->openings[0], no, sizeof no - 1));
}

/* The member that the message has to name; NULL: it is a driver. */
static const struct {
  const char *json;
  const char *member;
} files[] = {
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"}}", NULL },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"none\"},\"later\":[{}],\"digits\":{\"dialect\":\"message\"}}", NULL },
  { OPENING (""), NULL },
  { OPENING ("{\"way\":\"digits\"},{\"way\":\"call\"}"), NULL },
  { STEP ("\"method\":\"GET\",\"target\":\"/{code}{{{number}}}\""), NULL },
  { STEP ("\"method\":\"POST\",\"target\":\"/\",\"body\":\"{{\\\"a\\\":\\\"{user}\\\"}}\",\"content-type\":\"text/"
          "json\""),
    NULL },
  { "{\"preview\":{\"mode\":\"183\"}}", "title" },
  { "{\"title\":7,\"preview\":{\"mode\":\"183\"}}", "title" },
  { "{\"title\":\"T\"}", "preview" },
  { "{\"title\":\"T\",\"preview\":\"183\"}", "preview" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"184\"}}", "preview" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"rtsp\"}}", "uri" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"rtsp\",\"uri\":\"http://{host}/\"}}", "uri" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"still\",\"uri\":\"file:///etc/passwd\"}}", "uri" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\",\"uri\":\"rtsp://{host}/\"}}", "uri" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"rtsp\",\"uri\":\"rtsp://{hots}/\"}}", "uri" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"stream\":\"http://{host}/\"}", "stream" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"hold\":1}", "hold" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"openings\":{}}", "openings" },
  { OPENING ("{},{},{},{},{}"), "openings" },
  { OPENING ("7"), "way" },
  { OPENING ("{\"way\":\"shout\"}"), "way" },
  { OPENING ("{\"way\":\"http\"}"), "steps" },
  { OPENING ("{\"way\":\"http\",\"steps\":[]}"), "steps" },
  { STEP ("\"target\":\"/\""), "method" },
  { STEP ("\"method\":\"DELETE\",\"target\":\"/\""), "method" },
  { STEP ("\"method\":\"GET\""), "target" },
  { STEP ("\"method\":\"GET\",\"target\":\"http://elsewhere.example/\""), "target" },
  { STEP ("\"method\":\"GET\",\"target\":\"/{token}\""), "target" },
  { STEP ("\"method\":\"GET\",\"target\":\"/{md5:code:salt}\""), "target" },
  { STEP ("\"method\":\"GET\",\"target\":\"/{code\""), "target" },
  { STEP ("\"method\":\"GET\",\"target\":\"/}\""), "target" },
  { STEP ("\"method\":\"GET\",\"target\":\"/\",\"auth\":\"basically\""), "auth" },
  { STEP ("\"method\":\"GET\",\"target\":\"/\",\"auth\":\"bearer\""), "auth" },
  { STEP ("\"method\":\"POST\",\"target\":\"/\",\"body\":\"x\""), "content-type" },
  { STEP ("\"method\":\"POST\",\"target\":\"/\",\"content-type\":\"text/plain\""), "content-type" },
  { STEP ("\"method\":\"POST\",\"target\":\"/\",\"body\":\"x\",\"content-type\":\"a\\r\\nHost: b\""), "content-type" },
  { STEP ("\"method\":\"GET\",\"target\":\"/\",\"takes\":[\"a:b\"]"), "takes" },
  { STEP ("\"method\":\"GET\",\"target\":\"/\",\"takes\":\"token\""), "takes" },
  { OPENING ("{\"way\":\"http\",\"steps\":[{\"method\":\"GET\",\"target\":\"/\"}],\"statuses\":[{\"status\":99}]}"),
    "status" },
  { OPENING ("{\"way\":\"http\",\"steps\":[{\"method\":\"GET\",\"target\":\"/\"}],\"statuses\":[{\"status\":204}]}"),
    "means" },
  { OPENING ("{\"way\":\"http\",\"steps\":[{\"method\":\"GET\",\"target\":\"/\"}],"
             "\"statuses\":[{\"status\":204,\"means\":\"\"}]}"),
    "means" },
  { OPENING ("{\"way\":\"http\",\"steps\":[{\"method\":\"GET\",\"target\":\"/\"}],\"body-has\":7}"), "body-has" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"digits\":{}}", "dialect" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"digits\":{\"dialect\":\"morse\"}}", "dialect" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"digits\":{\"dialect\":\"rfc4733\",\"duration-ms\":0}}",
    "duration-ms" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"digits\":{\"dialect\":\"rfc4733\",\"gap-ms\":5001}}", "gap-ms" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"digits\":{\"dialect\":\"rfc4733\",\"suffix\":\"x\"}}",
    "suffix" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"limits\":{\"talk-s\":-1}}", "talk-s" },
  { "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"},\"limits\":[]}", "limits" },
};

static void
test_files (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *input = test_unterminated (files[i].json);
      g_autoptr (IpdDriver) driver = ipd_driver_read ("test", input, strlen (files[i].json), &error);
      g_test_message ("%s", files[i].json);
      g_assert_cmpint (driver != NULL, ==, files[i].member == NULL);
      if (files[i].member == NULL)
        continue;
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", files[i].member);
      g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MEMBER);
      g_assert_nonnull (strstr (error->message, quoted));
    }
}

static void
test_no_driver (void)
{
  static const char good[] = "{\"title\":\"T\",\"preview\":{\"mode\":\"183\"}}";
  static const char *const names[] = { "", "../2n", "2N", "a.b", "seventeen-letters" };
  g_autoptr (GError) error = NULL;
  g_autofree char *big = g_strnfill (IPD_DRIVER_MAX + 1, ' ');

  g_assert_null (ipd_driver_read ("x", "[]", 2, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM);
  g_clear_error (&error);
  g_assert_null (ipd_driver_read ("x", big, IPD_DRIVER_MAX + 1, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG);
  g_clear_error (&error);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_false (ipd_driver_name_valid (names[i]));
      g_assert_null (ipd_driver_read (names[i], good, sizeof good - 1, &error));
      g_clear_error (&error);
    }
  ipd_driver_free (NULL);
}

static const struct {
  IpdDriverPlace place;
  const char *text, *code, *expanded; /* NULL: refused */
} places[] = {
  { IPD_DRIVER_PLAIN, "{code}", "1&<\"\\ %", "1&<\"\\ %" },
  { IPD_DRIVER_URL, "/a?c={code}", "#1 &?=/%2e", "/a?c=%231%20%26%3F%3D%2F%252e" },
  { IPD_DRIVER_URL, "/a?c={code}", "*", "/a?c=*" },
  { IPD_DRIVER_URL, "/a?c={code}", "\xc3\xa8", "/a?c=%C3%A8" },
  { IPD_DRIVER_JSON, "{{\"c\":\"{code}\"}}", "\",\"x\":\"\\", "{\"c\":\"\\\",\\\"x\\\":\\\"\\\\\"}" },
  { IPD_DRIVER_XML, "<c>{code}</c>", "</c>&'\"", "<c>&lt;/c&gt;&amp;&apos;&quot;</c>" },
  { IPD_DRIVER_URL, "/{md5:code}", "a", "/0cc175b9c0f1b6a831c399e269772661" },
  { IPD_DRIVER_URL, "/{MD5:code}", "a", "/0CC175B9C0F1B6A831C399E269772661" },
  { IPD_DRIVER_URL, "/{code}", "", "/" },
  { IPD_DRIVER_URL, "/{code}", "1\r\nHost: b", NULL },
  { IPD_DRIVER_PLAIN, "{code}", "1\x7f", NULL },
  { IPD_DRIVER_URL, "/{md5:code}", "\x01", NULL },
  { IPD_DRIVER_URL, "/{nobody}", "1", NULL },
  { IPD_DRIVER_URL, "/{code", "1", NULL },
  { IPD_DRIVER_URL, "/code}", "1", NULL },
  { IPD_DRIVER_URL, "/{}", "1", NULL },
  { IPD_DRIVER_URL, "http://{host}/", "1", "http://[2001:db8::7]/" },
};

static void
test_places (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const IpdDriverValue mine[] = { { "code", places[i].code }, { "host", "2001:db8::7" } };
      g_autoptr (GError) error = NULL;
      g_autofree char *text = ipd_driver_expand (places[i].text, places[i].place, mine, G_N_ELEMENTS (mine), &error);
      g_assert_cmpstr (text, ==, places[i].expanded);
      g_assert_cmpint (error != NULL, ==, places[i].expanded == NULL);
    }
}

static void
test_expand_limits (void)
{
  g_autofree char *host_trick = NULL, *large = g_strnfill (5000, 'a');
  const IpdDriverValue none[] = { { "code", NULL }, { "host", "a/../b@c" } }, much[] = { { "code", large } };
  g_autoptr (GError) error = NULL;
  g_autofree char *empty = ipd_driver_expand ("{code}", IPD_DRIVER_PLAIN, none, 1, &error);

  g_assert_cmpstr (empty, ==, "");
  host_trick = ipd_driver_expand ("http://{host}/", IPD_DRIVER_URL, none, 2, &error);
  g_assert_null (host_trick);
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH);
  g_clear_error (&error);
  g_assert_null (ipd_driver_expand ("{code}", IPD_DRIVER_PLAIN, much, 1, &error));
  g_assert_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_TOO_LONG);
}

static const struct {
  const char *body, *name, *value;
} answers[] = {
  { "<C><ResCode>0</ResCode><ChallengeCode> 5c0e </ChallengeCode></C>", "ChallengeCode", "5c0e" },
  { "<C><IDCode type=\"x\">UM1N</IDCode></C>", "IDCode", "UM1N" },
  { "{\"token\":\"t\"}", "token", "t" },
  { "{\"a\":{\"b\":{\"token\":7}}}", "token", "7" },
  { "{\"token\":{\"token\":\"inner\"}}", "token", "inner" },
  { "{\"token\":true}", "token", NULL },
  { "{\"token\":\"\"}", "token", NULL },
  { "<IDCodes>1</IDCodes>", "IDCode", NULL },
  { "<IDCode>", "IDCode", NULL },
  { "<IDCode", "IDCode", NULL },
  { "<<<<", "IDCode", NULL },
  { "", "IDCode", NULL },
};

static void
test_takes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *input = test_unterminated (answers[i].body);
      g_autofree char *value = ipd_driver_take (input, strlen (answers[i].body), answers[i].name);
      g_assert_cmpstr (value, ==, answers[i].value);
    }
  g_autofree char *long_value = g_strnfill (257, 'x');
  g_autofree char *body = g_strdup_printf ("<a>%s</a>", long_value);
  g_assert_null (ipd_driver_take (body, strlen (body), "a"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/driver/all", test_all);
  g_test_add_func ("/wire/driver/none-forgotten", test_none_forgotten);
  g_test_add_func ("/wire/driver/requests", test_requests);
  g_test_add_func ("/wire/driver/doorbird", test_doorbird);
  g_test_add_func ("/wire/driver/others", test_others);
  g_test_add_func ("/wire/driver/files", test_files);
  g_test_add_func ("/wire/driver/no-driver", test_no_driver);
  g_test_add_func ("/wire/driver/places", test_places);
  g_test_add_func ("/wire/driver/expand-limits", test_expand_limits);
  g_test_add_func ("/wire/driver/takes", test_takes);
  return g_test_run ();
}
