// SPDX-License-Identifier: Apache-2.0
/*
 * Watches the relay driver's own file (or a contact's): prints the first line at or after --after-us that matches
 * --word, waiting for it with inotify. A line is "<CLOCK_MONOTONIC microseconds> <word> <rest>". --count only counts
 * the lines with that word so far.
 */
#include <getopt.h>
#include <libgen.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "observe.h"

typedef struct {
  const char *path;
  const char *word;
  int64_t after_us;
  double timeout_s;
  bool count;
} Wish;

/* Returns how many lines match; the first one's time goes to ret_us. */
static int
scan (const Wish *wish, int64_t *ret_us)
{
  FILE *file = fopen (wish->path, "re");
  char line[256], word[32];
  long long us;
  int n = 0;

  if (file == NULL)
    return 0;
  while (fgets (line, sizeof line, file) != NULL)
    {
      if (sscanf (line, "%lld %31s", &us, word) != 2 || strcmp (word, wish->word) != 0 || us < wish->after_us)
        continue;
      if (n++ == 0)
        *ret_us = us;
    }
  fclose (file);
  return n;
}

static int
wait_line (const Wish *wish)
{
  int64_t deadline = observe_deadline (wish->timeout_s);
  struct pollfd p = { .fd = inotify_init1 (IN_CLOEXEC), .events = POLLIN };
  char folder[4096], events[4096];
  int64_t us = 0, left_ms;

  snprintf (folder, sizeof folder, "%s", wish->path);
  if (p.fd < 0 || inotify_add_watch (p.fd, dirname (folder), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
    {
      perror ("observe-file");
      return OBSERVE_USAGE;
    }
  while (scan (wish, &us) == 0)
    {
      left_ms = (deadline - observe_now_us ()) / 1000;
      if (left_ms <= 0 || poll (&p, 1, (int) left_ms) <= 0 || read (p.fd, events, sizeof events) <= 0)
        return OBSERVE_TIMEOUT;
    }
  printf ("{\"t_us\": %lld, \"word\": \"%s\"}\n", (long long) us, wish->word);
  return OBSERVE_SEEN;
}

int
main (int argc, char **argv)
{
  static const struct option options[] = {
    { "file", required_argument, NULL, 'f' },     { "word", required_argument, NULL, 'w' },
    { "after-us", required_argument, NULL, 'u' }, { "timeout", required_argument, NULL, 't' },
    { "count", no_argument, NULL, 'c' },          { NULL, 0, NULL, 0 },
  };
  Wish wish = { .timeout_s = 10 };
  int64_t us;
  int c;

  while ((c = getopt_long (argc, argv, "", options, NULL)) != -1)
    switch (c)
      {
      case 'f':
        wish.path = optarg;
        break;
      case 'w':
        wish.word = optarg;
        break;
      case 'u':
        wish.after_us = strtoll (optarg, NULL, 10);
        break;
      case 't':
        wish.timeout_s = strtod (optarg, NULL);
        break;
      case 'c':
        wish.count = true;
        break;
      default:
        return OBSERVE_USAGE;
      }
  if (wish.path == NULL || wish.word == NULL)
    return OBSERVE_USAGE;
  if (!wish.count)
    return wait_line (&wish);
  printf ("{\"t_us\": %lld, \"count\": %d}\n", (long long) observe_now_us (), scan (&wish, &us));
  return OBSERVE_SEEN;
}
