// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "power-trace.h"

#include <stdbool.h>

/*
 * A disk whose power may fail, made of what power-loss.c wrote down. It knows what was synced and what was not yet. At
 * a cut everything that was synced is there; of the rest a chance, which the seed decides, keeps nothing, all, some
 * writes, some sectors of 512 octets of them, or the newer size without the octets. Names of files are kept in the
 * order in which they were made, up to some moment, until the folder is synced.
 *
 * Errors end the program: this is a test. Thread: any one.
 */

/* Rules of disks on which programs lose data: what a control must find. */
typedef enum {
  POWER_FORGETS_NOTHING,
  POWER_FORGETS_DATABASE, /* as with synchronous = OFF: syncs of *.db and *.db-wal do nothing */
  POWER_FORGETS_FILES,    /* renamed without fsync: syncs of other files do nothing */
  POWER_FORGETS_FOLDERS,  /* syncs of folders do nothing */
} PowerForgets;

typedef struct _PowerDisk PowerDisk;

/* @root: the folder of the record. (transfer full) */
PowerDisk *power_disk_new (const char *root, PowerForgets forgets);
void power_disk_free (PowerDisk *disk);

/* What the program did next. */
void power_disk_act (PowerDisk *disk, const PowerRecord *record, const char *path, const char *data);
/* The same for record @i of @trace. */
void power_disk_play (PowerDisk *disk, const PowerTrace *trace, guint i);

/* The power fails now: makes what the disk holds in the empty folder @folder. */
void power_disk_cut (const PowerDisk *disk, guint32 seed, const char *folder);
