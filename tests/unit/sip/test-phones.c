// SPDX-License-Identifier: Apache-2.0
// REGISTER as phones of other makers write it: their Contacts, their expiry, their digest (docs/protocol.md §15).
#include "party.h"

#include <string.h>

static const char phone[] = "kitchen";
static const char secret[] = "sixteen-letters-";

static char *
look_up (const char *asked, gpointer data)
{
  return strcmp (asked, phone) == 0 ? g_strdup (secret) : NULL;
}

typedef struct {
  Party *station;
  Raw *raw;
  guint cseq;
  char *nonce;
} Scene;

static void
set_up (Scene *scene, gconstpointer data)
{
  scene->station = party_new ("127.14.0.1", "stationid", look_up);
  scene->raw = raw_new ("127.14.0.3");
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  party_end (scene->station);
  raw_free (scene->raw);
  g_free (scene->nonce);
}

static char *
md5 (const char *text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

static char *
authorization (Scene *scene, const char *uri)
{
  g_autofree char *a1 = g_strdup_printf ("%s:ipdoor:%s", phone, secret);
  g_autofree char *a2 = g_strdup_printf ("REGISTER:%s", uri);
  g_autofree char *ha1 = md5 (a1);
  g_autofree char *ha2 = md5 (a2);
  g_autofree char *all = g_strdup_printf ("%s:%s:%08x:c:auth:%s", ha1, scene->nonce, scene->cseq, ha2);
  g_autofree char *response = md5 (all);
  return g_strdup_printf ("Authorization: Digest username=\"%s\", realm=\"ipdoor\", nonce=\"%s\", uri=\"%s\", "
                          "response=\"%s\", algorithm=MD5, cnonce=\"c\", qop=auth, nc=%08x\r\n",
                          phone, scene->nonce, uri, response, scene->cseq);
}

static void
send_register (Scene *scene, const char *more, const char *digest_uri)
{
  g_autofree char *auth = digest_uri ? authorization (scene, digest_uri) : g_strdup ("");
  g_autofree char *text = g_strdup_printf (
      "REGISTER sip:127.14.0.1:%u SIP/2.0\r\nVia: SIP/2.0/UDP 127.14.0.3:%u;branch=z9hG4bK-%u;rport\r\n"
      "Max-Forwards: 70\r\nFrom: <sip:kitchen@127.14.0.1>;tag=t\r\nTo: <sip:kitchen@127.14.0.1>\r\nCall-ID: reg\r\n"
      "CSeq: %u REGISTER\r\nUser-Agent: Some phone 1.0\r\nSupported: replaces, outbound, gruu, path\r\n%s%s"
      "Content-Length: 0\r\n\r\n",
      scene->station->port, scene->raw->port, scene->cseq, scene->cseq, auth, more);
  raw_send (scene->raw, scene->station, text);
  scene->cseq++;
}

/* With a nonce from a challenge, as any phone gets it. */
static void
register_with (Scene *scene, const char *more)
{
  if (!scene->nonce)
    {
      scene->cseq = 1;
      send_register (scene, more, NULL);
      g_autofree char *challenge = raw_expect (scene->raw, "SIP/2.0 401 ");
      g_autofree char *value = raw_header (challenge, "WWW-Authenticate");
      const char *start = strstr (value, "nonce=\"") + strlen ("nonce=\"");
      scene->nonce = g_strndup (start, strcspn (start, "\""));
    }
  g_autofree char *uri = g_strdup_printf ("sip:127.14.0.1:%u", scene->station->port);
  send_register (scene, more, uri);
}

static char *
grant (Scene *scene, guint64 request)
{
  ipd_sip_register_reply (scene->station->sip, request, 200, "boot-id", 120);
  return raw_expect (scene->raw, "SIP/2.0 200 ");
}

typedef struct {
  const char *lines;
  const char *user, *host;
  guint16 port;
  const char *params;
  guint expires;
  const char *answer; /* Contact of the 200 */
} Shape;

static const Shape shapes[] = {
  { "Contact: <sip:kitchen@127.14.0.3:5062>;expires=3600\r\n", "kitchen", "127.14.0.3", 5062, NULL, 120,
    "<sip:kitchen@127.14.0.3:5062>;expires=120" },
  { "Contact: sip:kitchen@127.14.0.3\r\nExpires: 60\r\n", "kitchen", "127.14.0.3", 5060, NULL, 60,
    "<sip:kitchen@127.14.0.3>;expires=120" },
  /* Linphone and baresip */
  { "Contact: <sip:kitchen-0x55d0@127.14.0.3:5064;transport=udp>;q=0.5;"
    "+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\";reg-id=1\r\nExpires: 0\r\n",
    "kitchen-0x55d0", "127.14.0.3", 5064, "transport=udp", 0, NULL },
  /* Snom */
  { "Contact: <sip:kitchen@127.14.0.3:2048;line=x1abc>;reg-id=1;q=1.0\r\n", "kitchen", "127.14.0.3", 2048, "line=x1abc",
    120, "<sip:kitchen@127.14.0.3:2048;line=x1abc>;expires=120" },
  /* the old one goes, the new one comes, in either order */
  { "Contact: <sip:old@127.14.0.3:5060>;expires=0, <sip:new@127.14.0.3:5066>;expires=90\r\n", "new", "127.14.0.3", 5066,
    NULL, 90, "<sip:new@127.14.0.3:5066>;expires=120" },
  { "Contact: <sip:new@127.14.0.3:5066>\r\nContact: <sip:old@127.14.0.3:5060>;expires=0\r\n", "new", "127.14.0.3", 5066,
    NULL, 120, "<sip:new@127.14.0.3:5066>;expires=120" },
  { "Contact: <sip:a@127.14.0.3:5061>, <sip:b@127.14.0.3:5062;transport=tcp>, <sips:c@127.14.0.3>\r\n", "a",
    "127.14.0.3", 5061, NULL, 120, "<sip:a@127.14.0.3:5061>;expires=120" },
  { "Contact: <sip:127.14.0.3:5070>\r\n", "", "127.14.0.3", 5070, NULL, 120, "<sip:127.14.0.3:5070>;expires=120" },
  { "Contact: <sip:+39055%40home@127.14.0.3>;expires=nonsense\r\n", "+39055%40home", "127.14.0.3", 5060, NULL, 120,
    "<sip:+39055%40home@127.14.0.3>;expires=120" },
  { "m: <sip:kitchen@127.14.0.3:5062>\r\n", "kitchen", "127.14.0.3", 5062, NULL, 120,
    "<sip:kitchen@127.14.0.3:5062>;expires=120" },
};

static void
test_shapes (Scene *scene, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *shape = &shapes[i];
      g_test_message ("%s", shape->lines);
      register_with (scene, shape->lines);
      g_autoptr (IpdSipEvent) request = party_expect (scene->station, IPD_SIP_REGISTER_REQUEST);
      g_assert_cmpstr (request->from_user, ==, phone);
      g_assert_null (request->licence);
      g_assert_cmpstr (request->contact_user, ==, shape->user);
      g_assert_cmpstr (request->contact_host, ==, shape->host);
      g_assert_cmpuint (request->contact_port, ==, shape->port);
      g_assert_cmpstr (request->contact_params, ==, shape->params);
      g_assert_cmpuint (request->expires, ==, shape->expires);
      g_assert_cmpstr (request->source_host, ==, "127.14.0.3");
      g_assert_cmpuint (request->source_port, ==, scene->raw->port);
      g_autofree char *ok = grant (scene, request->request);
      g_autofree char *contact = raw_header (ok, "Contact");
      g_assert_cmpstr (contact, ==, shape->answer);
    }
}

