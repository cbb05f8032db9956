// SPDX-License-Identifier: Apache-2.0
/* Sends plain RTP to phones. Owned by a sender of the station's picture; packets come in its streaming thread, viewers
 * in the worker. */
#include "media/plain-fan.h"

#include "media/since-key.h"

#include <string.h>

/* RFC 3550 section 5.1 without CSRCs: our payloaders make none. */
#define RTP_HEADER 12

typedef struct {
  GSocketAddress *address;
  uint8_t payload;
} Viewer;

struct _IpdPlainFan {
  GSocket *socket;
  GMutex mutex;
  GArray *viewers;   /* guarded by mutex */
  IpdSinceKey since; /* guarded by mutex */
};

static void
viewer_clear (gpointer data)
{
  g_clear_object (&((Viewer *) data)->address);
}

IpdPlainFan *
ipd_plain_fan_new (GSocket *socket)
{
  IpdPlainFan *fan = g_new0 (IpdPlainFan, 1);
  fan->socket = g_object_ref (socket);
  g_mutex_init (&fan->mutex);
  fan->viewers = g_array_new (FALSE, FALSE, sizeof (Viewer));
  g_array_set_clear_func (fan->viewers, viewer_clear);
  ipd_since_key_init (&fan->since);
  return fan;
}

void
ipd_plain_fan_free (IpdPlainFan *fan)
{
  if (fan == NULL)
    return;
  g_array_unref (fan->viewers);
  ipd_since_key_clear (&fan->since);
  g_object_unref (fan->socket);
  g_mutex_clear (&fan->mutex);
  g_free (fan);
}

/* With the mutex. The header is the viewer's own, the rest everybody's. What the network does not take is as good as
 * lost. */
static void
send_to (IpdPlainFan *fan, const Viewer *viewer, GstBuffer *packet)
{
  uint8_t header[RTP_HEADER];
  GstMapInfo map;
  if (!gst_buffer_map (packet, &map, GST_MAP_READ))
    return;
  if (map.size > RTP_HEADER)
    {
      memcpy (header, map.data, RTP_HEADER);
      header[1] = (uint8_t) ((header[1] & 0x80) | viewer->payload);
      GOutputVector parts[] = { { header, RTP_HEADER }, { map.data + RTP_HEADER, map.size - RTP_HEADER } };
      g_socket_send_message (fan->socket, viewer->address, parts, G_N_ELEMENTS (parts), NULL, 0, 0, NULL, NULL);
    }
  gst_buffer_unmap (packet, &map);
}

void
ipd_plain_fan_begin_key (IpdPlainFan *fan)
{
  g_mutex_lock (&fan->mutex);
  ipd_since_key_begin (&fan->since);
  g_mutex_unlock (&fan->mutex);
}

void
ipd_plain_fan_send (IpdPlainFan *fan, GstBuffer *packet)
{
  g_mutex_lock (&fan->mutex);
  ipd_since_key_keep (&fan->since, packet);
  for (guint i = 0; i < fan->viewers->len; i++)
    send_to (fan, &g_array_index (fan->viewers, Viewer, i), packet);
  g_mutex_unlock (&fan->mutex);
}

bool
ipd_plain_fan_add (IpdPlainFan *fan, GSocketAddress *address, uint8_t payload)
{
  Viewer viewer = { g_object_ref (address), payload };
  g_mutex_lock (&fan->mutex);
  g_array_append_val (fan->viewers, viewer);
  bool fresh = ipd_since_key_is_fresh (&fan->since);
  for (guint i = 0; fresh && i < fan->since.packets->len; i++)
    send_to (fan, &viewer, g_ptr_array_index (fan->since.packets, i));
  g_mutex_unlock (&fan->mutex);
  return fresh;
}

void
ipd_plain_fan_remove (IpdPlainFan *fan, GSocketAddress *address)
{
  g_mutex_lock (&fan->mutex);
  for (guint i = 0; i < fan->viewers->len; i++)
    if (g_array_index (fan->viewers, Viewer, i).address == address)
      {
        g_array_remove_index_fast (fan->viewers, i);
        break;
      }
  g_mutex_unlock (&fan->mutex);
}
