// SPDX-License-Identifier: Apache-2.0
/*
 * mDNS between hosts that are network namespaces, with the real child process. As an ordinary user every case is
 * skipped by name: loopback addresses have no multicast of their own.
 */
#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define LINE_TIMEOUT_MS 16000
#define BOOT_1          "AAAAAAAAAAAAAAAAAAAAAA"
#define BOOT_2          "AAAAAAAAAAAAAAAAAAAAAQ"
#define ID_A            "aaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B            "bbbbbbbbbbbbbbbbbbbbbbbbba"
#define ADDRESS_A       "192.0.2.10"
#define ADDRESS_B       "192.0.2.11"

typedef struct {
  GSubprocess *process;
  GOutputStream *input;
  int output;
  GString *text; /* read and not yet taken */
} Peer;

static const char *net; /* the script */
static char *net_name;  /* hosts a, b, c */
static char *not_here;  /* why there are no namespaces */

static char *
run_net (const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  va_list list;

  g_ptr_array_add (argv, (gpointer) net);
  va_start (list, first);
  for (const char *word = first; word != NULL; word = va_arg (list, const char *))
    g_ptr_array_add (argv, (gpointer) word);
  va_end (list);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return output;
}

static Peer *
peer_start (const char *host, const char *const *command)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Peer *peer = g_new0 (Peer, 1);

  g_ptr_array_add (argv, (gpointer) net);
  g_ptr_array_add (argv, (gpointer) "exec");
  g_ptr_array_add (argv, net_name);
  g_ptr_array_add (argv, (gpointer) host);
  for (gsize i = 0; command[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) command[i]);
  g_ptr_array_add (argv, NULL);
  peer->process = g_subprocess_newv ((const char *const *) argv->pdata,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  peer->output = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (peer->process)));
  peer->text = g_string_new (NULL);
  return peer;
}

static Peer *
browse (const char *host)
{
  /* With every debug message on, since those must not get between the lines of the child. */
  const char *command[] = { "env", "G_MESSAGES_DEBUG=all", g_getenv ("MDNS_PEER"), "browse", NULL };

  return peer_start (host, command);
}

static Peer *
publish (const char *host, const char *id, const char *address, const char *boot, const char *name)
{
  const char *command[] = { g_getenv ("MDNS_PEER"), "publish", id, address, boot, name, NULL };

  return peer_start (host, command);
}

/* End of input: an orderly end. */
static void
peer_stop (Peer *peer)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (peer->process), NULL, NULL);
  g_subprocess_wait (peer->process, NULL, NULL);
  g_object_unref (peer->process);
  g_string_free (peer->text, TRUE);
  g_free (peer);
}

/* Returns: (transfer full) (nullable): the next line, %NULL when none comes in time or the peer ended. */
static char *
peer_line (Peer *peer, int timeout_ms)
{
  char *end;
  char octets[512];

  while ((end = memchr (peer->text->str, '\n', peer->text->len)) == NULL)
    {
      struct pollfd fd = { .fd = peer->output, .events = POLLIN };
      gssize n;

      if (poll (&fd, 1, timeout_ms) <= 0)
        return NULL;
      n = read (peer->output, octets, sizeof octets);
      if (n <= 0)
        return NULL;
      g_string_append_len (peer->text, octets, n);
    }
  {
    char *line = g_strndup (peer->text->str, (gsize) (end - peer->text->str));

    g_string_erase (peer->text, 0, end - peer->text->str + 1);
    return line;
  }
}

/* The very next line; anything else that happens is a failure. */
static void
expect (Peer *peer, const char *expected)
{
  g_autofree char *line = peer_line (peer, LINE_TIMEOUT_MS);

  g_assert_cmpstr (line, ==, expected);
}

static pid_t
child_of (Peer *peer)
{
  const char *pid = g_subprocess_get_identifier (peer->process);
  g_autofree char *path = g_strdup_printf ("/proc/%s/task/%s/children", pid, pid);
  g_autofree char *children = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &children, NULL, &error);
  g_assert_no_error (error);
  return (pid_t) g_ascii_strtoll (children, NULL, 10);
}

static void
kill_child (Peer *peer)
{
  pid_t pid = child_of (peer);

  g_assert_cmpint (pid, >, 1);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
}

