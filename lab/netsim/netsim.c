// SPDX-License-Identifier: Apache-2.0
/* Makes the network of one host bad: takes the packets that iptables gives to an NFQUEUE (lab/netsim/impair sets the
 * rules) and loses, delays, doubles and reorders them. One thread: the queue, a timer and the signals in one epoll.
 *
 * Packets wait in the kernel: a verdict given later is a packet that goes on later. A second copy has to be made here
 * and goes in by a raw socket, marked, so that the rules let it pass. */
#include "impairment.h"
#include "statistics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sysexits.h>
#include <unistd.h>

/* Packets that may wait at a time, here and in the kernel. */
#define MAX_HELD      8192
#define MAX_PACKET    65535
#define SOCKET_OCTETS (4 * 1024 * 1024)

enum { IN, OUT, N_WAYS };
static const char *const way_names[N_WAYS] = { "in", "out" };

typedef struct {
  guint32 id; /* of the kernel */
  unsigned way;
  gint64 came_us;
  gint64 due_us;
  GBytes *copy; /* NULL: it comes once */
} Held;

typedef struct {
  NetsimPath paths[N_WAYS];
  bool impaired[N_WAYS];
  NetsimStatistics statistics[N_WAYS];
  GQueue held; /* Held, the one that is due first at the head */
  struct nfq_handle *netfilter;
  struct nfq_q_handle *queue;
  int raw;
  int timer;
  int signals;
  int poll;
  bool leaving;
} Netsim;

typedef struct {
  double loss_percent, burst, delay_ms, jitter_ms, duplicate_percent, reorder_percent, reorder_ms, rate_kbit;
  char *direction;
  gint64 seed;
  int queue;
  int mark;
} Options;

static gint64
now_us (void)
{
  return g_get_monotonic_time ();
}

static void
held_free (gpointer data)
{
  Held *held = data;
  g_clear_pointer (&held->copy, g_bytes_unref);
  g_free (held);
}

/* ---- packets that go on ---- */

static void
send_copy (Netsim *netsim, GBytes *copy)
{
  gsize len;
  const struct iphdr *header = g_bytes_get_data (copy, &len);
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = header->daddr };
  /* A copy that the network does not take is one more that was lost. */
  (void) !sendto (netsim->raw, header, len, 0, (const struct sockaddr *) &to, sizeof to);
}

static void
release (Netsim *netsim, Held *held)
{
  nfq_set_verdict (netsim->queue, held->id, NF_ACCEPT, 0, NULL);
  if (held->copy != NULL)
    send_copy (netsim, held->copy);
  netsim_statistics_late (&netsim->statistics[held->way], now_us () - held->came_us);
  held_free (held);
}

