// SPDX-License-Identifier: Apache-2.0
// RFC 4475 on the wire: torture DIR CASES DEVIATIONS TARGET HOST PORT FIRST_SOURCE
//
// Sends each file of DIR that CASES names to HOST:PORT, from a loopback address of its own (FIRST_SOURCE and those
// after it), so that an answer belongs to one case whatever its headers say. Before and after each an OPTIONS of ours
// must get its 200: that makes silence a verdict. The outcome is compared with the column of TARGET in CASES; where
// DEVIATIONS names the case, with what is written there, and a case that no longer deviates fails as well. Every file
// of DIR must have its line. TAP on standard output.
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CASES_MAX    64
#define DATAGRAM_MAX 65536
/* A program's verdict on an INVITE is made in its main thread, so it may come after the control's answer. */
#define SILENCE_MS 400
#define CONTROL_MS 3000
#define NOTHING    0

typedef struct {
  char name[32];
  char station[32];
  char agent[32];
} Case;

/* Ports that the Via lines of the files name; answers go there (RFC 3261 §18.2.2). The first is ours to send from. */
static const uint16_t via_ports[] = { 5060, 5050, 5070 };
#define N_VIA_PORTS (sizeof via_ports / sizeof *via_ports)

static Case cases[CASES_MAX], deviations[CASES_MAX];
static size_t n_cases, n_deviations;
static struct sockaddr_in target;
static uint32_t next_source;
static unsigned n_tests;
static bool all_passed = true;

static void
die (const char *what)
{
  printf ("Bail out! %s: %s\n", what, strerror (errno));
  exit (1);
}

/* NAME STATION AGENT, then whatever; # begins a remark. */
static size_t
read_table (const char *path, Case *table)
{
  FILE *file = fopen (path, "re");
  char line[512];
  size_t n = 0;

  if (file == NULL)
    die (path);
  while (n < CASES_MAX && fgets (line, sizeof line, file) != NULL)
    if (line[0] != '#' && sscanf (line, "%31s %31s %31s", table[n].name, table[n].station, table[n].agent) == 3)
      n++;
  fclose (file);
  return n;
}

static int
open_socket (uint32_t source, uint16_t port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (source) };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0)
    die ("a source address");
  return fd;
}

static int64_t
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The first final status that comes to one of the sockets before @until_ms; NOTHING if none does. */
static int
await_status (struct pollfd *polls, size_t n_polls, int64_t until_ms)
{
  char datagram[DATAGRAM_MAX + 1];
  int status = NOTHING;

  for (int64_t left; status < 200 && (left = until_ms - now_ms ()) > 0;)
    {
      if (poll (polls, n_polls, (int) left) <= 0)
        break;
      for (size_t i = 0; i < n_polls && status < 200; i++)
        {
          ssize_t length = polls[i].revents & POLLIN ? recv (polls[i].fd, datagram, DATAGRAM_MAX, 0) : 0;

          if (length <= 0)
            continue;
          datagram[length] = 0;
          if (sscanf (datagram, "SIP/2.0 %d", &status) != 1)
            status = 999; /* no answer at all, but not silence either */
        }
    }
  return status < 200 ? NOTHING : status;
}

static bool
control_is_answered (void)
{
  static unsigned count;
  struct in_addr source = { .s_addr = htonl (next_source) };
  struct pollfd poll_one = { .fd = open_socket (next_source, 0), .events = POLLIN };
  char host[INET_ADDRSTRLEN], request[512];
  int length, status;

  count++;
  inet_ntop (AF_INET, &source, host, sizeof host);
  length = snprintf (request, sizeof request,
                     "OPTIONS sip:control@ipdoor SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bKcontrol%u\r\n"
                     "Max-Forwards: 70\r\nFrom: <sip:control@%s>;tag=c%u\r\nTo: <sip:control@ipdoor>\r\n"
                     "Call-ID: control%u@%s\r\nCSeq: %u OPTIONS\r\nContent-Length: 0\r\n\r\n",
                     host, count, host, count, count, host, count);
  if (sendto (poll_one.fd, request, (size_t) length, 0, (struct sockaddr *) &target, sizeof target) != length)
    die ("control");
  status = await_status (&poll_one, 1, now_ms () + CONTROL_MS);
  close (poll_one.fd);
  return status == 200;
}

static size_t
read_message (const char *folder, const char *name, char *ret_octets)
{
  char path[1024];
  FILE *file;
  size_t length;

  snprintf (path, sizeof path, "%s/%s.dat", folder, name);
  file = fopen (path, "re");
  if (file == NULL)
    die (path);
  length = fread (ret_octets, 1, DATAGRAM_MAX, file);
  fclose (file);
  return length;
}

