// SPDX-License-Identifier: Apache-2.0
// storm HOST PORT USER RATE PEER: SIP at a pace, until SIGTERM or two minutes: INVITE, REGISTER, OPTIONS, MESSAGE and
// octets that are nothing, in turn from our own address, from senders of 198.18.0.0/15 that nobody has, and from PEER's
// (its port 5060), which is the genuine one. Prints "steady" once a second's worth has gone, and {"sent": N, "rate": N}
// at the end.
#include "forged.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECONDS_MAX 120
#define SOURCES     4096

static volatile sig_atomic_t done;

typedef struct {
  const char *host, *user;
  uint32_t to, peer;
  uint16_t port;
  int raw, plain; /* without the right to forge: -1, and all comes from our own address */
} Storm;

static void
on_signal (int number)
{
  done = 1;
}

/* What each method needs beyond the common part, up to being well formed. */
static const char *const kinds[][2] = {
  { "INVITE",
    "Contact: <sip:ghost@192.0.2.250:5060>\r\nIpdoor-Visit: AAAAAAAAAAAAAAAAAAAAAA\r\n"
    "Ipdoor-Auth: 1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
    "Content-Length: 0\r\n\r\n" },
  { "REGISTER",
    "Contact: <sip:AAAAAAAAAAAAAAAAAAAAAA@192.0.2.250:5060>\r\nAuthorization: Digest username=\"ghost\", "
    "realm=\"ipdoor\", "
    "nonce=\"0\", uri=\"sip:x\", qop=auth, nc=00000001, cnonce=\"0\", response=\"00000000000000000000000000000000\"\r\n"
    "Content-Length: 0\r\n\r\n" },
  { "OPTIONS", "Content-Length: 0\r\n\r\n" },
  { "MESSAGE",
    "Content-Type: application/vnd.ipdoor.token\r\nContent-Length: 37\r\n\r\nv4.public.AAAAAAAAAAAAAAAAAAAA.ghosts" },
};
#define KINDS (sizeof kinds / sizeof *kinds)

static size_t
make (const Storm *self, unsigned i, char text[static FORGED_MAX])
{
  unsigned kind = i % (KINDS + 1);
  if (kind < KINDS)
    return (size_t) snprintf (text, FORGED_MAX,
                              "%s sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.250:5060;rport;branch=z9hG4bKs%d-%u\r\n"
                              "Max-Forwards: 70\r\nFrom: <sip:ghost@192.0.2.250>;tag=t%u\r\nTo: <sip:%s@%s>\r\n"
                              "Call-ID: s%d-%u\r\nCSeq: 1 %s\r\n%s",
                              kinds[kind][0], self->user, self->host, (int) getpid (), i, i, self->user, self->host,
                              (int) getpid (), i, kinds[kind][0], kinds[kind][1]);
  size_t length = 1 + i * 7919u % 1200;
  return getrandom (text, length, 0) == (ssize_t) length ? length : 0;
}

static bool
shoot (const Storm *self, unsigned i, const char *text, size_t length)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = self->port, .sin_addr.s_addr = self->to };
  unsigned who = self->raw < 0 ? 0 : i / (KINDS + 1) % 3;
  if (who == 0)
    return sendto (self->plain, text, length, 0, (struct sockaddr *) &to, sizeof to) == (ssize_t) length;
  uint32_t from = who == 1 ? htonl (0xc6120000u + i % SOURCES) : self->peer;
  return forged_send (self->raw, from, htons (5060), self->to, self->port, text, length);
}

int
main (int argc, char **argv)
{
  struct sigaction action = { .sa_handler = on_signal };
  char text[FORGED_MAX];
  unsigned long sent = 0;
  if (argc != 6)
    return 2;
  Storm storm = { .host = argv[1], .user = argv[3], .port = htons ((uint16_t) atoi (argv[2])), .raw = forged_open () };
  Pace pace = { .rate = (unsigned) atoi (argv[4]) };
  storm.plain = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (pace.rate == 0 || inet_pton (AF_INET, argv[1], &storm.to) != 1 || inet_pton (AF_INET, argv[5], &storm.peer) != 1)
    return 2;
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGALRM, &action, NULL);
  alarm (SECONDS_MAX);
  for (unsigned i = 0; !done; i++)
    {
      pace_wait (&pace);
      sent += shoot (&storm, i, text, make (&storm, i, text));
      if (sent == pace.rate)
        {
          puts ("steady");
          fflush (stdout);
        }
    }
  double share = pace.n > 0 ? (double) sent / (double) pace.n : 0;
  printf ("{\"sent\": %lu, \"rate\": %.0f}\n", sent, pace_reached (&pace) * share);
  return 0;
}
