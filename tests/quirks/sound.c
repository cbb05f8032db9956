// SPDX-License-Identifier: Apache-2.0
/* RTP of sound, by hand. The station makes one for each call; everything runs in the main loop. */
#include "sound.h"

#include "g711.h"
#include "journal.h"

#include <gio/gio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET_MS = 20, RTP_HEADER = 12, PACKET_MAX = 2048, BLOCK_MS = 200, RATE_MAX = 16000, EVENT_RATE = 8000 };

struct _QuirkSound {
  const QuirkDialect *dialect;
  GSocket *socket;
  GSource *source;
  QuirkSoundDigit digit;
  gpointer data;

  GSocketAddress *to;
  QuirkLine line;
  guint clock;
  guint16 seq;
  guint32 stamp;
  guint32 ssrc;
  gint64 sample; /* of the tone */

  float block[RATE_MAX * BLOCK_MS / 1000];
  int filled;
  int heard_hz; /* of the last block, 0: silence */
  int packets;
  guint32 event_stamp;
  bool event_ended;
  gint64 event_end_us; /* when the last digit was over, by its own length */
  gint64 event_start_us;
};

static int
rate_of (const char *codec)
{
  return strstr (codec, "16000") ? 16000 : 8000;
}

static gsize
write_tone (QuirkSound *self, guint8 *to)
{
  int rate = rate_of (self->line.codec);
  int n = rate * PACKET_MS / 1000;
  bool linear = rate == 16000;
  bool a_law = g_str_has_prefix (self->line.codec, "PCMA");

  for (int i = 0; i < n; i++)
    {
      double phase = 2 * G_PI * QUIRK_TONE_HZ * (double) self->sample++ / rate;
      gint16 value = (gint16) (12000 * sin (phase));

      if (!linear)
        to[i] = quirk_g711_encode (value, a_law);
      else
        {
          to[2 * i] = (guint8) (value >> 8);
          to[2 * i + 1] = (guint8) value;
        }
    }
  self->stamp += (guint32) n;
  return (gsize) n * (linear ? 2 : 1);
}

