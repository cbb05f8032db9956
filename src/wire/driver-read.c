// SPDX-License-Identifier: Apache-2.0
/*
 * Reads driver files of third-party stations. Called once for each at the start of the agent and of a broker station,
 * and by the fuzzer with anything. Any thread.
 */

#include "core/words.h"
#include "wire/driver-private.h"
#include "wire/json-private.h"

#include <string.h>

#define WORD_MAX     32
#define TITLE_MAX    64
#define TAKES_MAX    8
#define STATUSES_MAX 16
#define MS_DEFAULT   250
#define SETTLE_MS    500

static const char *const preview_words[] = { "none", "183", "180-183", "2xx", "rtsp", "mjpeg", "still" };
static const char *const auth_words[] = { "none", "basic", "digest", "any", "bearer" };
static const char *const way_words[] = { "http", "digits", "call" };
static const char *const methods[] = { "GET", "POST", "PUT" };

/* --- members --- */

static gboolean
bad (GError **error, const char *member)
{
  g_set_error (error, IPD_WIRE_ERROR, IPD_WIRE_ERROR_MEMBER, "\"%s\" is missing or cannot be used", member);
  return FALSE;
}

static gboolean
read_word (JsonObject *object, const char *member, const char *const *words, unsigned n_words, unsigned *ret_index)
{
  return ipd_words_find (words, n_words, ipd_json_get_string (object, member, WORD_MAX), ret_index);
}

/* Members that may be left away: %TRUE, and the value as it was, when there is none. */

static gboolean
maybe_bool (JsonObject *object, const char *member, gboolean *value, GError **error)
{
  bool read;

  if (!json_object_has_member (object, member))
    return TRUE;
  if (!ipd_json_get_bool (object, member, &read))
    return bad (error, member);
  *value = read;
  return TRUE;
}

static gboolean
maybe_number (JsonObject *object, const char *member, uint64_t max, uint64_t *value, GError **error)
{
  if (!json_object_has_member (object, member) || ipd_json_get_uint (object, member, 0, max, value))
    return TRUE;
  return bad (error, member);
}

