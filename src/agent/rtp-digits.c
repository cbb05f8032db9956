// SPDX-License-Identifier: Apache-2.0
/* Sends one RTP packet every 20 ms: silence, or an event where a digit is due. Main context only. */
#include "agent/rtp-digits.h"

#include <string.h>
#include <sys/socket.h>

#include "wire/dtmf.h"
#include "wire/random.h"
#include "wire/secret.h"

#define TICK_MS      20
#define TICK_SAMPLES 160
#define HEADER       12
/* The last packet of an event is sent three times (RFC 4733 §2.5.1.4). */
#define END_COPIES 3
#define VOLUME     10
/* A process that slept sends the rest at the pace of digits, and not all at once. */
#define LATE_MAX 5

struct _IpdRtpDigits {
  int fd;
  struct sockaddr_storage to;
  socklen_t to_size;
  guint8 payload;
  guint8 dtmf_payload;
  guint8 silence;
  char *digits;
  gsize next; /* of the digits */
  guint duration;
  guint gap;
  guint settle;
  guint left;   /* ticks of silence before the next digit, or the end */
  guint into;   /* ticks of the digit that sounds, 0 = none does */
  guint64 tick; /* packets' times so far */
  gint64 start_us;
  guint16 seq;
  guint32 timestamp;
  guint32 event_timestamp;
  guint32 ssrc;
  guint timer;
  void (*done) (gpointer user_data);
  gpointer user_data;
};

static void
put32 (guint8 *octets, guint32 value)
{
  for (int i = 0; i < 4; i++)
    octets[i] = (guint8) (value >> (24 - 8 * i));
}

static void
send_packet (IpdRtpDigits *self, guint8 payload, bool marker, guint32 timestamp, const guint8 *body, gsize length)
{
  guint8 packet[HEADER + TICK_SAMPLES] = { 0x80, (guint8) (payload | (marker ? 0x80 : 0)) };

  packet[2] = (guint8) (self->seq >> 8);
  packet[3] = (guint8) self->seq++;
  put32 (packet + 4, timestamp);
  put32 (packet + 8, self->ssrc);
  memcpy (packet + HEADER, body, length);
  /* What the network loses is lost, as everywhere in RTP. */
  (void) sendto (self->fd, packet, HEADER + length, MSG_DONTWAIT, (const struct sockaddr *) &self->to, self->to_size);
}

static void
send_silence (IpdRtpDigits *self)
{
  guint8 samples[TICK_SAMPLES];

  memset (samples, self->silence, sizeof samples);
  send_packet (self, self->payload, self->tick == 0, self->timestamp, samples, sizeof samples);
}

static void
send_event (IpdRtpDigits *self)
{
  bool end = self->into >= self->duration;
  const IpdDtmfEvent event = { .event = (uint8_t) ipd_dtmf_digit_to_event (self->digits[self->next]),
                               .end = end,
                               .volume = VOLUME,
                               .duration = (uint16_t) (self->into * TICK_SAMPLES) };
  guint8 body[IPD_DTMF_EVENT_OCTETS];

  if (self->into == 1)
    self->event_timestamp = self->timestamp;
  ipd_dtmf_event_write (&event, body);
  for (int i = 0; i < (end ? END_COPIES : 1); i++)
    send_packet (self, self->dtmf_payload, self->into == 1, self->event_timestamp, body, sizeof body);
  if (!end)
    return;
  self->into = 0;
  self->next++;
  self->left = self->digits[self->next] != '\0' ? self->gap : self->settle;
}

/* Returns: whether there is more. */
static bool
step (IpdRtpDigits *self)
{
  if (self->into == 0 && self->left > 0)
    {
      send_silence (self);
      self->left--;
    }
  else if (self->digits[self->next] != '\0')
    {
      self->into++;
      send_event (self);
    }
  else
    return false;
  self->tick++;
  self->timestamp += TICK_SAMPLES;
  return true;
}

static gboolean
on_tick (gpointer user_data)
{
  IpdRtpDigits *self = user_data;
  guint64 due = (guint64) (g_get_monotonic_time () - self->start_us) / (TICK_MS * 1000) + 1;

  for (guint late = 0; late < LATE_MAX && self->tick < due; late++)
    if (!step (self))
      {
        self->timer = 0;
        self->done (self->user_data);
        return G_SOURCE_REMOVE;
      }
  return G_SOURCE_CONTINUE;
}

IpdRtpDigits *
ipd_rtp_digits_new (const IpdRtpDigitsJob *job, void (*done) (gpointer user_data), gpointer user_data)
{
  IpdRtpDigits *self = g_new0 (IpdRtpDigits, 1);

  self->to_size = (socklen_t) g_socket_address_get_native_size (job->to);
  if (!g_socket_address_to_native (job->to, &self->to, sizeof self->to, NULL))
    {
      g_free (self);
      return NULL;
    }
  self->fd = job->fd;
  self->payload = job->payload;
  self->dtmf_payload = job->dtmf_payload;
  self->silence = job->codec == IPD_AUDIO_PCMA ? 0xd5 : 0xff; /* zero in A-law and in µ-law */
  self->digits = g_strdup (job->digits);
  self->duration = MAX (job->duration_ms / TICK_MS, 2);
  self->gap = MAX (job->gap_ms / TICK_MS, 2);
  self->settle = MAX (job->settle_ms / TICK_MS, 1);
  self->left = self->settle;
  ipd_random_octets (&self->ssrc, sizeof self->ssrc);
  ipd_random_octets (&self->seq, sizeof self->seq);
  ipd_random_octets (&self->timestamp, sizeof self->timestamp);
  self->start_us = g_get_monotonic_time ();
  self->done = done;
  self->user_data = user_data;
  self->timer = g_timeout_add (TICK_MS, on_tick, self);
  return self;
}

bool
ipd_rtp_digits_have_begun (const IpdRtpDigits *self)
{
  return self->next > 0 || self->into > 0;
}

void
ipd_rtp_digits_free (IpdRtpDigits *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  ipd_wipe_string (self->digits);
  g_free (self);
}
