// SPDX-License-Identifier: Apache-2.0
/* The sound half of a client: ring tone and the station's voice to the speaker, the microphone to the station. Lives in
 * the client's worker. Before talking nothing is recorded and nothing is sent. */
#include "media/client-sound.h"

#include "media/audio-codec.h"
#include "media/audio-receive.h"
#include "media/audio-send.h"
#include "media/mic.h"
#include "media/plain-gate.h"
#include "media/rtcp-link.h"
#include "media/speaker.h"

#include <glib/gi18n-lib.h>

/* The station sends sound, reports and pictures all the time: two intervals without any are no accident. */
#define SILENT_REPORTS 2
/* How much silence is pushed at once where digits need a stream and no microphone makes one. */
#define PACE_MS 20

struct _IpdClientSound {
  IpdWorker *worker;
  const IpdMediaParams *params;
  GSocket *const *sockets;
  IpdClientSoundEvent event;
  gpointer data;
  IpdMixer *mixer;
  IpdSpeaker *speaker;
  IpdMic *mic;
  IpdAudioSend *send;
  IpdAudioReceive *receive;
  IpdRtcpLink *rtcp;
  IpdPlainGate *gate; /* of a plain station: whose reports count */
  GSocketAddress *rtcp_peer;
  GSource *report_timer;
  GSource *pace_timer;  /* digits go while the microphone is shut */
  GSource *sent_signal; /* some digits are on the wire */
  int n_sent;           /* atomic: texts of digits that are, and were not told yet */
  gboolean started;
  gboolean talking;
  gboolean held;
  gboolean ringing;
  gboolean told_no_speaker;
  gboolean told_no_mic;
  int heard;      /* atomic: sound came while talking */
  int alive;      /* atomic: something that verifies came since the last report */
  guint n_silent; /* reports in a row without */
  int open;       /* atomic: sound may be heard; for the streaming thread */
};

static void
on_speaker_lost (const char *why, gpointer data)
{
  IpdClientSound *sound = data;
  if (!sound->told_no_speaker)
    sound->event (IPD_MEDIA_NO_SOUND_DEVICE, why, sound->data);
  sound->told_no_speaker = TRUE;
}

static void
on_mic_lost (const char *why, gpointer data)
{
  IpdClientSound *sound = data;
  if (!sound->told_no_mic)
    sound->event (IPD_MEDIA_NO_MICROPHONE, why, sound->data);
  sound->told_no_mic = TRUE;
}

static void
on_mic_samples (const int16_t *samples, gsize n, gpointer data)
{
  IpdClientSound *sound = data;
  ipd_audio_send_push (sound->send, samples, n);
}

static void
on_packet (GSocketAddress *from, gpointer data)
{
  IpdClientSound *sound = data;
  ipd_client_sound_note_life (sound);
  if (g_atomic_int_get (&sound->open) && g_atomic_int_compare_and_exchange (&sound->heard, 0, 1))
    sound->event (IPD_MEDIA_FIRST_AUDIO, "", sound->data);
}

static const uint8_t *
on_rx_key (uint32_t ssrc, gpointer data)
{
  IpdClientSound *sound = data;
  return ssrc == sound->params->audio_rx.ssrc ? sound->params->audio_rx.key : NULL;
}

static void
on_heard (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  IpdClientSound *sound = data;
  ipd_client_sound_note_life (sound);
  if (!meaning->has_sr || sound->receive == NULL)
    return;
  ipd_reception_report (ipd_audio_receive_lock (sound->receive), meaning);
  ipd_audio_receive_unlock (sound->receive);
}

static bool
is_plain_peer (GSocketAddress *from, gpointer data)
{
  IpdClientSound *sound = data;
  return ipd_plain_gate_is_peer (sound->gate, from);
}

static void
on_digits_sent (gpointer data)
{
  IpdClientSound *sound = data;
  g_atomic_int_inc (&sound->n_sent);
  ipd_worker_signal_raise (sound->sent_signal);
}

static void
tell_sent (gpointer data)
{
  IpdClientSound *sound = data;
  while (g_atomic_int_get (&sound->n_sent) > 0)
    {
      g_atomic_int_add (&sound->n_sent, -1);
      sound->event (IPD_MEDIA_DIGITS_SENT, "", sound->data);
    }
}

/* The report timer runs while talking, so it is the watch, too. */
static void
watch_life (IpdClientSound *sound)
{
  if (g_atomic_int_compare_and_exchange (&sound->alive, 1, 0) || sound->held)
    sound->n_silent = 0;
  else if (++sound->n_silent == SILENT_REPORTS)
    sound->event (IPD_MEDIA_SILENT, "", sound->data);
}

