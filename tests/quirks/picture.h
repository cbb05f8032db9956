// SPDX-License-Identifier: Apache-2.0
/*
 * The camera of the simulated station: H.264 by GStreamer, packets and their quirks by our own hand, RTCP read by it
 * too. One viewer at a time, as most door stations have it. Thread: main; the encoder's thread only sends packets.
 */
#pragma once

#include "dialect.h"

typedef struct _QuirkPicture QuirkPicture;

/* Binds port (RTP) and port + 1 (RTCP). Exits with a sentence when it cannot. */
QuirkPicture *quirk_picture_new (const QuirkDialect *dialect, const char *address, guint16 port);
void quirk_picture_free (QuirkPicture *picture);

/* Blocks until the encoder gave its first picture: sprop-parameter-sets of it. Borrowed. */
const char *quirk_picture_sprop (QuirkPicture *picture);

/* To the port that SDP named; payload: the type agreed on. */
void quirk_picture_send (QuirkPicture *picture, const char *host, guint16 port, int payload);
void quirk_picture_stop (QuirkPicture *picture);

/* Somebody asked for a key frame: "pli", "fir" or "info". Goes to the journal; obeyed if the dialect knows that way. */
void quirk_picture_want_key (QuirkPicture *picture, const char *kind);
