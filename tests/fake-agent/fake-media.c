// SPDX-License-Identifier: Apache-2.0
/*
 * A station of one leg, made of the station side of src/media. Called by the fake agent in its main thread.
 */
#include "fake-media.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/station.h"

#define LEG        0
#define LEG_TAG    0x0101
#define PCMA       8
#define H264       96
#define PORT_TRIES 64

struct _FakeMedia {
  char *address;
  IpdMediaStation *station;
  int station_fds[IPD_MEDIA_N_FDS];
  int client_fds[IPD_MEDIA_N_FDS];
  IpdMediaKey video, audio_station, audio_client, video_client;
  guint generation;
  void (*on_ready) (gpointer data);
  gpointer data;
};

static int
bind_udp (const char *address, guint16 port)
{
  g_autoptr (GSocketAddress) name = g_inet_socket_address_new_from_string (address, port);
  struct sockaddr_in native;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (name == NULL || !g_socket_address_to_native (name, &native, sizeof native, NULL)
      || bind (fd, (struct sockaddr *) &native, sizeof native) != 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

static guint16
port_of (int fd)
{
  struct sockaddr_in name = { 0 };
  socklen_t length = sizeof name;

  getsockname (fd, (struct sockaddr *) &name, &length);
  return ntohs (name.sin_port);
}

/* RTP on an even port and RTCP on the odd one above it, as docs/protocol.md §9 has it. */
static gboolean
bind_pair (const char *address, int fds[static 2])
{
  for (int i = 0; i < PORT_TRIES; i++)
    {
      guint16 port;

      fds[0] = bind_udp (address, 0);
      if (fds[0] < 0)
        return FALSE;
      port = port_of (fds[0]);
      fds[1] = port % 2 == 0 ? bind_udp (address, port + 1) : -1;
      if (fds[1] >= 0)
        return TRUE;
      close (fds[0]);
    }
  fds[0] = -1;
  return FALSE;
}

static void
close_all (int fds[static IPD_MEDIA_N_FDS])
{
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    {
      if (fds[i] >= 0)
        close (fds[i]);
      fds[i] = -1;
    }
}

static gboolean
bind_all (FakeMedia *media, int fds[static IPD_MEDIA_N_FDS], GError **error)
{
  if (bind_pair (media->address, fds + IPD_MEDIA_FD_AUDIO_RTP)
      && bind_pair (media->address, fds + IPD_MEDIA_FD_VIDEO_RTP))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "No ports are free on %s.", media->address);
  return FALSE;
}

static void
make_key (IpdMediaKey *key)
{
  if (getrandom (key, sizeof *key, 0) != sizeof *key)
    g_error ("no random numbers");
}

/* What a client sends carries the leg's tag and the generation in its SSRC. */
static void
next_generation (FakeMedia *media)
{
  media->audio_client.ssrc = media->video_client.ssrc = ((guint32) LEG_TAG << 16) + media->generation++;
}

static void
on_station_event (IpdMediaStation *station, IpdMediaStationEvent event, guint leg, const char *detail, gpointer data)
{
  FakeMedia *media = data;

  if ((event == IPD_MEDIA_STATION_CAMERA_READY || event == IPD_MEDIA_STATION_CAMERA_LOST) && media->on_ready != NULL)
    {
      media->on_ready (media->data);
      media->on_ready = NULL;
    }
}

FakeMedia *
fake_media_new (const char *address, void (*on_ready) (gpointer data), gpointer data, GError **error)
{
  const IpdMediaStationConfig config = { .camera = "test", .mic = "test", .speaker = "none" };
  FakeMedia *media = g_new0 (FakeMedia, 1);

  media->address = g_strdup (address);
  media->on_ready = on_ready;
  media->data = data;
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    media->station_fds[i] = media->client_fds[i] = -1;
  if (bind_all (media, media->station_fds, error))
    media->station = ipd_media_station_new (&config, on_station_event, media, error);
  if (media->station == NULL
      || !ipd_media_station_start_visit (media->station, media->station_fds, &media->video, error))
    g_clear_pointer (&media, fake_media_free);
  return media;
}

void
fake_media_free (FakeMedia *media)
{
  g_clear_pointer (&media->station, ipd_media_station_free);
  close_all (media->station_fds);
  close_all (media->client_fds);
  g_free (media->address);
  g_free (media);
}

static void
add_viewer (FakeMedia *media)
{
  IpdMediaViewer viewer = {
    .host = media->address,
    .rtp_port = port_of (media->client_fds[IPD_MEDIA_FD_VIDEO_RTP]),
    .rtcp_port = port_of (media->client_fds[IPD_MEDIA_FD_VIDEO_RTCP]),
    .tag = LEG_TAG,
  };

  memcpy (viewer.rtcp_rx_key, media->video_client.key, sizeof viewer.rtcp_rx_key);
  ipd_media_station_add_viewer (media->station, LEG, &viewer);
}

gboolean
fake_media_ring (FakeMedia *media, GError **error)
{
  make_key (&media->video);
  make_key (&media->audio_station);
  make_key (&media->audio_client);
  make_key (&media->video_client);
  media->generation = 0;
  ipd_media_station_stop_visit (media->station);
  /* As an agent has them: of this visit alone, with nothing of an older one in their buffers. */
  close_all (media->client_fds);
  if (!bind_all (media, media->client_fds, error))
    return FALSE;
  if (!ipd_media_station_start_visit (media->station, media->station_fds, &media->video, error))
    return FALSE;
  add_viewer (media);
  return TRUE;
}

void
fake_media_talk (FakeMedia *media)
{
  IpdMediaTalk talk = {
    .host = media->address,
    .port = port_of (media->client_fds[IPD_MEDIA_FD_AUDIO_RTP]),
    .audio = { IPD_AUDIO_PCMA, PCMA, PCMA, 0 },
    .tx = media->audio_station,
    .tag = LEG_TAG,
  };

  memcpy (talk.rx_key, media->audio_client.key, sizeof talk.rx_key);
  ipd_media_station_talk (media->station, LEG, &talk);
}

static void
add_key (GVariantDict *dict, const char *key_name, const char *ssrc_name, const IpdMediaKey *key)
{
  g_variant_dict_insert_value (dict, key_name,
                               g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, key->key, sizeof key->key, 1));
  g_variant_dict_insert (dict, ssrc_name, "u", key->ssrc);
}