static void
send_report (IpdClientSound *sound)
{
  IpdRtcpSending sending;
  bool sent = ipd_audio_send_get_sending (sound->send, &sending);
  IpdReception *reception = ipd_audio_receive_lock (sound->receive);
  IpdRtcpReport report = { .sending = sent ? &sending : NULL, .reception = reception };
  ipd_rtcp_link_send (sound->rtcp, &report, sound->sockets[IPD_MEDIA_FD_AUDIO_RTCP], sound->rtcp_peer);
  ipd_audio_receive_unlock (sound->receive);
}

static gboolean
on_report_timeout (gpointer data)
{
  IpdClientSound *sound = data;
  watch_life (sound);
  send_report (sound);
  return G_SOURCE_CONTINUE;
}

IpdClientSound *
ipd_client_sound_new (IpdWorker *worker, const IpdMediaParams *params, GSocket *const *sockets,
                      IpdClientSoundEvent event, gpointer data)
{
  IpdClientSound *sound = g_new0 (IpdClientSound, 1);
  sound->worker = worker;
  sound->params = params;
  sound->sockets = sockets;
  sound->event = event;
  sound->data = data;
  sound->mixer = ipd_mixer_new ();
  sound->speaker = ipd_speaker_new (worker, sound->mixer, on_speaker_lost, sound);
  const IpdMicHandlers handlers = { on_mic_samples, on_mic_lost };
  sound->mic = ipd_mic_new (worker, &handlers, sound);
  sound->sent_signal = ipd_worker_signal_new (worker, tell_sent, sound);
  ipd_client_sound_set_output (sound, "device");
  ipd_client_sound_set_input (sound, "device");
  return sound;
}

static void
stop_streams (IpdClientSound *sound)
{
  ipd_worker_clear_source (&sound->report_timer);
  ipd_worker_clear_source (&sound->pace_timer);
  ipd_mic_close (sound->mic);
  g_clear_pointer (&sound->receive, ipd_audio_receive_free);
  g_clear_pointer (&sound->send, ipd_audio_send_free);
  g_clear_pointer (&sound->rtcp, ipd_rtcp_link_free);
  g_clear_pointer (&sound->gate, ipd_plain_gate_free);
  g_clear_object (&sound->rtcp_peer);
}

void
ipd_client_sound_free (IpdClientSound *sound)
{
  if (sound == NULL)
    return;
  stop_streams (sound);
  ipd_worker_clear_source (&sound->sent_signal);
  ipd_mic_free (sound->mic);
  ipd_speaker_free (sound->speaker);
  ipd_mixer_free (sound->mixer);
  g_free (sound);
}

static bool
is_heard (const IpdClientSound *sound)
{
  return sound->talking && !sound->held && sound->send != NULL;
}

/* The canceller listens to the speaker that is open when the microphone opens. */
static void
open_what_is_needed (IpdClientSound *sound)
{
  /* Devices take their time: none is opened before the picture was started. */
  if (!sound->started)
    return;
  if (sound->talking || sound->ringing)
    ipd_speaker_open (sound->speaker);
  if (!is_heard (sound))
    return;
  ipd_worker_clear_source (&sound->pace_timer);
  ipd_mic_open (sound->mic, sound->speaker);
}

void
ipd_client_sound_set_output (IpdClientSound *sound, const char *words)
{
  g_autoptr (GError) error = NULL;
  sound->told_no_speaker = FALSE;
  ipd_mic_close (sound->mic);
  if (!ipd_speaker_set_spec (sound->speaker, words, &error))
    on_speaker_lost (error->message, sound);
  open_what_is_needed (sound);
}

void
ipd_client_sound_set_input (IpdClientSound *sound, const char *words)
{
  g_autoptr (GError) error = NULL;
  sound->told_no_mic = FALSE;
  if (!ipd_mic_set_spec (sound->mic, words, &error))
    on_mic_lost (error->message, sound);
  open_what_is_needed (sound);
}

static bool
start_streams (IpdClientSound *sound, GError **error)
{
  const IpdMediaParams *params = sound->params;
  GSocket *socket = sound->sockets[IPD_MEDIA_FD_AUDIO_RTP];
  const IpdRtcpLinkHandlers verified = { .heard = on_heard, .rx_key = on_rx_key };
  const IpdRtcpLinkHandlers plain = { .is_plain_peer = is_plain_peer, .heard_plain = on_heard };
  const IpdAudioReceiveHandlers receive
      = { .rx_key = params->encrypted ? on_rx_key : NULL, .plain_host = params->audio_host, .packet = on_packet };
  sound->send = ipd_audio_send_new (sound->worker, socket, &params->audio, &params->audio_tx, params->encrypted, error);
  if (sound->send == NULL)
    return false;
  ipd_audio_send_set_peer (sound->send, params->audio_host, params->audio_port);
  ipd_audio_send_on_digits_sent (sound->send, on_digits_sent, sound);
  sound->gate = ipd_plain_gate_new (params->audio_host, 0);
  sound->receive = ipd_audio_receive_new (sound->worker, socket, &params->audio, sound->mixer, &receive, sound, error);
  if (sound->receive == NULL)
    return false;
  sound->rtcp
      = ipd_rtcp_link_new (sound->worker, &params->audio_tx, params->encrypted ? &verified : &plain, sound, error);
  return sound->rtcp != NULL;
}

