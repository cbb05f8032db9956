// SPDX-License-Identifier: Apache-2.0
/*
 * Expands the steps of an opening and sends them through ipdoor-http-helper; says what the answer means by the driver's
 * own table. Main context only.
 */
#include "agent/vendor-http.h"

#include <string.h>

#include "agent/http-child.h"
#include "agent/vendor-station.h"
#include "wire/secret.h"

#define HTTPS_PORT 443

struct _IpdVendorHttp {
  IpdStation *station;
  const IpdDriverOpening *opening;
  IpdOutputId output;
  unsigned step;
  GHashTable *taken; /* name -> value, of the answers so far */
  GCancellable *cancellable;
  guint start;
  IpdVendorHttpDone done;
  gpointer user_data;
};

static void
finish (IpdVendorHttp *self, IpdVendorHttpEnd end, IpdRefusal refusal)
{
  self->done (end, refusal, self->user_data); /* frees us */
}

static bool
is_last (const IpdVendorHttp *self)
{
  return self->step + 1 >= self->opening->n_steps;
}

static const IpdDriverStep *
step_of (const IpdVendorHttp *self)
{
  return &self->opening->steps[self->step];
}

static void send_step (IpdVendorHttp *self);

/* ---- what the answer means ---- */

static bool
body_fits (const IpdVendorHttp *self, const IpdHttpReply *reply)
{
  return ipd_driver_body_fits (self->opening, reply->body, strlen (reply->body));
}

static void
judge (IpdVendorHttp *self, const IpdHttpReply *reply)
{
  IpdRefusal refusal = IPD_REFUSAL_NONE;

  switch (ipd_driver_status_means (self->opening, (unsigned) reply->status, &refusal))
    {
    case IPD_DRIVER_OPENED:
      if (body_fits (self, reply))
        finish (self, IPD_VENDOR_HTTP_OPENED, IPD_REFUSAL_NONE);
      else
        finish (self, IPD_VENDOR_HTTP_REFUSED, IPD_REFUSAL_DRIVER);
      return;
    case IPD_DRIVER_REFUSED:
      finish (self, IPD_VENDOR_HTTP_REFUSED, refusal);
      return;
    case IPD_DRIVER_NEXT:
      finish (self, IPD_VENDOR_HTTP_NOTHING, IPD_REFUSAL_NONE);
      return;
    }
}

/* Returns: whether the answer had all that the next steps need. */
static bool
take_values (IpdVendorHttp *self, const IpdHttpReply *reply)
{
  const IpdDriverStep *step = step_of (self);

  for (guint i = 0; step->takes != NULL && step->takes[i] != NULL; i++)
    {
      char *value = ipd_driver_take (reply->body, strlen (reply->body), step->takes[i]);

      if (value == NULL)
        return false;
      g_hash_table_insert (self->taken, g_strdup (step->takes[i]), value);
    }
  return true;
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpdHttpReply) reply = ipd_http_request_finish (result, &error);
  IpdVendorHttp *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* freed */
  if (reply == NULL && is_last (self) && ipd_http_may_have_arrived (result))
    finish (self, IPD_VENDOR_HTTP_NO_ANSWER, IPD_REFUSAL_NONE);
  else if (reply == NULL)
    finish (self, IPD_VENDOR_HTTP_NOBODY, IPD_REFUSAL_NONE);
  else if (is_last (self))
    judge (self, reply);
  else if (reply->status / 100 != 2 || !take_values (self, reply))
    finish (self, IPD_VENDOR_HTTP_NOTHING, IPD_REFUSAL_NONE);
  else
    {
      self->step++;
      send_step (self);
    }
}

/* ---- asking ---- */

static char *
expand (const IpdVendorHttp *self, const char *text, IpdDriverPlace place, GError **error)
{
  return ipd_vendor_station_expand (self->station, &self->output, self->taken, text, place, error);
}

static void
send_step (IpdVendorHttp *self)
{
  static const IpdHttpAuth auths[] = { [IPD_DRIVER_AUTH_NONE] = IPD_HTTP_AUTH_NONE,
                                       [IPD_DRIVER_AUTH_BASIC] = IPD_HTTP_AUTH_BASIC,
                                       [IPD_DRIVER_AUTH_DIGEST] = IPD_HTTP_AUTH_DIGEST,
                                       [IPD_DRIVER_AUTH_ANY] = IPD_HTTP_AUTH_ANY,
                                       [IPD_DRIVER_AUTH_BEARER] = IPD_HTTP_AUTH_BEARER };
  const IpdDriverStep *step = step_of (self);
  const IpdEnrolVendor *vendor = self->station->vendor;
  const char *password = vendor != NULL ? vendor->password : NULL;
  g_autoptr (GError) error = NULL;
  char *path = expand (self, step->target, IPD_DRIVER_URL, &error);
  char *body = step->body != NULL && path != NULL ? expand (self, step->body, step->body_place, &error) : NULL;
  const IpdHttpRequest request
      = { .method = step->method,
          .host = self->station->host,
          .port = self->station->http_port,
          .tls = self->station->http_port == HTTPS_PORT,
          .path = path,
          .body = body,
          .type = step->content_type,
          .auth = vendor != NULL ? auths[step->auth] : IPD_HTTP_AUTH_NONE,
          .user = vendor != NULL ? vendor->user : NULL,
          .password = step->auth == IPD_DRIVER_AUTH_BEARER ? g_hash_table_lookup (self->taken, "token") : password };

  if (error == NULL)
    ipd_http_send (&request, self->cancellable, on_reply, self);
  ipd_wipe_string (path);
  ipd_wipe_string (body);
  if (error == NULL)
    return;
  g_warning ("%s: the driver's request: %s", self->station->device->id.s, error->message);
  finish (self, IPD_VENDOR_HTTP_NOTHING, IPD_REFUSAL_NONE);
}

static gboolean
on_start (gpointer user_data)
{
  IpdVendorHttp *self = user_data;

  self->start = 0;
  send_step (self);
  return G_SOURCE_REMOVE;
}

static void
wipe_value (gpointer value)
{
  ipd_wipe_string (value);
}

IpdVendorHttp *
ipd_vendor_http_new (IpdStation *station, const IpdDriverOpening *opening, const IpdOutputId *output,
                     IpdVendorHttpDone done, gpointer user_data)
{
  IpdVendorHttp *self = g_new0 (IpdVendorHttp, 1);

  self->station = station;
  self->opening = opening;
  self->output = *output;
  self->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, wipe_value);
  self->cancellable = g_cancellable_new ();
  self->done = done;
  self->user_data = user_data;
  self->start = g_idle_add (on_start, self);
  return self;
}

void
ipd_vendor_http_free (IpdVendorHttp *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->start, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->taken);
  g_free (self);
}
