// SPDX-License-Identifier: Apache-2.0
/* Sends the packets of a picture to all who see it. Owned by a sender of the station's picture; packets come in its
 * streaming thread, viewers in the worker. What the network does not take is as good as lost. */
#include "media/packet-fan.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* What the kernel cuts at most (UDP_MAX_SEGMENTS before Linux 6.8), and what a datagram can be. */
#define MAX_TOGETHER 64
#define MAX_OCTETS   65000
#define RTP_MARKER   0x80
#define PATIENCE_US  20000

typedef struct {
  struct sockaddr_storage address;
  socklen_t length;
  guint uses;
  bool uncut; /* this route takes no datagram that is to be cut */
} Viewer;

/* Packets that can go as one: all as long as the first, the last one at most so. */
typedef struct {
  guint first;
  guint n;
} Run;

typedef struct {
  GstBuffer *buffers[MAX_TOGETHER];
  GstMapInfo maps[MAX_TOGETHER];
  struct iovec parts[MAX_TOGETHER];
  Run runs[MAX_TOGETHER];
  guint n;
  guint n_runs;
} Batch;

struct _IpdPacketFan {
  GSocket *socket;
  GMutex mutex;
  GArray *viewers;         /* guarded by mutex */
  Batch batch;             /* guarded by mutex: of the picture that is being made */
  gint64 patience_ends_us; /* guarded by mutex */
};

IpdPacketFan *
ipd_packet_fan_new (GSocket *socket)
{
  IpdPacketFan *fan = g_new0 (IpdPacketFan, 1);
  fan->socket = g_object_ref (socket);
  g_mutex_init (&fan->mutex);
  fan->viewers = g_array_new (FALSE, FALSE, sizeof (Viewer));
  return fan;
}

static void
batch_clear (Batch *batch)
{
  for (guint i = 0; i < batch->n; i++)
    {
      gst_buffer_unmap (batch->buffers[i], &batch->maps[i]);
      gst_buffer_unref (batch->buffers[i]);
    }
  batch->n = 0;
  batch->n_runs = 0;
}

void
ipd_packet_fan_free (IpdPacketFan *fan)
{
  if (fan == NULL)
    return;
  batch_clear (&fan->batch);
  g_array_unref (fan->viewers);
  g_object_unref (fan->socket);
  g_mutex_clear (&fan->mutex);
  g_free (fan);
}

static void
batch_add (Batch *batch, GstBuffer *packet)
{
  GstMapInfo *map = &batch->maps[batch->n];
  if (!gst_buffer_map (packet, map, GST_MAP_READ))
    return;
  batch->buffers[batch->n] = gst_buffer_ref (packet);
  batch->parts[batch->n] = (struct iovec){ .iov_base = map->data, .iov_len = map->size };
  batch->n++;
}

static guint
run_length (const Batch *batch, guint first)
{
  gsize each = batch->parts[first].iov_len;
  guint end = first + 1;
  while (end < batch->n && batch->parts[end].iov_len == each && (end - first + 2) * each <= MAX_OCTETS)
    end++;
  bool has_rest = end < batch->n && batch->parts[end].iov_len < each;
  return end - first + has_rest;
}

static void
batch_cut (Batch *batch)
{
  for (guint first = 0; first < batch->n; first += batch->runs[batch->n_runs - 1].n)
    {
      batch->runs[batch->n_runs] = (Run){ first, run_length (batch, first) };
      batch->n_runs++;
    }
}

/* The buffer of the socket is full: a key frame for many is more than it holds. Not longer than a picture's time for
 * all of them, or the next one is late. */
static bool
wait_for_room (const IpdPacketFan *fan)
{
  struct pollfd room = { .fd = g_socket_get_fd (fan->socket), .events = POLLOUT };
  gint64 left_us = fan->patience_ends_us - g_get_monotonic_time ();
  return left_us > 0 && poll (&room, 1, (int) (left_us / 1000) + 1) > 0;
}

