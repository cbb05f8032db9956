// SPDX-License-Identifier: Apache-2.0
// Datagrams of a stranger, as many as asked for, as fast as they go:
//   flood invite|message|register HOST PORT USER N [SOURCES]   SIP of good form, each with a new branch and Call-ID;
//                                                              SOURCES made-up senders of 198.18.0.0/15 (root), 0 = our
//                                                              own
//   flood media HOST FIRST LAST N        to each port: RTP and RTCP whose tag cannot be right, and noise
//   flood streams HOST PORT TAG          RTP of every generation of a leg, all with wrong tags
//   flood tone HOST FIRST LAST SECONDS   to each port: a tone in plain PCMA, as a call would send it
// Prints {"sent": N}.
#include "forged.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAM_MAX 1500
#define GENERATIONS  65536
#define BURST        64

static struct sockaddr_in target;
static int fd, raw_fd;
static unsigned sent;

static bool
aim (const char *host, const char *port)
{
  target = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons ((uint16_t) atoi (port)) };
  fd = socket (AF_INET, SOCK_DGRAM, 0);
  return fd >= 0 && inet_pton (AF_INET, host, &target.sin_addr) == 1;
}

/* A receiver's queue holds some hundred datagrams: what overflows it was no attack on the program. */
static void
pause_after_burst (void)
{
  if (sent % BURST == 0)
    usleep (1000);
}

static void
shoot (const void *octets, size_t length)
{
  if (sendto (fd, octets, length, 0, (void *) &target, sizeof target) == (ssize_t) length)
    sent++;
  pause_after_burst ();
}

static void
shoot_as (uint32_t source, const void *octets, size_t length)
{
  if (forged_send (raw_fd, source, htons (5060), target.sin_addr.s_addr, target.sin_port, octets, length))
    sent++;
  pause_after_burst ();
}

/* What each method needs beyond the common part, up to being well formed and no further. */
static const char *
tail_of (const char *method)
{
  if (strcmp (method, "INVITE") == 0)
    return "Contact: <sip:ghost@192.0.2.250:5060>\r\n"
           "Ipdoor-Visit: AAAAAAAAAAAAAAAAAAAAAA\r\n"
           "Ipdoor-Auth: 1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
           "Content-Length: 0\r\n\r\n";
  if (strcmp (method, "MESSAGE") == 0)
    return "Content-Type: application/vnd.ipdoor.token\r\n"
           "Content-Length: 37\r\n\r\nv4.public.AAAAAAAAAAAAAAAAAAAA.ghosts";
  return "Contact: <sip:AAAAAAAAAAAAAAAAAAAAAA@192.0.2.250:5060>\r\n"
         "Authorization: Digest username=\"ghost\", realm=\"ipdoor\", nonce=\"0\", uri=\"sip:x\", qop=auth, "
         "nc=00000001,"
         " cnonce=\"0\", response=\"00000000000000000000000000000000\"\r\nContent-Length: 0\r\n\r\n";
}

static int
flood_sip (const char *method, const char *host, const char *user, unsigned n, unsigned n_sources)
{
  char text[DATAGRAM_MAX];
  if (n_sources > 0 && (raw_fd = forged_open ()) < 0)
    return 1;
  for (unsigned i = 0; i < n; i++)
    {
      int length = snprintf (text, sizeof text,
                             "%s sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.250:5060;rport;branch=z9hG4bK-%d-%u\r\n"
                             "Max-Forwards: 70\r\nFrom: <sip:ghost@192.0.2.250>;tag=t%u\r\nTo: <sip:%s@%s>\r\n"
                             "Call-ID: c%d-%u\r\nCSeq: 1 %s\r\n%s",
                             method, user, host, (int) getpid (), i, i, user, host, (int) getpid (), i, method,
                             tail_of (method));
      if (n_sources > 0)
        shoot_as (htonl (0xc6120000u + i % n_sources), text, (size_t) length);
      else
        shoot (text, (size_t) length);
    }
  return 0;
}

