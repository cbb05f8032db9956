// SPDX-License-Identifier: Apache-2.0
/*
 * What a call with each kind of station or phone comes to: our SDP and theirs, as makers write it, ordinary and at its
 * worst. The bodies are made up after what is documented of them.
 */

#include "wire/peer-sdp.h"

#include "wire-test.h"

#define US    "192.0.2.1"
#define HEAD  "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=call\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
#define EVENT "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"

static const IpdCodecs all = { .audio = 15, .video = 3 };

static IpdPeerSdp
parsed (const char *body)
{
  IpdPeerSdp sdp;
  g_assert_true (ipd_peer_sdp_parse (body, strlen (body), &sdp, NULL));
  return sdp;
}

/* "PCMA tx 8 rx 8 event 101/101 192.0.2.7:5004 both | 96=H264 tx 96,1 sprop 192.0.2.7:5006 receive pli fir" */
static char *
agreed (const IpdPeerSdp *local, const IpdPeerSdp *remote)
{
  static const char *const ways[] = { "none", "send", "receive", "both" };
  GString *text = g_string_new (NULL);
  IpdPeerSound sound;
  IpdPeerPicture picture;

  if (ipd_peer_sdp_sound (local, remote, &sound))
    g_string_append_printf (text, "%s tx %u rx %u event %u/%u%s %s:%u %s", ipd_audio_codec_to_string (sound.codec),
                            sound.tx_pt, sound.rx_pt, sound.dtmf_tx_pt, sound.dtmf_rx_pt,
                            sound.dtmf_tx_pt != 0 && sound.dtmf_clock != 8000 ? "@48000" : "", sound.host, sound.port,
                            ways[(sound.send ? 1 : 0) + (sound.receive ? 2 : 0)]);
  g_string_append (text, " |");
  if (!ipd_peer_sdp_picture (local, remote, &picture))
    return g_string_free (text, FALSE);
  for (unsigned i = 0; i < picture.n_rx; i++)
    g_string_append_printf (text, " %u=%s", picture.rx[i].pt, ipd_video_codec_to_string (picture.rx[i].codec));
  g_string_append_printf (text, " tx %u,%u%s %s:%u %s%s%s", picture.tx->pt, picture.tx->packetization_mode,
                          picture.sprop[0] != '\0' ? " sprop" : "", picture.host, picture.port,
                          ways[(picture.send ? 1 : 0) + (picture.receive ? 2 : 0)], picture.nack_pli ? " pli" : "",
                          picture.ccm_fir ? " fir" : "");
  return g_string_free (text, FALSE);
}

