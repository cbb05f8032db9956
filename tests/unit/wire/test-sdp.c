// SPDX-License-Identifier: Apache-2.0
/*
 * SDP of our profile: what we write we read; what is not ours is refused with a code that says why.
 */

#include "wire/sdp.h"

#include "wire-test.h"

#define HEAD       "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
#define CONN       "c=IN IP4 192.0.2.1\r\n"
#define TIME       "t=0 0\r\n"
#define KEYS       "a=ipdoor-keys:AAAA\r\n"
#define AUDIO      "m=audio 7078 RTP/SAVP 8 0\r\na=sendrecv\r\n"
#define VIDEO_LINE "m=video 9078 RTP/SAVPF 96\r\na=sendonly\r\n"
#define RTPMAP     "a=rtpmap:96 H264/90000\r\n"
#define FMTP       "a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;sprop-parameter-sets=Z0LAH9k=,aMuMsg==\r\n"
#define FEEDBACK   "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 ccm fir\r\n"
#define VIDEO      VIDEO_LINE RTPMAP FMTP FEEDBACK
#define FULL       HEAD CONN TIME KEYS AUDIO VIDEO

static IpdSdp
full_offer (void)
{
  IpdSdp sdp;
  ipd_sdp_init_offer (&sdp, "192.0.2.1", 7078, 9078, &IPD_CODECS_BASIC, FALSE);
  g_strlcpy (sdp.sprop, "Z0LAH9k=,aMuMsg==", sizeof sdp.sprop);
  g_strlcpy (sdp.keys, "AAAA", sizeof sdp.keys);
  return sdp;
}

static void
assert_equal (const IpdSdp *a, const IpdSdp *b)
{
  g_autofree char *text_a = ipd_sdp_write (a), *text_b = ipd_sdp_write (b);
  g_assert_cmpstr (text_a, ==, text_b);
  g_assert_cmpstr (a->host, ==, b->host);
  g_assert_cmpuint (a->n_audio, ==, b->n_audio);
  g_assert_cmpint (a->audio_direction, ==, b->audio_direction);
  g_assert_cmpint (a->video_port, ==, b->video_port);
  g_assert_cmpint (a->no_camera, ==, b->no_camera);
}

static void
test_written (void)
{
  IpdSdp offer = full_offer ();
  g_autofree char *text = ipd_sdp_write (&offer);
  g_assert_cmpstr (text, ==, FULL);
}

static void
test_round_trips (void)
{
  for (unsigned i = 0; i < 32; i++)
    {
      const IpdCodecs codecs = { .audio = 1 + i % 15, .video = 1u << IPD_VIDEO_H264 };
      IpdSdp sdp, answer, back;
      ipd_sdp_init_offer (&sdp, "198.51.100.254", 7078, (i & 1) != 0 ? 9098 : 0, &codecs, (i & 2) != 0);
      sdp.no_camera = (i & 16) != 0;
      if ((i & 4) != 0)
        memset (sdp.keys, 'k', IPD_SDP_KEYS_MAX);
      if ((i & 8) != 0)
        memset (sdp.sprop, 'S', IPD_SDP_SPROP_MAX);
      g_autofree char *text = ipd_sdp_write (&sdp);
      g_autofree char *input = test_unterminated (text);
      IpdWireError error = { 0 };
      g_assert_true (ipd_sdp_parse (input, strlen (text), &back, &error));
      g_assert_cmpint (error.code, ==, IPD_WIRE_OK);
      if (sdp.video_port == 0)
        memset (sdp.sprop, 0, sizeof sdp.sprop); /* nothing is said about a picture that is not there */
      assert_equal (&sdp, &back);

      g_assert_true (ipd_sdp_init_answer (&answer, &back, "192.0.2.9", 7080, 9080, &codecs));
      g_assert_cmpuint (answer.n_audio, ==, 1);
      g_assert_cmpuint (answer.audio[0].pt, ==, sdp.audio[0].pt);
      g_assert_cmpint (answer.audio[0].codec, ==, sdp.audio[0].codec);
      g_assert_true (ipd_sdp_answer_fits (&sdp, &answer));
      g_assert_cmpint (answer.video_port, ==, sdp.video_port == 0 ? 0 : 9080);
      IpdSdpDirection wanted = (i & 2) != 0 ? IPD_SDP_SENDONLY : IPD_SDP_RECVONLY;
      g_assert_true (answer.video_port == 0 || answer.video_direction == wanted);
      g_autofree char *answer_text = ipd_sdp_write (&answer);
      g_assert_true (ipd_sdp_parse (answer_text, strlen (answer_text), &back, NULL));
      assert_equal (&answer, &back);
    }
}

