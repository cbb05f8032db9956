// SPDX-License-Identifier: Apache-2.0
/* The visitor's side of the sound: tones, and the talk with the one leg that answered. Lives in the station's worker.
 * Nothing of a leg that did not answer is received, played or sent. */
#include "media/station-sound.h"

#include "media/audio-send.h"
#include "media/mic.h"
#include "media/speaker.h"
#include "media/talk.h"

#include <string.h>

#define MAX_LEGS 64

struct _IpdStationSound {
  IpdWorker *worker;
  IpdStationSoundEvent event;
  gpointer data;
  IpdMixer *mixer;
  IpdSpeaker *speaker;
  IpdMic *mic;
  IpdTone tone;
  GSource *over_signal;
  IpdTalk *talk;
  GMutex mutex;
  IpdAudioSend *sending;           /* guarded by mutex: where the microphone goes now */
  IpdAudioSend *streams[MAX_LEGS]; /* kept for the visit, see media/audio-send.h */
  guint bad;                       /* guarded by mutex: of talks that ended */
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

static void
on_digit (IpdTalk *talk, char digit, gpointer data)
{
  IpdStationSound *sound = data;
  const char said[] = { digit, '\0' };
  sound->event (IPD_MEDIA_STATION_DIGIT, ipd_talk_get_leg (talk), said, sound->data);
}

static void
on_silent (IpdTalk *talk, gpointer data)
{
  IpdStationSound *sound = data;
  sound->event (IPD_MEDIA_STATION_TALK_SILENT, ipd_talk_get_leg (talk), "", sound->data);
}

static void
set_sending (IpdStationSound *sound, IpdAudioSend *stream)
{
  g_mutex_lock (&sound->mutex);
  sound->sending = stream;
  g_mutex_unlock (&sound->mutex);
}

static void
end_talk (IpdStationSound *sound)
{
  ipd_mic_close (sound->mic);
  g_mutex_lock (&sound->mutex);
  sound->sending = NULL;
  IpdTalk *talk = g_steal_pointer (&sound->talk);
  if (talk != NULL)
    sound->bad += ipd_talk_get_bad (talk);
  g_mutex_unlock (&sound->mutex);
  ipd_talk_free (talk);
  ipd_mixer_flush (sound->mixer);
}

/* The stream of an encrypted leg goes on, see media/audio-send.h; what a plain one said may have changed. */
static IpdAudioSend *
take_stream (IpdStationSound *sound, GSocket *const *sockets, guint leg, const IpdMediaTalk *said, GError **error)
{
  IpdAudioSend **stream = &sound->streams[leg];
  if (said->plain)
    g_clear_pointer (stream, ipd_audio_send_free);
  if (*stream == NULL)
    *stream = ipd_audio_send_new (sound->worker, sockets[IPD_MEDIA_FD_AUDIO_RTP], &said->audio, &said->tx, !said->plain,
                                  error);
  if (*stream != NULL)
    ipd_audio_send_set_peer (*stream, said->host, said->port);
  return *stream;
}

static void
open_talk (IpdStationSound *sound, IpdTalk *talk)
{
  g_mutex_lock (&sound->mutex);
  sound->talk = talk;
  sound->sending = sound->streams[ipd_talk_get_leg (talk)];
  g_mutex_unlock (&sound->mutex);
  if (sound->tone == IPD_TONE_RINGING || sound->tone == IPD_TONE_BUSY)
    ipd_station_sound_tone (sound, IPD_TONE_NONE);
  ipd_talk_start (talk);
  ipd_speaker_open (sound->speaker);
  ipd_mic_open (sound->mic, sound->speaker);
}

void
ipd_station_sound_talk (IpdStationSound *sound, GSocket *const *sockets, guint leg, const IpdMediaTalk *said)
{
  g_return_if_fail (leg < MAX_LEGS);
  end_talk (sound);
  g_autoptr (GError) error = NULL;
  IpdMediaTalk own = *said;
  const IpdTalkHandlers handlers = { on_digit, on_silent };
  if (own.plain && own.tx.ssrc == 0)
    own.tx.ssrc = g_random_int ();
  /* A name is not looked up here, and nowhere is no place to send to. */
  bool placed = own.port > 0 && g_hostname_is_ip_address (own.host);
  IpdAudioSend *stream = placed ? take_stream (sound, sockets, leg, &own, &error) : NULL;
  IpdTalk *talk = stream
                      ? ipd_talk_new (sound->worker, sockets, leg, &own, stream, sound->mixer, &handlers, sound, &error)
                      : NULL;
  explicit_bzero (&own, sizeof own);
  if (talk != NULL)
    open_talk (sound, talk);
  else
    g_debug ("no sound with leg %u: %s", leg, error ? error->message : "its address is wrong");
}

void
ipd_station_sound_hold (IpdStationSound *sound, guint leg, bool held)
{
  if (sound->talk == NULL || ipd_talk_get_leg (sound->talk) != leg || ipd_talk_is_held (sound->talk) == held)
    return;
  ipd_talk_set_held (sound->talk, held);
  set_sending (sound, held ? NULL : sound->streams[leg]);
  if (held)
    ipd_mic_close (sound->mic);
  else
    ipd_mic_open (sound->mic, sound->speaker);
}

void
ipd_station_sound_leave (IpdStationSound *sound, guint leg)
{
  if (sound->talk == NULL || ipd_talk_get_leg (sound->talk) != leg)
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
  guint bad = sound->bad;
  if (sound->talk != NULL)
    bad += ipd_talk_get_bad (sound->talk);
  g_mutex_unlock (&sound->mutex);
  return bad;
}

void
ipd_station_sound_forget_bad (IpdStationSound *sound)
{
  g_mutex_lock (&sound->mutex);
  sound->bad = 0;
  g_mutex_unlock (&sound->mutex);
}
