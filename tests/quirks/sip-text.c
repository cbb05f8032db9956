// SPDX-License-Identifier: Apache-2.0
/* Reads and writes SIP text. Used by the endpoint and the station, in the main loop. */
#include "sip-text.h"

#include <stdlib.h>
#include <string.h>

static const char *
long_name (const char *name)
{
  static const char *const forms[][2] = {
    { "v", "Via" },
    { "f", "From" },
    { "t", "To" },
    { "i", "Call-ID" },
    { "m", "Contact" },
    { "c", "Content-Type" },
    { "k", "Supported" },
    { "s", "Subject" },
    { "l", "Content-Length" },
    { "x", "Session-Expires" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_ascii_strcasecmp (name, forms[i][0]) == 0)
      return forms[i][1];
  return name;
}

static bool
read_start (QuirkSip *sip, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (g_strv_length (words) < 2)
    return false;
  if (g_str_equal (words[0], "SIP/2.0"))
    {
      sip->status = atoi (words[1]);
      return sip->status >= 100 && sip->status < 700;
    }
  if (words[2] == NULL || !g_str_equal (words[2], "SIP/2.0"))
    return false;
  sip->method = g_strdup (words[0]);
  sip->uri = g_strdup (words[1]);
  return true;
}

static void
read_header (QuirkSip *sip, const char *line)
{
  const char *colon = strchr (line, ':');

  if ((*line == ' ' || *line == '\t') && sip->values->len > 0)
    { /* folded */
      char **last = (char **) &sip->values->pdata[sip->values->len - 1];
      char *joined = g_strconcat (*last, " ", line + 1, NULL);
      g_free (*last);
      *last = joined;
    }
  else if (colon != NULL)
    {
      g_autofree char *name = g_strstrip (g_strndup (line, (gsize) (colon - line)));
      g_ptr_array_add (sip->names, g_strdup (long_name (name)));
      g_ptr_array_add (sip->values, g_strstrip (g_strdup (colon + 1)));
    }
}

QuirkSip *
quirk_sip_read (const char *text, gsize len)
{
  g_autofree char *copy = g_strndup (text, len);
  char *end = strstr (copy, "\r\n\r\n");
  g_autoptr (QuirkSip) sip = g_new0 (QuirkSip, 1);
  g_auto (GStrv) lines = NULL;

  sip->names = g_ptr_array_new_with_free_func (g_free);
  sip->values = g_ptr_array_new_with_free_func (g_free);
  if (end == NULL)
    return NULL;
  sip->body = g_strdup (end + 4);
  *end = '\0';
  lines = g_strsplit (copy, "\r\n", -1);
  if (!read_start (sip, lines[0]))
    return NULL;
  for (guint i = 1; lines[i] != NULL; i++)
    read_header (sip, lines[i]);
  return g_steal_pointer (&sip);
}

void
quirk_sip_free (QuirkSip *sip)
{
  g_free (sip->method);
  g_free (sip->uri);
  g_free (sip->body);
  g_ptr_array_unref (sip->names);
  g_ptr_array_unref (sip->values);
  g_free (sip);
}

const char *
quirk_sip_header (const QuirkSip *sip, const char *name)
{
  for (guint i = 0; i < sip->names->len; i++)
    if (g_ascii_strcasecmp (g_ptr_array_index (sip->names, i), name) == 0)
      return g_ptr_array_index (sip->values, i);
  return "";
}

guint
quirk_sip_cseq (const QuirkSip *sip, const char **ret_method)
{
  const char *value = quirk_sip_header (sip, "CSeq");
  char *end = NULL;
  guint number = (guint) strtoul (value, &end, 10);

  if (ret_method != NULL)
    *ret_method = end + strspn (end, " \t");
  return number;
}

char *
quirk_sip_tag (const char *header)
{
  const char *after = strchr (header, '>');
  const char *tag = strstr (after ? after : header, ";tag=");

  if (tag == NULL)
    return g_strdup ("");
  return g_strndup (tag + 5, strcspn (tag + 5, "; \t,"));
}

char *
quirk_sip_uri (const char *header)
{
  const char *open = strchr (header, '<');

  if (open != NULL)
    return g_strndup (open + 1, strcspn (open + 1, ">"));
  return g_strndup (header, strcspn (header, "; \t"));
}

bool
quirk_sip_lists (const char *header, const char *word)
{
  g_auto (GStrv) items = g_strsplit (header, ",", -1);

  for (guint i = 0; items[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (items[i]), word) == 0)
      return true;
  return false;
}

GString *
quirk_sip_answer (const QuirkSip *request, int status, const char *reason, const char *to_tag)
{
  GString *text = g_string_new (NULL);
  g_autofree char *tag = quirk_sip_tag (quirk_sip_header (request, "To"));

  g_string_printf (text, "SIP/2.0 %d %s\r\n", status, reason);
  for (guint i = 0; i < request->names->len; i++)
    if (g_ascii_strcasecmp (g_ptr_array_index (request->names, i), "Via") == 0)
      g_string_append_printf (text, "Via: %s\r\n", (char *) g_ptr_array_index (request->values, i));
  g_string_append_printf (text, "From: %s\r\nTo: %s", quirk_sip_header (request, "From"),
                          quirk_sip_header (request, "To"));
  if (*tag == '\0' && to_tag != NULL && status > 100)
    g_string_append_printf (text, ";tag=%s", to_tag);
  g_string_append_printf (text, "\r\nCall-ID: %s\r\nCSeq: %s\r\n", quirk_sip_header (request, "Call-ID"),
                          quirk_sip_header (request, "CSeq"));
  return text;
}

void
quirk_sip_finish (GString *message, const char *content_type, const char *body)
{
  if (body != NULL)
    g_string_append_printf (message, "Content-Type: %s\r\n", content_type);
  g_string_append_printf (message, "Content-Length: %zu\r\n\r\n%s", body ? strlen (body) : 0, body ? body : "");
}
