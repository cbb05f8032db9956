// SPDX-License-Identifier: Apache-2.0
/* The visitor's side of the sound: tones, and the talk with the one leg that answered. Lives in the station's worker.
 * Nothing of a leg that did not answer is received, played or sent. */
#include "media/station-sound.h"

#include "media/audio-receive.h"
#include "media/audio-send.h"
#include "media/mic.h"
#include "media/rtcp-link.h"
#include "media/speaker.h"
#include "wire/media-keys.h"

#include <string.h>

#define MAX_LEGS 64

/* One talk; unchanging while its pipelines run, so streaming threads read it freely. */
typedef struct {
  IpdStationSound *sound;
  GSocket *const *sockets;
  guint leg;
  uint16_t tag;
  uint8_t rx_key[IPD_MEDIA_KEY_LEN];
  IpdMediaKey tx;
  IpdAudioReceive *receive;
  IpdRtcpLink *rtcp;
  GSocketAddress *rtcp_peer;
  GSource *report_timer;
  GSource *learn_signal;
  GMutex mutex;
  GSocketAddress *source; /* guarded by mutex: where the last packet that verified came from */
} Talk;

struct _IpdStationSound {
  IpdWorker *worker;
  IpdStationSoundEvent event;
  gpointer data;
  IpdMixer *mixer;
  IpdSpeaker *speaker;
  IpdMic *mic;
  IpdTone tone;
  GSource *over_signal;
  Talk *talk;
  GMutex mutex;
  IpdAudioSend *sending;           /* guarded by mutex: where the microphone goes now */
  IpdAudioSend *streams[MAX_LEGS]; /* kept for the visit, see media/audio-send.h */
  guint bad;                       /* atomic: of talks that ended */
  gboolean told_no_speaker;
  gboolean told_no_mic;
};

static void
on_speaker_lost (const char *why, gpointer data)
{
  IpdStationSound *sound = data;
  if (!sound->told_no_speaker)
    sound->event (IPD_MEDIA_STATION_NO_SPEAKER, 0, why, sound->data);
  sound->told_no_speaker = TRUE;
}

static void
on_mic_lost (const char *why, gpointer data)
{
  IpdStationSound *sound = data;
  if (!sound->told_no_mic)
    sound->event (IPD_MEDIA_STATION_NO_MICROPHONE, 0, why, sound->data);
  sound->told_no_mic = TRUE;
}

static void
on_mic_samples (const int16_t *samples, gsize n, gpointer data)
{
  IpdStationSound *sound = data;
  g_mutex_lock (&sound->mutex);
  if (sound->sending != NULL)
    ipd_audio_send_push (sound->sending, samples, n);
  g_mutex_unlock (&sound->mutex);
}

static void
rest_if_idle (IpdStationSound *sound)
{
  if (sound->tone == IPD_TONE_NONE && sound->talk == NULL)
    ipd_speaker_close (sound->speaker);
}

static void
on_tone_over (gpointer data)
{
  IpdStationSound *sound = data;
  if (sound->tone == IPD_TONE_OPENED)
    sound->tone = IPD_TONE_NONE;
  rest_if_idle (sound);
}

static void
on_chime_over (gpointer data)
{
  IpdStationSound *sound = data;
  ipd_worker_signal_raise (sound->over_signal);
}

IpdStationSound *
ipd_station_sound_new (IpdWorker *worker, const char *mic, const char *speaker, IpdStationSoundEvent event,
                       gpointer data)
{
  IpdStationSound *sound = g_new0 (IpdStationSound, 1);
  g_autoptr (GError) error = NULL;
  sound->worker = worker;
  sound->event = event;
  sound->data = data;
  g_mutex_init (&sound->mutex);
  sound->over_signal = ipd_worker_signal_new (worker, on_tone_over, sound);
  sound->mixer = ipd_mixer_new ();
  ipd_mixer_on_chime_over (sound->mixer, on_chime_over, sound);
  sound->speaker = ipd_speaker_new (worker, sound->mixer, on_speaker_lost, sound);
  if (!ipd_speaker_set_spec (sound->speaker, speaker, &error))
    on_speaker_lost (error->message, sound);
  const IpdMicHandlers handlers = { on_mic_samples, on_mic_lost };
  sound->mic = ipd_mic_new (worker, &handlers, sound);
  ipd_mic_set_spec (sound->mic, mic, NULL);
  return sound;
}

