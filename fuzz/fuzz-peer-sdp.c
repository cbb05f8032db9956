// SPDX-License-Identifier: Apache-2.0
/* Whatever is accepted can be written and means the same when it is read again; it can be answered, and be an answer.
 */

#include "fuzz.h"

#include "wire/peer-sdp.h"

static const IpdCodecs all = { .audio = ~0u, .video = ~0u };

static void
agree (const IpdPeerSdp *local, const IpdPeerSdp *remote)
{
  IpdPeerSound sound;
  IpdPeerPicture picture;

  if (ipd_peer_sdp_sound (local, remote, &sound))
    g_assert_true (sound.port == 0 || sound.host[0] != '\0');
  if (ipd_peer_sdp_picture (local, remote, &picture))
    g_assert_true (picture.n_rx > 0 && picture.tx != NULL);
}

static void
answer (const IpdPeerSdp *offer, unsigned flags)
{
  IpdPeerSdp ours, back;

  if (!ipd_peer_sdp_init_answer (&ours, offer, "192.0.2.1", 7078, 9078, &all, (flags & 8) != 0,
                                 (IpdPeerAnswerFlags) (flags & 7)))
    return;
  g_autofree char *text = ipd_peer_sdp_write (&ours);
  g_assert_true (ipd_peer_sdp_parse (text, strlen (text), &back, NULL));
  g_assert_cmpuint (back.n_lines, ==, offer->n_lines);
  agree (&ours, offer);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  IpdPeerSdp sdp, again, offer;

  if (!ipd_peer_sdp_parse ((const char *) data, size, &sdp, NULL))
    return 0;
  g_autofree char *text = ipd_peer_sdp_write (&sdp);
  g_assert_true (ipd_peer_sdp_parse (text, strlen (text), &again, NULL));
  g_autofree char *twice = ipd_peer_sdp_write (&again);
  g_assert_cmpstr (text, ==, twice);
  for (unsigned flags = 0; flags < 16; flags++)
    answer (&sdp, flags);
  ipd_peer_sdp_init_offer (&offer, "192.0.2.1", 7078, (size & 1) != 0 ? 9078 : 0, &all, IPD_SDP_RECVONLY);
  if (ipd_peer_sdp_take_answer (&offer, &sdp))
    agree (&offer, &sdp);
  return 0;
}
