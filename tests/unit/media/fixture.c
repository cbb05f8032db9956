// SPDX-License-Identifier: Apache-2.0
/* Doors and rooms for the media tests: real stations and clients on loopback sockets, watched from their public side.
 */
#include "fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST "127.0.0.1"

static int
bind_udp (const char *host, uint16_t port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  struct sockaddr_storage native;
  g_socket_address_to_native (address, &native, sizeof native, NULL);
  int fd = socket (native.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (bind (fd, (struct sockaddr *) &native, (socklen_t) g_socket_address_get_native_size (address)) == 0)
    return fd;
  close (fd);
  return -1;
}

static uint16_t
bind_pair (const char *host, int *ret_rtp, int *ret_rtcp)
{
  for (int i = 0; i < 1000; i++)
    {
      uint16_t port = (uint16_t) (g_random_int_range (10000, 30000) * 2);
      *ret_rtp = bind_udp (host, port);
      *ret_rtcp = bind_udp (host, port + 1);
      if (*ret_rtp >= 0 && *ret_rtcp >= 0)
        return port;
      if (*ret_rtp >= 0)
        close (*ret_rtp);
      if (*ret_rtcp >= 0)
        close (*ret_rtcp);
    }
  g_assert_not_reached ();
}

void
side_init (Side *side)
{
  side_init_at (side, HOST);
}

void
side_init_at (Side *side, const char *host)
{
  side->host = g_strdup (host);
  side->audio_port = bind_pair (host, &side->fds[IPD_MEDIA_FD_AUDIO_RTP], &side->fds[IPD_MEDIA_FD_AUDIO_RTCP]);
  side->video_port = bind_pair (host, &side->fds[IPD_MEDIA_FD_VIDEO_RTP], &side->fds[IPD_MEDIA_FD_VIDEO_RTCP]);
}

void
side_clear (Side *side)
{
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    close (side->fds[i]);
  g_clear_pointer (&side->host, g_free);
}

static const uint8_t *
cell_pixel (const IpdVideoFrame *frame, int cell)
{
  const uint8_t *pixels = g_bytes_get_data (frame->pixels, NULL);
  int x = (2 * cell + 1) * frame->width / (2 * 74);
  int y = frame->height - frame->height / 20;
  return pixels + (gsize) y * (gsize) frame->stride + 4 * (gsize) x;
}

static uint32_t
read_bits (const IpdVideoFrame *frame, int first, int n)
{
  uint32_t value = 0;
  for (int i = 0; i < n; i++)
    value = value << 1 | (cell_pixel (frame, first + i)[1] > 127);
  return value;
}

Strip
strip_read (const IpdVideoFrame *frame)
{
  const uint8_t *left = cell_pixel (frame, 0);
  const uint8_t *right = cell_pixel (frame, 73);
  bool magenta = left[0] > 160 && left[1] < 96 && left[2] > 160;
  bool cyan = right[0] > 160 && right[1] > 160 && right[2] < 96;
  Strip strip = { .number = read_bits (frame, 1, 32), .ms = read_bits (frame, 33, 32) };
  uint32_t sum = 0;
  for (int i = 0; i < 4; i++)
    sum ^= (strip.number >> 8 * i & 0xff) ^ (strip.ms >> 8 * i & 0xff);
  strip.valid = magenta && cyan && sum == read_bits (frame, 65, 8);
  return strip;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

bool
wait_until (bool (*is_true) (gpointer data), gpointer data, int ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000LL;
  guint tick = g_timeout_add (5, on_tick, NULL);
  bool yes = false;
  while (!(yes = is_true (data)) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  return yes;
}

static bool
never (gpointer data)
{
  return false;
}

void
pass_ms (int ms)
{
  wait_until (never, NULL, ms);
}

static void
key_make (IpdMediaKey *key)
{
  for (int i = 0; i < IPD_MEDIA_KEY_LEN; i++)
    key->key[i] = (uint8_t) g_random_int_range (0, 256);
  key->ssrc = g_random_int ();
}

static void
on_door_event (IpdMediaStation *station, IpdMediaStationEvent event, guint leg, const char *detail, gpointer data)
{
  Door *door = data;
  g_test_message ("door: event %d leg %u %s", event, leg, detail);
  if (event == IPD_MEDIA_STATION_CAMERA_READY)
    door->camera_ready = true;
  else if (event == IPD_MEDIA_STATION_CAMERA_LOST)
    door->camera_lost = true;
  else if (event == IPD_MEDIA_STATION_NO_MICROPHONE)
    door->no_microphone = true;
  else if (event == IPD_MEDIA_STATION_VIEWER_SEEN)
    door->seen[leg]++;
  else if (event == IPD_MEDIA_STATION_DIGIT)
    g_string_append (door->digits, detail);
  else if (event == IPD_MEDIA_STATION_TALK_SILENT)
    door->talk_silent++;
}

static bool
has_sprop (gpointer data)
{
  Door *door = data;
  g_autofree char *sprop = ipd_media_station_get_sprop (door->station);
  return sprop != NULL && (door->camera_ready || door->camera_lost);
}

void
door_prepare (Door *door)
{
  memset (door, 0, sizeof *door);
  side_init (&door->side);
  key_make (&door->video);
  door->digits = g_string_new (NULL);
  door->dir = g_dir_make_tmp ("ipdoor-media-XXXXXX", NULL);
  door->speaker_path = g_build_filename (door->dir, "speaker.wav", NULL);
}

void
door_open (Door *door, const char *camera, const char *mic)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *speaker = g_strconcat ("file:", door->speaker_path, NULL);
  const IpdMediaStationConfig config = { .camera = camera ? camera : "test",
                                         .mic = mic ? mic : "test",
                                         .speaker = speaker,
                                         .width = door->width,
                                         .height = door->height };
  door->station = ipd_media_station_new (&config, on_door_event, door, &error);
  g_assert_no_error (error);
  g_assert_true (wait_until (has_sprop, door, 10000));
}

void
door_init (Door *door, const char *camera, const char *mic)
{
  door_prepare (door);
  door_open (door, camera, mic);
}

void
door_start_visit (Door *door)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (ipd_media_station_start_visit (door->station, door->side.fds, &door->video, &error));
  g_assert_no_error (error);
}

void
door_clear (Door *door)
{
  ipd_media_station_free (door->station);
  side_clear (&door->side);
  g_unlink (door->speaker_path);
  g_rmdir (door->dir);
  g_free (door->speaker_path);
  g_free (door->dir);
  g_string_free (door->digits, TRUE);
}

static void
on_frame (IpdMediaClient *client, const IpdVideoFrame *frame, gpointer data)
{
  Room *room = data;
  if (room->frames++ == 0)
    {
      room->first_us = g_get_monotonic_time ();
      room->first = strip_read (frame);
    }
  room->last = strip_read (frame);
  room->broken += !room->last.valid;
  room->width = frame->width;
}

static void
on_event (IpdMediaClient *client, IpdMediaEvent event, const char *detail, gpointer data)
{
  Room *room = data;
  g_test_message ("room %u: %s %s", room->leg, ipd_media_event_name (event), detail);
  room->events[event]++;
}

void
room_prepare (Room *room, Door *door, guint leg)
{
  room_prepare_at (room, door, leg, HOST);
}

void
room_prepare_at (Room *room, Door *door, guint leg, const char *host)
{
  memset (room, 0, sizeof *room);
  room->door = door;
  room->leg = leg;
  room->tag = (uint16_t) (1000 + leg);
  room->audio = (IpdMediaAudio){ .codec = IPD_AUDIO_PCMA, .tx_payload = 8, .rx_payload = 8 };
  side_init_at (&room->side, host);
  key_make (&room->audio_tx);
  key_make (&room->audio_rx);
  key_make (&room->video_rtcp_tx);
  room->output = g_strdup_printf ("%s/room-%u.wav", door->dir, leg);
}

void
room_join (Room *room)
{
  IpdMediaViewer viewer = { .plain = room->plain,
                            .payload = 96,
                            .host = room->side.host,
                            .rtp_port = room->side.video_port,
                            .rtcp_port = room->side.video_port + 1,
                            .tag = room->tag };
  memcpy (viewer.rtcp_rx_key, room->video_rtcp_tx.key, IPD_MEDIA_KEY_LEN);
  ipd_media_station_add_viewer (room->door->station, room->leg, &viewer);
}

void
room_init (Room *room, Door *door, guint leg)
{
  room_prepare (room, door, leg);
  room_join (room);
}

IpdMediaParams
room_params (const Room *room)
{
  const Door *door = room->door;
  uint32_t ssrc = (uint32_t) room->tag << 16 | room->generation;
  IpdMediaParams params = { .audio_host = door->side.host,
                            .audio_port = door->side.audio_port,
                            .video_host = door->side.host,
                            .video_port = door->side.video_port,
                            .encrypted = !room->plain,
                            .audio = room->audio,
                            .video = { { IPD_VIDEO_H264, 96 } },
                            .n_video = 1,
                            .audio_tx = room->audio_tx,
                            .audio_rx = room->audio_rx,
                            .video_rx = door->video,
                            .video_rtcp_tx = room->video_rtcp_tx };
  memcpy (params.fds, room->side.fds, sizeof params.fds);
  params.audio_tx.ssrc = ssrc;
  params.video_rtcp_tx.ssrc = ssrc;
  return params;
}

void
room_start (Room *room, const IpdMediaParams *params, const char *input)
{
  g_autoptr (GError) error = NULL;
  const IpdMediaClientHandlers handlers = { on_frame, on_event };
  IpdMediaParams own = room_params (room);
  room->client = ipd_media_client_new (params ? params : &own, &handlers, room, &error);
  g_assert_no_error (error);
  g_autofree char *output = g_strconcat ("file:", room->output, NULL);
  ipd_media_client_set_output (room->client, output);
  ipd_media_client_set_input (room->client, input ? input : "none");
  ipd_media_client_start (room->client);
}

void
room_talk (Room *room)
{
  IpdMediaTalk talk
      = { .host = room->side.host,
          .port = room->side.audio_port,
          .plain = room->plain,
          .audio = { room->audio.codec, room->audio.rx_payload, room->audio.tx_payload, room->audio.dtmf_payload },
          .tx = room->audio_rx,
          .tag = room->tag };
  memcpy (talk.rx_key, room->audio_tx.key, IPD_MEDIA_KEY_LEN);
  ipd_media_station_talk (room->door->station, room->leg, &talk);
  ipd_media_client_set_talking (room->client, true);
}

void
room_stop (Room *room)
{
  g_clear_pointer (&room->client, ipd_media_client_free);
  room->generation++;
}

void
room_clear (Room *room)
{
  ipd_media_station_remove_viewer (room->door->station, room->leg);
  g_clear_pointer (&room->client, ipd_media_client_free);
  side_clear (&room->side);
  g_unlink (room->output);
  g_free (room->output);
}

double
tone_in (const int16_t *samples, gsize n, int rate, double hz)
{
  double w = 2 * cos (2 * G_PI * hz / rate);
  double s1 = 0, s2 = 0, energy = 0;
  for (gsize i = 0; i < n; i++)
    {
      double s = samples[i] + w * s1 - s2;
      s2 = s1;
      s1 = s;
      energy += (double) samples[i] * samples[i];
    }
  double power = s1 * s1 + s2 * s2 - w * s1 * s2;
  return energy > 0 ? power * 2 / ((double) n * energy) : 0;
}

static uint32_t
get_u32 (const char *at)
{
  uint32_t value;
  memcpy (&value, at, 4);
  return GUINT32_FROM_LE (value);
}

int16_t *
wav_tail (const char *path, int ms, gsize *ret_n, int *ret_rate)
{
  g_autofree char *content = NULL;
  gsize len = 0;
  *ret_n = 0;
  if (!g_file_get_contents (path, &content, &len, NULL) || len < 44)
    return NULL;
  g_assert_cmpmem (content, 4, "RIFF", 4);
  *ret_rate = (int) get_u32 (content + 24);
  /* It may have grown between the moment its size was asked for and the one it was read. */
  gsize have = MIN (get_u32 (content + 40), len - 44) / 2;
  gsize n = MIN (have, (gsize) *ret_rate * (gsize) ms / 1000);
  int16_t *samples = g_new (int16_t, n + 1);
  memcpy (samples, content + 44 + 2 * (have - n), 2 * n);
  *ret_n = n;
  return samples;
}
