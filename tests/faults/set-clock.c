// SPDX-License-Identifier: Apache-2.0
/*
 * Sets the clock of programs that run with shifted-clock: set-clock FILE REAL_SECONDS [SLEPT_SECONDS], both added to
 * the true ones; @UNIX_SECONDS instead of the first sets that time. The first call makes the file.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
  int64_t shifts_s[2] = { 0, 0 };
  int fd;

  if (argc < 3 || argc > 4)
    {
      fprintf (stderr, "usage: set-clock FILE REAL_SECONDS|@UNIX_SECONDS [SLEPT_SECONDS]\n");
      return 2;
    }
  shifts_s[0]
      = argv[2][0] == '@' ? strtoll (argv[2] + 1, NULL, 10) - (int64_t) time (NULL) : strtoll (argv[2], NULL, 10);
  shifts_s[1] = argc > 3 ? strtoll (argv[3], NULL, 10) : 0;
  fd = open (argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || write (fd, shifts_s, sizeof shifts_s) != (ssize_t) sizeof shifts_s || close (fd) != 0)
    {
      perror (argv[1]);
      return 1;
    }
  return 0;
}
