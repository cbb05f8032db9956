// SPDX-License-Identifier: Apache-2.0
// What somebody on the same wire can do: write down every UDP datagram that passes, and send it again later.
//   wire-tap listen FILE SECONDS                        until a signal or the time; prints "listening" once it is
//   wire-tap replay FILE WORD [--as-sender] [--to HOST:PORT]   all datagrams that begin with WORD, to where they went
//   wire-tap count FILE FROM TO                         how many datagrams the one sent to the other: {"count": N}
//   wire-tap tag FILE PORT                              leg tag of the last RTP that went to PORT, as a decimal number
// --as-sender writes the first sender's address into the packets (root). Without it the answers come to us and are
// counted: prints {"sent": N, "answers": {"403": N, …}}.
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAM_MAX 2048
#define STATUS_MAX   700
/* A station answers within ms; whoever is silent this long says nothing. */
#define ANSWER_MS 500

typedef struct {
  uint32_t from, to; /* network order, as the ports */
  uint16_t from_port, to_port;
  uint16_t length;
  uint8_t octets[DATAGRAM_MAX];
} Datagram;

static volatile sig_atomic_t done;

static void
on_signal (int number)
{
  done = 1;
}

static bool
read_frame (const uint8_t *frame, size_t length, Datagram *ret)
{
  struct iphdr ip;
  struct udphdr udp;
  if (length < sizeof ip)
    return false;
  memcpy (&ip, frame, sizeof ip);
  size_t head = (size_t) ip.ihl * 4;
  if (ip.version != 4 || ip.protocol != IPPROTO_UDP || head < sizeof ip || length < head + sizeof udp)
    return false;
  memcpy (&udp, frame + head, sizeof udp);
  size_t octets = length - head - sizeof udp;
  if (octets > DATAGRAM_MAX || ntohs (udp.len) < sizeof udp || ntohs (udp.len) - sizeof udp > octets)
    return false;
  octets = ntohs (udp.len) - sizeof udp;
  *ret = (Datagram){ ip.saddr, ip.daddr, udp.source, udp.dest, (uint16_t) octets, { 0 } };
  memcpy (ret->octets, frame + head + sizeof udp, octets);
  return true;
}

static int
listen_to_wire (const char *path, int seconds)
{
  int fd = socket (AF_PACKET, SOCK_DGRAM, htons (ETH_P_ALL));
  FILE *file = fopen (path, "w");
  struct sigaction action = { .sa_handler = on_signal };
  static uint8_t frame[65536];
  Datagram one;
  if (fd < 0 || file == NULL)
    {
      perror ("wire-tap");
      return 1;
    }
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGALRM, &action, NULL);
  alarm ((unsigned) seconds);
  puts ("listening");
  fflush (stdout);
  while (!done)
    {
      ssize_t length = recv (fd, frame, sizeof frame, 0);
      if (length > 0 && read_frame (frame, (size_t) length, &one))
        {
          fwrite (&one, sizeof one, 1, file);
          fflush (file);
        }
    }
  return fclose (file);
}

static bool
send_from_here (int fd, const Datagram *one)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = one->to_port, .sin_addr.s_addr = one->to };
  return sendto (fd, one->octets, one->length, 0, (void *) &to, sizeof to) == one->length;
}

static bool
send_as_sender (int fd, const Datagram *one)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = one->to };
  uint8_t packet[sizeof (struct iphdr) + sizeof (struct udphdr) + DATAGRAM_MAX] = { 0 };
  size_t length = sizeof (struct iphdr) + sizeof (struct udphdr) + one->length;
  struct iphdr ip
      = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .saddr = one->from, .daddr = one->to };
  struct udphdr udp = { .source = one->from_port,
                        .dest = one->to_port,
                        .len = htons ((uint16_t) (sizeof (struct udphdr) + one->length)) }; /* no checksum: allowed */
  memcpy (packet, &ip, sizeof ip);
  memcpy (packet + sizeof ip, &udp, sizeof udp);
  memcpy (packet + sizeof ip + sizeof udp, one->octets, one->length);
  return sendto (fd, packet, length, 0, (void *) &to, sizeof to) == (ssize_t) length;
}

