// SPDX-License-Identifier: Apache-2.0
/* The media of one visit inside: what programs call. Each call becomes a job in a worker, each event a message back;
 * the picture is built first and alone, because people wait for it. */
#include "media/client.h"

#include "media/client-picture.h"
#include "media/client-sound.h"
#include "media/codec.h"
#include "media/digit-send.h"
#include "media/error.h"
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

typedef struct {
  IpdMediaClient *client;
  bool flag;
  double number;
  char *words;
  guint duration_ms, gap_ms;
  IpdMediaParams params;
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

/* No host is no such media. */
static bool
address_is_usable (const char *host, uint16_t port)
{
  return host == NULL ? port == 0 : g_hostname_is_ip_address (host) && port > 0;
}

static bool
params_are_usable (const IpdMediaParams *params, GError **error)
{
  bool hosts = address_is_usable (params->audio_host, params->audio_port)
               && address_is_usable (params->video_host, params->video_port);
  bool payloads = params->audio.tx_payload < 128 && params->audio.rx_payload < 128 && params->audio.dtmf_payload < 128
                  && params->n_video <= IPD_MEDIA_VIDEO_MAX && (params->video_host == NULL || params->n_video > 0);
  if (hosts && payloads)
    return true;
  g_set_error_literal (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_PARAMS, "A media address or payload type is wrong.");
  return false;
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
  if (!params_are_usable (params, error) || !ipd_media_sockets_new (params->fds, sockets, error))
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
  ipd_media_params_clear (&order->params);
  g_free (order);
}

static void
give (IpdMediaClient *client, IpdWorkerFunc func, bool flag, double number, const char *words)
{
  Order *order = g_new0 (Order, 1);
  *order = (Order){ .client = client, .flag = flag, .number = number, .words = g_strdup (words) };
  ipd_worker_post (client->worker, func, order, order_free);
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
  bool picture = !ipd_media_params_same_picture (&client->params, &order->params);
  bool sound = !ipd_media_params_same_sound (&client->params, &order->params);
  if (picture)
    {
      stop_picture (client);
      ipd_media_params_take_picture (&client->params, &order->params);
    }
  if (picture && client->started)
    start_picture (client);
  if (sound)
    {
      ipd_client_sound_stop (client->sound);
      ipd_media_params_take_sound (&client->params, &order->params);
    }
  if (sound && client->started)
    ipd_client_sound_start (client->sound);
}

static void
set_held (gpointer data)
{
  Order *order = data;
  ipd_client_sound_set_held (order->client->sound, order->flag);
}

static void
send_digits (gpointer data)
{
  Order *order = data;
  ipd_client_sound_send_digits (order->client->sound, order->words, order->duration_ms, order->gap_ms);
}

static void
set_talking (gpointer data)
{
  Order *order = data;
  ipd_client_sound_set_talking (order->client->sound, order->flag);
}

static void
set_muted (gpointer data)
{
  Order *order = data;
  ipd_client_sound_set_muted (order->client->sound, order->flag);
}

static void
set_volume (gpointer data)
{
  Order *order = data;
  ipd_client_sound_set_volume (order->client->sound, order->number);
}

static void
play_ring (gpointer data)
{
  Order *order = data;
  ipd_client_sound_play_ring (order->client->sound, order->flag);
}

static void
set_output (gpointer data)
{
  Order *order = data;
  ipd_client_sound_set_output (order->client->sound, order->words);
}

static void
set_input (gpointer data)
{
  Order *order = data;
  ipd_client_sound_set_input (order->client->sound, order->words);
}

void
ipd_media_client_set_output (IpdMediaClient *client, const char *spec)
{
  give (client, set_output, false, 0, spec);
}

void
ipd_media_client_set_input (IpdMediaClient *client, const char *spec)
{
  give (client, set_input, false, 0, spec);
}

void
ipd_media_client_start (IpdMediaClient *client)
{
  client->was_started = true;
  give (client, start, false, 0, NULL);
}

void
ipd_media_client_set_talking (IpdMediaClient *client, bool talking)
{
  give (client, set_talking, talking, 0, NULL);
}

void
ipd_media_client_set_held (IpdMediaClient *client, bool held)
{
  give (client, set_held, held, 0, NULL);
}

bool
ipd_media_client_send_digits (IpdMediaClient *client, const char *digits, guint duration_ms, guint gap_ms)
{
  if (!client->was_started || !client->takes_digits || !ipd_digit_send_takes (digits))
    return false;
  Order *order = g_new0 (Order, 1);
  *order = (Order){ .client = client, .words = g_strdup (digits), .duration_ms = duration_ms, .gap_ms = gap_ms };
  ipd_worker_post (client->worker, send_digits, order, order_free);
  return true;
}

bool
ipd_media_client_change (IpdMediaClient *client, const IpdMediaParams *params, GError **error)
{
  if (!params_are_usable (params, error))
    return false;
  Order *order = g_new0 (Order, 1);
  order->client = client;
  copy_params (params, &order->params);
  client->takes_digits = order->params.audio.dtmf_payload != 0;
  ipd_worker_post (client->worker, change, order, order_free);
  return true;
}

void
ipd_media_client_set_muted (IpdMediaClient *client, bool muted)
{
  give (client, set_muted, muted, 0, NULL);
}

void
ipd_media_client_set_volume (IpdMediaClient *client, double volume)
{
  give (client, set_volume, false, volume, NULL);
}

void
ipd_media_client_play_ring (IpdMediaClient *client, bool play)
{
  give (client, play_ring, play, 0, NULL);
}

const char *
ipd_media_event_name (IpdMediaEvent event)
{
  switch (event)
    {
    case IPD_MEDIA_FIRST_FRAME:
      return "first-frame";
    case IPD_MEDIA_FIRST_AUDIO:
      return "first-audio";
    case IPD_MEDIA_NO_SOUND_DEVICE:
      return "no-sound-device";
    case IPD_MEDIA_NO_MICROPHONE:
      return "no-microphone";
    case IPD_MEDIA_SILENT:
      return "media-silent";
    case IPD_MEDIA_DIGITS_SENT:
      return "digits-sent";
    case IPD_MEDIA_PREVIEW_FAILED:
      return "preview-failed";
    case IPD_MEDIA_FAILED:
      break;
    }
  return "media-failed";
}
