// SPDX-License-Identifier: Apache-2.0
/* Devices of other makers for the media tests: bare sockets that send whatever they are told, beside a real station;
 * and a real client whose media are plain. */
#pragma once

#include "fixture.h"

#define LONG_MS      8000
#define DOOR_HZ      440
#define PHONE_HOST   "127.33.0.2"
#define ALIEN_HOST   "127.33.0.9"
#define PHONE_HZ     620
#define ALIEN_HZ     1000
#define PHONE_OCTETS 160 /* 20 ms of G.711 */
#define PHONE_DTMF   101 /* payload type */

typedef struct {
  Side side;
  Side *to;
  uint32_t ssrc;
  uint16_t seq;
  uint32_t timestamp;
  double hz;
} Phone;

/** phone_init: on an address of its own, to the sockets of @to, with a tone of @hz. */
void phone_init (Phone *phone, const char *host, Side *to, double hz);

/** phone_fill: an RTP packet with the next @len samples of the tone at @offset; the rest of it is left alone. */
void phone_fill (Phone *phone, uint8_t *packet, size_t offset, size_t len, uint8_t payload);
void phone_send (Phone *phone, const void *packet, size_t len);
void phone_send_rtcp (Phone *phone, const void *packet, size_t len);

/** phone_say_one: 20 ms of the tone. phone_event: one packet of a telephone event; the clock stands. */
void phone_say_one (Phone *phone);
void phone_event (Phone *phone, uint8_t code, uint16_t ticks, bool end, bool marker);

/** phone_talk_with: makes it the one that the station talks with. */
void phone_talk_with (Phone *phone, Door *door, uint8_t dtmf);

/** phone_alaw: of -1 to 1. */
uint8_t phone_alaw (double value);

/** A phone that goes on speaking, until the source that voice_start() returns is removed. */
typedef struct {
  Phone *phone;
  void (*say) (Phone *phone);
} Voice;
guint voice_start (Voice *voice);

/** count_datagrams: takes all that wait and counts them. */
guint count_datagrams (int fd);

typedef struct {
  const char *path;
  double hz;
} Heard;

/** is_heard: #Heard: the newest 200 ms of the file are that tone. is_silent: of a path. Both for wait_until(). */
bool is_heard (gpointer data);
bool is_silent (gpointer data);

/** is_pressed: #Pressed: exactly these digits were told. */
typedef struct {
  const Door *door;
  const char *digits;
} Pressed;
bool is_pressed (gpointer data);

/** A station whose visitor talks with a phone. Leg 9, PCMA. */
typedef struct {
  Door door;
  Phone phone;
  Voice voice;
  Heard at_door;
} Scene;
void scene_init (Scene *scene);
void scene_clear (Scene *scene);

/** A station and a client that do without SRTP. Leg 3. */
typedef struct {
  Door door;
  Room room;
  Heard in_room;
  Heard at_door;
} Pair;
void pair_init (Pair *pair, const IpdMediaAudio *audio);
void pair_clear (Pair *pair);

extern const IpdMediaAudio pcma;
extern const IpdMediaAudio opus;

/** no_sound_server: the sound server of this machine takes no part. Before g_test_init(). */
void no_sound_server (void);
