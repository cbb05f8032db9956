// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/key.h"
#include "media/params.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * IpdMediaStation: camera, microphone and speaker of a station. The picture is encoded once, encrypted once and sent to
 * every viewer of the visit; sound goes to and comes from the one leg that talks.
 *
 * Thread: create, call and free it on one thread. Pipelines live in a thread of its own, so no call waits for a device;
 * the event handler runs in the #GMainContext that was thread-default at creation, never after
 * ipd_media_station_free().
 */
typedef struct _IpdMediaStation IpdMediaStation;

/**
 * IpdMediaStationConfig:
 * @camera: "test", "v4l2:/dev/videoN", "file:PATH" (looped), "rtsp:URL" (whole URL after the colon, or an rtsp://… URL
 * itself), "none"
 * @mic: "test[:HZ]" (440 Hz), "device", "device:NAME", "file:PATH" (looped), "none"
 * @speaker: "device", "device:NAME", "file:PATH", "none". The file is a WAV, 16 bit mono 16,000 Hz, that is valid after
 * every 20 ms written to it; made anew when the station starts, and written only while a tone or a talk goes on
 * @width, @height, @fps: of "test" and asked of v4l2; 0 = 640, 480, 25
 * @bitrate_kbps: of the encoder; 0 = 1,000
 */
typedef struct {
  const char *camera;
  const char *mic;
  const char *speaker;
  int width;
  int height;
  int fps;
  int bitrate_kbps;
} IpdMediaStationConfig;

/**
 * IpdMediaStationEvent:
 * @IPD_MEDIA_STATION_CAMERA_READY: pictures come, and ipd_media_station_get_sprop() is known
 * @IPD_MEDIA_STATION_CAMERA_LOST: no camera or a broken one; viewers get a still "no camera" picture, sound goes on
 * @IPD_MEDIA_STATION_NO_MICROPHONE: the microphone cannot be opened; viewers hear silence
 * @IPD_MEDIA_STATION_NO_SPEAKER: the speaker cannot be opened; the visitor hears nothing
 * @IPD_MEDIA_STATION_VIEWER_SEEN: @leg: the first packet of this leg that verified
 * @IPD_MEDIA_STATION_DIGIT: @leg, which is plain: one whole RFC 4733 event ended; @detail is its digit, "0" … "D". Once
 *   for each key press, however often and without whatever marker it was sent; never by a tone in the sound
 * @IPD_MEDIA_STATION_TALK_SILENT: @leg: neither RTP nor RTCP of the leg that talks came for 10 s (up to 15 s). A
 *   plain leg that is held may be silent
 */
typedef enum {
  IPD_MEDIA_STATION_CAMERA_READY,
  IPD_MEDIA_STATION_CAMERA_LOST,
  IPD_MEDIA_STATION_NO_MICROPHONE,
  IPD_MEDIA_STATION_NO_SPEAKER,
  IPD_MEDIA_STATION_VIEWER_SEEN,
  IPD_MEDIA_STATION_DIGIT,
  IPD_MEDIA_STATION_TALK_SILENT,
} IpdMediaStationEvent;

/** @detail: one clear sentence for the log, "" if none. @leg: valid for the events that name it. */
typedef void (*IpdMediaStationHandler) (IpdMediaStation *station, IpdMediaStationEvent event, guint leg,
                                        const char *detail, gpointer data);

/** What the visitor hears besides the person inside. OPENED plays once, the others until changed. */
typedef enum {
  IPD_TONE_NONE,
  IPD_TONE_RINGING, /* 425 Hz, 1 s on, 3 s off */
  IPD_TONE_BUSY,    /* 425 Hz, 0.5 s on, 0.5 s off */
  IPD_TONE_OPENED,  /* a short rising chime */
} IpdTone;

/**
 * IpdMediaViewer:
 * @plain: a third-party phone: no SRTP; addresses are never learnt, RTCP counts from @host only
 * @codec, @payload: how it wants the picture. All H.264 viewers share one encoder, all VP8 viewers a second one that
 *   runs only while it has a viewer
 * @single_nal: H.264 packetization mode 0 (RFC 6184 §6.2): no FU-A, no STAP-A
 * @host: numeric address from the verified SDP
 * @rtp_port, @rtcp_port: where the picture goes until a verified packet shows another source address (NAT)
 * @rtcp_rx_key: expand(Sc, "ipdoor video client"), without its SSRC; not for a plain one
 * @tag: leg tag: the high 16 bits of every SSRC of this leg; must differ between legs of a visit
 */
typedef struct {
  bool plain;
  IpdVideoCodec codec;
  uint8_t payload;
  bool single_nal;
  const char *host;
  uint16_t rtp_port;
  uint16_t rtcp_port;
  uint8_t rtcp_rx_key[IPD_MEDIA_KEY_LEN];
  uint16_t tag;
} IpdMediaViewer;