/* A station calls us: its offer, and what comes of it. */
static const struct {
  const char *name, *offer, *agreed;
} rings[] = {
  { "2n",
    HEAD "m=audio 4900 RTP/AVP 0 8 96 18 101\r\na=rtpmap:96 L16/16000\r\na=rtpmap:18 G729/8000\r\n" EVENT
         "m=video 4902 RTP/AVP 123 34\r\na=rtpmap:123 H264/90000\r\na=fmtp:123 profile-level-id=42801F;"
         "packetization-mode=1;sprop-parameter-sets=Z0KA,aM4=\r\na=rtpmap:34 H263/90000\r\na=sendonly\r\n",
    "PCMU tx 0 rx 0 event 101/101 192.0.2.7:4900 both | 123=H264 tx 123,1 sprop 192.0.2.7:4902 receive" },
  { "2n-only-h263", HEAD "m=audio 4900 RTP/AVP 8\r\nm=video 4902 RTP/AVP 34\r\na=rtpmap:34 H263/90000\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:4900 both |" },
  { "doorbird-worst",
    HEAD "m=audio 9200 RTP/AVP 0 101\r\n" EVENT "m=video 9300 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n",
    "PCMU tx 0 rx 0 event 101/101 192.0.2.7:9200 both | 99=H264 tx 99,0 192.0.2.7:9300 receive" },
  { "akuvox-worst", /* sendrecv: it would like our camera */
    HEAD "m=audio 11800 RTP/AVP 0 8 101\r\n" EVENT
         "m=video 11802 RTP/AVP 104\r\na=rtpmap:104 H264/90000\r\na=fmtp:104 profile-level-id=42e01e\r\na=sendrecv\r\n",
    "PCMU tx 0 rx 0 event 101/101 192.0.2.7:11800 both | 104=H264 tx 104,0 192.0.2.7:11802 receive" },
  { "fanvil-main-profile",
    HEAD
    "m=audio 10000 RTP/AVP 8 0 18 101\r\n" EVENT
    "m=video 10002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 profile-level-id=4D0029;packetization-mode=1\r\n",
    "PCMA tx 8 rx 8 event 101/101 192.0.2.7:10000 both | 97=H264 tx 97,1 192.0.2.7:10002 receive" },
  { "grandstream-high-profile",
    HEAD "m=audio 5004 RTP/AVP 9 0 101\r\n" EVENT
         "m=video 5006 RTP/AVP 99\r\nb=AS:2048\r\na=rtpmap:99 H264/90000\r\na=fmtp:99 profile-level-id=640028; "
         "sprop-parameter-sets=Z2QA,aO4=; packetization-mode=1\r\na=rtcp-fb:99 nack pli\r\na=rtcp-fb:* ccm fir\r\n",
    "G722 tx 9 rx 9 event 101/101 192.0.2.7:5004 both | 99=H264 tx 99,1 sprop 192.0.2.7:5006 receive pli fir" },
  { "hikvision-without-events",
    HEAD
    "m=video 9654 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=42801F\r\n"
    "m=audio 8254 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\n",
    "PCMU tx 0 rx 0 event 0/0 192.0.2.7:8254 both | 96=H264 tx 96,1 192.0.2.7:9654 receive" },
  { "dahua-own-codec-first",
    HEAD "m=audio 20000 RTP/AVP 97 8\r\na=rtpmap:97 PCM/16000\r\n"
         "m=video 20002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:20000 both | 96=H264 tx 96,0 192.0.2.7:20002 receive" },
  { "two-modes",
    HEAD "m=audio 5004 RTP/AVP 0\r\nm=video 5006 RTP/AVP 96 97\r\na=rtpmap:96 H264/90000\r\n"
         "a=fmtp:96 packetization-mode=1\r\na=rtpmap:97 H264/90000\r\n",
    "PCMU tx 0 rx 0 event 0/0 192.0.2.7:5004 both | 96=H264 97=H264 tx 96,1 192.0.2.7:5006 receive" },
  { "vp8-only",
    HEAD "m=audio 5004 RTP/AVP 100\r\na=rtpmap:100 opus/48000/2\r\nm=video 5006 RTP/AVPF 101\r\n"
         "a=rtpmap:101 VP8/90000\r\na=rtcp-fb:101 nack pli\r\n",
    "opus tx 100 rx 100 event 0/0 192.0.2.7:5004 both | 101=VP8 tx 101,0 192.0.2.7:5006 receive pli" },
  { "opus-with-the-old-events",
    HEAD "m=audio 5004 RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\n"
         "a=rtpmap:97 telephone-event/8000\r\n",
    "opus tx 96 rx 96 event 97/97 192.0.2.7:5004 both |" },
  { "odd-ports", HEAD "m=audio 5005 RTP/AVP 8\r\nm=video 65535 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5005 both | 96=H264 tx 96,0 192.0.2.7:65535 receive" },
  { "held-from-the-start",
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 5004 RTP/AVP 8\r\n",
    "PCMA tx 8 rx 8 event 0/0 :0 receive |" },
  { "sound-one-way", HEAD "m=audio 5004 RTP/AVP 8\r\na=sendonly\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5004 receive |" },
  { "picture-at-another-host",
    HEAD "m=audio 5004 RTP/AVP 8\r\nm=video 5006 RTP/AVP 96\r\nc=IN IP4 192.0.2.8\r\na=rtpmap:96 H264/90000\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5004 both | 96=H264 tx 96,0 192.0.2.8:5006 receive" },
};

