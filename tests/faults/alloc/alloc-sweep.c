// SPDX-License-Identifier: Apache-2.0
/*
 * The parent plays the operation once whole, so that what is set up once in a process is set up, counts, and forks a
 * child for each place. The child's result comes back in shared memory, GLib's last words in a file without a name.
 */
#include "alloc-sweep.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child takes milliseconds; one that hangs is a defect. */
#define CHILD_SECONDS 20
#define WORDS_SIZE    512

typedef struct {
  const AllocOperation *operation;
  char expected[ALLOC_RESULT_SIZE];
  char *shared; /* ALLOC_RESULT_SIZE octets */
  int words;    /* what a child says on stderr */
} Sweep;

/*
 * Who asked for the memory that failed first. g_malloc() and its kin promise never to return NULL; what GLib has done
 * by libc (vasprintf) and by PCRE it takes at its word, and trips over NULL itself. In all these cases nobody above
 * GLib could have done anything. g_try_malloc() is not among them, nor any other library.
 */
static bool
asked_by_glib (void)
{
  static const char *const libraries[] = { "libglib-", "libc.so", "libpcre2-" };
  Dl_info info;

  if (failing_alloc_caller () == NULL || dladdr (failing_alloc_caller (), &info) == 0)
    return false;
  if (info.dli_sname != NULL && g_str_has_prefix (info.dli_sname, "g_try"))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (libraries); i++)
    if (strstr (info.dli_fname, libraries[i]) != NULL)
      return true;
  return false;
}

/* Without any memory GLib cannot even word its last message, and dies of that. */
static void
on_fault (int signal_number)
{
  static const char words[] = "failed to allocate, and no memory to say so";

  if (asked_by_glib () && write (STDERR_FILENO, words, sizeof words - 1) > 0)
    abort ();
  signal (signal_number, SIG_DFL);
  raise (signal_number);
}

/* On a stack of its own: GLib's last message calls itself until there is none left. */
static void
watch_faults (void)
{
  static char own_stack[64 * 1024];
  const stack_t stack = { .ss_sp = own_stack, .ss_size = sizeof own_stack };
  const struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };

  sigaltstack (&stack, NULL);
  sigaction (SIGSEGV, &action, NULL);
}

static void
play_child (const Sweep *sweep, unsigned nth, FailingMode mode)
{
  static char result[ALLOC_RESULT_SIZE];
  const struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
  alarm (CHILD_SECONDS);
  watch_faults ();
  dup2 (sweep->words, STDERR_FILENO);
  failing_alloc_arm (nth, mode);
  sweep->operation->run (sweep->operation->data, result);
  failing_alloc_disarm ();
  memcpy (sweep->shared, result, sizeof result);
  _exit (0);
}

/* GLib's g_error() ends in a trap or an abort; so do a failed assertion and glibc's own checks, which say other words.
 */
static bool
ended_by_glib (const Sweep *sweep, int status)
{
  char words[WORDS_SIZE] = "";

  if (!WIFSIGNALED (status) || (WTERMSIG (status) != SIGTRAP && WTERMSIG (status) != SIGABRT))
    return false;
  if (pread (sweep->words, words, sizeof words - 1, 0) < 0)
    return false;
  return strstr (words, "failed to allocate") != NULL || strstr (words, "out of memory") != NULL;
}

static bool
judge (const Sweep *sweep, int status, AllocReport *report)
{
  if (ended_by_glib (sweep, status))
    report->ended++;
  else if (status != 0)
    return false;
  else if (strcmp (sweep->shared, sweep->expected) == 0)
    report->same++;
  else if (strcmp (sweep->shared, ALLOC_REFUSED) == 0)
    report->refused++;
  else
    return false;
  return true;
}

static void
complain (const Sweep *sweep, unsigned nth, FailingMode mode, int status)
{
  char words[WORDS_SIZE] = "";

  if (pread (sweep->words, words, sizeof words - 1, 0) < 0)
    words[0] = '\0';
  fprintf (stderr, "%s: allocation %u fails %s: status 0x%x, result \"%s\" instead of \"%s\"\n%s\n",
           sweep->operation->name, nth, mode == FAILING_ONCE ? "once" : "for ever", (unsigned) status, sweep->shared,
           sweep->expected, words);
}

static bool
play (Sweep *sweep, unsigned nth, FailingMode mode, AllocReport *report)
{
  int status;

  strcpy (sweep->shared, "no result");
  if (ftruncate (sweep->words, 0) != 0 || lseek (sweep->words, 0, SEEK_SET) != 0)
    return false;
  pid_t child = fork ();
  if (child < 0)
    return false;
  if (child == 0)
    play_child (sweep, nth, mode);
  if (waitpid (child, &status, 0) != child)
    return false;
  report->plays++;
  if (judge (sweep, status, report))
    return true;
  complain (sweep, nth, mode, status);
  return false;
}

/* Counts, and learns what is right. The first play sets up what a process sets up once. */
static bool
learn (Sweep *sweep, AllocReport *report)
{
  char again[ALLOC_RESULT_SIZE] = "";

  sweep->operation->run (sweep->operation->data, sweep->expected);
  failing_alloc_arm (0, FAILING_ONCE);
  sweep->operation->run (sweep->operation->data, again);
  report->allocations = failing_alloc_disarm ();
  if (strcmp (again, sweep->expected) != 0)
    fprintf (stderr, "%s: \"%s\", then \"%s\"\n", sweep->operation->name, sweep->expected, again);
  else if (sweep->operation->no_allocation && report->allocations > 0)
    fprintf (stderr, "%s: %u allocations where none may be\n", sweep->operation->name, report->allocations);
  else
    return true;
  return false;
}

static bool
sweep_places (Sweep *sweep, unsigned sample, AllocReport *report)
{
  const char *wish = g_getenv ("IPDOOR_SWEEP");
  unsigned n = report->allocations, first = 1, step = MAX (1, n / MAX (1, sample));
  bool good = true;

  if (wish != NULL && strcmp (wish, "full") == 0)
    step = 1;
  else if (wish != NULL && wish[0] != '\0')
    first = n = (unsigned) strtoul (wish, NULL, 10);
  for (unsigned nth = first; nth <= n; nth += step)
    good = play (sweep, nth, FAILING_ONCE, report) && play (sweep, nth, FAILING_FOREVER, report) && good;
  return good;
}

bool
alloc_sweep (const AllocOperation *operation, unsigned sample, AllocReport *report)
{
  Sweep sweep = { .operation = operation, .words = memfd_create ("last words", MFD_CLOEXEC) };
  bool good = false;

  memset (report, 0, sizeof *report);
  sweep.shared = mmap (NULL, ALLOC_RESULT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (sweep.words >= 0 && sweep.shared != MAP_FAILED && learn (&sweep, report))
    good = sweep_places (&sweep, sample, report);
  if (sweep.shared != MAP_FAILED)
    munmap (sweep.shared, ALLOC_RESULT_SIZE);
  if (sweep.words >= 0)
    close (sweep.words);
  return good;
}
