// SPDX-License-Identifier: Apache-2.0
/* What test-plain, test-plain-digits and test-plain-talk share. */
#include "phone.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>

const IpdMediaAudio pcma = { IPD_AUDIO_PCMA, 8, 8, PHONE_DTMF };
const IpdMediaAudio opus = { IPD_AUDIO_OPUS, 111, 111, PHONE_DTMF };

void
no_sound_server (void)
{
  g_setenv ("PULSE_SERVER", "unix:/nonexistent/ipdoor", TRUE);
  g_setenv ("PIPEWIRE_REMOTE", "/nonexistent/ipdoor", TRUE);
}

void
phone_init (Phone *phone, const char *host, Side *to, double hz)
{
  *phone = (Phone){ .to = to, .ssrc = g_random_int (), .seq = 65500, .timestamp = 0xfffff000u, .hz = hz };
  side_init_at (&phone->side, host);
}

static void
send_to (int fd, const char *host, uint16_t port, const void *data, size_t len)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  struct sockaddr_storage native;
  g_socket_address_to_native (address, &native, sizeof native, NULL);
  sendto (fd, data, len, 0, (struct sockaddr *) &native, (socklen_t) g_socket_address_get_native_size (address));
}

void
phone_send (Phone *phone, const void *packet, size_t len)
{
  send_to (phone->side.fds[IPD_MEDIA_FD_AUDIO_RTP], phone->to->host, phone->to->audio_port, packet, len);
}

void
phone_send_rtcp (Phone *phone, const void *packet, size_t len)
{
  send_to (phone->side.fds[IPD_MEDIA_FD_AUDIO_RTCP], phone->to->host, phone->to->audio_port + 1, packet, len);
}

/* G.711 A-law by its definition (ITU-T G.711, table 1a), not by the code that is tested. */
uint8_t
phone_alaw (double value)
{
  int sign = value >= 0 ? 0x80 : 0;
  int magnitude = (int) (fabs (value) * 2047);
  int exponent = 7;
  while (exponent > 0 && magnitude < 16 << exponent)
    exponent--;
  int mantissa = exponent > 0 ? magnitude >> exponent & 0x0f : magnitude >> 1 & 0x0f;
  return (uint8_t) ((sign | exponent << 4 | mantissa) ^ 0x55);
}

/* Fills an RTP packet whose payload begins at @offset; the header says nothing of what is between. */
void
phone_fill (Phone *phone, uint8_t *packet, size_t offset, size_t len, uint8_t payload)
{
  uint32_t timestamp = GUINT32_TO_BE (phone->timestamp), ssrc = GUINT32_TO_BE (phone->ssrc);
  uint16_t seq = GUINT16_TO_BE (phone->seq);
  packet[0] = 0x80;
  packet[1] = payload;
  memcpy (packet + 2, &seq, 2);
  memcpy (packet + 4, &timestamp, 4);
  memcpy (packet + 8, &ssrc, 4);
  for (size_t i = 0; i < len; i++)
    packet[offset + i] = phone_alaw (0.5 * sin (2 * G_PI * phone->hz * (phone->timestamp + (double) i) / 8000));
  phone->seq++;
  phone->timestamp += PHONE_OCTETS;
}

void
phone_say_one (Phone *phone)
{
  uint8_t packet[12 + PHONE_OCTETS];
  phone_fill (phone, packet, 12, PHONE_OCTETS, 8);
  phone_send (phone, packet, sizeof packet);
}

void
phone_event (Phone *phone, uint8_t code, uint16_t ticks, bool end, bool marker)
{
  uint8_t packet[16];
  uint32_t timestamp = phone->timestamp;
  phone_fill (phone, packet, 12, 0, (uint8_t) (PHONE_DTMF | (marker ? 0x80 : 0)));
  phone->timestamp = timestamp;
  packet[12] = code;
  packet[13] = (uint8_t) (10 | (end ? 0x80 : 0));
  packet[14] = (uint8_t) (ticks >> 8);
  packet[15] = (uint8_t) ticks;
  phone_send (phone, packet, sizeof packet);
}

static gboolean
on_voice (gpointer data)
{
  const Voice *voice = data;
  voice->say (voice->phone);
  return G_SOURCE_CONTINUE;
}

guint
voice_start (Voice *voice)
{
  return g_timeout_add (20, on_voice, voice);
}

void
phone_talk_with (Phone *phone, Door *door, uint8_t dtmf)
{
  const IpdMediaTalk talk = { .plain = true,
                              .host = phone->side.host,
                              .port = phone->side.audio_port,
                              .audio = { IPD_AUDIO_PCMA, 8, 8, dtmf },
                              .tag = 9 };
  ipd_media_station_talk (door->station, 9, &talk);
}

guint
count_datagrams (int fd)
{
  char packet[2048];
  guint n = 0;
  while (recv (fd, packet, sizeof packet, MSG_DONTWAIT) >= 0)
    n++;
  return n;
}

bool
is_heard (gpointer data)
{
  const Heard *heard = data;
  gsize n = 0;
  int rate = 0;
  g_autofree int16_t *samples = wav_tail (heard->path, 200, &n, &rate);
  return n > 0 && n * 5 >= (gsize) rate && tone_in (samples, n, rate, heard->hz) > 0.7;
}

bool
is_silent (gpointer data)
{
  gsize n = 0;
  int rate = 0;
  g_autofree int16_t *samples = wav_tail (data, 200, &n, &rate);
  bool silent = n > 0 && n * 5 >= (gsize) rate;
  for (gsize i = 0; i < n; i++)
    silent = silent && ABS (samples[i]) <= 16;
  return silent;
}

bool
is_pressed (gpointer data)
{
  const Pressed *pressed = data;
  return g_str_equal (pressed->door->digits->str, pressed->digits);
}

void
scene_init (Scene *scene)
{
  door_init (&scene->door, "none", NULL);
  door_start_visit (&scene->door);
  phone_init (&scene->phone, PHONE_HOST, &scene->door.side, PHONE_HZ);
  scene->voice = (Voice){ &scene->phone, phone_say_one };
  scene->at_door = (Heard){ scene->door.speaker_path, PHONE_HZ };
  phone_talk_with (&scene->phone, &scene->door, PHONE_DTMF);
}

void
scene_clear (Scene *scene)
{
  side_clear (&scene->phone.side);
  door_clear (&scene->door);
}

void
pair_init (Pair *pair, const IpdMediaAudio *audio)
{
  door_init (&pair->door, "none", NULL);
  door_start_visit (&pair->door);
  room_prepare (&pair->room, &pair->door, 3);
  pair->room.plain = true;
  pair->room.audio = *audio;
  room_join (&pair->room);
  pair->in_room = (Heard){ pair->room.output, DOOR_HZ };
  pair->at_door = (Heard){ pair->door.speaker_path, PHONE_HZ };
}

void
pair_clear (Pair *pair)
{
  room_clear (&pair->room);
  door_clear (&pair->door);
}
