// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the two files that make this computer a client of a plant. Nothing in them is believed without being verified
 * again at each start. Main context only.
 */
#include "agent/membership.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/paths.h"
#include "wire/base64.h"
#include "wire/key-file.h"
#include "wire/licence-token.h"
#include "wire/token.h"

#define KEY_FILE     "identity.key"
#define PACKAGE_FILE "enrolment.json"
/* Two of what the reply may hold: b64u in JSON. */
#define PACKAGE_FILE_MAX (2 * IPD_ENROL_REPLY_MAX)

bool
ipd_membership_key (const char *dir, IpdKeyPair *ret_key, GError **error)
{
  g_autofree char *path = g_build_filename (dir, KEY_FILE, NULL);

  return ipd_key_file_load_or_create (path, ret_key, NULL, error);
}

static bool
mismatch (GError **error, const char *what)
{
  g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MISMATCH, "%s", what);
  return false;
}

static bool
open_package (IpdMembership *self, const uint8_t authority_pk[static IPD_PK_OCTETS], const void *sealed, gsize length,
              guint64 known_version, GError **error)
{
  if (!ipd_enrol_package_open (&self->key, authority_pk, sealed, length, &self->package, error)
      || !ipd_licence_token_verify (self->package.licence, authority_pk, &self->licence, error))
    return false;
  if (!ipd_id_equal (&self->licence.client, &self->key.id))
    return mismatch (error, "the licence is of another client");
  self->licence_hash = ipd_token_hash (self->package.licence);
  return ipd_directory_token_verify (self->package.directory, authority_pk, known_version, &self->directory, error);
}

IpdMembership *
ipd_membership_new (const IpdKeyPair *key, const uint8_t authority_pk[static IPD_PK_OCTETS], const void *sealed,
                    gsize length, guint64 known_version, GError **error)
{
  g_autoptr (IpdMembership) self = g_new0 (IpdMembership, 1);

  self->key = *key;
  ipd_licence_init (&self->licence);
  ipd_directory_init (&self->directory);
  if (!open_package (self, authority_pk, sealed, length, known_version, error))
    return NULL;
  return g_steal_pointer (&self);
}

bool
ipd_membership_save (const char *dir, const uint8_t authority_pk[static IPD_PK_OCTETS], const void *sealed,
                     gsize length, GError **error)
{
  g_autofree char *path = g_build_filename (dir, PACKAGE_FILE, NULL);
  g_autofree char *authority = ipd_pk_write (authority_pk);
  g_autofree char *package = ipd_b64u_encode (sealed, length);
  g_autofree char *text = g_strdup_printf ("{\"v\":1,\"authority\":\"%s\",\"package\":\"%s\"}\n", authority, package);

  return ipd_paths_write_private (path, text, -1, error);
}

static const char *
member (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static GBytes *
parse_file (const char *text, uint8_t ret_authority_pk[static IPD_PK_OCTETS], GError **error)
{
  g_autoptr (JsonNode) root = json_from_string (text, error);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  const char *authority = member (object, "authority");
  const char *package = member (object, "package");
  GBytes *sealed = NULL;

  if (authority != NULL && package != NULL && ipd_pk_read (authority, ret_authority_pk))
    sealed = ipd_b64u_decode_new (package, strlen (package), IPD_ENROL_REPLY_MAX, NULL);
  if (sealed == NULL && (error == NULL || *error == NULL))
    g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_FORM, "%s is not what was written", PACKAGE_FILE);
  return sealed;
}

/* ---- the end of a membership ---- */

/*
 * A file that is being wiped has another name first, and the disk knows it: whatever moment the power fails at, it is
 * there whole or not at all, and what was begun is ended at the next start.
 */
#define GONE ".gone"

static char *
place (const char *dir, const char *name, const char *ending)
{
  g_autofree char *whole = g_strconcat (name, ending, NULL);

  return g_build_filename (dir, whole, NULL);
}