/* Whether the topmost Via claims another transport than UDP; then it says UDP afterwards. */
static bool
make_udp (char *octets, size_t length)
{
  static const char *const others[] = { "SIP/2.0/TCP", "SIP/2.0/TLS" };

  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    {
      char *claim = memmem (octets, length, others[i], strlen (others[i]));
      char *udp = memmem (octets, length, "SIP/2.0/UDP", strlen ("SIP/2.0/UDP"));

      if (claim != NULL && (udp == NULL || claim < udp))
        {
          memcpy (claim + strlen ("SIP/2.0/"), "UDP", 3);
          return true;
        }
    }
  return false;
}

/* What comes of the message: a final status, NOTHING, or -1 when a control was not answered. */
static int
play (const char *octets, size_t length)
{
  struct pollfd polls[N_VIA_PORTS];
  int status = -1;

  for (size_t i = 0; i < N_VIA_PORTS; i++)
    polls[i] = (struct pollfd){ .fd = open_socket (next_source, via_ports[i]), .events = POLLIN };
  if (control_is_answered ())
    {
      if (sendto (polls[0].fd, octets, length, 0, (struct sockaddr *) &target, sizeof target) != (ssize_t) length)
        die ("a message");
      if (control_is_answered ())
        status = await_status (polls, N_VIA_PORTS, now_ms () + SILENCE_MS);
    }
  for (size_t i = 0; i < N_VIA_PORTS; i++)
    close (polls[i].fd);
  next_source++;
  return status;
}

/* @wanted: statuses and "none" with commas between them. */
static bool
is_wanted (const char *wanted, int status)
{
  char copy[32], word[16], *rest = NULL;

  snprintf (word, sizeof word, status == NOTHING ? "none" : "%d", status);
  snprintf (copy, sizeof copy, "%s", wanted);
  for (char *one = strtok_r (copy, ",", &rest); one != NULL; one = strtok_r (NULL, ",", &rest))
    if (strcmp (one, word) == 0)
      return true;
  return false;
}

static void
say (bool passed, const char *name, const char *why, const char *wanted, int got)
{
  all_passed = all_passed && passed;
  printf ("%s %u %s\n", passed ? "ok" : "not ok", ++n_tests, name);
  if (!passed)
    printf ("# %s %s; it was %d (0: no answer; -1: the control OPTIONS was not answered)\n", why, wanted, got);
}

static const char *
find (const Case *table, size_t n, const char *name, bool agent)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp (table[i].name, name) == 0)
      return agent ? table[i].agent : table[i].station;
  return NULL;
}

static void
check (const char *folder, const Case *one, bool agent)
{
  static char octets[DATAGRAM_MAX];
  size_t length = read_message (folder, one->name, octets);
  const char *oracle = agent ? one->agent : one->station;
  const char *deviation = find (deviations, n_deviations, one->name, agent);
  int status = play (octets, length);

  if (make_udp (octets, length))
    {
      say (status == NOTHING, one->name, "by UDP with the Via of another transport it must get", "no answer", status);
      status = play (octets, length);
    }
  if (deviation == NULL || strcmp (deviation, "-") == 0)
    say (is_wanted (oracle, status), one->name, "must be", oracle, status);
  else if (is_wanted (oracle, status))
    say (false, one->name, "take it out of the deviations: it is no other than", oracle, status);
  else
    say (is_wanted (deviation, status), one->name, "deviates in another way than", deviation, status);
}

static void
check_complete (const char *folder)
{
  DIR *files = opendir (folder);

  if (files == NULL)
    die (folder);
  for (struct dirent *entry; (entry = readdir (files)) != NULL;)
    {
      char *dot = strstr (entry->d_name, ".dat");

      if (dot == NULL)
        continue;
      *dot = 0;
      if (find (cases, n_cases, entry->d_name, false) == NULL)
        say (false, entry->d_name, "has no line in", "the table of cases", 0);
    }
  closedir (files);
}

int
main (int argc, char **argv)
{
  struct in_addr source;

  if (argc != 8 || inet_pton (AF_INET, argv[5], &target.sin_addr) != 1 || inet_pton (AF_INET, argv[7], &source) != 1)
    {
      fprintf (stderr, "usage: torture DIR CASES DEVIATIONS station|agent HOST PORT FIRST_SOURCE\n");
      return 2;
    }
  target.sin_family = AF_INET;
  target.sin_port = htons ((uint16_t) atoi (argv[6]));
  next_source = ntohl (source.s_addr);
  n_cases = read_table (argv[2], cases);
  n_deviations = read_table (argv[3], deviations);
  check_complete (argv[1]);
  for (size_t i = 0; i < n_cases; i++)
    check (argv[1], &cases[i], strcmp (argv[4], "agent") == 0);
  say (control_is_answered (), "alive", "after everything the control must get", "200", 0);
  printf ("1..%u\n", n_tests);
  return all_passed ? 0 : 1;
}
