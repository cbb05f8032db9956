// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/*
 * A SIP phone of plain sockets, with a SIP text of its own: nothing of src/ is in it, so it cannot share
 * our mistakes. It waits for what it is asked to wait for, ten seconds at most, and fails the test otherwise.
 */
typedef struct {
  int sip;
  int audio;
  int video;
  char address[46]; /* that it lives on, IPv4 or IPv6 */
  char station[46];
  char here[48]; /* both, as URIs have them */
  char there[48];
  guint16 station_port;
  char user[33];
  char *invite; /* the request of the dialog */
  guint cseq;
  guint32 timestamp; /* of the sound that it sends */
  guint16 sequence;
  guint16 their_audio; /* where the station listens */
} RawPhone;

/* On 127.0.0.1, both; and anywhere. */
void raw_phone_open (RawPhone *self, guint16 station_port);
void raw_phone_open_at (RawPhone *self, const char *here, const char *station, guint16 station_port);
void raw_phone_close (RawPhone *self);

/* With the answer to the digest challenge. Returns: the final status */
int raw_phone_register (RawPhone *self, const char *user, const char *secret, guint expires);

/* The next message that begins with @start; others that come before it are dropped. Returns: (transfer full) */
char *raw_phone_await (RawPhone *self, const char *start);
/* Whether a message that begins with @start is there within @ms. */
gboolean raw_phone_sees (RawPhone *self, const char *start, int ms);

/* Waits for an INVITE and keeps it. */
void raw_phone_await_ring (RawPhone *self);
/* @sdp: (nullable) */
void raw_phone_reply (RawPhone *self, const char *request, int status, const char *sdp);
/* A request in the dialog of @self->invite. Returns: (transfer full): its final answer */
char *raw_phone_ask (RawPhone *self, const char *method, const char *content_type, const char *body);
/* An INVITE of its own. Returns: the final status */
int raw_phone_call (RawPhone *self);

/* An answer: @audio and @video are payload types and attributes of its m-lines; @video %NULL refuses the picture.
 * @direction: of the sound. Returns: (transfer full) */
char *raw_phone_sdp (RawPhone *self, const char *audio, const char *video, const char *direction);

/* Waits for a packet of that payload type. Returns: octets of its payload */
gsize raw_phone_await_rtp (int fd, guint payload, guint8 *ret_payload, gsize max);
/* 20 ms of G.711 silence; one key by RFC 4733 in payload type 101. */
void raw_phone_send_sound (RawPhone *self);
void raw_phone_press (RawPhone *self, char digit);

/* The text of header @name, without line end. Returns: (transfer full) (nullable) */
char *raw_phone_header (const char *message, const char *name);
int raw_phone_status (const char *message);
