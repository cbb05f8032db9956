// SPDX-License-Identifier: Apache-2.0
/* Decides about plain packets before anything parses them further. Used by receivers of sound and picture in their
 * streaming threads, and for RTCP in the workers. */
#include "media/plain-gate.h"

#include <gst/net/gstnetaddressmeta.h>
#include <string.h>

#define V4_LEN 4

struct _IpdPlainGate {
  GInetAddress *host;
  size_t max_payload;
  guint bad; /* atomic */
};

IpdPlainGate *
ipd_plain_gate_new (const char *host, size_t max_payload)
{
  IpdPlainGate *gate = g_new0 (IpdPlainGate, 1);
  gate->host = g_inet_address_new_from_string (host);
  gate->max_payload = max_payload;
  return gate;
}

void
ipd_plain_gate_free (IpdPlainGate *gate)
{
  if (gate == NULL)
    return;
  g_clear_object (&gate->host);
  g_free (gate);
}

/* A socket of both families shows IPv4 as ::ffff:a.b.c.d. */
static const guint8 *
octets_of (GInetAddress *address, gsize *ret_len)
{
  static const guint8 mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const guint8 *octets = g_inet_address_to_bytes (address);
  *ret_len = g_inet_address_get_native_size (address);
  if (*ret_len == V4_LEN || memcmp (octets, mapped, sizeof mapped) != 0)
    return octets;
  *ret_len = V4_LEN;
  return octets + sizeof mapped;
}

bool
ipd_plain_gate_is_peer (const IpdPlainGate *gate, GSocketAddress *from)
{
  if (gate->host == NULL || !G_IS_INET_SOCKET_ADDRESS (from))
    return false;
  gsize host_len = 0, from_len = 0;
  const guint8 *host = octets_of (gate->host, &host_len);
  const guint8 *its = octets_of (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from)), &from_len);
  return host_len == from_len && memcmp (host, its, host_len) == 0;
}

bool
ipd_plain_gate_passes (IpdPlainGate *gate, GstBuffer *packet, IpdRtpHeader *ret_header)
{
  GstNetAddressMeta *meta = gst_buffer_get_net_address_meta (packet);
  GstMapInfo map;
  bool passes = false;
  if (meta != NULL && ipd_plain_gate_is_peer (gate, meta->addr) && gst_buffer_map (packet, &map, GST_MAP_READ))
    {
      passes = ipd_rtp_header_read (map.data, map.size, ret_header) && ret_header->len <= gate->max_payload;
      gst_buffer_unmap (packet, &map);
    }
  if (!passes)
    g_atomic_int_inc (&gate->bad);
  return passes;
}

guint
ipd_plain_gate_get_bad (IpdPlainGate *gate)
{
  return (guint) g_atomic_int_get (&gate->bad);
}