/**
 * IpdMediaTalk:
 * @plain: as in #IpdMediaViewer
 * @host, @port: where our sound goes until a verified packet shows another source address
 * @rtcp_port: where RTCP goes until then; 0: one above
 * @audio: codec and payload types; its telephone events are heard of a plain leg only
 * @tx: our sound: key and SSRC, expand(Sl, "ipdoor audio station"); the SSRC of a plain leg is random
 * @rx_key: expand(Sc, "ipdoor audio client"), without its SSRC
 * @tag: leg tag
 */
typedef struct {
  bool plain;
  const char *host;
  uint16_t port;
  uint16_t rtcp_port;
  IpdMediaAudio audio;
  IpdMediaKey tx;
  uint8_t rx_key[IPD_MEDIA_KEY_LEN];
  uint16_t tag;
} IpdMediaTalk;

/** Counters of the visit that goes on or went last. */
typedef struct {
  uint64_t frames;            /* encoded pictures */
  uint64_t key_frames;        /* of these */
  uint64_t forced_key_frames; /* asked for by a viewer or for a new one */
  uint64_t bad_packets;       /* dropped: tag did not verify, unknown SSRC, replay, not SRTP */
  uint32_t encoders;          /* running now: 0 to 2 (H.264, VP8), however many viewers */
  uint32_t viewers;
} IpdMediaStationStats;

/**
 * ipd_media_station_new:
 *
 * Starts the camera and encodes until the parameter sets are known, then keeps camera and encoder warm.
 * Errors: %IPD_MEDIA_ERROR_SPEC for a description that cannot be read. A camera that does not work is an event, not an
 * error.
 */
IpdMediaStation *ipd_media_station_new (const IpdMediaStationConfig *config, IpdMediaStationHandler handler,
                                        gpointer data, GError **error);

/** ipd_media_station_free: ends everything, waits for its threads. */
void ipd_media_station_free (IpdMediaStation *station);

/**
 * ipd_media_station_get_sprop: (transfer full) (nullable): "<SPS>,<PPS>" in base64 for the SDP, %NULL until
 * %IPD_MEDIA_STATION_CAMERA_READY or CAMERA_LOST (the still picture is H.264 as well).
 */
char *ipd_media_station_get_sprop (IpdMediaStation *station);

/** ipd_media_station_is_camera_ok: true between CAMERA_READY and CAMERA_LOST. */
bool ipd_media_station_is_camera_ok (IpdMediaStation *station);

/**
 * ipd_media_station_start_visit:
 * @fds: bound UDP sockets in the order of #IpdMediaFd, duplicated: the caller keeps and closes its own
 * @video: expand(Sv, "ipdoor video"): one key for every viewer
 *
 * One visit at a time: starting another ends the one before. Errors: %IPD_MEDIA_ERROR_SOCKET.
 */
bool ipd_media_station_start_visit (IpdMediaStation *station, const int fds[static IPD_MEDIA_N_FDS],
                                    const IpdMediaKey *video, GError **error);

/**
 * ipd_media_station_add_viewer:
 * @leg: the caller's number of the leg, below 64; adding it again replaces its address and key
 *
 * The viewer gets a picture at once: the packets since the last key frame if that is fresh, a new key frame otherwise.
 */
void ipd_media_station_add_viewer (IpdMediaStation *station, guint leg, const IpdMediaViewer *viewer);

/** ipd_media_station_remove_viewer: the leg ended; ends its talk too. Unknown legs are ignored. */
void ipd_media_station_remove_viewer (IpdMediaStation *station, guint leg);

/**
 * ipd_media_station_talk: sound both ways with this leg and no other; replaces a talk that goes on. Ends a ringing or
 * busy tone. The leg stays a viewer.
 */
void ipd_media_station_talk (IpdMediaStation *station, guint leg, const IpdMediaTalk *talk);

/** ipd_media_station_hold: no sound either way with the leg that talks until it is false again; the picture goes on. */
void ipd_media_station_hold (IpdMediaStation *station, guint leg, bool held);

/** ipd_media_station_get_codecs: what this machine can send and play. Thread: any. */
void ipd_media_station_get_codecs (IpdCodecs *ret_codecs);

/** ipd_media_station_stop_visit: no packet of the visit leaves after this returned. A tone goes on until it is over or
 * changed. */
void ipd_media_station_stop_visit (IpdMediaStation *station);

void ipd_media_station_tone (IpdMediaStation *station, IpdTone tone);

/** ipd_media_station_get_stats: Thread: the owner's. Cost: a lock. */
void ipd_media_station_get_stats (IpdMediaStation *station, IpdMediaStationStats *ret_stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdMediaStation, ipd_media_station_free)
