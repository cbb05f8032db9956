// SPDX-License-Identifier: Apache-2.0
/*
 * What must survive a power cut: visits, accesses, and for stations registrations, licences and counters. One SQLite
 * file, WAL, synchronous=FULL: when a writing function returns true, the row is on disk. Source: docs/protocol.md §6,
 * §7, §10.
 *
 * Thread: the one that opened it.  Times: Unix microseconds (_us) or seconds (_s).
 * Errors: IPD_STORE_ERROR. FULL, READONLY, BUSY and FAILED leave the store usable, later calls may succeed.
 */
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "core/opening.h"
#include "core/output.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define IPD_STORE_ERROR (ipd_store_error_quark ())
typedef enum {
  IPD_STORE_ERROR_FULL,     /* no space on the disk */
  IPD_STORE_ERROR_READONLY, /* the file or the disk cannot be written */
  IPD_STORE_ERROR_CORRUPT,  /* damaged while open; opening it again puts it aside */
  IPD_STORE_ERROR_BUSY,     /* another process holds it */
  IPD_STORE_ERROR_FAILED,   /* anything else, the message says what */
} IpdStoreError;
GQuark ipd_store_error_quark (void);

typedef struct _IpdStore IpdStore;

typedef enum {
  IPD_STORE_CREATED = 1 << 0, /* there was no file */
  IPD_STORE_REPLACED
  = 1 << 1, /* the file was damaged: it lies beside as <path>.corrupt-<UTC date and time>, a new one was started */
} IpdStoreFlags;

/* @path: its folder must exist; the file gets mode 0600. @ret_flags: (optional). A schema that is newer than this
 * program is FAILED. */
IpdStore *ipd_store_open (const char *path, IpdStoreFlags *ret_flags, GError **error);

/* For who must start although ipd_store_open() failed with FULL, READONLY or FAILED: what the file holds can be read,
 * and writing fails as it would anyway. Nothing is created. Until ipd_store_mend() other programs may be kept out. */
IpdStore *ipd_store_open_limited (const char *path, GError **error);
/* Whether it is such a one; a file on a read-only disk is, also by ipd_store_open(). */
bool ipd_store_is_limited (const IpdStore *store);
/* Opens a limited store as a whole one, once the disk lets it. True when it is whole, also if it always was. */
bool ipd_store_mend (IpdStore *store, GError **error);
void ipd_store_close (IpdStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdStore, ipd_store_close)

/* --- accesses: one row per command id, for ever --- */

typedef struct {
  IpdShortId id; /* of the command */
  int64_t time_us;
  IpdId device;
  IpdName device_name;
  IpdOutputId output;
  IpdId client;
  IpdName client_name;
  IpdShortId visit; /* "" = none */
  IpdOpeningState state;
  IpdRefusal refusal;
} IpdAccess;

/* @ret_new: false when that id was already there; the row then stays as it was (exactly once). */
bool ipd_store_put_access (IpdStore *store, const IpdAccess *access, bool *ret_new, GError **error);
/* No row of that id: true, nothing changes. */
bool ipd_store_update_access (IpdStore *store, const IpdShortId *id, IpdOpeningState state, IpdRefusal refusal,
                              GError **error);
/* @ret_found false: no such row, @ret_access untouched. */
bool ipd_store_find_access (IpdStore *store, const IpdShortId *id, IpdAccess *ret_access, bool *ret_found,
                            GError **error);
/* For the start of a program: commands that were requested or accepted when it died become interrupted. @ret_n:
 * (optional) how many. */
bool ipd_store_interrupt_accesses (IpdStore *store, unsigned *ret_n, GError **error);

/* --- visits: a row from the beginning on, put again when something happens --- */

#define IPD_OUTCOME_CHARS 23
/* The outcome of a visit whose end nobody saw, because the program that kept it died. */
#define IPD_STORE_OUTCOME_INTERRUPTED "interrupted"
typedef struct {
  IpdShortId id;
  IpdId device;
  IpdName device_name;
  int64_t started_us;
  int64_t ended_us;                    /* 0 = goes on */
  int64_t known_us;                    /* the last moment that this row tells of, for a visit whose end nobody sees */
  char outcome[IPD_OUTCOME_CHARS + 1]; /* word of ipd_visit_reason_to_string() or ipd_call_reason_to_string() */
  IpdName answered_by;
  IpdName opened_by;
  IpdOutputId output;
  IpdContact contact;
} IpdVisitRecord;