static void
test_rings (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (rings); i++)
    {
      IpdPeerSdp offer = parsed (rings[i].offer), answer;
      g_test_message ("%s", rings[i].name);
      g_assert_true (ipd_peer_sdp_init_answer (&answer, &offer, US, 7078, 9078, &all, FALSE, 0));
      g_autofree char *text = agreed (&answer, &offer);
      g_assert_cmpstr (text, ==, rings[i].agreed);
      /* Our answer has as many lines, in their order, and they read it as we mean it. */
      g_autofree char *body = ipd_peer_sdp_write (&answer);
      IpdPeerSdp theirs = parsed (body);
      g_assert_cmpuint (theirs.n_lines, ==, offer.n_lines);
      g_autofree char *again = agreed (&theirs, &offer);
      g_assert_cmpstr (again, ==, rings[i].agreed);
    }
}

/* We call them: what they answer to our offer, with a picture from them (a look-out), from us (a phone), or none. */
static const struct {
  const char *name;
  IpdSdpDirection picture;
  gboolean no_video;
  const char *answer, *agreed; /* NULL: nothing in common */
} calls[] = {
  { "plain", IPD_SDP_RECVONLY, FALSE,
    HEAD "m=audio 5004 RTP/AVP 8 101\r\n" EVENT "m=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
         "a=fmtp:96 profile-level-id=42e01f;packetization-mode=1\r\na=sendonly\r\n",
    "PCMA tx 8 rx 8 event 101/101 192.0.2.7:5004 both | 96=H264 97=H264 tx 96,1 192.0.2.7:5006 receive" },
  { "dahua-adds-video", IPD_SDP_RECVONLY, TRUE,
    HEAD "m=audio 20000 RTP/AVP 8\r\nm=video 20002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:20000 both |" },
  { "dahua-no-fmtp", IPD_SDP_RECVONLY, FALSE,
    HEAD "m=audio 20000 RTP/AVP 8\r\nm=video 20002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:20000 both | 96=H264 97=H264 tx 96,0 192.0.2.7:20002 receive" },
  { "own-numbers", IPD_SDP_RECVONLY, FALSE,
    HEAD "m=audio 5004 RTP/AVP 120 121\r\na=rtpmap:120 opus/48000/2\r\na=rtpmap:121 telephone-event/48000\r\n"
         "m=video 5006 RTP/AVP 126\r\na=rtpmap:126 H264/90000\r\n",
    "opus tx 120 rx 111 event 121/102@48000 192.0.2.7:5004 both | 96=H264 97=H264 126=H264 tx 126,0 "
    "192.0.2.7:5006 receive" },
  { "opus-with-the-old-events", IPD_SDP_RECVONLY, TRUE,
    HEAD "m=audio 5004 RTP/AVP 111 101\r\na=rtpmap:111 opus/48000/2\r\n" EVENT,
    "opus tx 111 rx 111 event 101/101 192.0.2.7:5004 both |" },
  { "lines-left-out", IPD_SDP_RECVONLY, FALSE, HEAD "m=audio 5004 RTP/AVP 0\r\n",
    "PCMU tx 0 rx 0 event 0/0 192.0.2.7:5004 both |" },
  { "lines-swapped", IPD_SDP_RECVONLY, FALSE,
    HEAD "m=video 5006 RTP/AVP 98\r\na=rtpmap:98 VP8/90000\r\nm=audio 5004 RTP/AVP 9\r\n",
    "G722 tx 9 rx 9 event 0/0 192.0.2.7:5004 both | 98=VP8 tx 98,0 192.0.2.7:5006 receive" },
  { "several-codecs", IPD_SDP_RECVONLY, TRUE, HEAD "m=audio 5004 RTP/AVP 18 0 8 9\r\n",
    "PCMU tx 0 rx 0 event 0/0 192.0.2.7:5004 both |" },
  { "picture-refused", IPD_SDP_RECVONLY, FALSE,
    HEAD "m=audio 5004 RTP/AVP 8\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5004 both |" },
  { "phone-mode-0", IPD_SDP_SENDONLY, FALSE,
    HEAD "m=audio 5004 RTP/AVP 0 101\r\n" EVENT "m=video 5006 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
         "a=fmtp:97 profile-level-id=42801F\r\na=rtcp-fb:97 nack pli\r\na=recvonly\r\n",
    "PCMU tx 0 rx 0 event 101/101 192.0.2.7:5004 both | 96=H264 97=H264 tx 97,0 192.0.2.7:5006 send pli" },
  { "phone-sendrecv", IPD_SDP_SENDONLY, FALSE, /* it shows itself to nobody: we said sendonly */
    HEAD "m=audio 5004 RTP/AVP 8\r\nm=video 5006 RTP/AVPF 96 98\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
         "packetization-mode=1;profile-level-id=42801F\r\na=rtpmap:98 VP8/90000\r\na=sendrecv\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5004 both | 96=H264 97=H264 98=VP8 tx 96,1 192.0.2.7:5006 send" },
  { "phone-wants-no-picture", IPD_SDP_SENDONLY, FALSE,
    HEAD "m=audio 5004 RTP/AVP 8\r\nm=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=inactive\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5004 both | 96=H264 97=H264 tx 96,0 192.0.2.7:5006 none" },
  { "holds-at-once", IPD_SDP_RECVONLY, TRUE, HEAD "m=audio 5004 RTP/AVP 8\r\na=inactive\r\n",
    "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5004 none |" },
  { "adds-what-was-not-offered", IPD_SDP_RECVONLY, TRUE, HEAD "m=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    NULL },
};

static void
test_calls (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      IpdPeerSdp offer, answer = parsed (calls[i].answer);
      g_test_message ("%s", calls[i].name);
      ipd_peer_sdp_init_offer (&offer, US, 7078, calls[i].no_video ? 0 : 9078, &all, calls[i].picture);
      g_assert_cmpint (ipd_peer_sdp_take_answer (&offer, &answer), ==, calls[i].agreed != NULL);
      g_assert_cmpuint (answer.n_lines, ==, offer.n_lines);
      if (calls[i].agreed == NULL)
        continue;
      g_autofree char *text = agreed (&offer, &answer);
      g_assert_cmpstr (text, ==, calls[i].agreed);
    }
}

