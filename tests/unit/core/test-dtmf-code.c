// SPDX-License-Identifier: Apache-2.0
/*
 * Codes that phones key: what opens, what is wrong, and what somebody who tries gets out of it (docs/protocol.md §15).
 */
#include "core/dtmf-code.h"

#include <glib.h>
#include <string.h>

static const char *const codes[] = { "4711", "08", "", NULL, "99#", "*", "1234567890" /* too long to be one */ };

/* Digits in order, "." is a pause of more than 5 s, "," one of exactly 5 s. @says has a letter for each digit: "-"
 * nothing, "w" wrong, or the index of the code that matched. */
static const struct {
  const char *name, *keys, *says;
} scenes[] = {
  { "code", "4711", "---0" },
  { "other-code", "08", "-1" },
  { "code-with-sign", "99#", "--4" },
  { "sign-alone", "*", "5" },
  { "digits-before", "14711", "w----" },
  { "digits-before-then-pause", "1.4711", "w---0" },
  { "digits-before-then-sign", "1#4711", "w----0" },
  { "digits-after-mean-nothing", "47114711", "---0----" },
  { "twice-after-a-pause", "4711.4711", "---0---0" },
  { "twice-after-a-sign", "4711#4711", "---0----0" },
  { "twice-with-sign", "99#99#", "--4--4" },
  { "two-codes", "4711.08", "---0-1" },
  { "two-codes-at-once", "471108", "---0--" },
  { "slow-enough", "4,7,1,1", "---0" },
  { "too-slow", "47.11", "--w-" },
  { "pause-forgives-half-a-code", "47.4711", "-----0" },
  { "half-a-code-and-sign", "47#4711", "--w---0" },
  { "sign-and-nothing-before", "##4711", "-----0" },
  { "star-in-a-code-ends-it", "47*11", "--ww-" },
  { "wrong-said-once", "555555", "w-----" },
  { "five-wrong-then-deaf", "5.5.5.5.5.4711", "wwwww----" },
  { "four-wrong-then-right", "5.5.5.5.4711", "wwww---0" },
  { "too-long-code-is-none", "1234567890", "w---------" },
  { "what-is-no-key-was-not-keyed", "4 7x1!1", "------0" },
};

static void
test_scenes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      IpdDtmfCollector collector;
      GString *says = g_string_new (NULL);
      int64_t now = G_MAXINT64 / 2;
      ipd_dtmf_collector_init (&collector);
      for (const char *key = scenes[i].keys; *key != '\0'; key++)
        {
          size_t index = 0;
          if (*key == '.' || *key == ',')
            {
              now += IPD_DTMF_PAUSE_US + (*key == '.' ? 1 : 0);
              continue;
            }
          if (key == scenes[i].keys || (key[-1] != '.' && key[-1] != ','))
            now += 200000;
          IpdDtmfVerdict verdict = ipd_dtmf_collector_take (&collector, *key, now, codes, G_N_ELEMENTS (codes), &index);
          g_string_append_c (says, verdict == IPD_DTMF_NONE    ? '-'
                                   : verdict == IPD_DTMF_WRONG ? 'w'
                                                               : (char) ('0' + index));
        }
      g_test_message ("%s", scenes[i].name);
      g_assert_cmpstr (says->str, ==, scenes[i].says);
      g_string_free (says, TRUE);
    }
}

/* All digits of a dialling machine, one after the other, open nothing and are heard five times at most. */
static void
test_flood (void)
{
  IpdDtmfCollector collector;
  unsigned wrong = 0;

  ipd_dtmf_collector_init (&collector);
  for (unsigned i = 0; i < 100000; i++)
    {
      size_t index;
      char digits[8];
      g_snprintf (digits, sizeof digits, "%04u#", i % 10000);
      IpdDtmfVerdict verdict = ipd_dtmf_collector_take (&collector, digits[i % 5], i * 1000, codes, 1, &index);
      wrong += verdict == IPD_DTMF_WRONG ? 1 : 0;
      g_assert_cmpint (verdict, !=, IPD_DTMF_MATCHED);
    }
  g_assert_cmpuint (wrong, ==, IPD_DTMF_WRONG_MAX);
  g_assert_true (ipd_dtmf_collector_is_deaf (&collector));
}

/* Whatever is keyed, a match means that exactly that code was keyed, alone. */
static void
test_walk (void)
{
  static const char keys[] = "0123456789*#ABCD4711089";
  IpdDtmfCollector collector;
  GString *entry = g_string_new (NULL);
  unsigned matched = 0;

  ipd_dtmf_collector_init (&collector);
  for (unsigned i = 0; i < 300000; i++)
    {
      size_t index = 99;
      char key = keys[g_test_rand_int_range (0, sizeof keys - 1)];
      bool pause = g_test_rand_int_range (0, 6) == 0;
      int64_t now = collector.last_us + (pause ? 2 * IPD_DTMF_PAUSE_US : 1000);
      if (pause)
        g_string_truncate (entry, 0);
      g_string_append_c (entry, key);
      if (ipd_dtmf_collector_take (&collector, key, now, codes, G_N_ELEMENTS (codes), &index) == IPD_DTMF_MATCHED)
        {
          g_assert_cmpstr (entry->str, ==, codes[index]);
          matched++;
        }
      if (key == '*' || key == '#')
        g_string_truncate (entry, 0);
      if (ipd_dtmf_collector_is_deaf (&collector))
        {
          ipd_dtmf_collector_init (&collector);
          collector.last_us = now;
          g_string_truncate (entry, 0);
        }
    }
  g_string_free (entry, TRUE);
  g_assert_cmpuint (matched, >, 100);
}

static void
test_nothing_to_match (void)
{
  IpdDtmfCollector collector;
  size_t index;

  ipd_dtmf_collector_init (&collector);
  g_assert_cmpint (ipd_dtmf_collector_take (&collector, '1', 1, NULL, 0, &index), ==, IPD_DTMF_WRONG);
  g_assert_cmpint (ipd_dtmf_collector_take (&collector, '#', 2, NULL, 0, &index), ==, IPD_DTMF_NONE);
}

static void
test_codes (void)
{
  static const char *const good[] = { "1", "12345678", "ABCD", "*", "#", "12#", "1234567*" };
  static const char *const bad[] = { "", "123456789", "12a", "1 2", "#1", "*1", "1#2", "1##", "E", "1\n" };

  for (size_t i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (ipd_dtmf_code_valid (good[i]));
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ipd_dtmf_code_valid (bad[i]));
  g_assert_false (ipd_dtmf_code_valid (NULL));
  g_assert_true (ipd_dtmf_codes_clash ("12", "12"));
  g_assert_true (ipd_dtmf_codes_clash ("12", "123"));
  g_assert_true (ipd_dtmf_codes_clash ("123", "12"));
  g_assert_false (ipd_dtmf_codes_clash ("123", "124"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtmf-code/scenes", test_scenes);
  g_test_add_func ("/dtmf-code/flood", test_flood);
  g_test_add_func ("/dtmf-code/walk", test_walk);
  g_test_add_func ("/dtmf-code/nothing-to-match", test_nothing_to_match);
  g_test_add_func ("/dtmf-code/codes", test_codes);
  return g_test_run ();
}
