// SPDX-License-Identifier: Apache-2.0
/* The media of a visit's session, which owns it; main thread. */
#include "desktop/visit-media.h"

#include "desktop/trace.h"

/* Beside a conversation the chime must be noticed, not drown it. */
#define ASIDE_VOLUME 0.15

struct _IpdVisitMedia {
  IpdAgentLink *link;
  char *visit;
  IpdMediaClient *client; /* (nullable): not open */
  IpdVideoPaintable *video;
  gboolean muted;
  double volume;
  void (*event) (IpdMediaEvent event, gpointer data);
  gpointer data;
};

IpdVisitMedia *
ipd_visit_media_new (IpdAgentLink *link, const char *visit, void (*event) (IpdMediaEvent event, gpointer data),
                     gpointer data)
{
  IpdVisitMedia *self = g_new0 (IpdVisitMedia, 1);

  self->link = link;
  self->visit = g_strdup (visit);
  self->video = ipd_video_paintable_new ();
  self->volume = 1;
  self->event = event;
  self->data = data;
  return self;
}

void
ipd_visit_media_free (IpdVisitMedia *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->client, ipd_media_client_free);
  g_clear_object (&self->video);
  g_free (self->visit);
  g_free (self);
}

IpdVideoPaintable *
ipd_visit_media_get_video (IpdVisitMedia *self)
{
  return self->video;
}

gboolean
ipd_visit_media_is_open (const IpdVisitMedia *self)
{
  return self->client != NULL;
}

static void
on_frame (IpdMediaClient *client, const IpdVideoFrame *frame, gpointer user_data)
{
  ipd_video_paintable_show (((IpdVisitMedia *) user_data)->video, frame);
}

static void
on_event (IpdMediaClient *client, IpdMediaEvent event, const char *detail, gpointer user_data)
{
  IpdVisitMedia *self = user_data;

  ipd_agent_link_report_media (self->link, self->visit, ipd_media_event_name (event), detail);
  self->event (event, self->data);
}

/* A client that is there goes on with what changed: its picture knows parameter sets that may never come again. */
static gboolean
take_params (IpdVisitMedia *self, const IpdMediaParams *params, GError **error)
{
  const IpdMediaClientHandlers handlers = { on_frame, on_event };

  if (self->client == NULL)
    self->client = ipd_media_client_new (params, &handlers, self, error);
  else if (!ipd_media_client_change (self->client, params, error))
    g_clear_pointer (&self->client, ipd_media_client_free);
  return self->client != NULL;
}

gboolean
ipd_visit_media_open (IpdVisitMedia *self, const IpdDeskVisit *visit, GError **error)
{
  IpdMediaParams params = { 0 };
  gboolean ok;

  if (!ipd_agent_link_open_media (self->link, self->visit, &params, error))
    {
      g_clear_pointer (&self->client, ipd_media_client_free);
      return FALSE;
    }
  ipd_trace ("media-opened");
  ok = take_params (self, &params, error);
  ipd_agent_link_close_media (&params);
  if (!ok)
    return FALSE;
  ipd_media_client_set_muted (self->client, self->muted);
  ipd_visit_media_follow (self, visit, FALSE);
  ipd_media_client_start (self->client);
  ipd_trace ("media-started");
  return TRUE;
}

void
ipd_visit_media_follow (IpdVisitMedia *self, const IpdDeskVisit *visit, gboolean aside)
{
  gboolean held = visit->state == IPD_DESK_STATE_HELD;
  gboolean rings = ipd_desk_visit_waits (visit);

  if (self->client == NULL)
    return;
  ipd_media_client_set_volume (self->client, rings && aside ? ASIDE_VOLUME : self->volume);
  ipd_media_client_play_ring (self->client, rings);
  ipd_media_client_set_talking (self->client, held || visit->state == IPD_DESK_STATE_TALKING);
  ipd_media_client_set_held (self->client, held);
}

void
ipd_visit_media_close (IpdVisitMedia *self)
{
  g_clear_pointer (&self->client, ipd_media_client_free);
}

void
ipd_visit_media_set_muted (IpdVisitMedia *self, gboolean muted)
{
  self->muted = muted;
  if (self->client != NULL)
    ipd_media_client_set_muted (self->client, muted);
}

void
ipd_visit_media_set_volume (IpdVisitMedia *self, double volume)
{
  self->volume = volume;
  if (self->client != NULL)
    ipd_media_client_set_volume (self->client, volume);
}

gboolean
ipd_visit_media_send_digits (IpdVisitMedia *self, const char *digits, guint duration_ms, guint gap_ms)
{
  return self->client != NULL && ipd_media_client_send_digits (self->client, digits, duration_ms, gap_ms);
}
