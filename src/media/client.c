// SPDX-License-Identifier: Apache-2.0
/* The media of one visit inside: what programs call. Each call becomes a job in a worker, each event a message back;
 * the picture is built first and alone, because people wait for it. */
#include "media/client.h"

#include "media/client-picture.h"
#include "media/client-sound.h"
#include "media/codec.h"
#include "media/digit-send.h"
#include "media/outbox.h"
#include "media/preview.h"
#include "media/socket.h"
#include "media/worker.h"

#include <gst/gst.h>
#include <string.h>

struct _IpdMediaClient {
  IpdMediaParams params;
  GSocket *sockets[IPD_MEDIA_N_FDS];
  IpdMediaClientHandlers handlers;
  gpointer data;
  IpdWorker *worker;
  IpdOutbox *outbox;
  IpdClientPicture *picture; /* the worker's */
  IpdPreview *preview;       /* the worker's: instead of @picture */
  IpdClientSound *sound;     /* the worker's */
  int shown;                 /* atomic: FIRST_FRAME was said */
  bool started;              /* the worker's */
  bool was_started;          /* the owner's */
  bool takes_digits;         /* the owner's */
  GMutex mutex;
  IpdVideoFrame newest; /* guarded by mutex; pixels are NULL when the owner took it */
};

typedef struct {
  IpdMediaEvent event;
  char *detail;
} Event;

/* What the owner asks of the worker; of the functions the one that is set. */
typedef struct {
  IpdMediaClient *client;
  void (*tell_flag) (IpdClientSound *sound, gboolean flag);
  void (*tell_words) (IpdClientSound *sound, const char *words);
  bool flag;
  double volume;
  char *words;
  guint duration_ms, gap_ms;
  IpdMediaParams *params; /* never by value: keys leave no copies behind */
} Order;

void
ipd_media_init (void)
{
  static gsize done;
  if (!g_once_init_enter (&done))
    return;
  gst_init (NULL, NULL);
  ipd_codec_preload ();
  g_once_init_leave (&done, 1);
}

static void
event_free (gpointer data)
{
  Event *event = data;
  g_free (event->detail);
  g_free (event);
}

static void
deliver_event (gpointer target, gpointer message)
{
  IpdMediaClient *client = target;
  const Event *event = message;
  if (client->handlers.event != NULL)
    client->handlers.event (client, event->event, event->detail, client->data);
}

static void
say (IpdMediaEvent event, const char *detail, gpointer data)
{
  IpdMediaClient *client = data;
  Event *message = g_new (Event, 1);
  *message = (Event){ event, g_strdup (detail) };
  ipd_outbox_post (client->outbox, deliver_event, message, event_free);
}

static void
deliver_frame (gpointer target, gpointer message)
{
  IpdMediaClient *client = target;
  g_mutex_lock (&client->mutex);
  IpdVideoFrame frame = client->newest;
  client->newest.pixels = NULL;
  g_mutex_unlock (&client->mutex);
  g_autoptr (GBytes) pixels = frame.pixels;
  if (pixels != NULL && client->handlers.frame != NULL)
    client->handlers.frame (client, &frame, client->data);
}

/* At most one message is under way: a slow owner gets the newest picture, not a queue of old ones. */
static void
on_frame (const IpdVideoFrame *frame, gpointer data)
{
  IpdMediaClient *client = data;
  if (g_atomic_int_compare_and_exchange (&client->shown, 0, 1))
    say (IPD_MEDIA_FIRST_FRAME, "", client);
  ipd_client_sound_note_life (client->sound);
  g_mutex_lock (&client->mutex);
  GBytes *older = client->newest.pixels;
  client->newest = *frame;
  g_bytes_ref (frame->pixels);
  g_mutex_unlock (&client->mutex);
  if (older == NULL)
    ipd_outbox_post (client->outbox, deliver_frame, NULL, NULL);
  else
    g_bytes_unref (older);
}

static void
on_picture_failed (const char *why, gpointer data)
{
  say (IPD_MEDIA_FAILED, why, data);
}

static void
on_preview_failed (const char *why, gpointer data)
{
  say (IPD_MEDIA_PREVIEW_FAILED, why, data);
}

