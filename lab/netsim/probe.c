// SPDX-License-Identifier: Apache-2.0
/* Numbered and timed datagrams between two hosts, to see from outside what netsim did to them. Links nothing of ours.
 *
 *   probe send HOST PORT N GAP_US     sends N of them, one every GAP_US
 *   probe receive HOST PORT           prints "listening"; at SIGTERM what came, as one line of JSON
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_PACKETS   100000
#define PACKET_OCTETS 200

typedef struct {
  uint32_t number;
  int64_t sent_us;
} Stamp;

typedef struct {
  uint8_t times[MAX_PACKETS];
  uint32_t delays[MAX_PACKETS];
  unsigned n, different, duplicated, overtaken;
  uint32_t newest;
} Seen;

static int64_t
now_us (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int
open_socket (const char *host, const char *port, struct sockaddr_in *ret_address)
{
  *ret_address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons ((uint16_t) strtoul (port, NULL, 10)) };
  if (inet_pton (AF_INET, host, &ret_address->sin_addr) != 1)
    return -1;
  return socket (AF_INET, SOCK_DGRAM, 0);
}

static int
send_all (int fd, const struct sockaddr_in *to, unsigned n, long gap_us)
{
  struct itimerspec pace = { .it_interval = { gap_us / 1000000, gap_us % 1000000 * 1000 } };
  pace.it_value = pace.it_interval;
  int timer = timerfd_create (CLOCK_MONOTONIC, 0);
  timerfd_settime (timer, 0, &pace, NULL);
  for (uint32_t i = 0; i < n; i++)
    {
      char packet[PACKET_OCTETS] = { 0 };
      uint64_t expired;
      if (read (timer, &expired, sizeof expired) < 0)
        return 1;
      Stamp stamp = { i, now_us () };
      memcpy (packet, &stamp, sizeof stamp);
      sendto (fd, packet, sizeof packet, 0, (const struct sockaddr *) to, sizeof *to);
    }
  return 0;
}

static void
take (Seen *seen, int fd)
{
  char packet[PACKET_OCTETS];
  while (recv (fd, packet, sizeof packet, MSG_DONTWAIT) == PACKET_OCTETS)
    {
      Stamp stamp;
      memcpy (&stamp, packet, sizeof stamp);
      if (stamp.number >= MAX_PACKETS || seen->n == MAX_PACKETS)
        continue;
      seen->delays[seen->n++] = (uint32_t) (now_us () - stamp.sent_us);
      bool again = seen->times[stamp.number]++ != 0;
      seen->duplicated += again;
      seen->different += !again;
      seen->overtaken += !again && stamp.number < seen->newest;
      if (stamp.number > seen->newest)
        seen->newest = stamp.number;
    }
}

static int
compare (const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *) a;
  uint32_t y = *(const uint32_t *) b;
  return x < y ? -1 : x > y;
}

static void
print (Seen *seen)
{
  qsort (seen->delays, seen->n, sizeof seen->delays[0], compare);
  uint32_t least = seen->n ? seen->delays[0] : 0;
  printf ("{\"n\":%u,\"duplicated\":%u,\"overtaken\":%u,\"min_us\":%u,\"median_us\":%u}\n", seen->different,
          seen->duplicated, seen->overtaken, least, seen->n ? seen->delays[seen->n / 2] : 0);
}

static int
receive_until_told (int fd)
{
  static Seen seen;
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGTERM);
  sigprocmask (SIG_BLOCK, &set, NULL);
  int told = signalfd (-1, &set, 0);
  int poll = epoll_create1 (0);
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
  epoll_ctl (poll, EPOLL_CTL_ADD, fd, &event);
  event.data.fd = told;
  epoll_ctl (poll, EPOLL_CTL_ADD, told, &event);
  puts ("listening");
  fflush (stdout);
  do
    {
      if (epoll_wait (poll, &event, 1, -1) == 1)
        take (&seen, fd);
  } while (event.data.fd != told);
  print (&seen);
  return 0;
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address;
  bool sends = argc == 6 && strcmp (argv[1], "send") == 0;
  if (!sends && !(argc == 4 && strcmp (argv[1], "receive") == 0))
    return 2;
  int fd = open_socket (argv[2], argv[3], &address);
  if (fd < 0)
    return 1;
  if (sends)
    return send_all (fd, &address, (unsigned) strtoul (argv[4], NULL, 10), strtol (argv[5], NULL, 10));
  if (bind (fd, (const struct sockaddr *) &address, sizeof address) < 0)
    return 1;
  return receive_until_told (fd);
}