static gboolean
on_packet_time (gpointer data)
{
  QuirkSound *self = data;
  guint8 packet[PACKET_MAX];
  const guint32 words[] = { self->stamp, self->ssrc };
  gsize len;

  packet[0] = 0x80;
  packet[1] = (guint8) self->line.payload;
  packet[2] = (guint8) (self->seq >> 8);
  packet[3] = (guint8) self->seq++;
  for (int i = 0; i < 8; i++)
    packet[4 + i] = (guint8) (words[i / 4] >> (24 - 8 * (i % 4)));
  len = write_tone (self, packet + RTP_HEADER);
  g_socket_send_to (self->socket, self->to, (const char *) packet, RTP_HEADER + len, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

/* Energy of the block at one pitch, as a share of all (Goertzel). */
static double
share_at (const float *samples, int n, double hz, int rate)
{
  double c = 2 * cos (2 * G_PI * hz / rate);
  double s1 = 0, s2 = 0, energy = 0;

  for (int i = 0; i < n; i++)
    {
      double s0 = samples[i] + c * s1 - s2;
      s2 = s1;
      s1 = s0;
      energy += (double) samples[i] * samples[i];
    }
  return energy > 0.02 ? 2 * (s1 * s1 + s2 * s2 - c * s1 * s2) / (n * energy) : 0;
}

/* Steps of 5 Hz are the width of a block of 200 ms. */
static void
name_pitch (QuirkSound *self, int rate)
{
  double best = 0.3;
  int pitch = 0;

  for (int hz = 200; hz <= 1500; hz += 5)
    {
      double share = share_at (self->block, self->filled, hz, rate);
      if (share > best)
        {
          best = share;
          pitch = hz;
        }
    }
  if (pitch != self->heard_hz && pitch != 0)
    quirk_journal ("heard", "i:hz", pitch, "s:codec", self->line.codec, NULL);
  self->heard_hz = pitch;
}

static void
hear (QuirkSound *self, const guint8 *payload, gsize len)
{
  int rate = rate_of (self->line.codec);
  bool linear = rate == 16000;
  bool a_law = g_str_has_prefix (self->line.codec, "PCMA");

  for (gsize i = 0; i + (linear ? 1 : 0) < len; i += linear ? 2 : 1)
    {
      gint16 value = linear ? (gint16) (payload[i] << 8 | payload[i + 1]) : quirk_g711_decode (payload[i], a_law);
      self->block[self->filled++] = value / 32768.0f;
      if (self->filled == rate * BLOCK_MS / 1000)
        {
          name_pitch (self, rate);
          self->filled = 0;
        }
    }
}

/* RFC 4733 §2.3: the same timestamp is the same event; its end comes three times. Some senders set no marker: not
 * asked. */
static void
take_event (QuirkSound *self, const guint8 *packet, const guint8 *payload)
{
  static const char digits[] = "0123456789*#ABCD";
  guint32 stamp = (guint32) packet[4] << 24 | (guint32) packet[5] << 16 | (guint32) packet[6] << 8 | packet[7];
  int length_ms = (payload[2] << 8 | payload[3]) * 1000 / EVENT_RATE;
  gint64 now_us = g_get_monotonic_time ();

  if (stamp != self->event_stamp || self->event_start_us == 0)
    {
      self->event_stamp = stamp;
      self->event_ended = false;
      self->event_start_us = now_us;
      quirk_journal ("event-starts", "i:marker", packet[1] >> 7, NULL);
    }
  if (self->event_ended || (payload[1] & 0x80) == 0)
    return;
  self->event_ended = true;
  self->digit (payload[0] < 16 ? digits[payload[0]] : '?', length_ms,
               self->event_end_us == 0 ? -1 : (int) ((self->event_start_us - self->event_end_us) / 1000), self->data);
  self->event_end_us = now_us;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  QuirkSound *self = data;
  guint8 packet[PACKET_MAX];
  gssize len = g_socket_receive (socket, (char *) packet, sizeof packet, NULL, NULL);
  int payload = packet[1] & 0x7f;

  if (len <= RTP_HEADER || packet[0] != 0x80)
    return G_SOURCE_CONTINUE;
  if (self->packets++ == 0)
    quirk_journal ("sound-arrives", "i:payload", payload, NULL);
  if (self->line.event_payload != 0 && payload == self->line.event_payload && len >= RTP_HEADER + 4)
    take_event (self, packet, packet + RTP_HEADER);
  else if (payload == self->line.payload)
    hear (self, packet + RTP_HEADER, (gsize) len - RTP_HEADER);
  else
    quirk_journal ("foreign-payload", "i:payload", payload, NULL);
  return G_SOURCE_CONTINUE;
}

QuirkSound *
quirk_sound_new (const QuirkDialect *dialect, const char *address, guint16 port, QuirkSoundDigit digit, gpointer data)
{
  QuirkSound *self = g_new0 (QuirkSound, 1);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GError) error = NULL;

  self->dialect = dialect;
  self->digit = digit;
  self->data = data;
  self->ssrc = g_random_int ();
  self->stamp = g_random_int ();
  self->socket
      = g_socket_new (g_socket_address_get_family (local), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  if (self->socket == NULL || !g_socket_bind (self->socket, local, FALSE, &error))
    {
      g_printerr ("quirk-station: %s port %u: %s\n", address, port, error->message);
      exit (2);
    }
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, NULL);
  return self;
}

void
quirk_sound_free (QuirkSound *self)
{
  g_clear_handle_id (&self->clock, g_source_remove);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_clear_object (&self->to);
  g_object_unref (self->socket);
  g_free (self);
}

void
quirk_sound_agree (QuirkSound *self, const QuirkLine *line, bool speak)
{
  bool listens = g_str_equal (line->direction, "sendrecv") || g_str_equal (line->direction, "recvonly");

  if (strcmp (line->codec, self->line.codec) != 0)
    quirk_journal ("sound-agreed", "s:codec", line->codec, "i:events", line->event_payload, NULL);
  self->line = *line;
  g_clear_object (&self->to);
  g_clear_handle_id (&self->clock, g_source_remove);
  if (line->port == 0)
    return;
  self->to = g_inet_socket_address_new_from_string (line->host, (guint) line->port);
  if (speak && listens && self->to != NULL)
    self->clock = g_timeout_add (PACKET_MS, on_packet_time, self);
}