static void
test_answers (void)
{
  IpdSdp offer = full_offer (), answer, other;
  g_assert_true (ipd_sdp_init_answer (&answer, &offer, "192.0.2.9", 7080, 9080, &IPD_CODECS_BASIC));
  other = answer;
  other.audio[0].pt = 9;
  g_assert_false (ipd_sdp_answer_fits (&offer, &other));
  other = answer;
  other.n_audio = 2;
  g_assert_false (ipd_sdp_answer_fits (&offer, &other));
  other = answer;
  other.video_direction = IPD_SDP_SENDRECV; /* nobody's camera starts because the other side would like it */
  g_assert_false (ipd_sdp_answer_fits (&offer, &other));
  other = answer;
  other.video_pt = 97;
  g_assert_false (ipd_sdp_answer_fits (&offer, &other));
  other = offer;
  other.video_port = 0;
  g_assert_false (ipd_sdp_answer_fits (&other, &answer));
  offer.audio[0] = (IpdSdpAudio){ IPD_AUDIO_G722, 9 };
  offer.n_audio = 1;
  g_assert_false (ipd_sdp_init_answer (&answer, &offer, "192.0.2.9", 7080, 9080, &IPD_CODECS_BASIC));
}

/* An offer inside the dialog changes directions, both of them, and nothing else. */
static void
test_hold (void)
{
  IpdSdp first = full_offer (), again, other;
  gboolean held = FALSE;

  ipd_sdp_init_hold (&again, &first, TRUE, 2);
  g_assert_true (ipd_sdp_hold_fits (&first, &again, &held));
  g_assert_true (held);
  g_autofree char *text = ipd_sdp_write (&again);
  g_assert_nonnull (strstr (text, "o=- 1 2 IN IP4"));
  g_assert_true (ipd_sdp_parse (text, strlen (text), &other, NULL));
  g_assert_true (ipd_sdp_hold_fits (&first, &other, &held));
  g_assert_cmpuint (other.version, ==, 2);
  ipd_sdp_init_hold (&again, &first, FALSE, 3);
  g_assert_true (ipd_sdp_hold_fits (&first, &again, &held));
  g_assert_false (held);
  g_assert_cmpint (again.video_direction, ==, IPD_SDP_SENDONLY);
  for (unsigned what = 0; what < 10; what++)
    {
      ipd_sdp_init_hold (&other, &first, TRUE, 2);
      g_strlcpy (other.host, what == 0 ? "192.0.2.66" : other.host, sizeof other.host);
      other.audio_port += what == 1 ? 2 : 0;
      other.video_port = what == 2 ? 0 : other.video_port;
      other.audio[0].pt += what == 3 ? 1 : 0;
      other.n_audio -= what == 4 ? 1 : 0;
      g_strlcpy (other.keys, what == 5 ? "BBBB" : other.keys, sizeof other.keys);
      other.video_direction = what == 6 ? IPD_SDP_SENDRECV : other.video_direction;
      other.audio_direction = what == 7 ? IPD_SDP_SENDONLY : other.audio_direction;
      other.video_pt += what == 8 ? 1 : 0;
      other.session += what == 9 ? 1 : 0;
      held = 7;
      g_assert_false (ipd_sdp_hold_fits (&first, &other, &held));
      g_assert_cmpint (held, ==, 7);
    }
  first.video_port = 0;
  ipd_sdp_init_hold (&again, &first, TRUE, 2);
  again.video_direction = IPD_SDP_SENDONLY; /* of a picture that is not there */
  g_assert_true (ipd_sdp_hold_fits (&first, &again, &held));
  g_assert_true (held);
}