/* A name that only the phone's own network knows: it is reached where it called from. */
static void
test_contact_with_a_name (Scene *scene, gconstpointer data)
{
  register_with (scene, "Contact: <sip:kitchen@phone.home.invalid:5068>\r\n");
  g_autoptr (IpdSipEvent) request = party_expect (scene->station, IPD_SIP_REGISTER_REQUEST);
  g_assert_cmpstr (request->contact_host, ==, "127.14.0.3");
  g_assert_cmpuint (request->contact_port, ==, scene->raw->port);
  g_free (grant (scene, request->request));
}

static void
test_all_go (Scene *scene, gconstpointer data)
{
  register_with (scene, "Contact: *\r\nExpires: 0\r\n");
  g_autoptr (IpdSipEvent) request = party_expect (scene->station, IPD_SIP_REGISTER_REQUEST);
  g_assert_cmpstr (request->contact_user, ==, "*");
  g_assert_cmpuint (request->expires, ==, 0);
  g_autofree char *ok = grant (scene, request->request);
  g_autofree char *contact = raw_header (ok, "Contact");
  g_assert_null (contact);
}

static void
test_query (Scene *scene, gconstpointer data)
{
  register_with (scene, "");
  g_free (raw_expect (scene->raw, "SIP/2.0 200 "));
  raw_assert_quiet (scene->raw, scene->station);
  g_assert_true (g_queue_is_empty (&scene->station->events));
}

