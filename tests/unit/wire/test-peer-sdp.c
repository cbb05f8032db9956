// SPDX-License-Identifier: Apache-2.0
/*
 * SDP of other makers: what is forgiven, what is refused and why, and what our own offers and answers say.
 */

#include "wire/peer-sdp.h"

#include "wire-test.h"

#define HEAD  "v=0\r\no=- 7 8 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
#define BARE  "v=0\r\no=- 7 8 IN IP4 192.0.2.7\r\ns=-\r\nt=0 0\r\n"
#define AUDIO "m=audio 5004 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
#define VIDEO "m=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"

static const IpdCodecs all = { .audio = 15, .video = 3 };

static IpdPeerSdp
parsed (const char *body)
{
  g_autofree char *input = test_unterminated (body);
  IpdWireError error = { 0 };
  IpdPeerSdp sdp;
  gboolean good = ipd_peer_sdp_parse (input, strlen (body), &sdp, &error);
  if (!good)
    g_error ("%s at %" G_GSIZE_FORMAT ": %s", ipd_wire_code_name (error.code), error.offset, body);
  return sdp;
}

/* audio port, codecs with payload types, telephone-event; video port, payload types with mode and profile; lines. */
static char *
told (const IpdPeerSdp *sdp)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%s %u/%u", sdp->audio.host, sdp->audio.port, sdp->audio.rtcp_port);
  for (unsigned i = 0; i < sdp->n_audio_formats; i++)
    g_string_append_printf (text, " %s=%u", ipd_audio_codec_to_string (sdp->audio_formats[i].codec),
                            sdp->audio_formats[i].pt);
  for (unsigned i = 0; i < sdp->n_dtmf; i++)
    g_string_append_printf (text, " event/%u=%u", sdp->dtmf[i].clock, sdp->dtmf[i].pt);
  g_string_append_printf (text, "; %s %u/%u", sdp->video.host, sdp->video.port, sdp->video.rtcp_port);
  for (unsigned i = 0; i < sdp->n_video_formats; i++)
    g_string_append_printf (text, " %s=%u,%u,%06x%s", ipd_video_codec_to_string (sdp->video_formats[i].codec),
                            sdp->video_formats[i].pt, sdp->video_formats[i].packetization_mode,
                            sdp->video_formats[i].profile_level_id, sdp->video_formats[i].sprop[0] != '\0' ? ",s" : "");
  g_string_append (text, "; ");
  for (unsigned i = 0; i < sdp->n_lines; i++)
    g_string_append_c (text, "-av"[sdp->lines[i].kind]);
  return g_string_free (text, FALSE);
}