static void
set_timer (Netsim *netsim)
{
  const Held *first = g_queue_peek_head (&netsim->held);
  struct itimerspec when = { 0 };
  if (first != NULL)
    {
      when.it_value.tv_sec = first->due_us / G_USEC_PER_SEC;
      when.it_value.tv_nsec = first->due_us % G_USEC_PER_SEC * 1000;
    }
  timerfd_settime (netsim->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void
release_due (Netsim *netsim)
{
  gint64 now = now_us ();
  Held *first = g_queue_peek_head (&netsim->held);
  while (first != NULL && first->due_us <= now)
    {
      release (netsim, g_queue_pop_head (&netsim->held));
      first = g_queue_peek_head (&netsim->held);
    }
  set_timer (netsim);
}

/* Nearly always the last one: the search begins there. */
static void
hold (Netsim *netsim, Held *held)
{
  GList *before = netsim->held.tail;
  while (before != NULL && ((Held *) before->data)->due_us > held->due_us)
    before = before->prev;
  if (before != NULL)
    g_queue_insert_after (&netsim->held, before, held);
  else
    g_queue_push_head (&netsim->held, held);
}

/* ---- packets that come ---- */

static void
lose (Netsim *netsim, guint32 id, unsigned way, bool overflow)
{
  nfq_set_verdict (netsim->queue, id, NF_DROP, 0, NULL);
  netsim->statistics[way].dropped++;
  netsim->statistics[way].overflowed += overflow;
}

static void
judge (Netsim *netsim, guint32 id, unsigned way, const guint8 *packet, gsize len)
{
  NetsimStatistics *statistics = &netsim->statistics[way];
  gint64 now = now_us ();
  NetsimFate fate = netsim_path_judge (&netsim->paths[way], now, len);
  bool overflow = !fate.lost && netsim->held.length >= MAX_HELD;
  statistics->seen++;
  if (fate.lost || overflow)
    {
      lose (netsim, id, way, overflow);
      return;
    }
  statistics->duplicated += fate.duplicated;
  statistics->reordered += fate.held_back;
  Held *held = g_new (Held, 1);
  *held = (Held){ id, way, now, fate.due_us, fate.duplicated ? g_bytes_new (packet, len) : NULL };
  if (fate.due_us <= now)
    release (netsim, held);
  else
    hold (netsim, held);
}

static int
on_packet (struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *user_data)
{
  Netsim *netsim = user_data;
  const struct nfqnl_msg_packet_hdr *header = nfq_get_msg_packet_hdr (data);
  guint8 *packet = NULL;
  int len = nfq_get_payload (data, &packet);
  if (header == NULL)
    return 0;
  guint32 id = ntohl (header->packet_id);
  unsigned way = header->hook == NF_INET_LOCAL_OUT || header->hook == NF_INET_POST_ROUTING ? OUT : IN;
  if (len < (int) sizeof (struct iphdr) || !netsim->impaired[way] || netsim->leaving)
    nfq_set_verdict (queue, id, NF_ACCEPT, 0, NULL);
  else
    judge (netsim, id, way, packet, (gsize) len);
  return 0;
}

static void
read_queue (Netsim *netsim)
{
  static char buffer[MAX_PACKET + 4096] __attribute__ ((aligned));
  ssize_t len = recv (nfq_fd (netsim->netfilter), buffer, sizeof buffer, MSG_DONTWAIT);
  if (len > 0)
    nfq_handle_packet (netsim->netfilter, buffer, (int) len);
  set_timer (netsim);
}

/* ---- the loop ---- */

static void
on_event (Netsim *netsim, int fd)
{
  guint64 expired;
  struct signalfd_siginfo got;
  if (fd == netsim->timer && read (fd, &expired, sizeof expired) > 0)
    release_due (netsim);
  else if (fd == netsim->signals && read (fd, &got, sizeof got) > 0)
    netsim->leaving = true;
  else if (fd == nfq_fd (netsim->netfilter))
    read_queue (netsim);
}

/* Told to leave, it lets pass what comes and keeps what it holds until that is due. */
static void
run (Netsim *netsim)
{
  while (!netsim->leaving || !g_queue_is_empty (&netsim->held))
    {
      struct epoll_event event;
      if (epoll_wait (netsim->poll, &event, 1, -1) == 1)
        on_event (netsim, event.data.fd);
      else if (errno != EINTR)
        break;
    }
}

static bool
watch (Netsim *netsim, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
  return fd >= 0 && epoll_ctl (netsim->poll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static int
open_signals (void)
{
  sigset_t set;
  sigemptyset (&set);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGINT);
  sigprocmask (SIG_BLOCK, &set, NULL);
  return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool
open_queue (Netsim *netsim, int number)
{
  netsim->netfilter = nfq_open ();
  if (netsim->netfilter == NULL)
    return false;
  netsim->queue = nfq_create_queue (netsim->netfilter, (guint16) number, on_packet, netsim);
  if (netsim->queue == NULL)
    return false;
  int fd = nfq_fd (netsim->netfilter);
  int on = 1;
  int octets = SOCKET_OCTETS;
  /* Overrun: packets are lost and counted by the kernel; the program goes on. */
  setsockopt (fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets);
  return nfq_set_mode (netsim->queue, NFQNL_COPY_PACKET, MAX_PACKET) == 0
         && nfq_set_queue_maxlen (netsim->queue, 2 * MAX_HELD) == 0;
}

static bool
open_raw (Netsim *netsim, int mark)
{
  netsim->raw = socket (AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
  return netsim->raw >= 0 && setsockopt (netsim->raw, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0;
}

static bool
netsim_open (Netsim *netsim, const Options *options)
{
  netsim->poll = epoll_create1 (EPOLL_CLOEXEC);
  netsim->timer = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  netsim->signals = open_signals ();
  return open_raw (netsim, options->mark) && open_queue (netsim, options->queue) && watch (netsim, netsim->timer)
         && watch (netsim, netsim->signals) && watch (netsim, nfq_fd (netsim->netfilter));
}

static void
netsim_close (Netsim *netsim)
{
  g_queue_clear_full (&netsim->held, held_free);
  if (netsim->queue != NULL)
    nfq_destroy_queue (netsim->queue);
  if (netsim->netfilter != NULL)
    nfq_close (netsim->netfilter);
  const int fds[] = { netsim->raw, netsim->timer, netsim->signals, netsim->poll };
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    if (fds[i] >= 0)
      close (fds[i]);
  for (unsigned way = 0; way < N_WAYS; way++)
    netsim_statistics_clear (&netsim->statistics[way]);
}

/* ---- options ---- */

static bool
options_read (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "loss", 0, 0, G_OPTION_ARG_DOUBLE, &options->loss_percent, "Packets lost, 0 to 99", "PERCENT" },
    { "burst", 0, 0, G_OPTION_ARG_DOUBLE, &options->burst, "Mean length of a burst of losses", "PACKETS" },
    { "delay", 0, 0, G_OPTION_ARG_DOUBLE, &options->delay_ms, "How late every packet is", "MS" },
    { "jitter", 0, 0, G_OPTION_ARG_DOUBLE, &options->jitter_ms, "Give or take, in order", "MS" },
    { "duplicate", 0, 0, G_OPTION_ARG_DOUBLE, &options->duplicate_percent, "Packets that come twice", "PERCENT" },
    { "reorder", 0, 0, G_OPTION_ARG_DOUBLE, &options->reorder_percent, "Packets that others overtake", "PERCENT" },
    { "reorder-by", 0, 0, G_OPTION_ARG_DOUBLE, &options->reorder_ms, "How long these are held back", "MS" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &options->rate_kbit, "What the line carries", "KBIT/S" },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &options->direction, "What of this host's is impaired", "in|out|both" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "The same seed means the same losses (0: a new one)",
      "NUMBER" },
    { "queue", 0, 0, G_OPTION_ARG_INT, &options->queue, "Number of the NFQUEUE", "NUMBER" },
    { "mark", 0, 0, G_OPTION_ARG_INT, &options->mark, "Of packets that the rules let pass", "NUMBER" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- makes the network of this host bad");
  g_option_context_add_main_entries (context, entries, NULL);
  bool ok = g_option_context_parse (context, &argc, &argv, error);
  if (options->direction == NULL)
    options->direction = g_strdup ("both");
  return ok;
}

static bool
is_share (double percent)
{
  return percent >= 0 && percent <= 100;
}

static bool
options_ok (const Options *options)
{
  return options->loss_percent >= 0 && options->loss_percent <= 99 && is_share (options->duplicate_percent)
         && is_share (options->reorder_percent) && options->burst >= 0 && options->burst < 10000
         && options->delay_ms >= 0 && options->delay_ms <= 60000 && options->jitter_ms >= 0
         && options->jitter_ms <= 60000 && options->reorder_ms >= 0 && options->reorder_ms <= 60000
         && options->rate_kbit >= 0 && options->rate_kbit <= 1e9 && options->queue >= 0 && options->queue <= G_MAXUINT16
         && g_strv_contains ((const char *const[]){ "in", "out", "both", NULL }, options->direction);
}

static void
take_options (Netsim *netsim, Options *options)
{
  NetsimSettings settings = { .loss = options->loss_percent / 100,
                              .burst = options->burst,
                              .delay_us = (gint64) (options->delay_ms * 1000),
                              .jitter_us = (gint64) (options->jitter_ms * 1000),
                              .duplicate = options->duplicate_percent / 100,
                              .reorder = options->reorder_percent / 100,
                              .reorder_us = (gint64) (options->reorder_ms * 1000),
                              .rate = (gint64) (options->rate_kbit * 1000) };
  if (options->seed == 0)
    options->seed = g_random_int ();
  for (unsigned way = 0; way < N_WAYS; way++)
    {
      netsim_path_init (&netsim->paths[way], &settings, (guint64) options->seed, way);
      netsim->impaired[way]
          = g_str_equal (options->direction, "both") || g_str_equal (options->direction, way_names[way]);
    }
}

static void
print_statistics (Netsim *netsim, gint64 seed)
{
  g_autofree char *in = netsim_statistics_to_json (&netsim->statistics[IN]);
  g_autofree char *out = netsim_statistics_to_json (&netsim->statistics[OUT]);
  printf ("{\"seed\":%" G_GINT64_FORMAT ",\"in\":%s,\"out\":%s}\n", seed, in, out);
}

int
main (int argc, char **argv)
{
  Netsim netsim = { .raw = -1, .timer = -1, .signals = -1, .poll = -1, .held = G_QUEUE_INIT };
  Options options = { .reorder_ms = 40, .queue = 5, .mark = 0x6e73 };
  g_autoptr (GError) error = NULL;
  if (!options_read (&options, argc, argv, &error) || !options_ok (&options))
    {
      fprintf (stderr, "netsim: %s\n", error ? error->message : "an option is out of its range");
      return EX_USAGE;
    }
  take_options (&netsim, &options);
  bool ok = netsim_open (&netsim, &options);
  if (ok)
    {
      printf ("ready, seed %" G_GINT64_FORMAT "\n", options.seed);
      fflush (stdout);
      run (&netsim);
      print_statistics (&netsim, options.seed);
    }
  else
    fprintf (stderr, "netsim: no packet queue: %s\n", g_strerror (errno));
  netsim_close (&netsim);
  g_free (options.direction);
  return ok ? EXIT_SUCCESS : EX_UNAVAILABLE;
}