static gboolean
skipped (void)
{
  if (not_here != NULL)
    g_test_skip (not_here);
  return not_here != NULL;
}

static void
test_found_and_goodbye (void)
{
  Peer *browser, *station;

  if (skipped ())
    return;
  browser = browse ("b");
  station = publish ("a", ID_A, ADDRESS_A, BOOT_1, "Main entrance");
  expect (station, "published Main entrance");
  expect (browser, "found " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  peer_stop (station);
  expect (browser, "lost " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  peer_stop (browser);
}

/* Two responders on one machine: each warns about the other, which must not reach the parent as a line. */
static void
test_same_host (void)
{
  Peer *browser, *station;

  if (skipped ())
    return;
  station = publish ("a", ID_A, "-", BOOT_1, "Main entrance");
  expect (station, "published Main entrance");
  browser = browse ("a");
  expect (browser, "found " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  peer_stop (station);
  expect (browser, "lost " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  peer_stop (browser);
}

static void
test_late_browser_and_own_addresses (void)
{
  Peer *browser, *station;

  if (skipped ())
    return;
  station = publish ("a", ID_A, "-", BOOT_1, "Cancello Ävenida");
  expect (station, "published Cancello Ävenida");
  browser = browse ("b");
  expect (browser, "found " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Cancello Ävenida");
  peer_stop (station);
  peer_stop (browser);
}

/* A station that crashes says no goodbye; its new boot id is what tells. */
static void
test_boot_change (void)
{
  Peer *browser, *station;

  if (skipped ())
    return;
  browser = browse ("b");
  station = publish ("a", ID_A, ADDRESS_A, BOOT_1, "Main entrance");
  expect (browser, "found " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  kill_child (station);
  g_subprocess_force_exit (station->process);
  peer_stop (station);
  station = publish ("a", ID_A, ADDRESS_A, BOOT_2, "Main entrance");
  expect (browser, "changed " ID_A " " ADDRESS_A " 8001 5060 " BOOT_2 " Main entrance");
  peer_stop (station);
  expect (browser, "lost " ID_A " " ADDRESS_A " 8001 5060 " BOOT_2 " Main entrance");
  peer_stop (browser);
}

static void
test_two_of_one_name (void)
{
  Peer *browser, *first, *second;

  if (skipped ())
    return;
  first = publish ("a", ID_A, ADDRESS_A, BOOT_1, "Main entrance");
  expect (first, "published Main entrance");
  second = publish ("b", ID_B, ADDRESS_B, BOOT_1, "Main entrance");
  expect (second, "published Main entrance #2");
  browser = browse ("c");
  {
    g_autofree char *one = peer_line (browser, LINE_TIMEOUT_MS);
    g_autofree char *two = peer_line (browser, LINE_TIMEOUT_MS);

    g_assert_true (g_str_has_prefix (one, "found ") && g_str_has_prefix (two, "found "));
    g_assert_cmpstr (one, !=, two);
  }
  peer_stop (first);
  peer_stop (second);
  peer_stop (browser);
}

/* The station's parent dies without a word; its child sees the end of its input and says goodbye. */
static void
test_parent_killed (void)
{
  Peer *browser, *station;

  if (skipped ())
    return;
  browser = browse ("b");
  station = publish ("a", ID_A, ADDRESS_A, BOOT_1, "Main entrance");
  expect (browser, "found " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  g_subprocess_force_exit (station->process);
  expect (browser, "lost " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  peer_stop (station);
  peer_stop (browser);
}

static void
test_publisher_child_killed (void)
{
  Peer *browser, *station;

  if (skipped ())
    return;
  browser = browse ("b");
  station = publish ("a", ID_A, ADDRESS_A, BOOT_1, "Main entrance");
  expect (station, "published Main entrance");
  expect (browser, "found " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  kill_child (station);
  expect (station, "down it ended");
  expect (station, "published Main entrance");
  peer_stop (station);
  /* Nothing in between: the same announcement again is no news. */
  expect (browser, "lost " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Main entrance");
  peer_stop (browser);
}

/* The browser's child dies while one station goes for good, one stays and a third comes. */
static void
test_browser_child_killed (void)
{
  Peer *browser, *gone, *stays;

  if (skipped ())
    return;
  browser = browse ("c");
  gone = publish ("a", ID_A, ADDRESS_A, BOOT_1, "Gone");
  expect (browser, "found " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Gone");
  kill_child (browser);
  kill_child (gone);
  g_subprocess_force_exit (gone->process);
  peer_stop (gone);
  stays = publish ("b", ID_B, ADDRESS_B, BOOT_1, "Comes");
  expect (browser, "found " ID_B " " ADDRESS_B " 8001 5060 " BOOT_1 " Comes");
  expect (browser, "lost " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Gone");
  peer_stop (stays);
  expect (browser, "lost " ID_B " " ADDRESS_B " 8001 5060 " BOOT_1 " Comes");
  peer_stop (browser);
}

static Peer *
publish_raw (const char *host, const char *name, const char *txt)
{
  g_autofree char *order = g_strdup_printf ("{\"do\":\"publish\",\"name\":\"%s\",\"host\":\"" ADDRESS_A "\","
                                            "\"hostname\":\"x\",\"port\":8001,\"txt\":[%s]}",
                                            name, txt);
  const char *command[] = { g_getenv ("MDNS_PROGRAM"), order, NULL };

  return peer_start (host, command);
}

/* What is not a TXT record of ours is not found; a good one announced after the bad ones is, and is the first news. */
static void
test_garbage_txt (void)
{
  static const char *const garbage[] = {
    "",
    "\"v=1\"",
    "\"v=2\",\"id=" ID_B "\",\"role=outdoor\",\"plant=" ID_B "\",\"sip=5060\",\"boot=" BOOT_1 "\"",
    "\"v=1\",\"id=../../etc/passwd\",\"role=outdoor\",\"plant=" ID_B "\",\"sip=5060\",\"boot=" BOOT_1 "\"",
    "\"v=1\",\"id=" ID_B "\",\"role=outdoor\",\"plant=" ID_B "\",\"sip=70000\",\"boot=" BOOT_1 "\"",
  };
  Peer *bad[G_N_ELEMENTS (garbage)];
  Peer *browser, *station;

  if (skipped ())
    return;
  browser = browse ("b");
  for (gsize i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autofree char *name = g_strdup_printf ("Bad %zu", i);
      g_autofree char *published = NULL;

      bad[i] = publish_raw (i % 2 == 0 ? "a" : "c", name, garbage[i]);
      published = peer_line (bad[i], LINE_TIMEOUT_MS);
      g_assert_nonnull (strstr (published, name));
    }
  station = publish ("a", ID_A, ADDRESS_A, BOOT_1, "Good");
  expect (browser, "found " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Good");
  for (gsize i = 0; i < G_N_ELEMENTS (garbage); i++)
    peer_stop (bad[i]);
  peer_stop (station);
  expect (browser, "lost " ID_A " " ADDRESS_A " 8001 5060 " BOOT_1 " Good");
  peer_stop (browser);
}

int
main (int argc, char **argv)
{
  g_autofree char *up = NULL, *down = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  net = g_getenv ("IPD_NET");
  net_name = g_strdup_printf ("mdns%d", (int) getpid ());
  up = run_net ("up", net_name, "a", "b", "c", NULL);
  if (!g_str_has_prefix (up, "namespaces"))
    {
      not_here = g_strdup (strstr (up, "lacking: ") + strlen ("lacking: "));
      *strchrnul (not_here, '\n') = '\0';
    }
  g_test_add_func ("/mdns/found-and-goodbye", test_found_and_goodbye);
  g_test_add_func ("/mdns/same-host", test_same_host);
  g_test_add_func ("/mdns/late-browser-and-own-addresses", test_late_browser_and_own_addresses);
  g_test_add_func ("/mdns/boot-change", test_boot_change);
  g_test_add_func ("/mdns/two-of-one-name", test_two_of_one_name);
  g_test_add_func ("/mdns/parent-killed", test_parent_killed);
  g_test_add_func ("/mdns/publisher-child-killed", test_publisher_child_killed);
  g_test_add_func ("/mdns/browser-child-killed", test_browser_child_killed);
  g_test_add_func ("/mdns/garbage-txt", test_garbage_txt);
  status = g_test_run ();
  down = run_net ("down", net_name, NULL);
  g_free (net_name);
  g_free (not_here);
  return status;
}
