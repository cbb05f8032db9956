// SPDX-License-Identifier: Apache-2.0
/* Sound with one leg of a station, from its answer to its end. Owned by station-sound; lives in the station's worker,
 * fed by a streaming thread. */
#include "media/talk.h"

#include "media/audio-receive.h"
#include "media/digit-receive.h"
#include "media/plain-gate.h"
#include "media/rtcp-link.h"
#include "wire/media-keys.h"

#include <string.h>

/* The leg sends sound and reports all the time: two intervals without any are no accident. */
#define SILENT_REPORTS 2
/* Digits between a streaming thread and the worker; more than that in one turn are a flood. */
#define MAX_PRESSED 32

struct _IpdTalk {
  IpdWorker *worker;
  GSocket *const *sockets;
  guint leg;
  bool plain;
  uint16_t tag;
  uint8_t rx_key[IPD_MEDIA_KEY_LEN];
  IpdMediaKey tx;
  IpdAudioSend *stream;
  IpdTalkHandlers handlers;
  gpointer data;
  IpdPlainGate *gate; /* of a plain leg: whose reports count */
  IpdAudioReceive *receive;
  IpdRtcpLink *rtcp;
  GSocketAddress *rtcp_peer;
  GSource *report_timer;
  GSource *learn_signal;
  GSource *digit_signal;
  GSource *digit_timer; /* waits for a press whose end may be lost */
  bool held;
  guint n_silent;         /* reports in a row without a sign of life */
  int alive;              /* atomic */
  GMutex mutex;           /* guards all below against the streaming thread */
  GSocketAddress *source; /* where the last packet that verified came from */
  IpdDigitReceive digits;
  char pressed[MAX_PRESSED];
  guint n_pressed;
};

static const uint8_t *
on_rx_key (uint32_t ssrc, gpointer data)
{
  IpdTalk *talk = data;
  return ssrc >> 16 == talk->tag && (ssrc & 0xffff) < IPD_GENERATIONS_MAX ? talk->rx_key : NULL;
}

static bool
is_same_address (GSocketAddress *a, GSocketAddress *b)
{
  GInetSocketAddress *first = G_INET_SOCKET_ADDRESS (a);
  GInetSocketAddress *second = G_INET_SOCKET_ADDRESS (b);
  return g_inet_socket_address_get_port (first) == g_inet_socket_address_get_port (second)
         && g_inet_address_equal (g_inet_socket_address_get_address (first),
                                  g_inet_socket_address_get_address (second));
}

static void
on_packet (GSocketAddress *from, gpointer data)
{
  IpdTalk *talk = data;
  g_atomic_int_set (&talk->alive, 1);
  if (from == NULL || talk->plain)
    return;
  g_mutex_lock (&talk->mutex);
  bool changed = talk->source == NULL || !is_same_address (talk->source, from);
  if (changed)
    g_set_object (&talk->source, from);
  g_mutex_unlock (&talk->mutex);
  if (changed)
    ipd_worker_signal_raise (talk->learn_signal);
}

static void
on_learn (gpointer data)
{
  IpdTalk *talk = data;
  g_mutex_lock (&talk->mutex);
  GInetSocketAddress *from = G_INET_SOCKET_ADDRESS (g_object_ref (talk->source));
  g_mutex_unlock (&talk->mutex);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (from));
  ipd_audio_send_set_peer (talk->stream, host, g_inet_socket_address_get_port (from));
  g_object_unref (from);
}

static void
keep_press (IpdTalk *talk, char digit)
{
  if (talk->n_pressed < MAX_PRESSED)
    talk->pressed[talk->n_pressed++] = digit;
}

/* In a streaming thread. Only plain legs: our own clients open doors by signed commands. */
static void
on_event (const IpdRtpHeader *header, const uint8_t *payload, gpointer data)
{
  IpdTalk *talk = data;
  g_mutex_lock (&talk->mutex);
  IpdDigits digits = ipd_digit_receive_packet (&talk->digits, header, payload, g_get_monotonic_time ());
  for (guint i = 0; i < digits.n; i++)
    keep_press (talk, digits.digits[i]);
  g_mutex_unlock (&talk->mutex);
  ipd_worker_signal_raise (talk->digit_signal);
}

static gboolean on_digit_timeout (gpointer data);

/* Tells what was pressed, and comes back when a press that is under way may have lost its end. */
static void
on_digits (gpointer data)
{
  IpdTalk *talk = data;
  char pressed[MAX_PRESSED];
  gint64 now = g_get_monotonic_time ();
  g_mutex_lock (&talk->mutex);
  char ended = ipd_digit_receive_expire (&talk->digits, now);
  if (ended != '\0')
    keep_press (talk, ended);
  guint n = talk->n_pressed;
  memcpy (pressed, talk->pressed, n);
  talk->n_pressed = 0;
  int wait_ms = ipd_digit_receive_wait (&talk->digits, now);
  g_mutex_unlock (&talk->mutex);
  ipd_worker_clear_source (&talk->digit_timer);
  if (wait_ms >= 0)
    talk->digit_timer
        = ipd_worker_attach (talk->worker, g_timeout_source_new ((guint) wait_ms), on_digit_timeout, talk);
  for (guint i = 0; i < n && !talk->held; i++)
    talk->handlers.digit (talk, pressed[i], talk->data);
}

static gboolean
on_digit_timeout (gpointer data)
{
  on_digits (data);
  return G_SOURCE_REMOVE;
}

static void
note_report (IpdTalk *talk, const IpdRtcpMeaning *meaning)
{
  g_atomic_int_set (&talk->alive, 1);
  if (!meaning->has_sr)
    return;
  ipd_reception_report (ipd_audio_receive_lock (talk->receive), meaning);
  ipd_audio_receive_unlock (talk->receive);
}