/* What cannot be called, or could end a line of ours, is no binding. */
static void
test_refused (Scene *scene, gconstpointer data)
{
  static const char *const lines[] = {
    "Contact: *\r\nExpires: 60\r\n",
    "Contact: *\r\n",
    "Contact: *, <sip:kitchen@127.14.0.3>\r\nExpires: 0\r\n",
    "Contact: <sips:kitchen@127.14.0.3>\r\n",
    "Contact: <tel:+39055>\r\n",
    "Contact: <sip:kitchen@127.14.0.3;transport=tcp>\r\n",
    "Contact: <sip:kitchen@127.14.0.3:99999>\r\n",
    "Contact: <sip:kitchen:password@127.14.0.3>\r\n",
    "Contact: <sip:kitchen@127.14.0.3?Route=%3Csip:evil%3E>\r\n",
    "Contact: <sip:kitchen@127.14.0.3;a=\"b\">\r\n",
    "Contact: <sip:a1234567890123456789012345678901234567890123456789012345678901234567890@127.14.0.3>\r\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_test_message ("%s", lines[i]);
      register_with (scene, lines[i]);
      g_free (raw_expect (scene->raw, "SIP/2.0 400 "));
    }
}

/* The uri of the digest may be written differently, but not be another one. */
static void
test_digest_uri (Scene *scene, gconstpointer data)
{
  register_with (scene, "Contact: <sip:kitchen@127.14.0.3>\r\n");
  g_autoptr (IpdSipEvent) first = party_expect (scene->station, IPD_SIP_REGISTER_REQUEST);
  g_free (grant (scene, first->request));
  g_autofree char *same = g_strdup_printf ("SIP:127.14.0.1:%u", scene->station->port);
  send_register (scene, "Contact: <sip:kitchen@127.14.0.3>\r\n", same);
  g_autoptr (IpdSipEvent) second = party_expect (scene->station, IPD_SIP_REGISTER_REQUEST);
  g_free (grant (scene, second->request));
  send_register (scene, "Contact: <sip:kitchen@127.14.0.3>\r\n", "sip:192.0.2.1");
  g_free (raw_expect (scene->raw, "SIP/2.0 401 "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/sip/phones/" name, Scene, NULL, set_up, test, tear_down)
  ADD ("shapes", test_shapes);
  ADD ("contact-with-a-name", test_contact_with_a_name);
  ADD ("all-go", test_all_go);
  ADD ("query", test_query);
  ADD ("refused", test_refused);
  ADD ("digest-uri", test_digest_uri);
  return g_test_run ();
}
