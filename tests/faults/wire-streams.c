// SPDX-License-Identifier: Apache-2.0
/*
 * Reads what tests/system/wire-tap wrote down and proves that no SRTP key stream was used twice (RFC 3711 §3.2.1,
 * §9.1): under one key, each pair of SSRC and packet index carries one packet, and a stream that was left is never gone
 * back to.
 *
 *   wire-streams FILE SENDER-HOST     all media that this host sends, one line a stream
 *
 * Keys are not to be seen, but their domains are: one for RTP and one for RTCP towards each pair of ports. Of RTP the
 * index is the sequence number with the rollovers that were seen, of RTCP it is in the packet. A packet that is the
 * same octet by octet is a copy. Prints {"port": N, "kind": "rtp", "ssrcs": N, "packets": N, "reused": N,
 * "left_and_back": N} and exits 1 when anything was reused, 3 when there is nothing at all.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As in tests/system/wire-tap.c. */
#define DATAGRAM_MAX 2048
typedef struct {
  uint32_t from, to; /* network order, as the ports */
  uint16_t from_port, to_port;
  uint16_t length;
  uint8_t octets[DATAGRAM_MAX];
} Datagram;

#define MAX_DOMAINS 64
#define MAX_SSRCS   256 /* a domain */
#define MAX_PACKETS 400000
#define RTP_HEADER  12
#define RTCP_HEADER 8
#define SRTCP_TAIL  14 /* index and tag */
#define FIRST_PORT  6000
#define LAST_PORT   20000

typedef struct {
  uint32_t ssrc;
  int64_t newest; /* index */
  bool left;      /* another one of its domain came after it */
} Stream;

typedef struct {
  uint32_t to;
  unsigned port; /* the even one of its pair */
  bool rtcp;
  Stream streams[MAX_SSRCS];
  unsigned n_streams, packets, reused, back;
} Domain;

typedef struct {
  uint16_t domain;
  uint32_t ssrc;
  int64_t index;
  uint64_t hash;
} Packet;

static Domain domains[MAX_DOMAINS];
static unsigned n_domains;
static Packet packets[MAX_PACKETS];
static unsigned n_packets;

static uint32_t
be32 (const uint8_t *p)
{
  return (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 | (uint32_t) p[2] << 8 | p[3];
}

static uint64_t
hash_of (const uint8_t *octets, size_t n)
{
  uint64_t hash = 14695981039346656037u; /* FNV-1a */

  for (size_t i = 0; i < n; i++)
    hash = (hash ^ octets[i]) * 1099511628211u;
  return hash;
}

static bool
is_media (const Datagram *one)
{
  unsigned port = ntohs (one->to_port);

  return port >= FIRST_PORT && port < LAST_PORT && one->length > RTP_HEADER && one->octets[0] >> 6 == 2;
}

static bool
is_rtcp (const Datagram *one)
{
  return one->octets[1] >= 192 && one->octets[1] <= 223; /* RFC 5761 §4 */
}

static Domain *
domain_of (const Datagram *one)
{
  unsigned port = ntohs (one->to_port) & ~1u;

  for (unsigned i = 0; i < n_domains; i++)
    if (domains[i].to == one->to && domains[i].port == port && domains[i].rtcp == is_rtcp (one))
      return &domains[i];
  if (n_domains == MAX_DOMAINS)
    exit (2);
  domains[n_domains] = (Domain){ .to = one->to, .port = port, .rtcp = is_rtcp (one) };
  return &domains[n_domains++];
}

static Stream *
stream_of (Domain *domain, uint32_t ssrc)
{
  for (unsigned i = 0; i < domain->n_streams; i++)
    if (domain->streams[i].ssrc == ssrc)
      return &domain->streams[i];
  if (domain->n_streams == MAX_SSRCS)
    exit (2);
  domain->streams[domain->n_streams] = (Stream){ .ssrc = ssrc, .newest = -1 };
  return &domain->streams[domain->n_streams++];
}

/* RFC 3711 §3.3.1, appendix A: the index next to the newest one that has these sixteen bits. */
static int64_t
index_of (const Datagram *one, const Stream *stream)
{
  int64_t sequence = one->octets[2] << 8 | one->octets[3];

  if (is_rtcp (one))
    return be32 (one->octets + one->length - SRTCP_TAIL) & 0x7fffffff;
  if (stream->newest < 0)
    return sequence + 65536;
  return stream->newest + (int16_t) (uint16_t) (sequence - stream->newest);
}

static void
take (const Datagram *one)
{
  Domain *domain = domain_of (one);
  Stream *stream = stream_of (domain, be32 (one->octets + (is_rtcp (one) ? 4 : RTCP_HEADER)));
  int64_t index = index_of (one, stream);

  if (stream->left)
    domain->back++;
  for (unsigned i = 0; i < domain->n_streams; i++)
    domain->streams[i].left = domain->streams[i].left || &domain->streams[i] != stream;
  stream->newest = index > stream->newest ? index : stream->newest;
  domain->packets++;
  if (n_packets == MAX_PACKETS)
    exit (2);
  packets[n_packets++]
      = (Packet){ (uint16_t) (domain - domains), stream->ssrc, index, hash_of (one->octets, one->length) };
}

static int
compare (const void *a, const void *b)
{
  const Packet *x = a, *y = b;

  if (x->domain != y->domain)
    return x->domain < y->domain ? -1 : 1;
  if (x->ssrc != y->ssrc)
    return x->ssrc < y->ssrc ? -1 : 1;
  if (x->index != y->index)
    return x->index < y->index ? -1 : 1;
  return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static void
find_reuse (void)
{
  qsort (packets, n_packets, sizeof *packets, compare);
  for (unsigned i = 1; i < n_packets; i++)
    {
      const Packet *a = &packets[i - 1], *b = &packets[i];

      if (a->domain == b->domain && a->ssrc == b->ssrc && a->index == b->index && a->hash != b->hash)
        domains[b->domain].reused++;
    }
}

int
main (int argc, char **argv)
{
  struct in_addr sender;
  static Datagram one;
  FILE *file = argc == 3 ? fopen (argv[1], "r") : NULL;
  bool bad = false;

  if (file == NULL || inet_pton (AF_INET, argv[2], &sender) != 1)
    return 2;
  while (fread (&one, sizeof one, 1, file) == 1)
    if (one.from == sender.s_addr && is_media (&one))
      take (&one);
  fclose (file);
  find_reuse ();
  for (unsigned i = 0; i < n_domains; i++)
    {
      const Domain *domain = &domains[i];

      printf (
          "{\"port\": %u, \"kind\": \"%s\", \"ssrcs\": %u, \"packets\": %u, \"reused\": %u, \"left_and_back\": %u}\n",
          domain->port, domain->rtcp ? "rtcp" : "rtp", domain->n_streams, domain->packets, domain->reused,
          domain->back);
      bad = bad || domain->reused > 0 || domain->back > 0;
    }
  return n_domains == 0 ? 3 : bad;
}