static void
count_answers (int fd, unsigned answers[static STATUS_MAX])
{
  struct pollfd ready = { .fd = fd, .events = POLLIN };
  char text[DATAGRAM_MAX + 1];
  while (poll (&ready, 1, ANSWER_MS) > 0)
    {
      ssize_t length = recv (fd, text, DATAGRAM_MAX, 0);
      text[length > 0 ? length : 0] = '\0';
      long status = strncmp (text, "SIP/2.0 ", 8) == 0 ? strtol (text + 8, NULL, 10) : 0;
      if (status > 100 && status < STATUS_MAX)
        answers[status]++;
    }
}

static int
print_result (unsigned sent, const unsigned answers[static STATUS_MAX])
{
  const char *comma = "";
  printf ("{\"sent\": %u, \"answers\": {", sent);
  for (int status = 0; status < STATUS_MAX; status++)
    if (answers[status] > 0)
      {
        printf ("%s\"%d\": %u", comma, status, answers[status]);
        comma = ", ";
      }
  puts ("}}");
  return sent > 0 ? 0 : 1;
}

/* HOST:PORT instead of where the datagrams went. */
static bool
redirect (const char *where, Datagram *one)
{
  char host[INET_ADDRSTRLEN];
  unsigned port;
  struct in_addr address;
  if (where == NULL)
    return true;
  if (sscanf (where, "%15[0-9.]:%u", host, &port) != 2 || inet_pton (AF_INET, host, &address) != 1)
    return false;
  one->to = address.s_addr;
  one->to_port = htons ((uint16_t) port);
  return true;
}

static int
replay (const char *path, const char *word, bool as_sender, const char *where)
{
  FILE *file = fopen (path, "r");
  int fd = as_sender ? socket (AF_INET, SOCK_RAW, IPPROTO_RAW) : socket (AF_INET, SOCK_DGRAM, 0);
  unsigned answers[STATUS_MAX] = { 0 }, sent = 0;
  Datagram one;
  if (file == NULL || fd < 0)
    {
      perror ("wire-tap");
      return 1;
    }
  while (fread (&one, sizeof one, 1, file) == 1)
    if (one.length >= strlen (word) && memcmp (one.octets, word, strlen (word)) == 0 && redirect (where, &one)
        && (as_sender ? send_as_sender (fd, &one) : send_from_here (fd, &one)))
      sent++;
  fclose (file);
  if (!as_sender)
    count_answers (fd, answers);
  return print_result (sent, answers);
}

/* The upper half of the SSRC, docs/protocol.md §9: in clear on the wire, as in all SRTP. */
static int
print_tag (const char *path, int port)
{
  FILE *file = fopen (path, "r");
  long tag = -1;
  Datagram one;
  while (file != NULL && fread (&one, sizeof one, 1, file) == 1)
    if (ntohs (one.to_port) == port && one.length > 12 && one.octets[0] >> 6 == 2)
      tag = one.octets[8] << 8 | one.octets[9];
  if (file != NULL)
    fclose (file);
  printf ("%ld\n", tag);
  return tag < 0;
}

static int
print_count (const char *path, const char *from_host, const char *to_host)
{
  FILE *file = fopen (path, "r");
  struct in_addr from, to;
  unsigned n = 0;
  Datagram one;
  if (file == NULL || inet_pton (AF_INET, from_host, &from) != 1 || inet_pton (AF_INET, to_host, &to) != 1)
    return 2;
  while (fread (&one, sizeof one, 1, file) == 1)
    n += one.from == from.s_addr && one.to == to.s_addr;
  fclose (file);
  printf ("{\"count\": %u}\n", n);
  return 0;
}

int
main (int argc, char **argv)
{
  bool as_sender = false;
  const char *where = NULL;
  if (argc == 4 && strcmp (argv[1], "listen") == 0)
    return listen_to_wire (argv[2], atoi (argv[3]));
  if (argc == 5 && strcmp (argv[1], "count") == 0)
    return print_count (argv[2], argv[3], argv[4]);
  if (argc == 4 && strcmp (argv[1], "tag") == 0)
    return print_tag (argv[2], atoi (argv[3]));
  if (argc < 4 || strcmp (argv[1], "replay") != 0)
    return 2;
  for (int i = 4; i < argc; i++)
    if (strcmp (argv[i], "--as-sender") == 0)
      as_sender = true;
    else if (strcmp (argv[i], "--to") == 0 && i + 1 < argc)
      where = argv[++i];
    else
      return 2;
  return replay (argv[2], argv[3], as_sender, where);
}
