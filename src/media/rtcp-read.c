// SPDX-License-Identifier: Apache-2.0
/* RTCP that came in, read octet by octet: plain peers vouch for nothing, and a report or feedback that lies about its
 * length must not be believed by anybody. Pure; called by rtcp-link in the workers. */
#include "media/rtcp.h"

#define HEADER_LEN      4
#define SSRC_LEN        4
#define SENDER_INFO_LEN 20
#define BLOCK_LEN       24
#define FIR_ENTRY_LEN   8
#define NACK_ENTRY_LEN  4
#define NACK_FOLLOWERS  16

enum {
  TYPE_FIRST = 200,
  TYPE_SR = 200,
  TYPE_RR = 201,
  TYPE_RTPFB = 205,
  TYPE_PSFB = 206,
  TYPE_LAST = 223,
};
enum {
  RTPFB_NACK = 1,
  PSFB_PLI = 1,
  PSFB_FIR = 4,
};

/* One packet of a compound: behind its header, without its padding. */
typedef struct {
  uint8_t type;
  uint8_t count; /* or the format of feedback */
  const uint8_t *body;
  size_t len;
} Packet;

static uint32_t
get_u32 (const uint8_t *at)
{
  return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 | at[3];
}

/* Only the last packet may be padded, in whole words. */
static bool
take_off_padding (Packet *packet, bool is_last)
{
  size_t padding = packet->len > 0 ? packet->body[packet->len - 1] : 0;
  if (!is_last || padding == 0 || padding % 4 != 0 || padding > packet->len)
    return false;
  packet->len -= padding;
  return true;
}

/* Moves on to the next packet; false if what is left is none. */
static bool
take_packet (const uint8_t **at, size_t *left, Packet *ret_packet)
{
  const uint8_t *head = *at;
  if (*left < HEADER_LEN || head[0] >> 6 != 2 || head[1] < TYPE_FIRST || head[1] > TYPE_LAST)
    return false;
  size_t len = 4u * (head[2] << 8 | head[3]) + HEADER_LEN;
  if (len > *left)
    return false;
  *ret_packet = (Packet){ head[1], head[0] & 0x1f, head + HEADER_LEN, len - HEADER_LEN };
  *at += len;
  *left -= len;
  return !(head[0] & 0x20) || take_off_padding (ret_packet, *left == 0);
}

static bool
read_sender_report (const Packet *packet, IpdRtcpMeaning *meaning)
{
  if (packet->len < SSRC_LEN + SENDER_INFO_LEN + (size_t) packet->count * BLOCK_LEN)
    return false;
  meaning->has_sr = true;
  /* The middle of a 64 bit time. */
  meaning->sr_ntp_middle = get_u32 (packet->body + SSRC_LEN + 2);
  return true;
}

static bool
read_receiver_report (const Packet *packet)
{
  return packet->len >= SSRC_LEN + (size_t) packet->count * BLOCK_LEN;
}

static bool
read_feedback (const Packet *packet, uint32_t ssrc, IpdRtcpMeaning *meaning)
{
  if (packet->len < 2 * SSRC_LEN)
    return false;
  if (packet->count == PSFB_PLI && get_u32 (packet->body + SSRC_LEN) == ssrc)
    meaning->wants_key_frame = true;
  for (size_t at = 2 * SSRC_LEN; packet->count == PSFB_FIR && at + FIR_ENTRY_LEN <= packet->len; at += FIR_ENTRY_LEN)
    meaning->wants_key_frame = meaning->wants_key_frame || get_u32 (packet->body + at) == ssrc;
  return true;
}

static void
note_missing (IpdRtcpMeaning *meaning, uint16_t seq)
{
  if (meaning->n_missing < IPD_RTCP_MISSING_MAX)
    meaning->missing[meaning->n_missing++] = seq;
}

static void
read_nack_entry (const uint8_t *entry, IpdRtcpMeaning *meaning)
{
  uint16_t first = (uint16_t) (entry[0] << 8 | entry[1]);
  unsigned followers = (unsigned) entry[2] << 8 | entry[3];
  note_missing (meaning, first);
  for (unsigned i = 0; i < NACK_FOLLOWERS; i++)
    if (followers & 1u << i)
      note_missing (meaning, (uint16_t) (first + i + 1));
}

static bool
read_nack (const Packet *packet, uint32_t ssrc, IpdRtcpMeaning *meaning)
{
  if (packet->len < 2 * SSRC_LEN)
    return false;
  bool ours = packet->count == RTPFB_NACK && get_u32 (packet->body + SSRC_LEN) == ssrc;
  for (size_t at = 2 * SSRC_LEN; ours && at + NACK_ENTRY_LEN <= packet->len; at += NACK_ENTRY_LEN)
    read_nack_entry (packet->body + at, meaning);
  return true;
}

static bool
read_packet (const Packet *packet, uint32_t ssrc, IpdRtcpMeaning *meaning)
{
  switch (packet->type)
    {
    case TYPE_SR:
      return read_sender_report (packet, meaning);
    case TYPE_RR:
      return read_receiver_report (packet);
    case TYPE_RTPFB:
      return read_nack (packet, ssrc, meaning);
    case TYPE_PSFB:
      return read_feedback (packet, ssrc, meaning);
    default:
      return true; /* names, goodbyes, reports of other kinds: nothing that we act on */
    }
}

bool
ipd_rtcp_read (const uint8_t *packet, size_t len, uint32_t ssrc, IpdRtcpMeaning *ret_meaning)
{
  IpdRtcpMeaning meaning = { 0 };
  Packet one;
  if (len == 0)
    return false;
  /* The one whose key verified the whole; what follows may name anybody. */
  if (len >= HEADER_LEN + SSRC_LEN)
    meaning.sender = get_u32 (packet + HEADER_LEN);
  while (len > 0)
    if (!take_packet (&packet, &len, &one) || !read_packet (&one, ssrc, &meaning))
      return false;
  *ret_meaning = meaning;
  return true;
}
