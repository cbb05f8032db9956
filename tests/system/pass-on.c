// SPDX-License-Identifier: Apache-2.0
/*
 * Passes HTTP requests on, as somebody does who pretends to be a station: pass-on LISTEN-ADDRESS PORT TARGET-ADDRESS
 * SECONDS. Prints "listening", then a line for each request passed on. One at a time is enough.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
address_of (const char *host, const char *port, struct sockaddr_in *ret_address)
{
  *ret_address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons ((uint16_t) strtoul (port, NULL, 10)) };
  return inet_pton (AF_INET, host, &ret_address->sin_addr) == 1;
}

static void
pass (int from, int to, bool until_blank_line)
{
  char octets[4096];
  ssize_t n;

  while ((n = recv (from, octets, sizeof octets, 0)) > 0)
    {
      if (send (to, octets, (size_t) n, MSG_NOSIGNAL) != n)
        return;
      if (until_blank_line && memmem (octets, (size_t) n, "\r\n\r\n", 4) != NULL)
        return;
    }
}

int
main (int argc, char **argv)
{
  struct sockaddr_in own, target;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int client;

  if (argc != 5 || !address_of (argv[1], argv[2], &own) || !address_of (argv[3], argv[2], &target))
    return 2;
  alarm ((unsigned) strtoul (argv[4], NULL, 10));
  if (bind (listener, (void *) &own, sizeof own) < 0 || listen (listener, 8) < 0)
    {
      perror ("pass-on");
      return 1;
    }
  puts ("listening");
  fflush (stdout);
  while ((client = accept (listener, NULL, NULL)) >= 0)
    {
      int station = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

      if (connect (station, (void *) &target, sizeof target) == 0)
        {
          pass (client, station, true);
          pass (station, client, false);
          puts ("passed on");
          fflush (stdout);
        }
      close (station);
      close (client);
    }
  return 1;
}