/* Silence to put the digits into. */
static gboolean
on_pace (gpointer data)
{
  static const int16_t silence[IPD_LINE_RATE * PACE_MS / 1000];
  IpdClientSound *sound = data;
  ipd_audio_send_push (sound->send, silence, G_N_ELEMENTS (silence));
  if (ipd_audio_send_has_digits (sound->send))
    return G_SOURCE_CONTINUE;
  ipd_worker_clear_source (&sound->pace_timer);
  return G_SOURCE_REMOVE;
}

static void
pace_if_needed (IpdClientSound *sound)
{
  if (sound->send != NULL && sound->pace_timer == NULL && !is_heard (sound) && ipd_audio_send_has_digits (sound->send))
    sound->pace_timer = ipd_worker_attach (sound->worker, g_timeout_source_new (PACE_MS), on_pace, sound);
}

void
ipd_client_sound_send_digits (IpdClientSound *sound, const char *digits, guint duration_ms, guint gap_ms)
{
  if (sound->send != NULL && ipd_audio_send_digits (sound->send, digits, duration_ms, gap_ms))
    pace_if_needed (sound);
}

/* What talking and held mean for the streams that there are. Reports go on while held. */
static void
apply_talking (IpdClientSound *sound)
{
  bool heard = is_heard (sound);
  if (!heard)
    ipd_mic_close (sound->mic);
  open_what_is_needed (sound);
  ipd_worker_clear_source (&sound->report_timer);
  if (sound->send == NULL)
    return;
  g_atomic_int_set (&sound->open, heard);
  ipd_audio_receive_set_open (sound->receive, heard);
  pace_if_needed (sound);
  if (!sound->talking)
    return;
  sound->n_silent = 0;
  send_report (sound);
  sound->report_timer
      = ipd_worker_attach (sound->worker, g_timeout_source_new (IPD_RTCP_INTERVAL_MS), on_report_timeout, sound);
}

static void
open_streams (IpdClientSound *sound)
{
  g_autoptr (GError) error = NULL;
  if (start_streams (sound, &error))
    {
      const IpdMediaParams *params = sound->params;
      guint rtcp_port = params->audio_rtcp_port != 0 ? params->audio_rtcp_port : params->audio_port + 1u;
      sound->rtcp_peer = g_inet_socket_address_new_from_string (params->audio_host, rtcp_port);
      ipd_rtcp_link_listen (sound->rtcp, sound->sockets[IPD_MEDIA_FD_AUDIO_RTCP]);
      return;
    }
  stop_streams (sound);
  g_autofree char *why = g_strdup_printf (_ ("Sound does not work: %s is not installed."), error->message);
  on_speaker_lost (why, sound);
}

void
ipd_client_sound_start (IpdClientSound *sound)
{
  sound->started = TRUE;
  /* A station may have no sound before it is answered. */
  if (sound->params->audio_host != NULL)
    open_streams (sound);
  apply_talking (sound);
}

void
ipd_client_sound_stop (IpdClientSound *sound)
{
  stop_streams (sound);
  ipd_mixer_flush (sound->mixer);
}

void
ipd_client_sound_set_held (IpdClientSound *sound, gboolean held)
{
  if (held == sound->held)
    return;
  sound->held = held;
  if (sound->started && sound->talking)
    apply_talking (sound);
}

void
ipd_client_sound_set_talking (IpdClientSound *sound, gboolean talking)
{
  if (talking == sound->talking)
    return;
  sound->talking = talking;
  if (talking)
    ipd_client_sound_play_ring (sound, FALSE);
  if (sound->started)
    apply_talking (sound);
}

void
ipd_client_sound_note_life (IpdClientSound *sound)
{
  g_atomic_int_set (&sound->alive, 1);
}

void
ipd_client_sound_set_muted (IpdClientSound *sound, gboolean muted)
{
  ipd_mic_set_muted (sound->mic, muted);
}

void
ipd_client_sound_set_volume (IpdClientSound *sound, double volume)
{
  ipd_mixer_set_volume (sound->mixer, volume);
}

void
ipd_client_sound_play_ring (IpdClientSound *sound, gboolean play)
{
  if (play == sound->ringing || (play && sound->talking))
    return;
  sound->ringing = play;
  ipd_mixer_set_chime (sound->mixer, play ? IPD_CHIME_DOOR : IPD_CHIME_NONE);
  open_what_is_needed (sound);
}
