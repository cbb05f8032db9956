// SPDX-License-Identifier: Apache-2.0
/*
 * Prints the CLOCK_MONOTONIC microseconds at which the next SIP INVITE passed an interface of this network namespace,
 * read from a raw packet socket, so that neither sender nor receiver is asked. Exits 1 after 10 s, 2 without the right
 * to listen.
 *
 *   invite-sent     (says "listening" on stderr once it does)
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 10000 };

static int64_t
now_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool
is_invite (const uint8_t *packet, size_t length)
{
  const struct iphdr *ip = (const void *) packet;
  size_t header;

  if (length < sizeof *ip || ip->version != 4 || ip->protocol != IPPROTO_UDP)
    return false;
  header = ip->ihl * 4U + sizeof (struct udphdr);
  return length > header + 11 && memcmp (packet + header, "INVITE sip:", 11) == 0;
}

int
main (void)
{
  struct pollfd p = { .fd = socket (AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons (ETH_P_IP)), .events = POLLIN };
  int64_t deadline_us = now_us () + DEADLINE_MS * 1000LL;
  uint8_t packet[2048];

  if (p.fd < 0)
    {
      perror ("invite-sent");
      return 2;
    }
  fputs ("listening\n", stderr);
  while (now_us () < deadline_us && poll (&p, 1, (int) ((deadline_us - now_us ()) / 1000)) > 0)
    {
      ssize_t n = recv (p.fd, packet, sizeof packet, 0);
      int64_t us = now_us ();

      if (n > 0 && is_invite (packet, (size_t) n))
        {
          printf ("%lld\n", (long long) us);
          return 0;
        }
    }
  return 1;
}