static const struct {
  const char *body, *told;
} good[] = {
  { HEAD AUDIO VIDEO, "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101; 192.0.2.7 5006/5007 H264=96,0,42000a; av" },
  /* audio only, video only, either order */
  { HEAD AUDIO, "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101;  0/0; a" },
  { HEAD VIDEO, " 0/0; 192.0.2.7 5006/5007 H264=96,0,42000a; v" },
  { HEAD VIDEO AUDIO, "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101; 192.0.2.7 5006/5007 H264=96,0,42000a; va" },
  /* lines: LF, blank ones, blanks, no last end, NUL behind, nothing but what is needed, types nobody knows */
  { "v=0\no=- 7 8 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\nm=audio 5004 RTP/AVP 8\n",
    "192.0.2.7 5004/5005 PCMA=8;  0/0; a" },
  { "\r\nv=0 \r\n\r\nc=IN IP4 192.0.2.7 \r\nm=audio  5004   RTP/AVP  8  0 \r\n\r\n",
    "192.0.2.7 5004/5005 PCMA=8 PCMU=0;  0/0; a" },
  { "c=IN IP4 192.0.2.7\r\nm=audio 5004 RTP/AVP 8", "192.0.2.7 5004/5005 PCMA=8;  0/0; a" },
  { "m=audio 5004 RTP/AVP 8\r\nc=IN IP4 192.0.2.7\r\nx=1\r\ny=what\r\na=\r\na=:\r\n",
    "192.0.2.7 5004/5005 PCMA=8;  0/0; a" },
  { "v=0\r\no=root\r\nc=IN IP4 192.0.2.7\r\nt=bogus\r\nm=audio 5004 RTP/AVP 8\r\n",
    "192.0.2.7 5004/5005 PCMA=8;  0/0; a" },
  /* ports and addresses */
  { HEAD "m=audio 5005 RTP/AVP 8\r\na=rtcp:6001\r\n", "192.0.2.7 5005/6001 PCMA=8;  0/0; a" },
  { HEAD "m=audio 5005 RTP/AVP 8\r\na=rtcp:6001 IN IP4 198.51.100.1\r\n", "192.0.2.7 5005/6001 PCMA=8;  0/0; a" },
  { HEAD "m=audio 5005 RTP/AVP 8\r\na=rtcp:0\r\n", "192.0.2.7 5005/5006 PCMA=8;  0/0; a" },
  { HEAD "m=audio 65535 RTP/AVP 8\r\n", "192.0.2.7 65535/0 PCMA=8;  0/0; a" },
  { HEAD "m=audio 5004/2 RTP/AVP 8\r\n", "192.0.2.7 5004/5005 PCMA=8;  0/0; a" },
  { BARE AUDIO "c=IN IP4 192.0.2.8\r\n" VIDEO "c=IN IP4 192.0.2.9\r\n",
    "192.0.2.8 5004/5005 PCMA=8 PCMU=0 event/8000=101; 192.0.2.9 5006/5007 H264=96,0,42000a; av" },
  { HEAD AUDIO VIDEO "c=IN IP4 192.0.2.9\r\n",
    "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101; 192.0.2.9 5006/5007 H264=96,0,42000a; av" },
  { BARE "c=IN IP4 0.0.0.0\r\n" AUDIO, " 5004/5005 PCMA=8 PCMU=0 event/8000=101;  0/0; a" },
  { BARE "c=IN IP6 ::\r\n" AUDIO, " 5004/5005 PCMA=8 PCMU=0 event/8000=101;  0/0; a" },
  { BARE "c=IN IP6 2001:db8::7\r\n" AUDIO, "2001:db8::7 5004/5005 PCMA=8 PCMU=0 event/8000=101;  0/0; a" },
  /* other lines keep their place */
  { HEAD "m=application 0 UDP/BFCP *\r\n" AUDIO "m=video 0 RTP/AVP 31\r\n" VIDEO,
    "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101; 192.0.2.7 5006/5007 H264=96,0,42000a; -a-v" },
  { HEAD "m=audio 5004 RTP/SAVP 8\r\na=crypto:1 x\r\n" AUDIO,
    "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101;  0/0; -a" },
  { HEAD AUDIO "m=audio 6004 RTP/AVP 8\r\n", "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101;  0/0; a-" },
  { HEAD AUDIO "m=video 5006 RTP/AVP 34\r\na=rtpmap:34 H263/90000\r\n",
    "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101;  0/0; a-" },
  { HEAD AUDIO "m=image 5008 udptl t38\r\nm=message 5010 TCP/MSRP *\r\n",
    "192.0.2.7 5004/5005 PCMA=8 PCMU=0 event/8000=101;  0/0; a--" },
  /* formats */
  { HEAD "m=audio 5004 RTP/AVP 97 18 111 9 0\r\na=rtpmap:97 PCM/16000\r\na=rtpmap:111 OPUS/48000/2\r\n",
    "192.0.2.7 5004/5005 opus=111 G722=9 PCMU=0;  0/0; a" },
  { HEAD "m=audio 5004 RTP/AVP 111 9\r\na=rtpmap:111 opus/48000\r\na=rtpmap:9 G722/16000\r\n",
    "192.0.2.7 5004/5005 opus=111 G722=9;  0/0; a" },
  { HEAD "m=audio 5004 RTP/AVP 8\r\na=rtpmap:8 PCMU/8000\r\n", "192.0.2.7 5004/5005 PCMU=8;  0/0; a" },
  { HEAD "m=audio 5004 RTP/AVP 8 8 300 -1 x 0 0\r\n", "192.0.2.7 5004/5005 PCMA=8 PCMU=0;  0/0; a" },
  { HEAD "m=audio 5004 RTP/AVP 8 96 97\r\na=rtpmap:96 telephone-event/48000\r\na=rtpmap:97 telephone-event\r\n",
    "192.0.2.7 5004/5005 PCMA=8 event/48000=96 event/8000=97;  0/0; a" },
  { HEAD "m=audio 5004 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:8 G722/8000\r\na=rtpmap:0 x\r\na=rtpmap\r\n",
    "192.0.2.7 5004/5005 PCMA=8;  0/0; a" },
  /* H.264: fmtp late, early, odd, twice, with blanks; main and high; profile without mode; interleaved is none */
  { HEAD
    "m=video 5006 RTP/AVP 99\r\na=fmtp:99 profile-level-id=4D0029;packetization-mode=1\r\na=rtpmap:99 H264/90000\r\n",
    " 0/0; 192.0.2.7 5006/5007 H264=99,1,4d0029; v" },
  { HEAD VIDEO "a=fmtp:96 Packetization-Mode = 1 ; PROFILE-LEVEL-ID=640028; sprop-parameter-sets=Z0LA,aM4= ;x\r\n",
    " 0/0; 192.0.2.7 5006/5007 H264=96,1,640028,s; v" },
  { HEAD VIDEO "a=fmtp:96 profile-level-id=zz;packetization-mode=7;sprop-parameter-sets=!!\r\n",
    " 0/0; 192.0.2.7 5006/5007 H264=96,0,42000a; v" },
  { HEAD VIDEO "a=fmtp:96\r\na=fmtp:\r\na=fmtp:97 packetization-mode=1\r\na=fmtp:999999999999 x\r\n",
    " 0/0; 192.0.2.7 5006/5007 H264=96,0,42000a; v" },
  { HEAD "m=video 5006 RTP/AVPF 97 98 99\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 packetization-mode=2\r\n"
         "a=rtpmap:98 VP8/90000\r\na=rtpmap:99 h264\r\n",
    " 0/0; 192.0.2.7 5006/5007 VP8=98,0,42000a H264=99,0,42000a; v" },
};