/* Keys say who sends; without them any number will do that nobody else has. */
static void
copy_params (const IpdMediaParams *params, IpdMediaParams *ret_params)
{
  ipd_media_params_copy (params, ret_params);
  if (params->encrypted)
    return;
  ret_params->audio_tx.ssrc = g_random_int ();
  ret_params->video_rtcp_tx.ssrc = g_random_int ();
  if (params->audio_host == NULL)
    ret_params->audio.dtmf_payload = 0;
}

static void
set_up (gpointer data)
{
  IpdMediaClient *client = data;
  ipd_media_init ();
  client->sound = ipd_client_sound_new (client->worker, &client->params, client->sockets, say, client);
}

IpdMediaClient *
ipd_media_client_new (const IpdMediaParams *params, const IpdMediaClientHandlers *handlers, gpointer data,
                      GError **error)
{
  GSocket *sockets[IPD_MEDIA_N_FDS];
  if (!ipd_media_params_check (params, error) || !ipd_media_sockets_new (params->fds, sockets, error))
    return NULL;
  IpdMediaClient *client = g_new0 (IpdMediaClient, 1);
  copy_params (params, &client->params);
  client->takes_digits = client->params.audio.dtmf_payload != 0;
  for (int i = 0; i < IPD_MEDIA_N_FDS; i++)
    client->sockets[i] = sockets[i];
  client->handlers = *handlers;
  client->data = data;
  g_mutex_init (&client->mutex);
  client->outbox = ipd_outbox_new (client);
  client->worker = ipd_worker_new ("ipd-media");
  ipd_worker_post (client->worker, set_up, client, NULL);
  return client;
}

static void
stop_picture (IpdMediaClient *client)
{
  g_clear_pointer (&client->picture, ipd_client_picture_free);
  g_clear_pointer (&client->preview, ipd_preview_free);
}

static void
tear_down (gpointer data)
{
  IpdMediaClient *client = data;
  stop_picture (client);
  g_clear_pointer (&client->sound, ipd_client_sound_free);
}

void
ipd_media_client_free (IpdMediaClient *client)
{
  if (client == NULL)
    return;
  ipd_worker_post (client->worker, tear_down, client, NULL);
  ipd_worker_free (client->worker);
  ipd_outbox_close (client->outbox);
  g_clear_pointer (&client->newest.pixels, g_bytes_unref);
  ipd_media_sockets_clear (client->sockets);
  ipd_media_params_clear (&client->params);
  g_mutex_clear (&client->mutex);
  g_free (client);
}

static void
order_free (gpointer data)
{
  Order *order = data;
  if (order->words != NULL)
    explicit_bzero (order->words, strlen (order->words)); /* digits may open doors */
  g_free (order->words);
  if (order->params != NULL)
    ipd_media_params_clear (order->params);
  g_free (order->params);
  g_free (order);
}

/* @order: the copy that is made of it owns what it points to. */
static void
give (IpdMediaClient *client, IpdWorkerFunc func, Order order)
{
  order.client = client;
  ipd_worker_post (client->worker, func, g_memdup2 (&order, sizeof order), order_free);
}

static void
start_picture (IpdMediaClient *client)
{
  const IpdClientPictureHandlers handlers = { on_frame, on_picture_failed };
  const IpdPreviewHandlers fetched = { on_frame, on_preview_failed };
  if (client->params.preview != IPD_MEDIA_PREVIEW_RTP)
    client->preview = ipd_preview_new (client->worker, &client->params, &fetched, client);
  else if (client->params.video_host != NULL)
    client->picture = ipd_client_picture_new (client->worker, &client->params, client->sockets, &handlers, client);
}

static void
start (gpointer data)
{
  Order *order = data;
  IpdMediaClient *client = order->client;
  if (client->started)
    return;
  client->started = true;
  start_picture (client);
  ipd_client_sound_start (client->sound);
}