/* Picture at the ring, sound by a second offer when the user answers: the same ports, a version later. */
static void
test_sound_later (void)
{
  IpdPeerSdp offer = parsed (HEAD "m=audio 5004 RTP/AVP 8\r\nm=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n");
  IpdPeerSdp local, remote = offer;

  g_assert_true (ipd_peer_sdp_init_answer (&local, &offer, US, 7078, 9078, &all, FALSE, IPD_PEER_ANSWER_SILENT));
  g_autofree char *first = agreed (&local, &remote);
  g_assert_cmpstr (first, ==, "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5004 none | 96=H264 tx 96,0 192.0.2.7:5006 receive");
  ipd_peer_sdp_set_directions (&local, IPD_SDP_SENDRECV, IPD_SDP_RECVONLY);
  g_assert_true (ipd_peer_sdp_take_answer (&local, &remote));
  g_autofree char *then = agreed (&local, &remote);
  g_assert_cmpstr (then, ==, "PCMA tx 8 rx 8 event 0/0 192.0.2.7:5004 both | 96=H264 tx 96,0 192.0.2.7:5006 receive");
  g_assert_cmpuint (local.version, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/peer-dialects/rings", test_rings);
  g_test_add_func ("/wire/peer-dialects/calls", test_calls);
  g_test_add_func ("/wire/peer-dialects/sound-later", test_sound_later);
  return g_test_run ();
}
