// SPDX-License-Identifier: Apache-2.0
/*
 * Registrations of SIP phones. Owned by IpdStation; fed by its SIP events.
 */
#include "station/phones.h"

#include "wire/derived-id.h"

#include <string.h>

struct _IpdPhones {
  const IpdClock *clock;
  GPtrArray *list; /* of IpdPhone */
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

IpdPhones *
ipd_phones_new (const IpdStationConfig *config, const IpdId *plant, const IpdClock *clock)
{
  IpdPhones *self = g_new0 (IpdPhones, 1);
  self->clock = clock;
  self->list = g_ptr_array_new_with_free_func (phone_free);
  for (guint i = 0; i < config->phones->len; i++)
    {
      IpdPhone *phone = g_new0 (IpdPhone, 1);
      phone->config = config->phones->pdata[i];
      phone->leg = ipd_id_of_phone (plant, phone->config->id);
      ipd_name_set (&phone->name, phone->config->name);
      g_ptr_array_add (self->list, phone);
    }
  return self;
}

void
ipd_phones_free (IpdPhones *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->list);
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
