// SPDX-License-Identifier: Apache-2.0
/*
 * Registrations of SIP phones. Owned by IpdStation; fed by its SIP events.
 * As with clients (registrar.c), the file is written only when a phone moved; after a restart what it says counts for
 * one more registration period.
 */
#include "station/phones.h"

#include "platform/paths.h"
#include "wire/derived-id.h"

#include <string.h>

#define FILE_MAX 65536 /* octets */

struct _IpdPhones {
  const IpdClock *clock;
  GPtrArray *list; /* of IpdPhone */
  char *path;
};

static void
forget (IpdPhone *self)
{
  g_clear_pointer (&self->contact_user, g_free);
  g_clear_pointer (&self->contact_params, g_free);
  g_clear_pointer (&self->contact_host, g_free);
  g_clear_pointer (&self->source_host, g_free);
  self->expires_us = 0;
}

static void
phone_free (gpointer data)
{
  forget (data);
  g_free (data);
}

/* ---- the file: a group for each phone that is registered ---- */

static void
save (const IpdPhones *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < self->list->len; i++)
    {
      const IpdPhone *phone = self->list->pdata[i];
      const char *group = phone->config->id;
      if (phone->contact_user == NULL)
        continue;
      g_key_file_set_string (file, group, "contact-user", phone->contact_user);
      g_key_file_set_string (file, group, "contact-params", phone->contact_params != NULL ? phone->contact_params : "");
      g_key_file_set_string (file, group, "contact-host", phone->contact_host);
      g_key_file_set_integer (file, group, "contact-port", phone->contact_port);
      g_key_file_set_string (file, group, "source-host", phone->source_host);
      g_key_file_set_integer (file, group, "source-port", phone->source_port);
    }
  g_autofree char *text = g_key_file_to_data (file, NULL, NULL);
  if (!ipd_paths_write_private (self->path, text, -1, &error))
    g_warning ("the registrations of phones will not survive a restart: %s", error->message);
}

static void
load_phone (const IpdPhones *self, GKeyFile *file, IpdPhone *phone)
{
  const char *group = phone->config->id;
  g_autofree char *params = g_key_file_get_string (file, group, "contact-params", NULL);
  phone->contact_user = g_key_file_get_string (file, group, "contact-user", NULL);
  phone->contact_params = params != NULL && *params != '\0' ? g_steal_pointer (&params) : NULL;
  phone->contact_host = g_key_file_get_string (file, group, "contact-host", NULL);
  phone->contact_port = (guint16) g_key_file_get_integer (file, group, "contact-port", NULL);
  phone->source_host = g_key_file_get_string (file, group, "source-host", NULL);
  phone->source_port = (guint16) g_key_file_get_integer (file, group, "source-port", NULL);
  phone->expires_us = ipd_clock_monotonic_us (self->clock) + IPD_SIP_EXPIRES * G_USEC_PER_SEC;
  if (phone->contact_user == NULL || phone->contact_host == NULL || phone->source_host == NULL)
    forget (phone);
}

/* A file that is not there, or that somebody spoiled, costs one registration period and no more. */
static void
load (IpdPhones *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length = 0;
  if (!ipd_paths_read_private (self->path, FILE_MAX, &text, &length, NULL)
      || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    return;
  for (guint i = 0; i < self->list->len; i++)
    load_phone (self, file, self->list->pdata[i]);
}

IpdPhones *
ipd_phones_new (const IpdStationConfig *config, const IpdId *plant, const IpdClock *clock, const char *state_dir)
{
  IpdPhones *self = g_new0 (IpdPhones, 1);
  self->clock = clock;
  self->path = g_build_filename (state_dir, "phones", NULL);
  self->list = g_ptr_array_new_with_free_func (phone_free);
  for (guint i = 0; i < config->phones->len; i++)
    {
      IpdPhone *phone = g_new0 (IpdPhone, 1);
      phone->config = config->phones->pdata[i];
      phone->leg = ipd_id_of_phone (plant, phone->config->id);
      ipd_name_set (&phone->name, phone->config->name);
      g_ptr_array_add (self->list, phone);
    }
  load (self);
  return self;
}

void
ipd_phones_free (IpdPhones *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->list);
  g_free (self->path);
  g_free (self);
}