void
ipd_station_sound_free (IpdStationSound *sound)
{
  if (sound == NULL)
    return;
  ipd_station_sound_end_visit (sound);
  ipd_mic_free (sound->mic);
  ipd_speaker_free (sound->speaker);
  ipd_worker_clear_source (&sound->over_signal);
  ipd_mixer_free (sound->mixer);
  g_mutex_clear (&sound->mutex);
  g_free (sound);
}

static IpdChime
chime_of (IpdTone tone)
{
  switch (tone)
    {
    case IPD_TONE_RINGING:
      return IPD_CHIME_RINGING;
    case IPD_TONE_BUSY:
      return IPD_CHIME_BUSY;
    case IPD_TONE_OPENED:
      return IPD_CHIME_OPENED;
    case IPD_TONE_NONE:
      break;
    }
  return IPD_CHIME_NONE;
}

void
ipd_station_sound_tone (IpdStationSound *sound, IpdTone tone)
{
  sound->tone = tone;
  ipd_mixer_set_chime (sound->mixer, chime_of (tone));
  if (tone != IPD_TONE_NONE)
    ipd_speaker_open (sound->speaker);
  rest_if_idle (sound);
}

static const uint8_t *
on_rx_key (uint32_t ssrc, gpointer data)
{
  Talk *talk = data;
  return ssrc >> 16 == talk->tag && (ssrc & 0xffff) < IPD_GENERATIONS_MAX ? talk->rx_key : NULL;
}

static void
on_packet (GSocketAddress *from, gpointer data)
{
  Talk *talk = data;
  if (from == NULL)
    return;
  g_mutex_lock (&talk->mutex);
  bool changed = talk->source == NULL
                 || g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (talk->source))
                        != g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from))
                 || !g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (talk->source)),
                                           g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from)));
  if (changed)
    g_set_object (&talk->source, from);
  g_mutex_unlock (&talk->mutex);
  if (changed)
    ipd_worker_signal_raise (talk->learn_signal);
}

static void
on_learn (gpointer data)
{
  Talk *talk = data;
  g_mutex_lock (&talk->mutex);
  GInetSocketAddress *from = G_INET_SOCKET_ADDRESS (g_object_ref (talk->source));
  g_mutex_unlock (&talk->mutex);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (from));
  ipd_audio_send_set_peer (talk->sound->streams[talk->leg], host, g_inet_socket_address_get_port (from));
  g_object_unref (from);
}

static void
on_heard (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  Talk *talk = data;
  g_set_object (&talk->rtcp_peer, from);
  if (!meaning->has_sr)
    return;
  ipd_reception_report (ipd_audio_receive_lock (talk->receive), meaning);
  ipd_audio_receive_unlock (talk->receive);
}

static gboolean
on_report_timeout (gpointer data)
{
  Talk *talk = data;
  IpdRtcpSending sending;
  bool sent = ipd_audio_send_get_sending (talk->sound->streams[talk->leg], &sending);
  IpdReception *reception = ipd_audio_receive_lock (talk->receive);
  IpdRtcpReport report = { .sending = sent ? &sending : NULL, .reception = reception };
  ipd_rtcp_link_send (talk->rtcp, &report, talk->sockets[IPD_MEDIA_FD_AUDIO_RTCP], talk->rtcp_peer);
  ipd_audio_receive_unlock (talk->receive);
  return G_SOURCE_CONTINUE;
}

static void
talk_free (Talk *talk)
{
  if (talk == NULL)
    return;
  ipd_worker_clear_source (&talk->report_timer);
  if (talk->receive != NULL)
    g_atomic_int_add (&talk->sound->bad, (int) ipd_audio_receive_get_bad (talk->receive));
  ipd_audio_receive_free (talk->receive);
  ipd_rtcp_link_free (talk->rtcp);
  ipd_worker_clear_source (&talk->learn_signal);
  g_clear_object (&talk->rtcp_peer);
  g_clear_object (&talk->source);
  g_mutex_clear (&talk->mutex);
  explicit_bzero (talk, sizeof *talk);
  g_free (talk);
}

static void
end_talk (IpdStationSound *sound)
{
  ipd_mic_close (sound->mic);
  g_mutex_lock (&sound->mutex);
  sound->sending = NULL;
  Talk *talk = g_steal_pointer (&sound->talk);
  g_mutex_unlock (&sound->mutex);
  talk_free (talk);
  ipd_mixer_flush (sound->mixer);
}