static void
test_good (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (good); i++)
    {
      IpdPeerSdp sdp = parsed (good[i].body);
      g_autofree char *text = told (&sdp);
      g_assert_cmpstr (text, ==, good[i].told);
      /* What was read can be written, and means the same. */
      g_autofree char *again = ipd_peer_sdp_write (&sdp);
      IpdPeerSdp back = parsed (again);
      g_autofree char *twice = told (&back);
      g_assert_cmpstr (twice, ==, good[i].told);
    }
}

static const struct {
  const char *body;
  IpdWireCode code;
} bad[] = {
  { "", IPD_WIRE_MISSING },
  { HEAD, IPD_WIRE_MISSING },
  { BARE AUDIO, IPD_WIRE_MISSING },
  { BARE AUDIO "c=IN IP4 192.0.2.8\r\n" VIDEO, IPD_WIRE_MISSING },
  { "{\"sdp\":1}", IPD_WIRE_SYNTAX },
  { HEAD AUDIO "nonsense\r\n", IPD_WIRE_SYNTAX },
  { HEAD AUDIO "a=x\x01\r\n", IPD_WIRE_SYNTAX },
  { HEAD "m=audio\r\n", IPD_WIRE_SYNTAX },
  { HEAD "m=audio 5004\r\n", IPD_WIRE_SYNTAX },
  { HEAD "m=audio x RTP/AVP 8\r\n", IPD_WIRE_SYNTAX },
  { HEAD "m=audio -4 RTP/AVP 8\r\n", IPD_WIRE_SYNTAX },
  { HEAD "m=audio 65536 RTP/AVP 8\r\n", IPD_WIRE_RANGE },
  { HEAD "m=audio 99999999999999999999999 RTP/AVP 8\r\n", IPD_WIRE_SYNTAX },
  { HEAD "m=audio 1023 RTP/AVP 8\r\n", IPD_WIRE_RANGE },
  { HEAD "m=aaaaaaaaaaaaaaaaaaaaaaaaa 5004 RTP/AVP 8\r\n", IPD_WIRE_LONG },
  { HEAD "m=aud{\"io 5004 RTP/AVP 8\r\n", IPD_WIRE_SYNTAX },
  { BARE "c=IN IP4 224.2.1.1/127\r\n" AUDIO, IPD_WIRE_RANGE },
  { BARE "c=IN IP4 239.1.1.1\r\n" AUDIO, IPD_WIRE_RANGE },
  { BARE "c=IN IP4 255.255.255.255\r\n" AUDIO, IPD_WIRE_RANGE },
  { BARE "c=IN IP4 0.1.2.3\r\n" AUDIO, IPD_WIRE_RANGE },
  { BARE "c=IN IP6 ff02::fb\r\n" AUDIO, IPD_WIRE_RANGE },
  { BARE "c=IN IP6 ::ffff:192.0.2.1\r\n" AUDIO, IPD_WIRE_RANGE },
  { BARE "c=IN IP4 door.example\r\n" AUDIO, IPD_WIRE_SYNTAX },
  { BARE "c=IN IP4 \r\n" AUDIO, IPD_WIRE_SYNTAX },
  { BARE "c=IN IP9 1.2.3.4\r\n" AUDIO, IPD_WIRE_SYNTAX },
  { HEAD "m=audio 5004 RTP/SAVP 8\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD "m=audio 5004 UDP/TLS/RTP/SAVPF 8\r\nm=video 5006 RTP/SAVPF 96\r\na=rtpmap:96 H264/90000\r\n",
    IPD_WIRE_UNSUPPORTED },
  { HEAD "m=audio 5004 RTP/AVP 18\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD "m=audio 5004 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD "m=audio 0 RTP/AVP 8\r\nm=video 0 RTP/AVP 96\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD "m=audio 5004 RTP/AVP\r\n", IPD_WIRE_UNSUPPORTED },
  { HEAD "m=video 5006 RTP/AVP 34\r\n", IPD_WIRE_UNSUPPORTED },
};

static void
test_bad (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *input = test_unterminated (bad[i].body);
      IpdPeerSdp sdp = { .session = 99 };
      IpdWireError error = { 0 };
      g_test_message ("%s", bad[i].body);
      g_assert_false (ipd_peer_sdp_parse (input, strlen (bad[i].body), &sdp, &error));
      g_assert_cmpstr (ipd_wire_code_name (error.code), ==, ipd_wire_code_name (bad[i].code));
      g_assert_cmpuint (error.offset, <=, strlen (bad[i].body));
      g_assert_cmpuint (sdp.session, ==, 99);
    }
}

