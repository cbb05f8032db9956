// SPDX-License-Identifier: Apache-2.0
// What a stranger does to a station's service HTTP:
//   http-abuse forms HOST PORT          requests of bad form, one after the other; prints {"sent": N, "silent": N,
//   "5xx": N} http-abuse hold HOST PORT N SECONDS N connections that send an octet a second; prints "holding", then how
//   many still stood http-abuse guess HOST PORT HINT N   N enrolment proofs out of the air; prints {"403": N, "429": N,
//   "other": N}
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOLD_MAX 256
#define REPLY_MS 3000
#define LONG     70000

static struct sockaddr_in target;

static int
dial (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect (fd, (void *) &target, sizeof target) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Returns: the status, 0 when there was none within the time. */
static int
ask (const void *octets, size_t length)
{
  char reply[4096] = "";
  int fd = dial (), status = 0;
  struct pollfd ready = { .fd = fd, .events = POLLIN };
  if (fd < 0)
    return 0;
  if (send (fd, octets, length, MSG_NOSIGNAL) > 0 && shutdown (fd, SHUT_WR) == 0 && poll (&ready, 1, REPLY_MS) > 0
      && recv (fd, reply, sizeof reply - 1, 0) > 0)
    sscanf (reply, "HTTP/1.%*d %d", &status);
  close (fd);
  return status;
}

static char *
repeat (const char *before, char c, size_t n, const char *after)
{
  char *text = calloc (1, strlen (before) + n + strlen (after) + 1);
  if (text == NULL)
    exit (1);
  strcpy (text, before);
  memset (text + strlen (before), c, n);
  strcat (text, after);
  return text;
}

static void
count_form (const char *text, unsigned counts[static 3])
{
  int status = ask (text, strlen (text));
  counts[0]++;
  counts[1] += status == 0;
  counts[2] += status >= 500 && status != 501 && status != 505;
}

static int
bad_forms (void)
{
  static const char *const forms[] = {
    "\r\n\r\n",
    "GET\r\n\r\n",
    "GET /v1/device?nonce HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /v1/device?nonce=%00%ff%zz HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /v1/device?nonce=AAAAAAAAAAAAAAAAAAAAAA&nonce=B HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET //v1/health HTTP/9.9\r\nHost: x\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /v1/enrol/start HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "POST /v1/enrol/finish HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    "POST /v1/enrol/start HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST /v1/enrol/start HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551615\r\n\r\n",
    "POST /v1/enrol/start HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nnull",
    "POST /v1/enrol/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    "POST /v1/enrol/start HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnull",
    "POST /v1/enrol/finish HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\x00\xff\xfe{",
    "POST /v1/enrol/finish HTTP/1.1\r\nHost: x\r\nContent-Length: 33\r\n\r\n{\"v\":1,\"hint\":[1],\"pk\":1e999999}\n",
    "POST /v1/enrol/start HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n",
  };
  unsigned counts[3] = { 0 };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    count_form (forms[i], counts);
  char *large[]
      = { repeat ("GET /", 'a', LONG, " HTTP/1.1\r\nHost: x\r\n\r\n"),
          repeat ("GET /v1/health HTTP/1.1\r\nHost: ", 'a', LONG, "\r\n\r\n"),
          repeat ("POST /v1/enrol/start HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\n", '[', 8000, ""),
          repeat ("POST /v1/enrol/finish HTTP/1.1\r\nHost: x\r\nContent-Length: 8192\r\n\r\n", '{', 8192, ""),
          repeat ("POST /v1/enrol/finish HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", ' ', LONG, ""),
          repeat ("POST /v1/enrol/finish HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n", ' ', LONG,
                  "\r\n0\r\n\r\n") };
  for (size_t i = 0; i < sizeof large / sizeof *large; i++)
    {
      count_form (large[i], counts);
      free (large[i]);
    }
  printf ("{\"sent\": %u, \"silent\": %u, \"5xx\": %u}\n", counts[0], counts[1], counts[2]);
  return 0;
}

static int
hold (int n, int seconds)
{
  int fds[HOLD_MAX], stand = 0;
  for (int i = 0; i < n && i < HOLD_MAX; i++)
    fds[i] = dial ();
  puts ("holding");
  fflush (stdout);
  for (int second = 0; second < seconds; second++)
    {
      for (int i = 0; i < n && i < HOLD_MAX; i++)
        if (fds[i] >= 0)
          send (fds[i], "G", 1, MSG_NOSIGNAL);
      sleep (1);
    }
  for (int i = 0; i < n && i < HOLD_MAX; i++)
    stand += fds[i] >= 0 && send (fds[i], "G", 1, MSG_NOSIGNAL) == 1 && recv (fds[i], fds, 0, MSG_DONTWAIT) < 0;
  printf ("{\"standing\": %d}\n", stand);
  return 0;
}

static void
random_b64u (char *ret_text, size_t length)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  uint8_t octets[64];
  if (getrandom (octets, length, 0) < 0)
    exit (1);
  for (size_t i = 0; i + 1 < length; i++)
    ret_text[i] = letters[octets[i] & 63];
  ret_text[length - 1] = 'A'; /* its low bits must be zero */
  ret_text[length] = '\0';
}

static int
guess (const char *hint, int n)
{
  unsigned refused = 0, busy = 0, other = 0;
  for (int i = 0; i < n; i++)
    {
      char key[44], proof[44], cnonce[23], nonce[23], body[512], request[1024];
      random_b64u (key, 43);
      random_b64u (proof, 43);
      random_b64u (cnonce, 22);
      random_b64u (nonce, 22);
      int octets = snprintf (body, sizeof body,
                             "{\"v\":1,\"hint\":\"%s\",\"pk\":\"%s\",\"name\":\"x\",\"cnonce\":\"%s\",\"nonce\":\"%s\","
                             "\"proof\":\"%s\"}",
                             hint, key, cnonce, nonce, proof);
      snprintf (request, sizeof request, "POST /v1/enrol/finish HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s",
                octets, body);
      int status = ask (request, strlen (request));
      refused += status == 403;
      busy += status == 429;
      other += status != 403 && status != 429;
    }
  printf ("{\"403\": %u, \"429\": %u, \"other\": %u}\n", refused, busy, other);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc < 4 || inet_pton (AF_INET, argv[2], &target.sin_addr) != 1)
    return 2;
  target.sin_family = AF_INET;
  target.sin_port = htons ((uint16_t) atoi (argv[3]));
  alarm (100); /* bounded, whatever happens */
  if (argc == 4 && strcmp (argv[1], "forms") == 0)
    return bad_forms ();
  if (argc == 6 && strcmp (argv[1], "hold") == 0)
    return hold (atoi (argv[4]), atoi (argv[5]));
  if (argc == 6 && strcmp (argv[1], "guess") == 0)
    return guess (argv[4], atoi (argv[5]));
  return 2;
}
