// SPDX-License-Identifier: Apache-2.0
// See forged.h. Used by the floods.
#include "forged.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

int
forged_open (void)
{
  return socket (AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
}

bool
forged_send (int fd, uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port, const void *octets,
             size_t length)
{
  uint8_t packet[sizeof (struct iphdr) + sizeof (struct udphdr) + FORGED_MAX] = { 0 };
  struct sockaddr_in where = { .sin_family = AF_INET, .sin_addr.s_addr = to };
  size_t total = sizeof (struct iphdr) + sizeof (struct udphdr) + length;
  struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .saddr = from, .daddr = to };
  struct udphdr udp
      = { .source = from_port, .dest = to_port, .len = htons ((uint16_t) (sizeof (struct udphdr) + length)) };
  if (length > FORGED_MAX)
    return false;
  memcpy (packet, &ip, sizeof ip);
  memcpy (packet + sizeof ip, &udp, sizeof udp); /* no checksum: allowed */
  memcpy (packet + sizeof ip + sizeof udp, octets, length);
  return sendto (fd, packet, total, 0, (struct sockaddr *) &where, sizeof where) == (ssize_t) total;
}

static int64_t
now_us (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C (1000000) + now.tv_nsec / 1000;
}

/* A sender that was not let run catches up, as floods do; the mean is what counts. */
void
pace_wait (Pace *self)
{
  if (self->begun_us == 0)
    self->begun_us = now_us ();
  int64_t due_us = self->begun_us + (int64_t) (self->n++ * 1000000 / self->rate);
  struct timespec due = { due_us / 1000000, due_us % 1000000 * 1000 };
  if (due_us > now_us ())
    clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

double
pace_reached (const Pace *self)
{
  int64_t took_us = now_us () - self->begun_us;
  return self->begun_us == 0 || took_us <= 0 ? 0 : (double) self->n * 1e6 / (double) took_us;
}
