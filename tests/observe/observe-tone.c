// SPDX-License-Identifier: Apache-2.0
/*
 * Listens with numbers: reads 16-bit mono sound from standard input or from a file that grows, and says when a tone is
 * there (Goertzel's algorithm: energy at the frequency against all energy), or that it never was (--absent), or that it
 * is there again after it was away for a while (--after-gap MS; else it says how long it was away at most).
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "observe.h"

enum { BLOCK_MS = 40, MAX_RATE = 96000 };

typedef struct {
  double hz;
  int rate;     /* samples a second */
  double share; /* of the block's energy that must lie at the frequency */
  double level; /* least amplitude, 0..1 */
  int blocks;   /* in a row */
  int gap;      /* blocks in a row without it that must come first */
  bool absent;
  bool follow;
  double timeout_s;
  const char *path; /* NULL: standard input */
} Wish;

typedef struct {
  double share;
  double amplitude;
} Tone;

static Tone
measure (const int16_t *samples, int n, double hz, int rate)
{
  double coefficient = 2 * cos (2 * M_PI * hz / rate);
  double s1 = 0, s2 = 0, energy = 0;

  for (int i = 0; i < n; i++)
    {
      double x = samples[i] / 32768.0;
      double s0 = x + coefficient * s1 - s2;

      s2 = s1;
      s1 = s0;
      energy += x * x;
    }
  double power = s1 * s1 + s2 * s2 - coefficient * s1 * s2;

  return (Tone){ .share = energy > 0 ? 2 * power / (n * energy) : 0, .amplitude = 2 * sqrt (power) / n };
}

/* Waits until the file has grown or the input has something, at most until the deadline. */
static bool
wait_more (int fd, int watch, int64_t deadline)
{
  struct pollfd p = { .fd = watch >= 0 ? watch : fd, .events = POLLIN };
  int64_t left_ms = (deadline - observe_now_us ()) / 1000;
  char drain[4096];

  if (left_ms <= 0 || poll (&p, 1, (int) left_ms) <= 0)
    return false;
  if (watch >= 0 && read (watch, drain, sizeof drain) < 0)
    return false;
  return true;
}

/* Fills a block; false at the deadline or at the end of an input that does not grow. */
static bool
read_block (int fd, int watch, int64_t deadline, const Wish *wish, void *block, size_t size)
{
  size_t got = 0;

  while (got < size)
    {
      ssize_t n;

      if (wish->path == NULL && !wait_more (fd, -1, deadline))
        return false;
      n = read (fd, (char *) block + got, size - got);
      if (n < 0 && errno != EINTR)
        return false;
      if (n == 0 && (!wish->follow || !wait_more (fd, watch, deadline)))
        return false;
      if (n > 0)
        got += (size_t) n;
    }
  return observe_now_us () < deadline;
}

static int
listen_for (int fd, int watch, const Wish *wish)
{
  static int16_t block[MAX_RATE * BLOCK_MS / 1000];
  int n = wish->rate * BLOCK_MS / 1000;
  int64_t deadline = observe_deadline (wish->timeout_s);
  double loudest = 0;
  int row = 0, away = 0, longest = 0, gap = wish->gap;

  while (read_block (fd, watch, deadline, wish, block, (size_t) n * 2))
    {
      Tone tone = measure (block, n, wish->hz, wish->rate);
      bool here = tone.share >= wish->share && tone.amplitude >= wish->level;

      loudest = fmax (loudest, here ? tone.amplitude : 0);
      row = here ? row + 1 : 0;
      away = here ? 0 : away + 1;
      longest = away > longest ? away : longest;
      if (away >= gap)
        gap = 0;
      if (row >= wish->blocks && gap == 0)
        {
          printf ("{\"t_us\": %lld, \"hz\": %.0f, \"share\": %.2f, \"amplitude\": %.3f}\n",
                  (long long) observe_now_us (), wish->hz, tone.share, tone.amplitude);
          return wish->absent ? OBSERVE_TIMEOUT : OBSERVE_SEEN;
        }
    }
  printf ("{\"t_us\": %lld, \"hz\": %.0f, \"absent\": %s, \"away_ms\": %d, \"loudest_block\": %.3f}\n",
          (long long) observe_now_us (), wish->hz, loudest > 0 ? "false" : "true", longest * BLOCK_MS, loudest);
  return wish->absent ? OBSERVE_SEEN : OBSERVE_TIMEOUT;
}

static bool
parse (int argc, char **argv, Wish *wish)
{
  static const struct option options[] = {
    { "hz", required_argument, NULL, 'h' },
    { "rate", required_argument, NULL, 'r' },
    { "share", required_argument, NULL, 's' },
    { "level", required_argument, NULL, 'l' },
    { "ms", required_argument, NULL, 'm' },
    { "timeout", required_argument, NULL, 't' },
    { "file", required_argument, NULL, 'p' },
    { "follow", no_argument, NULL, 'f' },
    { "absent", no_argument, NULL, 'a' },
    { "after-gap", required_argument, NULL, 'g' },
    { NULL, 0, NULL, 0 },
  };
  int c;

  while ((c = getopt_long (argc, argv, "", options, NULL)) != -1)
    switch (c)
      {
      case 'h':
        wish->hz = strtod (optarg, NULL);
        break;
      case 'r':
        wish->rate = (int) strtol (optarg, NULL, 10);
        break;
      case 's':
        wish->share = strtod (optarg, NULL);
        break;
      case 'l':
        wish->level = strtod (optarg, NULL);
        break;
      case 'm':
        wish->blocks = (int) strtol (optarg, NULL, 10) / BLOCK_MS;
        break;
      case 't':
        wish->timeout_s = strtod (optarg, NULL);
        break;
      case 'p':
        wish->path = optarg;
        break;
      case 'f':
        wish->follow = true;
        break;
      case 'a':
        wish->absent = true;
        break;
      case 'g':
        wish->gap = (int) strtol (optarg, NULL, 10) / BLOCK_MS;
        break;
      default:
        return false;
      }
  return wish->hz > 0 && wish->rate >= 8000 && wish->rate <= MAX_RATE && wish->blocks > 0;
}

int
main (int argc, char **argv)
{
  Wish wish = { .rate = 48000, .share = 0.6, .level = 0.02, .blocks = 5, .timeout_s = 10 };
  int fd = STDIN_FILENO;
  int watch = -1;

  if (!parse (argc, argv, &wish))
    {
      fputs ("usage: observe-tone --hz N [--rate N] [--file PATH [--follow]] [--ms N] [--share X] [--level X] "
             "[--absent] [--after-gap MS] [--timeout S]\n",
             stderr);
      return OBSERVE_USAGE;
    }
  if (wish.path != NULL)
    {
      fd = open (wish.path, O_RDONLY | O_CLOEXEC);
      watch = inotify_init1 (IN_CLOEXEC);
      if (fd < 0 || watch < 0 || inotify_add_watch (watch, wish.path, IN_MODIFY) < 0)
        {
          fprintf (stderr, "observe-tone: %s: %s\n", wish.path, strerror (errno));
          return OBSERVE_USAGE;
        }
      if (wish.follow) /* only what is written from now on */
        lseek (fd, lseek (fd, 0, SEEK_END) & ~1L, SEEK_SET);
    }
  return listen_for (fd, watch, &wish);
}