/* Inserts, or replaces the row of that id. */
bool ipd_store_put_visit (IpdStore *store, const IpdVisitRecord *visit, GError **error);
/* For the start of a program: visits that went on when it died ended at the last moment that is known of them, with
 * their outcome if they had one, else interrupted; a contact that was awaited has said nothing. @ret_n: (optional) */
bool ipd_store_interrupt_visits (IpdStore *store, unsigned *ret_n, GError **error);

/* --- history: both, newest first --- */

typedef enum {
  IPD_HISTORY_VISIT,
  IPD_HISTORY_ACCESS,
} IpdHistoryKind;

typedef struct {
  IpdHistoryKind kind;
  IpdShortId id;
  IpdId device;
  IpdName device_name;
  int64_t started_us;
  int64_t ended_us;                    /* 0 = goes on; an access: same as started_us */
  char outcome[IPD_OUTCOME_CHARS + 1]; /* "" = goes on; an access: word of ipd_opening_state_to_string() */
  IpdName by;                          /* opener, else who answered; of an access its client */
  IpdOutputId output;
  IpdContact contact;
  int64_t number; /* rises in the order in which things began, whatever the clock said then */
} IpdHistoryEntry;

/* @before: only what has a lower number; 0 = from the newest on. @limit: 1 to 1,000.
 * Returns: (transfer full) (element-type IpdHistoryEntry): NULL on error */
GArray *ipd_store_history (IpdStore *store, unsigned limit, int64_t before, GError **error);

/* --- registrations (station) --- */

#define IPD_ADDRESS_CHARS 63
typedef struct {
  IpdId client;
  IpdShortId contact_user;
  char contact_host[IPD_ADDRESS_CHARS + 1];
  uint16_t contact_port;
  char source_host[IPD_ADDRESS_CHARS + 1]; /* where requests go: the address its REGISTER came from */
  uint16_t source_port;
  IpdShortId licence; /* hash, 22 characters */
  int64_t expires_s;
} IpdBinding;

/* One binding a client: a new one replaces the old. */
bool ipd_store_put_binding (IpdStore *store, const IpdBinding *binding, GError **error);
bool ipd_store_delete_binding (IpdStore *store, const IpdId *client, GError **error);
/* Those that expire after @now_s. Returns: (transfer full) (element-type IpdBinding): NULL on error */
GArray *ipd_store_bindings (IpdStore *store, int64_t now_s, GError **error);

/* --- licences (station) --- */

typedef struct {
  IpdId client;
  IpdShortId hash;
  uint64_t serial;
  bool removed;
  char *token; /* (owned) */
} IpdLicenceRow;
void ipd_licence_row_free (IpdLicenceRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdLicenceRow, ipd_licence_row_free)

/* Inserts; a licence of that hash that is there already stays as it is, removed or not. */
bool ipd_store_put_licence (IpdStore *store, const IpdLicenceRow *row, GError **error);
/* Marks every licence of @client removed and deletes its binding. @ret_n: (optional) how many were not removed before.
 */
bool ipd_store_remove_licences (IpdStore *store, const IpdId *client, unsigned *ret_n, GError **error);
/* Removed ones too. Returns: (transfer full) (element-type IpdLicenceRow, freed with it): by serial, NULL on error */
GPtrArray *ipd_store_licences (IpdStore *store, GError **error);

/* --- small values: directory version, counters, the newest signed time --- */

/* @key: [a-z0-9.-]{1,32}. @ret_value: @fallback when there is none. */
bool ipd_store_get_number (IpdStore *store, const char *key, int64_t fallback, int64_t *ret_value, GError **error);
bool ipd_store_put_number (IpdStore *store, const char *key, int64_t value, GError **error);
/* Adds 1 (from 0) and gives the new value, on disk before return: never the same number twice. */
bool ipd_store_next_number (IpdStore *store, const char *key, int64_t *ret_value, GError **error);

/* Un-enrol: deletes every row of every table. */
bool ipd_store_wipe (IpdStore *store, GError **error);
