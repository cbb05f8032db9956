// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/frame.h"
#include "media/params.h"

#include <glib.h>
#include <stdbool.h>

/**
 * IpdMediaClient: the media of one visit on the side of the person inside: picture and sound of the station, our
 * microphone, the ring tone. Used alike by ipdoor-desktop and ipdoor-media.
 *
 * It builds its pipelines in a thread of its own, the picture first, so that neither a window nor a slow sound server
 * waits for the other. Thread: create, call and free it on one thread; handlers run in the #GMainContext that was
 * thread-default when it was created, never after ipd_media_client_free().
 */
typedef struct _IpdMediaClient IpdMediaClient;

/**
 * IpdMediaEvent:
 * @IPD_MEDIA_FIRST_FRAME: the first picture is about to be handed to the frame handler
 * @IPD_MEDIA_FIRST_AUDIO: the first sound of the station arrived while talking
 * @IPD_MEDIA_NO_SOUND_DEVICE: nothing to play on; picture and microphone go on
 * @IPD_MEDIA_NO_MICROPHONE: nothing to record from; picture and sound go on, the station hears silence
 * @IPD_MEDIA_FAILED: no picture can come (a decoder is missing, the sockets are dead); sound may still work
 * @IPD_MEDIA_SILENT: while talking and not held, nothing that verifies came from the station for 10 s (up to 15 s)
 * @IPD_MEDIA_DIGITS_SENT: the digits of one ipd_media_client_send_digits() are on the wire; comes once for each
 * @IPD_MEDIA_PREVIEW_FAILED: the picture of RTSP, MJPEG or a still cannot be fetched (@detail says why); sound works
 */
typedef enum {
  IPD_MEDIA_FIRST_FRAME,
  IPD_MEDIA_FIRST_AUDIO,
  IPD_MEDIA_NO_SOUND_DEVICE,
  IPD_MEDIA_NO_MICROPHONE,
  IPD_MEDIA_FAILED,
  IPD_MEDIA_SILENT,
  IPD_MEDIA_DIGITS_SENT,
  IPD_MEDIA_PREVIEW_FAILED,
} IpdMediaEvent;

/**
 * IpdMediaClientHandlers:
 * @frame: (nullable): the newest picture; older ones that nobody saw are dropped. @frame is borrowed for the call, its
 *   pixels may be kept with g_bytes_ref()
 * @event: (nullable): at most once for each event and cause; @detail is one clear sentence for a person, "" if none
 */
typedef struct {
  void (*frame) (IpdMediaClient *client, const IpdVideoFrame *frame, gpointer data);
  void (*event) (IpdMediaClient *client, IpdMediaEvent event, const char *detail, gpointer data);
} IpdMediaClientHandlers;

/**
 * ipd_media_init:
 *
 * Loads GStreamer's registry and the plugins of a picture (80 ms in a cold process). Optional, safe from any thread and
 * more than once; a program that expects a visit soon calls it in a thread while it does other things.
 * ipd_media_client_start() does it otherwise, also off the caller's thread.
 */
void ipd_media_init (void);

/**
 * ipd_media_client_new:
 * @params: copied, the descriptors are duplicated
 *
 * Errors: %IPD_MEDIA_ERROR_SOCKET, %IPD_MEDIA_ERROR_PARAMS. Nothing is sent or shown before ipd_media_client_start().
 */
IpdMediaClient *ipd_media_client_new (const IpdMediaParams *params, const IpdMediaClientHandlers *handlers,
                                      gpointer data, GError **error);

/** ipd_media_client_free: returns when every thread of it ended; the sockets of the caller stay open and bound. */
void ipd_media_client_free (IpdMediaClient *client);

/**
 * ipd_media_client_set_output:
 * @spec: (nullable): "device", "device:NAME" (the sound server's own name), "file:PATH" (WAV that grows), "none";
 *   %NULL = "device"
 *
 * May be called before or after start; a device that does not open falls back to the default one, then to silence with
 * %IPD_MEDIA_NO_SOUND_DEVICE.
 */
void ipd_media_client_set_output (IpdMediaClient *client, const char *spec);

/** ipd_media_client_set_input: like ipd_media_client_set_output(): "device", "device:NAME", "test[:HZ]", "file:PATH",
 * "none". */
void ipd_media_client_set_input (IpdMediaClient *client, const char *spec);

/**
 * ipd_media_client_start: preview: picture on, microphone shut, the station not heard, ring tone as
 * ipd_media_client_play_ring() says (off until asked). Asks the station for a key frame until the first picture is
 * there.
 */
void ipd_media_client_start (IpdMediaClient *client);

/** ipd_media_client_set_talking: true opens the microphone (unless muted) and lets the station be heard; ends the ring
 * tone. */
void ipd_media_client_set_talking (IpdMediaClient *client, bool talking);

/**
 * ipd_media_client_change:
 * @params: what MediaChanged made OpenMedia answer; copied, its descriptors are looked at no more: the sockets stay
 *
 * Sound and picture each start anew only if something about them changed. Devices, files, the ring tone and all that
 * was set (talking, held, muted, volume) stay. Errors: %IPD_MEDIA_ERROR_PARAMS; nothing changes then.
 */
bool ipd_media_client_change (IpdMediaClient *client, const IpdMediaParams *params, GError **error);

/**
 * ipd_media_client_set_held: held: neither side is heard, whatever talking and muted say; RTCP goes on, so that
 * addresses stay open. The picture goes on.
 */
void ipd_media_client_set_held (IpdMediaClient *client, bool held);

/**
 * ipd_media_client_send_digits: RFC 4733, in the stream of our sound: each event at least three end packets.
 * @digits: of `0-9*#A-D`, 1 to 32
 * @duration_ms, @gap_ms: 40 to 6,000 and 40 to 1,000; others are cut to that
 *
 * Sent one after the other; a second call waits for the first. Returns: false, and nothing is sent, when no
 * telephone-event was negotiated, before start, or for digits that are none
 */
bool ipd_media_client_send_digits (IpdMediaClient *client, const char *digits, guint duration_ms, guint gap_ms);

/** ipd_media_client_set_muted: muted sends digital silence, so that addresses stay open. Kept across talking. */
void ipd_media_client_set_muted (IpdMediaClient *client, bool muted);

/** ipd_media_client_set_volume: @volume: 0.0 to 1.0 of what is heard, ring tone included; 1.0 at start. */
void ipd_media_client_set_volume (IpdMediaClient *client, double volume);

/** ipd_media_client_play_ring: the two-tone chime, repeated until false or talking. */
void ipd_media_client_play_ring (IpdMediaClient *client, bool play);

/** ipd_media_event_name: the word that ReportMedia carries: "first-frame", "digits-sent", "preview-failed", … */
const char *ipd_media_event_name (IpdMediaEvent event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdMediaClient, ipd_media_client_free)