/* One datagram of each kind a media port may meet; the random part never carries a right tag. */
static size_t
make_media (unsigned i, uint8_t octets[static DATAGRAM_MAX])
{
  static const uint8_t rtp_types[] = { 0, 8, 96, 0x80 | 96, 127 };
  size_t length = i % 3 == 0 ? i / 3 % 65 : 12 + i % 1400; /* RTCP of every length from 0 to 64, too */
  if (getrandom (octets, length > 0 ? length : 1, 0) < 0)
    return 0;
  if (length > 1 && i % 7 != 0)
    {
      octets[0] = (uint8_t) (0x80 | (i % 5 == 0 ? octets[0] & 0x3f : 0));
      octets[1] = i % 3 == 0 ? (uint8_t) (200 + i % 8) : rtp_types[i % sizeof rtp_types];
    }
  return length;
}

static int
flood_media (unsigned first, unsigned last, unsigned n)
{
  uint8_t octets[DATAGRAM_MAX];
  for (unsigned i = 0; i < n; i++)
    for (unsigned port = first; port <= last; port++)
      {
        size_t length = make_media (i, octets);
        target.sin_port = htons ((uint16_t) port);
        shoot (octets, length);
      }
  return 0;
}

static int
flood_streams (unsigned tag)
{
  uint8_t octets[12 + 160 + 10] = { 0x80, 8 };
  for (unsigned generation = 0; generation < GENERATIONS; generation++)
    {
      uint32_t ssrc = htonl (tag << 16 | generation);
      memcpy (octets + 8, &ssrc, sizeof ssrc);
      shoot (octets, sizeof octets);
    }
  return 0;
}

/* 1,000 Hz in PCMA, as loud as it goes, to every port at the pace of speech. */
static int
flood_tone (unsigned first, unsigned last, unsigned seconds)
{
  Pace pace = { .rate = 50 };
  uint8_t octets[12 + 160] = { 0x80, 8, 0, 0, 0, 0, 0, 0, 's', 'p', 'r', 'y' };
  for (unsigned i = 0; i < 160; i++)
    octets[12 + i] = i % 8 < 4 ? 0xaa : 0x2a;
  for (unsigned i = 0; i < seconds * pace.rate; i++)
    {
      uint32_t stamp = htonl (i * 160);
      octets[2] = (uint8_t) (i >> 8);
      octets[3] = (uint8_t) i;
      memcpy (octets + 4, &stamp, sizeof stamp);
      pace_wait (&pace);
      for (unsigned port = first; port <= last; port++)
        {
          target.sin_port = htons ((uint16_t) port);
          shoot (octets, sizeof octets);
        }
    }
  return 0;
}

int
main (int argc, char **argv)
{
  static const char *const methods[][2]
      = { { "invite", "INVITE" }, { "message", "MESSAGE" }, { "register", "REGISTER" } };
  int status = 2;
  alarm (120); /* bounded, whatever happens */
  if (argc < 5 || !aim (argv[2], argv[3]))
    return 2;
  for (unsigned i = 0; i < sizeof methods / sizeof *methods; i++)
    if (argc >= 6 && strcmp (argv[1], methods[i][0]) == 0)
      status = flood_sip (methods[i][1], argv[2], argv[4], (unsigned) atoi (argv[5]),
                          argc > 6 ? (unsigned) atoi (argv[6]) : 0);
  if (argc == 6 && strcmp (argv[1], "media") == 0)
    status = flood_media ((unsigned) atoi (argv[3]), (unsigned) atoi (argv[4]), (unsigned) atoi (argv[5]));
  if (argc == 6 && strcmp (argv[1], "tone") == 0)
    status = flood_tone ((unsigned) atoi (argv[3]), (unsigned) atoi (argv[4]), (unsigned) atoi (argv[5]));
  if (argc == 5 && strcmp (argv[1], "streams") == 0)
    status = flood_streams ((unsigned) atoi (argv[4]));
  printf ("{\"sent\": %u}\n", sent);
  return status;
}