static void
test_nul (void)
{
  static const char behind[] = HEAD AUDIO "\0\0", inside[] = HEAD AUDIO "a=x\0y\r\n";
  IpdPeerSdp sdp;
  g_assert_true (ipd_peer_sdp_parse (behind, sizeof behind, &sdp, NULL));
  g_assert_false (ipd_peer_sdp_parse (inside, sizeof inside, &sdp, NULL));
}

/* 64 KB, 256 lines, 16 m-lines, 32 formats: by name, and at once. */
static void
test_limits (void)
{
  IpdPeerSdp sdp;
  IpdWireError error;
  g_autoptr (GString) body = g_string_new (HEAD AUDIO);

  while (body->len <= IPD_SDP_MAX)
    g_string_append (body, "a=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
  g_assert_false (ipd_peer_sdp_parse (body->str, body->len, &sdp, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);

  g_string_assign (body, HEAD AUDIO);
  for (unsigned i = 0; i < IPD_SDP_LINES_MAX; i++)
    g_string_append (body, "a=x\r\n");
  g_assert_false (ipd_peer_sdp_parse (body->str, body->len, &sdp, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);

  g_string_assign (body, HEAD);
  for (unsigned i = 0; i < 100; i++)
    g_string_append_printf (body, "m=audio %u RTP/AVP 8\r\n", 5000 + 2 * i);
  g_assert_false (ipd_peer_sdp_parse (body->str, body->len, &sdp, &error));
  g_assert_cmpint (error.code, ==, IPD_WIRE_LONG);

  g_string_assign (body, HEAD "m=audio 5004 RTP/AVP");
  for (unsigned i = 0; i < 128; i++)
    g_string_append_printf (body, " %u", (i + 20) % 128);
  for (unsigned i = 20; i < 128; i++)
    g_string_append_printf (body, "\r\na=rtpmap:%u PCMA/8000", i);
  g_assert_true (ipd_peer_sdp_parse (body->str, body->len, &sdp, &error));
  g_assert_cmpuint (sdp.n_audio_formats, ==, IPD_PEER_FORMATS_MAX);

  g_string_assign (body, HEAD AUDIO VIDEO "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=");
  for (unsigned i = 0; i < 1000; i++)
    g_string_append_c (body, 'A');
  g_assert_true (ipd_peer_sdp_parse (body->str, body->len, &sdp, &error)); /* sets may still come in band */
  g_assert_cmpstr (sdp.video_formats[0].sprop, ==, "");
  g_assert_cmpuint (sdp.video_formats[0].packetization_mode, ==, 1);
}

static void
test_held (void)
{
  static const struct {
    const char *body;
    gboolean held;
  } cases[] = {
    { HEAD AUDIO, FALSE },
    { HEAD AUDIO "a=sendrecv\r\n", FALSE },
    { HEAD AUDIO "a=recvonly\r\n", FALSE },
    { HEAD AUDIO "a=sendonly\r\n", TRUE },
    { HEAD AUDIO "a=inactive\r\n", TRUE },
    { HEAD "a=inactive\r\n" AUDIO, TRUE },
    { HEAD "a=inactive\r\n" AUDIO "a=sendrecv\r\n", FALSE },
    { BARE "c=IN IP4 0.0.0.0\r\n" AUDIO, TRUE },
    { HEAD VIDEO, FALSE },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      IpdPeerSdp sdp = parsed (cases[i].body);
      g_assert_cmpint (ipd_peer_sdp_is_held (&sdp), ==, cases[i].held);
    }
}

#define OFFER_AUDIO                                                                                                    \
  "m=audio 7078 RTP/AVP 111 9 8 0 101 102\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:9 G722/8000\r\n"      \
  "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"           \
  "a=rtpmap:102 telephone-event/48000\r\na=fmtp:102 0-15\r\n"
#define OFFER_VIDEO                                                                                                    \
  "m=video 9078 RTP/AVP 96 97 98\r\na=recvonly\r\na=rtpmap:96 H264/90000\r\n"                                          \
  "a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\na=rtpmap:97 H264/90000\r\n"     \
  "a=fmtp:97 profile-level-id=42e01f;packetization-mode=0;level-asymmetry-allowed=1\r\na=rtpmap:98 VP8/90000\r\n"      \
  "a=rtcp-fb:* nack pli\r\na=rtcp-fb:* ccm fir\r\n"

static void
test_offer (void)
{
  const IpdCodecs few = IPD_CODECS_BASIC, none = { .audio = 1u << IPD_AUDIO_PCMU };
  IpdPeerSdp offer;

  ipd_peer_sdp_init_offer (&offer, "192.0.2.1", 7078, 9078, &all, IPD_SDP_RECVONLY);
  g_autofree char *text = ipd_peer_sdp_write (&offer);
  g_assert_cmpstr (text, ==,
                   "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" OFFER_AUDIO OFFER_VIDEO);
  /* The longest addresses, and parameter sets of a station that sends: what is left of 1,300 is the INVITE's. */
  ipd_peer_sdp_init_offer (&offer, "255.255.255.255", 65534, 65534, &all, IPD_SDP_SENDONLY);
  for (unsigned i = 0; i < 2; i++)
    memset (offer.video_formats[i].sprop, 'A', 64);
  g_autofree char *longest = ipd_peer_sdp_write (&offer);
  g_test_message ("%" G_GSIZE_FORMAT " octets", strlen (longest));
  g_assert_cmpuint (strlen (longest), <=, 850);
  g_assert_null (strstr (longest, "level-asymmetry"));

  ipd_peer_sdp_init_offer (&offer, "2001:db8::1", 7078, 0, &few, IPD_SDP_RECVONLY);
  g_autofree char *small = ipd_peer_sdp_write (&offer);
  g_assert_cmpstr (small, ==,
                   "v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"
                   "m=audio 7078 RTP/AVP 8 0 101\r\na=sendrecv\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
                   "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n");
  ipd_peer_sdp_init_offer (&offer, "192.0.2.1", 7078, 9078, &none, IPD_SDP_RECVONLY);
  g_assert_cmpuint (offer.video.port, ==, 0);
  g_assert_cmpuint (offer.n_lines, ==, 1);
}

static void
test_answer (void)
{
  IpdPeerSdp offer = parsed (HEAD "m=application 5000 UDP/BFCP *\r\nm=video 5006 RTP/AVPF 99 98\r\n"
                                  "a=rtpmap:99 H264/90000\r\na=fmtp:99 profile-level-id=4D0029;packetization-mode=1;"
                                  "sprop-parameter-sets=Z0LA,aM4=\r\na=rtpmap:98 VP8/90000\r\na=sendonly\r\n"
                                  "m=audio 5004 RTP/AVP 18 0 96\r\na=rtpmap:96 telephone-event/8000\r\n"
                                  "m=audio 5010 RTP/SAVP 0\r\n");
  IpdPeerSdp answer;

  g_assert_true (ipd_peer_sdp_init_answer (&answer, &offer, "192.0.2.1", 7078, 9078, &all, FALSE, 0));
  g_autofree char *text = ipd_peer_sdp_write (&answer);
  g_assert_cmpstr (text, ==,
                   "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
                   "m=application 0 UDP/BFCP *\r\n"
                   "m=video 9078 RTP/AVPF 99\r\na=recvonly\r\na=rtpmap:99 H264/90000\r\n"
                   "a=fmtp:99 profile-level-id=4d0029;packetization-mode=1;level-asymmetry-allowed=1\r\n"
                   "m=audio 7078 RTP/AVP 0 96\r\na=sendrecv\r\na=rtpmap:0 PCMU/8000\r\n"
                   "a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n"
                   "m=audio 0 RTP/SAVP 0\r\n");

  g_assert_true (
      ipd_peer_sdp_init_answer (&answer, &offer, "192.0.2.1", 7078, 9078, &all, FALSE, IPD_PEER_ANSWER_SILENT));
  g_assert_cmpint (answer.audio.direction, ==, IPD_SDP_INACTIVE);
  g_assert_cmpint (answer.video.direction, ==, IPD_SDP_RECVONLY);
  g_assert_true (
      ipd_peer_sdp_init_answer (&answer, &offer, "192.0.2.1", 7078, 9078, &all, FALSE, IPD_PEER_ANSWER_NO_AUDIO));
  g_autofree char *picture = ipd_peer_sdp_write (&answer);
  g_assert_nonnull (strstr (picture, "m=audio 0 RTP/AVP 18\r\nm=audio 0 RTP/SAVP 0\r\n"));
  g_assert_true (
      ipd_peer_sdp_init_answer (&answer, &offer, "192.0.2.1", 7078, 9078, &all, FALSE, IPD_PEER_ANSWER_NO_VIDEO));
  g_autofree char *sound = ipd_peer_sdp_write (&answer);
  g_assert_nonnull (strstr (sound, "m=video 0 RTP/AVPF 99\r\n"));
  g_assert_false (ipd_peer_sdp_init_answer (&answer, &offer, "192.0.2.1", 7078, 9078, &all, FALSE,
                                            IPD_PEER_ANSWER_NO_VIDEO | IPD_PEER_ANSWER_NO_AUDIO));
  const IpdCodecs other = { .audio = 1u << IPD_AUDIO_OPUS };
  g_assert_false (ipd_peer_sdp_init_answer (&answer, &offer, "192.0.2.1", 7078, 9078, &other, FALSE, 0));
}

/* A picture goes one way only, whatever the other side would like. */
static void
test_picture_directions (void)
{
  static const struct {
    const char *offered;
    IpdSdpDirection client, station;
  } cases[] = {
    { "sendonly", IPD_SDP_RECVONLY, IPD_SDP_INACTIVE },
    { "sendrecv", IPD_SDP_RECVONLY, IPD_SDP_SENDONLY },
    { "recvonly", IPD_SDP_INACTIVE, IPD_SDP_SENDONLY },
    { "inactive", IPD_SDP_INACTIVE, IPD_SDP_INACTIVE },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = g_strdup_printf (HEAD AUDIO VIDEO "a=%s\r\n", cases[i].offered);
      IpdPeerSdp offer = parsed (body), answer;
      g_assert_true (ipd_peer_sdp_init_answer (&answer, &offer, "192.0.2.1", 7078, 9078, &all, FALSE, 0));
      g_assert_cmpint (answer.video.direction, ==, cases[i].client);
      g_assert_true (ipd_peer_sdp_init_answer (&answer, &offer, "192.0.2.1", 7078, 9078, &all, TRUE, 0));
      g_assert_cmpint (answer.video.direction, ==, cases[i].station);
    }
}

static void
test_hold (void)
{
  IpdPeerSdp offer;
  ipd_peer_sdp_init_offer (&offer, "192.0.2.1", 7078, 0, &all, IPD_SDP_RECVONLY);
  ipd_peer_sdp_set_directions (&offer, IPD_SDP_INACTIVE, IPD_SDP_INACTIVE);
  g_autofree char *text = ipd_peer_sdp_write (&offer);
  g_assert_nonnull (strstr (text, "o=- 1 2 IN"));
  g_assert_nonnull (strstr (text, "a=inactive"));
  g_assert_null (strstr (text, "m=video"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/peer-sdp/good", test_good);
  g_test_add_func ("/wire/peer-sdp/bad", test_bad);
  g_test_add_func ("/wire/peer-sdp/nul", test_nul);
  g_test_add_func ("/wire/peer-sdp/limits", test_limits);
  g_test_add_func ("/wire/peer-sdp/held", test_held);
  g_test_add_func ("/wire/peer-sdp/offer", test_offer);
  g_test_add_func ("/wire/peer-sdp/answer", test_answer);
  g_test_add_func ("/wire/peer-sdp/picture-directions", test_picture_directions);
  g_test_add_func ("/wire/peer-sdp/hold", test_hold);
  return g_test_run ();
}
