// SPDX-License-Identifier: Apache-2.0
/*
 * usage: power-cut TRACE ROOT OCTETS SEED FOLDER     Makes in the empty FOLDER what a disk holds of ROOT if the power
 * fails when the first OCTETS of TRACE have happened. See power-disk.h.
 */
#include "power-disk.h"

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 6);
  const guint64 octets = g_ascii_strtoull (argv[3], NULL, 10);
  PowerTrace *trace = power_trace_load (argv[1]);
  PowerDisk *disk = power_disk_new (argv[2], POWER_FORGETS_NOTHING);

  for (guint i = 0; i < power_trace_length (trace) && power_trace_end (trace, i) <= octets; i++)
    power_disk_play (disk, trace, i);
  power_disk_cut (disk, (guint32) g_ascii_strtoull (argv[4], NULL, 10), argv[5]);
  power_disk_free (disk);
  power_trace_free (trace);
  return 0;
}