const char *
ipd_phones_secret (const IpdStationConfig *config, const char *user)
{
  for (guint i = 0; i < config->phones->len; i++)
    {
      const IpdPhoneConfig *phone = config->phones->pdata[i];
      if (g_str_equal (phone->id, user))
        return phone->secret;
    }
  return NULL;
}

static IpdPhone *
by_user (const IpdPhones *self, const char *user)
{
  for (guint i = 0; user != NULL && i < self->list->len; i++)
    {
      IpdPhone *phone = self->list->pdata[i];
      if (g_str_equal (phone->config->id, user))
        return phone;
    }
  return NULL;
}

const IpdPhone *
ipd_phones_by_user (const IpdPhones *self, const char *user)
{
  return by_user (self, user);
}

static gboolean
is_same_place (const IpdPhone *phone, const IpdSipEvent *request)
{
  return g_strcmp0 (phone->contact_user, request->contact_user) == 0
         && g_strcmp0 (phone->contact_params, request->contact_params) == 0
         && g_strcmp0 (phone->contact_host, request->contact_host) == 0 && phone->contact_port == request->contact_port
         && g_strcmp0 (phone->source_host, request->source_host) == 0 && phone->source_port == request->source_port;
}

static void
move_to (IpdPhone *phone, const IpdSipEvent *request)
{
  forget (phone);
  phone->contact_user = g_strdup (request->contact_user);
  phone->contact_params = g_strdup (request->contact_params);
  phone->contact_host = g_strdup (request->contact_host);
  phone->contact_port = request->contact_port;
  phone->source_host = g_strdup (request->source_host);
  phone->source_port = request->source_port;
}

/* A phone that starts again may take away a Contact that it had before: only the one that counts is looked at. */
static IpdRegistrarVerdict
take_away (const IpdPhones *self, IpdPhone *phone, const IpdSipEvent *request)
{
  gboolean all = g_strcmp0 (request->contact_user, "*") == 0;
  gboolean named = g_strcmp0 (request->contact_user, phone->contact_user) == 0
                   && g_strcmp0 (request->contact_host, phone->contact_host) == 0
                   && request->contact_port == phone->contact_port;
  if (!ipd_phones_is_registered (self, phone) || (!all && !named))
    return IPD_REGISTRAR_REFRESHED;
  forget (phone);
  save (self);
  return IPD_REGISTRAR_GONE;
}

IpdRegistrarVerdict
ipd_phones_take (IpdPhones *self, const IpdSipEvent *request, guint *ret_expires)
{
  IpdPhone *phone = by_user (self, request->from_user);
  *ret_expires = 0;
  if (phone == NULL || request->contact_user == NULL || request->source_host == NULL)
    return IPD_REGISTRAR_REFUSED;
  if (request->expires == 0)
    return take_away (self, phone, request);
  if (request->contact_host == NULL)
    return IPD_REGISTRAR_REFUSED;
  gboolean refreshed = ipd_phones_is_registered (self, phone) && is_same_place (phone, request);
  if (!refreshed)
    move_to (phone, request);
  *ret_expires = MIN (request->expires, IPD_SIP_EXPIRES);
  phone->expires_us = ipd_clock_monotonic_us (self->clock) + *ret_expires * G_USEC_PER_SEC;
  if (!refreshed)
    save (self);
  return refreshed ? IPD_REGISTRAR_REFRESHED : IPD_REGISTRAR_NEW;
}

const IpdPhone *
ipd_phones_find (const IpdPhones *self, const IpdId *leg)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      const IpdPhone *phone = self->list->pdata[i];
      if (ipd_id_equal (&phone->leg, leg))
        return phone;
    }
  return NULL;
}

gboolean
ipd_phones_is_registered (const IpdPhones *self, const IpdPhone *phone)
{
  return phone->contact_user != NULL && phone->expires_us > ipd_clock_monotonic_us (self->clock);
}

const GPtrArray *
ipd_phones_list (const IpdPhones *self)
{
  return self->list;
}