static gboolean
maybe_template (JsonObject *object, const char *member, GPtrArray *taken, char **value, GError **error)
{
  if (!json_object_has_member (object, member))
    return TRUE;
  const char *text = ipd_json_get_string (object, member, IPD_DRIVER_TEXT_MAX);
  if (text == NULL || text[0] == '\0' || !ipd_driver_template_fits (text, taken))
    return bad (error, member);
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
maybe_object (JsonObject *object, const char *member, JsonObject **ret_object, GError **error)
{
  *ret_object = ipd_json_get_object (object, member);
  return *ret_object != NULL || !json_object_has_member (object, member) || bad (error, member);
}

static gboolean
maybe_array (JsonObject *object, const char *member, guint max, JsonArray **ret_array, GError **error)
{
  *ret_array = ipd_json_get_array (object, member, max);
  return *ret_array != NULL || !json_object_has_member (object, member) || bad (error, member);
}

/* --- openings --- */

/* application/json and its kin, application/xml and its kin, forms; all else is plain. */
static IpdDriverPlace
place_of (const char *content_type)
{
  if (content_type == NULL)
    return IPD_DRIVER_PLAIN;
  g_autofree char *type = g_ascii_strdown (content_type, -1);
  if (strstr (type, "json") != NULL)
    return IPD_DRIVER_JSON;
  if (strstr (type, "xml") != NULL)
    return IPD_DRIVER_XML;
  return strstr (type, "urlencoded") != NULL ? IPD_DRIVER_URL : IPD_DRIVER_PLAIN;
}

static gboolean
take_name (JsonArray *names, guint index, GPtrArray *taken, GError **error)
{
  const char *name = ipd_json_element_string (names, index, WORD_MAX);
  if (name == NULL || name[0] == '\0' || strpbrk (name, "{}:<>\" ") != NULL)
    return bad (error, "takes");
  g_ptr_array_add (taken, g_strdup (name));
  return TRUE;
}

static gboolean
read_takes (JsonObject *object, IpdDriverStep *step, GPtrArray *taken, GError **error)
{
  JsonArray *names;
  guint before = taken->len;

  if (!maybe_array (object, "takes", TAKES_MAX, &names, error))
    return FALSE;
  if (names == NULL)
    return TRUE;
  for (guint i = 0; i < json_array_get_length (names); i++)
    if (!take_name (names, i, taken, error))
      return FALSE;
  GStrvBuilder *builder = g_strv_builder_new ();
  for (guint i = before; i < taken->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (taken, i));
  step->takes = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return TRUE;
}

static gboolean
read_auth (JsonObject *object, IpdDriverStep *step, GPtrArray *taken, GError **error)
{
  unsigned auth = IPD_DRIVER_AUTH_NONE;

  if (json_object_has_member (object, "auth")
      && !read_word (object, "auth", auth_words, G_N_ELEMENTS (auth_words), &auth))
    return bad (error, "auth");
  step->auth = (IpdDriverAuth) auth;
  if (step->auth == IPD_DRIVER_AUTH_BEARER && !g_ptr_array_find_with_equal_func (taken, "token", g_str_equal, NULL))
    return bad (error, "auth"); /* nothing gave a token */
  return TRUE;
}

static gboolean
read_step (JsonObject *object, IpdDriverStep *step, GPtrArray *taken, GError **error)
{
  unsigned method;

  if (object == NULL || !read_word (object, "method", methods, G_N_ELEMENTS (methods), &method))
    return bad (error, "method");
  step->method = g_strdup (methods[method]);
  if (!maybe_template (object, "target", taken, &step->target, error)
      || !maybe_template (object, "body", taken, &step->body, error) || !read_auth (object, step, taken, error))
    return FALSE;
  if (step->target == NULL || step->target[0] != '/')
    return bad (error, "target");
  const char *type = ipd_json_get_string (object, "content-type", WORD_MAX * 2);
  if ((type != NULL) != (step->body != NULL) || (type != NULL && strpbrk (type, "\r\n") != NULL))
    return bad (error, "content-type");
  step->content_type = g_strdup (type);
  step->body_place = place_of (type);
  return read_takes (object, step, taken, error);
}

static gboolean
read_steps (JsonObject *object, IpdDriverOpening *opening, GError **error)
{
  g_autoptr (GPtrArray) taken = g_ptr_array_new_with_free_func (g_free);
  JsonArray *steps = ipd_json_get_array (object, "steps", IPD_DRIVER_STEPS_MAX);
  gboolean good = TRUE;

  if (steps == NULL || json_array_get_length (steps) == 0)
    return bad (error, "steps");
  for (guint i = 0; good && i < json_array_get_length (steps); i++)
    good = read_step (ipd_json_element_object (steps, i), &opening->steps[opening->n_steps++], taken, error);
  return good;
}

static gboolean
read_status (JsonObject *object, IpdDriverStatus *status, GError **error)
{
  uint64_t number;

  if (object == NULL || !ipd_json_get_uint (object, "status", 100, 599, &number))
    return bad (error, "status");
  const char *means = ipd_json_get_string (object, "means", WORD_MAX);
  *status = (IpdDriverStatus){ .status = (uint16_t) number, .meaning = IPD_DRIVER_REFUSED };
  if (g_strcmp0 (means, "opened") == 0)
    status->meaning = IPD_DRIVER_OPENED;
  else if (g_strcmp0 (means, "next") == 0)
    status->meaning = IPD_DRIVER_NEXT;
  else if (!ipd_refusal_from_string (means, &status->refusal) || status->refusal == IPD_REFUSAL_NONE)
    return bad (error, "means");
  return TRUE;
}

static gboolean
read_statuses (JsonObject *object, IpdDriverOpening *opening, GError **error)
{
  JsonArray *statuses;
  gboolean good = maybe_array (object, "statuses", STATUSES_MAX, &statuses, error);

  if (!good || statuses == NULL)
    return good;
  opening->n_statuses = json_array_get_length (statuses);
  opening->statuses = g_new0 (IpdDriverStatus, opening->n_statuses);
  for (guint i = 0; good && i < opening->n_statuses; i++)
    good = read_status (ipd_json_element_object (statuses, i), &opening->statuses[i], error);
  return good;
}

static gboolean
read_opening (JsonObject *object, IpdDriverOpening *opening, GError **error)
{
  unsigned way;

  if (object == NULL || !read_word (object, "way", way_words, G_N_ELEMENTS (way_words), &way))
    return bad (error, "way");
  opening->way = (IpdDriverWay) way;
  if (opening->way != IPD_DRIVER_BY_HTTP)
    return TRUE;
  const char *has = ipd_json_get_string (object, "body-has", IPD_DRIVER_TEXT_MAX);
  if (has == NULL && json_object_has_member (object, "body-has"))
    return bad (error, "body-has");
  opening->body_has = g_strdup (has);
  return read_steps (object, opening, error) && read_statuses (object, opening, error);
}

static gboolean
read_openings (JsonObject *object, IpdDriver *driver, GError **error)
{
  JsonArray *openings;
  gboolean good = maybe_array (object, "openings", IPD_DRIVER_OPENINGS_MAX, &openings, error);

  for (guint i = 0; good && openings != NULL && i < json_array_get_length (openings); i++)
    good = read_opening (ipd_json_element_object (openings, i), &driver->openings[driver->n_openings++], error);
  return good;
}

/* --- the rest --- */

static gboolean
starts_with_any (const char *uri, const char *scheme, const char *other)
{
  return g_str_has_prefix (uri, scheme) || (other != NULL && g_str_has_prefix (uri, other));
}

/* A picture from somewhere needs to say where, and any other one must not. */
static gboolean
uri_fits (const IpdDriver *driver)
{
  switch (driver->preview)
    {
    case IPD_DRIVER_PREVIEW_RTSP:
      return driver->ring_uri != NULL && starts_with_any (driver->ring_uri, "rtsp://", NULL);
    case IPD_DRIVER_PREVIEW_MJPEG:
    case IPD_DRIVER_PREVIEW_STILL:
      return driver->ring_uri != NULL && starts_with_any (driver->ring_uri, "http://", "https://");
    case IPD_DRIVER_PREVIEW_NONE:
    case IPD_DRIVER_PREVIEW_183:
    case IPD_DRIVER_PREVIEW_180_183:
    case IPD_DRIVER_PREVIEW_2XX:
      break;
    }
  return driver->ring_uri == NULL;
}

static gboolean
read_preview (JsonObject *object, IpdDriver *driver, GError **error)
{
  JsonObject *preview = ipd_json_get_object (object, "preview");
  unsigned mode;

  if (preview == NULL || !read_word (preview, "mode", preview_words, G_N_ELEMENTS (preview_words), &mode))
    return bad (error, "preview");
  driver->preview = (IpdDriverPreview) mode;
  if (!maybe_template (preview, "uri", NULL, &driver->ring_uri, error)
      || !maybe_template (object, "stream", NULL, &driver->stream_uri, error))
    return FALSE;
  if (driver->stream_uri != NULL && !starts_with_any (driver->stream_uri, "rtsp://", NULL))
    return bad (error, "stream");
  return uri_fits (driver) || bad (error, "uri");
}

static gboolean
maybe_digits (JsonObject *object, const char *member, char *ret_digits, size_t size, GError **error)
{
  if (!json_object_has_member (object, member))
    return TRUE;
  const char *digits = ipd_json_get_string (object, member, size - 1);
  if (digits == NULL || (digits[0] != '\0' && !ipd_dtmf_digits_valid (digits, size - 1)))
    return bad (error, member);
  g_strlcpy (ret_digits, digits, size);
  return TRUE;
}

static gboolean
read_digits (JsonObject *object, IpdDriverDigits *digits, GError **error)
{
  uint64_t duration = MS_DEFAULT, gap = MS_DEFAULT, settle = SETTLE_MS;
  JsonObject *member;

  if (!maybe_object (object, "digits", &member, error))
    return FALSE;
  if (member != NULL)
    {
      const char *dialect = ipd_json_get_string (member, "dialect", WORD_MAX);
      if (!ipd_dtmf_dialect_from_string (dialect, &digits->dialect))
        return bad (error, "dialect");
      if (!maybe_number (member, "duration-ms", IPD_DTMF_MS_MAX, &duration, error)
          || !maybe_number (member, "gap-ms", IPD_DTMF_MS_MAX, &gap, error)
          || !maybe_number (member, "settle-ms", IPD_DTMF_MS_MAX, &settle, error)
          || !maybe_digits (member, "prefix", digits->prefix, sizeof digits->prefix, error)
          || !maybe_digits (member, "suffix", digits->suffix, sizeof digits->suffix, error))
        return FALSE;
      if (duration == 0)
        return bad (error, "duration-ms");
    }
  digits->duration_ms = (uint16_t) duration;
  digits->gap_ms = (uint16_t) gap;
  digits->settle_ms = (uint16_t) settle;
  return TRUE;
}

static gboolean
read_limits (JsonObject *object, IpdDriverLimits *limits, GError **error)
{
  uint64_t interval = 0, talk = 0;
  JsonObject *member;

  limits->auto_stream = TRUE;
  if (!maybe_object (object, "limits", &member, error))
    return FALSE;
  if (member != NULL
      && (!maybe_bool (member, "auto-stream", &limits->auto_stream, error)
          || !maybe_number (member, "sip-interval-ms", 60000, &interval, error)
          || !maybe_number (member, "talk-s", 86400, &talk, error)))
    return FALSE;
  limits->sip_interval_ms = (uint32_t) interval;
  limits->talk_s = (uint32_t) talk;
  return TRUE;
}

IpdDriver *
ipd_driver_read (const char *name, const char *json, size_t length, GError **error)
{
  g_autoptr (JsonObject) object = ipd_json_parse (json, length, IPD_DRIVER_MAX, error);

  if (object == NULL)
    return NULL;
  g_autoptr (IpdDriver) driver = g_new0 (IpdDriver, 1);
  const char *title = ipd_json_get_string (object, "title", TITLE_MAX);
  if (!ipd_driver_name_valid (name) || title == NULL || title[0] == '\0')
    {
      bad (error, title == NULL ? "title" : name);
      return NULL;
    }
  g_strlcpy (driver->name, name, sizeof driver->name);
  driver->title = g_strdup (title);
  driver->look_out = TRUE;
  driver->hold = TRUE;
  if (!maybe_bool (object, "look-out", &driver->look_out, error) || !maybe_bool (object, "hold", &driver->hold, error)
      || !maybe_bool (object, "key-frame-info", &driver->key_frame_info, error) || !read_preview (object, driver, error)
      || !read_openings (object, driver, error) || !read_digits (object, &driver->digits, error)
      || !read_limits (object, &driver->limits, error))
    return NULL;
  return g_steal_pointer (&driver);
}