static void
on_heard (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  IpdTalk *talk = data;
  g_set_object (&talk->rtcp_peer, from);
  note_report (talk, meaning);
}

static void
on_heard_plain (const IpdRtcpMeaning *meaning, GSocketAddress *from, GSocket *socket, gpointer data)
{
  note_report (data, meaning);
}

static bool
is_plain_peer (GSocketAddress *from, gpointer data)
{
  IpdTalk *talk = data;
  return ipd_plain_gate_is_peer (talk->gate, from);
}

/* The report timer runs all the time, so it is the watch, too. Our clients report while they hold, phones may not. */
static void
watch_life (IpdTalk *talk)
{
  if (g_atomic_int_compare_and_exchange (&talk->alive, 1, 0) || (talk->held && talk->plain))
    talk->n_silent = 0;
  else if (++talk->n_silent == SILENT_REPORTS)
    talk->handlers.silent (talk, talk->data);
}

static gboolean
on_report_timeout (gpointer data)
{
  IpdTalk *talk = data;
  IpdRtcpSending sending;
  bool sent = ipd_audio_send_get_sending (talk->stream, &sending);
  IpdReception *reception = ipd_audio_receive_lock (talk->receive);
  IpdRtcpReport report = { .sending = sent ? &sending : NULL, .reception = reception };
  ipd_rtcp_link_send (talk->rtcp, &report, talk->sockets[IPD_MEDIA_FD_AUDIO_RTCP], talk->rtcp_peer);
  ipd_audio_receive_unlock (talk->receive);
  watch_life (talk);
  return G_SOURCE_CONTINUE;
}

static bool
open_streams (IpdTalk *talk, const IpdMediaTalk *said, IpdMixer *mixer, GError **error)
{
  const IpdRtcpLinkHandlers verified = { .heard = on_heard, .rx_key = on_rx_key };
  const IpdRtcpLinkHandlers plain = { .is_plain_peer = is_plain_peer, .heard_plain = on_heard_plain };
  talk->rtcp = ipd_rtcp_link_new (talk->worker, &talk->tx, said->plain ? &plain : &verified, talk, error);
  if (talk->rtcp == NULL)
    return false;
  const IpdAudioReceiveHandlers receive = { .rx_key = said->plain ? NULL : on_rx_key,
                                            .plain_host = said->host,
                                            .packet = on_packet,
                                            .event = said->plain ? on_event : NULL };
  talk->receive = ipd_audio_receive_new (talk->worker, talk->sockets[IPD_MEDIA_FD_AUDIO_RTP], &said->audio, mixer,
                                         &receive, talk, error);
  return talk->receive != NULL;
}

IpdTalk *
ipd_talk_new (IpdWorker *worker, GSocket *const *sockets, guint leg, const IpdMediaTalk *said, IpdAudioSend *stream,
              IpdMixer *mixer, const IpdTalkHandlers *handlers, gpointer data, GError **error)
{
  IpdTalk *talk = g_new0 (IpdTalk, 1);
  talk->worker = worker;
  talk->sockets = sockets;
  talk->leg = leg;
  talk->plain = said->plain;
  talk->tag = said->tag;
  memcpy (talk->rx_key, said->rx_key, sizeof talk->rx_key);
  talk->tx = said->tx;
  talk->stream = stream;
  talk->handlers = *handlers;
  talk->data = data;
  talk->gate = ipd_plain_gate_new (said->host, 0);
  g_mutex_init (&talk->mutex);
  talk->learn_signal = ipd_worker_signal_new (worker, on_learn, talk);
  talk->digit_signal = ipd_worker_signal_new (worker, on_digits, talk);
  guint rtcp_port = said->rtcp_port != 0 ? said->rtcp_port : said->port + 1u;
  talk->rtcp_peer = g_inet_socket_address_new_from_string (said->host, rtcp_port);
  if (open_streams (talk, said, mixer, error))
    return talk;
  ipd_talk_free (talk);
  return NULL;
}

void
ipd_talk_free (IpdTalk *talk)
{
  if (talk == NULL)
    return;
  ipd_worker_clear_source (&talk->report_timer);
  ipd_audio_receive_free (talk->receive);
  ipd_rtcp_link_free (talk->rtcp);
  ipd_worker_clear_source (&talk->learn_signal);
  ipd_worker_clear_source (&talk->digit_signal);
  ipd_worker_clear_source (&talk->digit_timer);
  ipd_plain_gate_free (talk->gate);
  g_clear_object (&talk->rtcp_peer);
  g_clear_object (&talk->source);
  g_mutex_clear (&talk->mutex);
  explicit_bzero (talk, sizeof *talk);
  g_free (talk);
}

void
ipd_talk_start (IpdTalk *talk)
{
  ipd_rtcp_link_listen (talk->rtcp, talk->sockets[IPD_MEDIA_FD_AUDIO_RTCP]);
  ipd_audio_receive_set_open (talk->receive, !talk->held);
  talk->report_timer
      = ipd_worker_attach (talk->worker, g_timeout_source_new (IPD_RTCP_INTERVAL_MS), on_report_timeout, talk);
}

void
ipd_talk_set_held (IpdTalk *talk, bool held)
{
  talk->held = held;
  talk->n_silent = 0;
  ipd_audio_receive_set_open (talk->receive, !held);
}

bool
ipd_talk_is_held (const IpdTalk *talk)
{
  return talk->held;
}

guint
ipd_talk_get_leg (const IpdTalk *talk)
{
  return talk->leg;
}

guint
ipd_talk_get_bad (IpdTalk *talk)
{
  return ipd_audio_receive_get_bad (talk->receive) + ipd_rtcp_link_get_bad (talk->rtcp);
}