static void
sync_folder (const char *dir)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 || fsync (fd) != 0)
    g_warning ("%s could not be written: %s", dir, g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

static void
set_aside (const char *dir, const char *name)
{
  g_autofree char *from = place (dir, name, "");
  g_autofree char *to = place (dir, name, GONE);

  if (g_rename (from, to) == 0)
    sync_folder (dir);
  else if (errno != ENOENT)
    g_warning ("%s could not be removed: %s", from, g_strerror (errno));
}

/* Overwriting reaches the octets on an ordinary disk; on flash memory it is the best a program can do. */
static void
overwrite_and_remove (const char *dir, const char *name)
{
  g_autofree char *path = place (dir, name, GONE);
  int fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat about;

  if (fd < 0 && errno == ENOENT)
    return;
  if (fd >= 0 && fstat (fd, &about) == 0)
    {
      g_autofree char *zeroes = g_malloc0 ((gsize) about.st_size);

      if (write (fd, zeroes, (size_t) about.st_size) != about.st_size || fsync (fd) != 0)
        g_warning ("%s could not be overwritten: %s", path, g_strerror (errno));
    }
  if (fd >= 0)
    close (fd);
  if (unlink (path) != 0 && errno != ENOENT)
    g_warning ("%s could not be removed: %s", path, g_strerror (errno));
}

/* The package goes last, because it says that the key must go, too; unless there is a new membership already. */
static void
finish_wipe (const char *dir)
{
  g_autofree char *package = place (dir, PACKAGE_FILE, "");
  g_autofree char *package_gone = place (dir, PACKAGE_FILE, GONE);

  if (access (package_gone, F_OK) == 0 && access (package, F_OK) != 0)
    set_aside (dir, KEY_FILE);
  overwrite_and_remove (dir, KEY_FILE);
  overwrite_and_remove (dir, PACKAGE_FILE);
  sync_folder (dir);
}

static bool
wipe_was_begun (const char *dir)
{
  g_autofree char *key = place (dir, KEY_FILE, GONE);
  g_autofree char *package = place (dir, PACKAGE_FILE, GONE);

  return access (key, F_OK) == 0 || access (package, F_OK) == 0;
}

void
ipd_membership_wipe (const char *dir)
{
  set_aside (dir, PACKAGE_FILE);
  finish_wipe (dir);
}

IpdMembership *
ipd_membership_load (const char *dir, guint64 known_version, GError **error)
{
  g_autofree char *path = g_build_filename (dir, PACKAGE_FILE, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GError) failure = NULL;
  g_auto (IpdKeyPair) key = { 0 };
  uint8_t authority_pk[IPD_PK_OCTETS];

  if (wipe_was_begun (dir))
    finish_wipe (dir);
  if (!ipd_paths_read_private (path, PACKAGE_FILE_MAX, &text, NULL, &failure))
    {
      if (!g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  sealed = parse_file (text, authority_pk, error);
  if (sealed == NULL || !ipd_membership_key (dir, &key, error))
    return NULL;
  return ipd_membership_new (&key, authority_pk, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed),
                             known_version, error);
}

const IpdShortId *
ipd_membership_secret (const IpdMembership *self, const IpdId *station)
{
  for (unsigned i = 0; i < self->package.n_sip; i++)
    if (ipd_id_equal (&self->package.sip[i].station, station))
      return &self->package.sip[i].secret;
  return NULL;
}

bool
ipd_membership_licence_holds (const IpdMembership *self)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  return ipd_licence_check (&self->licence, now_s, self->directory.time) == IPD_LICENCE_OK;
}

void
ipd_membership_free (IpdMembership *self)
{
  if (self == NULL)
    return;
  ipd_enrol_package_clear (&self->package);
  ipd_directory_clear (&self->directory);
  ipd_key_pair_clear (&self->key);
  g_free (self);
}