/* Returns: 0 or errno. */
static int
send_parts (const IpdPacketFan *fan, const Viewer *viewer, struct iovec *parts, guint n)
{
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE (sizeof (uint16_t))];
  } control = { 0 };
  struct msghdr message
      = { .msg_name = (void *) &viewer->address, .msg_namelen = viewer->length, .msg_iov = parts, .msg_iovlen = n };
  if (n > 1)
    {
      uint16_t each = (uint16_t) parts[0].iov_len;
      message.msg_control = &control;
      message.msg_controllen = sizeof control.space;
      control.header
          = (struct cmsghdr){ .cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN (sizeof each) };
      memcpy (CMSG_DATA (&control.header), &each, sizeof each);
    }
  ssize_t sent;
  do
    sent = sendmsg (g_socket_get_fd (fan->socket), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && (errno == EINTR || (errno == EAGAIN && wait_for_room (fan))));
  return sent < 0 ? errno : 0;
}

/* Of the route, not of the moment: no checksums, a link too narrow for a packet. */
static bool
cannot_cut (int why)
{
  return why == EINVAL || why == EIO || why == EMSGSIZE || why == ENOPROTOOPT || why == EOPNOTSUPP;
}

static void
send_run (const IpdPacketFan *fan, Viewer *viewer, struct iovec *parts, guint n)
{
  if (n > 1 && !viewer->uncut)
    {
      viewer->uncut = cannot_cut (send_parts (fan, viewer, parts, n));
      if (!viewer->uncut)
        return;
    }
  for (guint i = 0; i < n; i++)
    send_parts (fan, viewer, &parts[i], 1);
}

static void
batch_send (IpdPacketFan *fan, Batch *batch, Viewer *viewer)
{
  for (guint i = 0; i < batch->n_runs; i++)
    send_run (fan, viewer, &batch->parts[batch->runs[i].first], batch->runs[i].n);
}

/* With the mutex. */
static void
flush (IpdPacketFan *fan)
{
  batch_cut (&fan->batch);
  fan->patience_ends_us = g_get_monotonic_time () + PATIENCE_US;
  for (guint i = 0; i < fan->viewers->len; i++)
    batch_send (fan, &fan->batch, &g_array_index (fan->viewers, Viewer, i));
  batch_clear (&fan->batch);
}

void
ipd_packet_fan_take (IpdPacketFan *fan, GstBuffer *packet)
{
  uint8_t second = 0;
  g_mutex_lock (&fan->mutex);
  gst_buffer_extract (packet, 1, &second, 1);
  if (fan->viewers->len > 0)
    batch_add (&fan->batch, packet);
  if (fan->batch.n == MAX_TOGETHER || second & RTP_MARKER)
    flush (fan);
  g_mutex_unlock (&fan->mutex);
}

static bool
viewer_init (Viewer *viewer, GSocketAddress *address)
{
  *viewer = (Viewer){ .uses = 1 };
  viewer->length = (socklen_t) g_socket_address_get_native_size (address);
  return viewer->length <= sizeof viewer->address
         && g_socket_address_to_native (address, &viewer->address, sizeof viewer->address, NULL);
}

/* With the mutex. */
static Viewer *
find_viewer (IpdPacketFan *fan, const Viewer *same)
{
  for (guint i = 0; i < fan->viewers->len; i++)
    {
      Viewer *viewer = &g_array_index (fan->viewers, Viewer, i);
      if (viewer->length == same->length && memcmp (&viewer->address, &same->address, same->length) == 0)
        return viewer;
    }
  return NULL;
}

void
ipd_packet_fan_add (IpdPacketFan *fan, GSocketAddress *address)
{
  Viewer viewer;
  if (!viewer_init (&viewer, address))
    return;
  g_mutex_lock (&fan->mutex);
  Viewer *known = find_viewer (fan, &viewer);
  if (known != NULL)
    known->uses++;
  else
    g_array_append_val (fan->viewers, viewer);
  g_mutex_unlock (&fan->mutex);
}

void
ipd_packet_fan_remove (IpdPacketFan *fan, GSocketAddress *address)
{
  Viewer viewer;
  if (!viewer_init (&viewer, address))
    return;
  g_mutex_lock (&fan->mutex);
  Viewer *known = find_viewer (fan, &viewer);
  if (known != NULL && --known->uses == 0)
    g_array_remove_index_fast (fan->viewers, (guint) (known - (Viewer *) (void *) fan->viewers->data));
  g_mutex_unlock (&fan->mutex);
}