/* Without a decoder for the picture there is still the sound. */
static void
test_no_decoder (void)
{
  const IpdCodecs sound = { .audio = 1u << IPD_AUDIO_PCMU };
  IpdSdp offer = full_offer (), answer;

  g_assert_true (ipd_sdp_init_answer (&answer, &offer, "2001:db8::9", 7080, 9080, &sound));
  g_assert_cmpuint (answer.video_port, ==, 0);
  g_assert_true (ipd_sdp_answer_fits (&offer, &answer));
  g_autofree char *text = ipd_sdp_write (&answer);
  g_assert_nonnull (strstr (text, "c=IN IP6 2001:db8::9\r\n"));
}

static const struct {
  const char *body;
  int code; /* -1: accepted */
} bodies[] = {
  { FULL, -1 },
  { HEAD CONN TIME AUDIO, -1 },
  { HEAD TIME CONN KEYS AUDIO VIDEO, -1 },
  { "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 7078 RTP/SAVP 8\n", -1 },
  { HEAD "i=info\r\nu=x\r\ne=x\r\np=x\r\n" CONN "b=AS:500\r\n" TIME "r=1\r\na=tool:x\r\n" AUDIO "a=ptime:20\r\n", -1 },
  { HEAD CONN TIME AUDIO "m=video 0 RTP/SAVPF 96\r\n", -1 },
  { HEAD CONN TIME AUDIO VIDEO_LINE RTPMAP "a=fmtp:96 packetization-mode=1; profile-level-id=42E01F;x=y\r\n", -1 },
  { HEAD CONN TIME AUDIO VIDEO "a=rtcp-fb:* nack\r\na=rtpmap:97 VP8/90000\r\n", -1 },
  { "", IPD_WIRE_MISSING },
  { HEAD, IPD_WIRE_MISSING },
  { HEAD CONN TIME, IPD_WIRE_MISSING },
  { HEAD TIME AUDIO, IPD_WIRE_MISSING },
  { HEAD CONN AUDIO, IPD_WIRE_MISSING },
  { HEAD CONN TIME AUDIO VIDEO_LINE FMTP, IPD_WIRE_MISSING },
  { HEAD CONN TIME AUDIO VIDEO_LINE RTPMAP, IPD_WIRE_MISSING },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 8", IPD_WIRE_SHORT },
  { "v=1\r\n", IPD_WIRE_UNSUPPORTED },
  { "o=- 1 1 IN IP4 192.0.2.1\r\nv=0\r\n", IPD_WIRE_SYNTAX },
  { "v=0\r\ns=-\r\n", IPD_WIRE_SYNTAX },
  { "v=0\r\no=- -1 1 IN IP4 192.0.2.1\r\n", IPD_WIRE_SYNTAX },
  { "v=0\r\no=- 99999999999999999999999 1 IN IP4 192.0.2.1\r\n", IPD_WIRE_SYNTAX },
  { "v=0\r\no=- 1 1 IN IP7 ::1\r\n", IPD_WIRE_SYNTAX },
  { HEAD "\r\n", IPD_WIRE_SYNTAX },
  { HEAD "x\r\n", IPD_WIRE_SYNTAX },
  { HEAD "x=1\r\n", IPD_WIRE_SYNTAX },
  { HEAD "v=0\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN CONN, IPD_WIRE_SYNTAX },
  { HEAD TIME TIME, IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 0.0.0.0\r\n", IPD_WIRE_RANGE },
  { HEAD "c=IN IP4 0.1.2.3\r\n", IPD_WIRE_RANGE },
  { HEAD "c=IN IP4 224.0.0.251\r\n", IPD_WIRE_RANGE },
  { HEAD "c=IN IP4 239.255.0.1\r\n", IPD_WIRE_RANGE },
  { HEAD "c=IN IP4 255.255.255.255\r\n", IPD_WIRE_RANGE },
  { HEAD "c=IN IP4 224.2.36.42/127\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 192.0.2.256\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 192.0.2\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 192.0.2.1.\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 192.0.2.1.1\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 192.0.02.1\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 \r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 door.example\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP6 2001:db8::7\r\n" TIME AUDIO, -1 },
  { HEAD "c=IN IP6 ::1\r\n" TIME AUDIO, -1 },
  { HEAD "c=IN IP6 ::\r\n", IPD_WIRE_RANGE },
  { HEAD "c=IN IP6 ff02::fb\r\n", IPD_WIRE_RANGE },
  { HEAD "c=IN IP6 ::ffff:192.0.2.1\r\n", IPD_WIRE_RANGE },
  { HEAD "c=IN IP6 2001:db8::7%eth0\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP6 192.0.2.1\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=IN IP4 2001:db8::7\r\n", IPD_WIRE_SYNTAX },
  { HEAD "c=ON IP4 192.0.2.1\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "m=audio 7079 RTP/SAVP 8\r\n", IPD_WIRE_RANGE },
  { HEAD CONN TIME "m=audio 0 RTP/SAVP 8\r\n", IPD_WIRE_RANGE },
  { HEAD CONN TIME "m=audio 22 RTP/SAVP 8\r\n", IPD_WIRE_RANGE },
  { HEAD CONN TIME "m=audio 65536 RTP/SAVP 8\r\n", IPD_WIRE_RANGE },
  { HEAD CONN TIME "m=audio 7078/2 RTP/SAVP 8\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "m=audio -2 RTP/SAVP 8\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "m=audio 7078 RTP/AVP 8\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME "m=audio 7078 UDP/TLS/RTP/SAVP 8\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 128\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 8 0 3 4 9 18 97 98 99\r\n", IPD_WIRE_LONG },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 8 0 8\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 3 4 97\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 111\r\na=rtpmap:111 opus/48000/2\r\na=inactive\r\n", -1 },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 111\r\na=rtpmap:111 opus/48000\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 111\r\na=rtpmap:111 opus/8000/2\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 111 9\r\na=rtpmap:111 speex/16000\r\na=rtpmap:9 G722/8000\r\n", -1 },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 8\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:8 PCMU/8000\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "m=audio 7078 RTP/SAVP 8\r\na=rtpmap:x PCMA/8000\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "m=application 7078 RTP/SAVP 8\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME VIDEO AUDIO, IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME AUDIO AUDIO, IPD_WIRE_SYNTAX },
  { HEAD CONN TIME AUDIO VIDEO AUDIO, IPD_WIRE_LONG },
  { HEAD CONN TIME AUDIO "c=IN IP4 203.0.113.1\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME AUDIO TIME, IPD_WIRE_SYNTAX },
  { HEAD CONN TIME AUDIO "m=video 9078 RTP/SAVPF 95\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME AUDIO "m=video 9078 RTP/SAVPF 96 97\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME AUDIO "m=video 9078 RTP/SAVP 96\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME AUDIO VIDEO_LINE "a=rtpmap:96 VP8/90000\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME AUDIO VIDEO_LINE RTPMAP RTPMAP, IPD_WIRE_SYNTAX },
  { HEAD CONN TIME AUDIO VIDEO_LINE FMTP FMTP, IPD_WIRE_SYNTAX },
  { HEAD CONN TIME AUDIO VIDEO_LINE "a=fmtp:96 packetization-mode=0\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME AUDIO VIDEO_LINE "a=fmtp:96 profile-level-id=42e01\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME AUDIO VIDEO_LINE "a=fmtp:96 profile-level-id=42e01g\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME AUDIO VIDEO_LINE "a=fmtp:96 sprop-parameter-sets=Z0 L\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME AUDIO VIDEO_LINE "a=rtpmap:x H264/90000\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "a=sendonly\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD CONN TIME AUDIO "a=recvonly\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME KEYS KEYS, IPD_WIRE_SYNTAX },
  { HEAD CONN TIME AUDIO KEYS, IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "a=ipdoor-keys:\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "a=ipdoor-keys:AA AA\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "a=x:\x01\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "a=x:\t\r\n", IPD_WIRE_SYNTAX },
  { HEAD CONN TIME "a=x\r\r\n", IPD_WIRE_SYNTAX },
};

static void
test_bodies (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *input = test_unterminated (bodies[i].body);
      size_t length = strlen (bodies[i].body);
      IpdSdp sdp = { .session = 99 };
      IpdWireError error = { 0 };
      gboolean good = ipd_sdp_parse (input, length, &sdp, &error);
      g_test_message ("%" G_GSIZE_FORMAT ": %s at %" G_GSIZE_FORMAT, i, ipd_wire_code_name (error.code), error.offset);
      g_assert_cmpint (good, ==, bodies[i].code < 0);
      if (good)
        continue;
      g_assert_cmpint (error.code, ==, bodies[i].code);
      g_assert_cmpuint (error.offset, <=, length);
      g_assert_cmpuint (sdp.session, ==, 99);
    }
}

static void
test_limits (void)
{
  IpdSdp sdp;
  IpdWireError error;
  g_autoptr (GString) body = g_string_new (FULL);

  for (unsigned i = 0; i < 100; i++)
    g_string_append (body, AUDIO);
  g_assert_false (ipd_sdp_parse (body->str, body->len, &sdp, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);

  g_string_assign (body, HEAD CONN TIME AUDIO);
  for (unsigned i = 0; i < IPD_SDP_LINES_MAX; i++)
    g_string_append (body, "a=x\r\n");
  g_assert_false (ipd_sdp_parse (body->str, body->len, &sdp, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);

  g_string_assign (body, FULL);
  while (body->len <= IPD_SDP_MAX)
    g_string_append (body, "a=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
  g_assert_false (ipd_sdp_parse (body->str, body->len, &sdp, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);

  IpdSdp offer = full_offer ();
  memset (offer.sprop, 'S', IPD_SDP_SPROP_MAX);
  g_autofree char *text = ipd_sdp_write (&offer);
  g_autofree char *more = g_strdup_printf ("%.*sS\r\n", (int) (strstr (text, "SSS") - text) + IPD_SDP_SPROP_MAX, text);
  g_assert_false (ipd_sdp_parse (more, strlen (more), &sdp, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);
}

/* A NUL inside is a control character, never an end. */
static void
test_nul (void)
{
  static const char body[] = HEAD CONN TIME AUDIO "a=x\0y\r\n";
  IpdSdp sdp;
  IpdWireError error;
  g_assert_false (ipd_sdp_parse (body, sizeof body - 1, &sdp, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_SYNTAX);
}

/* No cut of a good body is good, unless it is cut between two lines and complete. */
static void
test_cuts (void)
{
  for (size_t cut = 0; cut < strlen (FULL); cut++)
    {
      IpdSdp sdp;
      g_autofree char *part = g_strndup (FULL, cut);
      g_autofree char *input = test_unterminated (part);
      if (ipd_sdp_parse (input, cut, &sdp, NULL))
        g_assert_true (g_str_has_suffix (part, "\n") && strstr (part, "m=audio") != NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/sdp/written", test_written);
  g_test_add_func ("/wire/sdp/round-trips", test_round_trips);
  g_test_add_func ("/wire/sdp/answers", test_answers);
  g_test_add_func ("/wire/sdp/hold", test_hold);
  g_test_add_func ("/wire/sdp/no-decoder", test_no_decoder);
  g_test_add_func ("/wire/sdp/bodies", test_bodies);
  g_test_add_func ("/wire/sdp/limits", test_limits);
  g_test_add_func ("/wire/sdp/nul", test_nul);
  g_test_add_func ("/wire/sdp/cuts", test_cuts);
  return g_test_run ();
}
