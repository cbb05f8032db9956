// SPDX-License-Identifier: Apache-2.0
// bad-tags FILE RATE: SRTP and SRTCP that only its tag gives away, until SIGTERM or two minutes: for each media stream
// that wire-tap writes down in FILE, packets with its addresses, its SSRC and payload type and a sequence number near
// its newest one, and a tag of chance. RATE a second in all. Prints "steady" once a second's worth has gone, and
// {"sent": N, "rate": N, "streams": N} at the end.
#include "forged.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define SECONDS_MAX    120
#define STREAMS_MAX    16
#define FIRST_MEDIA    7078
#define LAST_MEDIA     9099
#define WINDOW         128 /* sequence numbers around the newest */
#define TAG_OCTETS     10
#define WIRE_OCTETS    2048
#define READ_EACH      64 /* packets between two looks into FILE */
#define RTCP_FIRST     200
#define RTCP_LAST      207
#define SHORTEST_MEDIA 24

/* As wire-tap writes it. */
typedef struct {
  uint32_t from, to;
  uint16_t from_port, to_port;
  uint16_t length;
  uint8_t octets[WIRE_OCTETS];
} Datagram;

/* How ours end, so that we do not take them for the station's when the wire shows them to us. */
static const uint8_t mark[] = { 0x6f, 0x75, 0x72, 0x73 };

static volatile sig_atomic_t done;
static Datagram streams[STREAMS_MAX]; /* the newest packet of each */
static unsigned n_streams;

static void
on_signal (int number)
{
  done = 1;
}

static bool
is_media (const Datagram *one)
{
  unsigned port = ntohs (one->to_port);
  return port >= FIRST_MEDIA && port <= LAST_MEDIA && one->octets[0] >> 6 == 2 && one->length >= SHORTEST_MEDIA
         && one->length <= FORGED_MAX && memcmp (one->octets + one->length - sizeof mark, mark, sizeof mark) != 0;
}

static void
keep (const Datagram *one)
{
  unsigned i = 0;
  while (i < n_streams
         && (streams[i].to != one->to || streams[i].to_port != one->to_port || streams[i].from != one->from
             || (streams[i].octets[1] >= RTCP_FIRST && streams[i].octets[1] <= RTCP_LAST)
                    != (one->octets[1] >= RTCP_FIRST && one->octets[1] <= RTCP_LAST)))
    i++;
  if (i == STREAMS_MAX)
    return;
  streams[i] = *one;
  n_streams = i == n_streams ? n_streams + 1 : n_streams;
}

static void
read_on (FILE *file)
{
  Datagram one;
  long at = ftell (file);
  clearerr (file);
  while (fread (&one, sizeof one, 1, file) == 1)
    {
      at += (long) sizeof one;
      if (is_media (&one))
        keep (&one);
    }
  fseek (file, at, SEEK_SET); /* the last one may be half written */
}

static bool
shoot (int raw, const Datagram *like)
{
  Datagram one = *like;
  uint8_t random[2 + TAG_OCTETS];
  bool is_rtcp = one.octets[1] >= RTCP_FIRST && one.octets[1] <= RTCP_LAST;
  if (getrandom (random, sizeof random, 0) != sizeof random)
    return false;
  uint16_t seq = (uint16_t) (one.octets[2] << 8 | one.octets[3]);
  seq = (uint16_t) (seq + random[0] % WINDOW - WINDOW / 4);
  if (!is_rtcp)
    {
      one.octets[2] = (uint8_t) (seq >> 8);
      one.octets[3] = (uint8_t) seq;
    }
  memcpy (one.octets + one.length - TAG_OCTETS, random + 2, TAG_OCTETS);
  memcpy (one.octets + one.length - sizeof mark, mark, sizeof mark);
  return forged_send (raw, one.from, one.from_port, one.to, one.to_port, one.octets, one.length);
}

int
main (int argc, char **argv)
{
  struct sigaction action = { .sa_handler = on_signal };
  unsigned long sent = 0;
  FILE *file = argc == 3 ? fopen (argv[1], "r") : NULL;
  int raw = forged_open ();
  if (file == NULL || raw < 0 || atoi (argv[2]) <= 0)
    return 2;
  Pace pace = { .rate = (unsigned) atoi (argv[2]) };
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGALRM, &action, NULL);
  alarm (SECONDS_MAX);
  for (unsigned i = 0; !done; i++)
    {
      if (i % READ_EACH == 0)
        read_on (file);
      pace_wait (&pace);
      sent += n_streams > 0 && shoot (raw, &streams[i % n_streams]);
      if (sent == pace.rate)
        {
          puts ("steady");
          fflush (stdout);
        }
    }
  double share = pace.n > 0 ? (double) sent / (double) pace.n : 0;
  printf ("{\"sent\": %lu, \"rate\": %.0f, \"streams\": %u}\n", sent, pace_reached (&pace) * share, n_streams);
  return 0;
}