/* Nothing reads the half that changes meanwhile: it is stopped. */
static void
change (gpointer data)
{
  Order *order = data;
  IpdMediaClient *client = order->client;
  bool picture = !ipd_media_params_same_picture (&client->params, order->params);
  bool sound = !ipd_media_params_same_sound (&client->params, order->params);
  if (picture)
    {
      stop_picture (client);
      ipd_media_params_take_picture (&client->params, order->params);
    }
  if (picture && client->started)
    start_picture (client);
  if (sound)
    {
      ipd_client_sound_stop (client->sound);
      ipd_media_params_take_sound (&client->params, order->params);
    }
  if (sound && client->started)
    ipd_client_sound_start (client->sound);
}

static void
send_digits (gpointer data)
{
  Order *order = data;
  ipd_client_sound_send_digits (order->client->sound, order->words, order->duration_ms, order->gap_ms);
}

static void
set_volume (gpointer data)
{
  Order *order = data;
  ipd_client_sound_set_volume (order->client->sound, order->volume);
}

static void
tell_flag (gpointer data)
{
  Order *order = data;
  order->tell_flag (order->client->sound, order->flag);
}

static void
tell_words (gpointer data)
{
  Order *order = data;
  order->tell_words (order->client->sound, order->words);
}

/* ---- what programs call ---- */

void
ipd_media_client_set_output (IpdMediaClient *client, const char *spec)
{
  give (client, tell_words, (Order){ .tell_words = ipd_client_sound_set_output, .words = g_strdup (spec) });
}

void
ipd_media_client_set_input (IpdMediaClient *client, const char *spec)
{
  give (client, tell_words, (Order){ .tell_words = ipd_client_sound_set_input, .words = g_strdup (spec) });
}

void
ipd_media_client_start (IpdMediaClient *client)
{
  client->was_started = true;
  give (client, start, (Order){ 0 });
}

void
ipd_media_client_set_talking (IpdMediaClient *client, bool talking)
{
  give (client, tell_flag, (Order){ .tell_flag = ipd_client_sound_set_talking, .flag = talking });
}

void
ipd_media_client_set_held (IpdMediaClient *client, bool held)
{
  give (client, tell_flag, (Order){ .tell_flag = ipd_client_sound_set_held, .flag = held });
}

bool
ipd_media_client_send_digits (IpdMediaClient *client, const char *digits, guint duration_ms, guint gap_ms)
{
  if (!client->was_started || !client->takes_digits || !ipd_digit_send_takes (digits))
    return false;
  give (client, send_digits, (Order){ .words = g_strdup (digits), .duration_ms = duration_ms, .gap_ms = gap_ms });
  return true;
}

bool
ipd_media_client_change (IpdMediaClient *client, const IpdMediaParams *params, GError **error)
{
  if (!ipd_media_params_check (params, error))
    return false;
  Order order = { .params = g_new0 (IpdMediaParams, 1) };
  copy_params (params, order.params);
  client->takes_digits = order.params->audio.dtmf_payload != 0;
  give (client, change, order);
  return true;
}

void
ipd_media_client_set_muted (IpdMediaClient *client, bool muted)
{
  give (client, tell_flag, (Order){ .tell_flag = ipd_client_sound_set_muted, .flag = muted });
}

void
ipd_media_client_set_volume (IpdMediaClient *client, double volume)
{
  give (client, set_volume, (Order){ .volume = volume });
}

void
ipd_media_client_play_ring (IpdMediaClient *client, bool play)
{
  give (client, tell_flag, (Order){ .tell_flag = ipd_client_sound_play_ring, .flag = play });
}

const char *
ipd_media_event_name (IpdMediaEvent event)
{
  static const char *const names[] = {
    [IPD_MEDIA_FIRST_FRAME] = "first-frame",
    [IPD_MEDIA_FIRST_AUDIO] = "first-audio",
    [IPD_MEDIA_NO_SOUND_DEVICE] = "no-sound-device",
    [IPD_MEDIA_NO_MICROPHONE] = "no-microphone",
    [IPD_MEDIA_FAILED] = "media-failed",
    [IPD_MEDIA_SILENT] = "media-silent",
    [IPD_MEDIA_DIGITS_SENT] = "digits-sent",
    [IPD_MEDIA_PREVIEW_FAILED] = "preview-failed",
  };
  return names[event];
}