GVariant *
fake_media_open (FakeMedia *media, GUnixFDList **ret_fds)
{
  g_autofree char *sprop = ipd_media_station_get_sprop (media->station);
  GVariantDict dict;

  next_generation (media);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "local-generation", "u", media->generation - 1);
  g_variant_dict_insert (&dict, "audio-host", "s", media->address);
  g_variant_dict_insert (&dict, "audio-port", "q", port_of (media->station_fds[IPD_MEDIA_FD_AUDIO_RTP]));
  g_variant_dict_insert (&dict, "video-host", "s", media->address);
  g_variant_dict_insert (&dict, "video-port", "q", port_of (media->station_fds[IPD_MEDIA_FD_VIDEO_RTP]));
  g_variant_dict_insert (&dict, "encrypted", "b", TRUE);
  g_variant_dict_insert (&dict, "audio-codec", "s", "PCMA");
  g_variant_dict_insert (&dict, "audio-payload", "y", PCMA);
  g_variant_dict_insert (&dict, "audio-rx-payload", "y", PCMA);
  g_variant_dict_insert (&dict, "dtmf-payload", "y", 0);
  g_variant_dict_insert_value (&dict, "video", g_variant_new_parsed ("[('H264', %y)]", (guint8) H264));
  add_key (&dict, "audio-tx-key", "audio-tx-ssrc", &media->audio_client);
  add_key (&dict, "audio-rx-key", "audio-rx-ssrc", &media->audio_station);
  add_key (&dict, "video-rx-key", "video-rx-ssrc", &media->video);
  add_key (&dict, "video-rtcp-tx-key", "video-tx-ssrc", &media->video_client);
  g_variant_dict_insert (&dict, "sprop", "s", sprop != NULL ? sprop : "");
  *ret_fds = g_unix_fd_list_new ();
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    g_unix_fd_list_append (*ret_fds, media->client_fds[i], NULL);
  return g_variant_dict_end (&dict);
}
