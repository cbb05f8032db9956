// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/client.h"
#include "media/station.h"

#include <glib.h>
#include <stdbool.h>

/** A side with its four bound sockets on loopback. */
typedef struct {
  char *host;
  int fds[IPD_MEDIA_N_FDS];
  uint16_t audio_port;
  uint16_t video_port;
} Side;

void side_init (Side *side);

/** side_init_at: on another address of this machine, as "127.33.0.2" or "::1". */
void side_init_at (Side *side, const char *host);
void side_clear (Side *side);

/** What the strip of the test picture says. */
typedef struct {
  bool valid;
  uint32_t number;
  uint32_t ms;
} Strip;

/** strip_read: reads it back from pixels; the tests' own reading of media/test-picture.h, not the code that drew it. */
Strip strip_read (const IpdVideoFrame *frame);

/** A station that runs, with what its handler saw. */
typedef struct {
  IpdMediaStation *station;
  Side side;
  IpdMediaKey video;
  char *dir;
  char *speaker_path;
  int width, height; /* of the picture; may be set between door_prepare() and door_open(); 0 = the usual ones */
  bool camera_ready;
  bool camera_lost;
  bool no_microphone;
  guint seen[64];
  GString *digits;   /* all that were told, in order */
  guint talk_silent; /* how often */
} Door;

/** door_init: @camera, @mic: NULL = "test"; the speaker is a file. Returns when the camera is ready or lost. */
void door_init (Door *door, const char *camera, const char *mic);

/** door_prepare, door_open: door_init() in two steps: sockets and keys, then the station. */
void door_prepare (Door *door);
void door_open (Door *door, const char *camera, const char *mic);
void door_start_visit (Door *door);
void door_clear (Door *door);

/** A client of it, with what its handlers saw. */
typedef struct {
  IpdMediaClient *client;
  Door *door;
  Side side;
  guint leg;
  uint16_t tag;
  uint32_t generation;
  IpdMediaKey audio_tx, audio_rx, video_rtcp_tx;
  bool plain;          /* may be set between room_prepare() and room_join() */
  IpdMediaAudio audio; /* likewise: as the client says it; PCMA without digits at first */
  char *output;
  guint frames;
  guint broken; /* of these, with a strip that does not add up */
  Strip first;
  Strip last;
  gint64 first_us; /* monotonic */
  int width;
  guint events[IPD_MEDIA_PREVIEW_FAILED + 1];
} Room;

/** room_init: makes sockets and keys and adds the viewer to the door. No media yet. */
void room_init (Room *room, Door *door, guint leg);

/** room_prepare, room_join: room_init() in two steps: sockets and keys, then the viewer at the door. */
void room_prepare (Room *room, Door *door, guint leg);
void room_join (Room *room);

/** room_prepare_at: its sockets are on another address. */
void room_prepare_at (Room *room, Door *door, guint leg, const char *host);

/** room_params: what its agent would say; borrowed strings, do not clear. */
IpdMediaParams room_params (const Room *room);

/** room_start: @params: NULL = room_params(). @input: sound input, NULL = "none". Output goes to the file
 * @room->output. */
void room_start (Room *room, const IpdMediaParams *params, const char *input);
void room_talk (Room *room);
void room_stop (Room *room);
void room_clear (Room *room);

/** wait_until: runs the main context until @is_true; false after @ms. */
bool wait_until (bool (*is_true) (gpointer data), gpointer data, int ms);

/** pass_ms: runs the main context for so long, for what must not happen. */
void pass_ms (int ms);

/** tone_in: share (0 to 1) of the energy of the samples that sits at @hz, by Goertzel; 0 for silence. */
double tone_in (const int16_t *samples, gsize n, int rate, double hz);

/** wav_tail: the last @ms of a WAV file that may be growing; (transfer full), its number of samples in @ret_n. */
int16_t *wav_tail (const char *path, int ms, gsize *ret_n, int *ret_rate);
