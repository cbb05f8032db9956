// SPDX-License-Identifier: Apache-2.0
// Binds every UDP port of a range and holds them until it is ended: take-ports ADDRESS FIRST LAST
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
  if (argc != 4)
    return 2;
  for (long port = strtol (argv[2], NULL, 10); port <= strtol (argv[3], NULL, 10); port++)
    {
      struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port) };
      int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

      if (inet_pton (AF_INET, argv[1], &address.sin_addr) != 1 || bind (fd, (void *) &address, sizeof address) < 0)
        {
          perror ("take-ports");
          return 1;
        }
    }
  puts ("taken");
  fflush (stdout);
  alarm (120); /* bounded, should whoever started it be gone */
  pause ();
  return 0;
}
