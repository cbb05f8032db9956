// SPDX-License-Identifier: Apache-2.0
/*
 * Sets of roles to words and back. Used by identity, directory and TXT. Any thread.
 */

#include "wire/roles-private.h"

#include <string.h>

#define ROLES_MAX     16 /* words in an array */
#define ROLE_WORD_MAX 32

static const IpdRoles all_roles[]
    = { IPD_ROLE_OUTDOOR, IPD_ROLE_INDOOR, IPD_ROLE_BROKER, IPD_ROLE_LIFT, IPD_ROLE_READER };

void
ipd_json_set_roles (JsonObject *object, const char *member, IpdRoles roles)
{
  JsonArray *array = json_array_new ();
  for (size_t i = 0; i < G_N_ELEMENTS (all_roles); i++)
    if ((roles & all_roles[i]) != 0)
      json_array_add_string_element (array, ipd_role_to_string (all_roles[i]));
  json_object_set_array_member (object, member, array);
}

gboolean
ipd_json_get_roles (JsonObject *object, const char *member, IpdRoles *ret_roles)
{
  JsonArray *array = ipd_json_get_array (object, member, ROLES_MAX);
  IpdRoles roles = IPD_ROLE_NONE, role;

  if (array == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *word = ipd_json_element_string (array, i, ROLE_WORD_MAX);
      if (word == NULL)
        return FALSE;
      if (ipd_role_from_string (word, &role))
        roles |= role;
    }
  *ret_roles = roles;
  return TRUE;
}

char *
ipd_roles_write (IpdRoles roles)
{
  GString *text = g_string_new (NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (all_roles); i++)
    if ((roles & all_roles[i]) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", ipd_role_to_string (all_roles[i]));
  return g_string_free (text, FALSE);
}

IpdRoles
ipd_roles_read (const char *text, size_t length)
{
  IpdRoles roles = IPD_ROLE_NONE, role;
  char word[ROLE_WORD_MAX];
  size_t n = 0;

  for (size_t i = 0; i <= length; i++)
    {
      if (i < length && text[i] != ',')
        {
          if (n < sizeof word)
            word[n++] = text[i];
          continue;
        }
      if (n < sizeof word)
        {
          word[n] = '\0';
          if (ipd_role_from_string (word, &role))
            roles |= role;
        }
      n = 0;
    }
  return roles;
}
