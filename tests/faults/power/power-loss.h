// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/*
 * What power-loss.c writes down about a program, and power-disk.c plays again: every change of a file below one folder,
 * every sync, and everything the program said on one descriptor, in the order in which it happened.
 *
 * One record is a PowerRecord, @path_length octets of path, @length octets of data if the kind has any.
 */
typedef enum {
  POWER_OPEN,     /* .file: a new number for this descriptor. .path .offset: the open() flags */
  POWER_WRITE,    /* .file .offset .length, data */
  POWER_TRUNCATE, /* .file .offset: the new size */
  POWER_EXTEND,   /* .file .offset: at least this size */
  POWER_SYNC,     /* .file: fsync or fdatasync, of a file or a folder */
  POWER_RENAME,   /* .path: two, each with its NUL */
  POWER_UNLINK,   /* .path */
  POWER_SAID,     /* .length, data: what was written to the descriptor of POWER_SAYS */
} PowerKind;

typedef struct {
  uint32_t kind;
  uint32_t path_length; /* with its NUL */
  uint64_t file;
  int64_t offset;
  uint64_t length;
} PowerRecord;

/* The environment of the program that is watched. */
#define POWER_ROOT  "IPDOOR_POWER_ROOT"  /* absolute folder; what lies elsewhere is not watched */
#define POWER_TRACE "IPDOOR_POWER_TRACE" /* file that the records are appended to */
#define POWER_SAYS  "IPDOOR_POWER_SAYS"  /* number of the descriptor that acknowledgements are written to */