static bool
talk_start (Talk *talk, const IpdMediaTalk *said, GError **error)
{
  IpdStationSound *sound = talk->sound;
  IpdAudioSend **stream = &sound->streams[talk->leg];
  if (*stream == NULL)
    *stream = ipd_audio_send_new (sound->worker, talk->sockets[IPD_MEDIA_FD_AUDIO_RTP], said->audio.tx_payload,
                                  &said->tx, error);
  if (*stream == NULL)
    return false;
  ipd_audio_send_set_peer (*stream, said->host, said->port);
  const IpdRtcpLinkHandlers rtcp = { on_heard, on_rx_key };
  talk->rtcp = ipd_rtcp_link_new (sound->worker, &talk->tx, &rtcp, talk, error);
  if (talk->rtcp == NULL)
    return false;
  const IpdAudioReceiveHandlers receive = { on_rx_key, on_packet };
  talk->receive = ipd_audio_receive_new (sound->worker, talk->sockets[IPD_MEDIA_FD_AUDIO_RTP], said->audio.tx_payload,
                                         sound->mixer, &receive, talk, error);
  return talk->receive != NULL;
}

static Talk *
talk_new (IpdStationSound *sound, GSocket *const *sockets, guint leg, const IpdMediaTalk *said)
{
  Talk *talk = g_new0 (Talk, 1);
  talk->sound = sound;
  talk->sockets = sockets;
  talk->leg = leg;
  talk->tag = said->tag;
  memcpy (talk->rx_key, said->rx_key, sizeof talk->rx_key);
  talk->tx = said->tx;
  g_mutex_init (&talk->mutex);
  talk->learn_signal = ipd_worker_signal_new (sound->worker, on_learn, talk);
  talk->rtcp_peer = g_inet_socket_address_new_from_string (said->host, said->port + 1u);
  return talk;
}

void
ipd_station_sound_talk (IpdStationSound *sound, GSocket *const *sockets, guint leg, const IpdMediaTalk *said)
{
  g_return_if_fail (leg < MAX_LEGS);
  end_talk (sound);
  g_autoptr (GError) error = NULL;
  Talk *talk = talk_new (sound, sockets, leg, said);
  if (talk->rtcp_peer == NULL || !talk_start (talk, said, &error))
    {
      g_debug ("no sound with leg %u: %s", leg, error ? error->message : "its address is wrong");
      talk_free (talk);
      return;
    }
  g_mutex_lock (&sound->mutex);
  sound->talk = talk;
  sound->sending = sound->streams[leg];
  g_mutex_unlock (&sound->mutex);
  if (sound->tone == IPD_TONE_RINGING || sound->tone == IPD_TONE_BUSY)
    ipd_station_sound_tone (sound, IPD_TONE_NONE);
  ipd_rtcp_link_listen (talk->rtcp, sockets[IPD_MEDIA_FD_AUDIO_RTCP]);
  ipd_audio_receive_set_open (talk->receive, TRUE);
  ipd_speaker_open (sound->speaker);
  ipd_mic_open (sound->mic, sound->speaker);
  talk->report_timer
      = ipd_worker_attach (sound->worker, g_timeout_source_new (IPD_RTCP_INTERVAL_MS), on_report_timeout, talk);
}

void
ipd_station_sound_leave (IpdStationSound *sound, guint leg)
{
  if (sound->talk == NULL || sound->talk->leg != leg)
    return;
  end_talk (sound);
  rest_if_idle (sound);
}

void
ipd_station_sound_end_visit (IpdStationSound *sound)
{
  end_talk (sound);
  for (int i = 0; i < MAX_LEGS; i++)
    g_clear_pointer (&sound->streams[i], ipd_audio_send_free);
  rest_if_idle (sound);
}

guint
ipd_station_sound_get_bad (IpdStationSound *sound)
{
  g_mutex_lock (&sound->mutex);
  guint bad = (guint) g_atomic_int_get (&sound->bad);
  if (sound->talk != NULL)
    bad += ipd_audio_receive_get_bad (sound->talk->receive) + ipd_rtcp_link_get_bad (sound->talk->rtcp);
  g_mutex_unlock (&sound->mutex);
  return bad;
}
