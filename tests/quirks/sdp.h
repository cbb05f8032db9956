// SPDX-License-Identifier: Apache-2.0
/*
 * SDP as door stations write it (RFC 8866), with the quirks of the dialect, and as much reading of the other side's as
 * a station does. Thread: main.
 */
#pragma once

#include "dialect.h"

#include <glib.h>

enum { QUIRK_LINES_MAX = 8 };

/* One m-line of the other side. */
typedef struct {
  char media[16];
  char host[64];
  int port;          /* 0: refused */
  int payload;       /* the first of the list that is no telephone-event */
  char codec[24];    /* its encoding name and clock, "PCMA/8000" */
  int event_payload; /* of telephone-event, 0 if none */
  char direction[16];
} QuirkLine;

typedef struct {
  QuirkLine lines[QUIRK_LINES_MAX];
  int n_lines;
  bool refers_to_ipdoor; /* an a=ipdoor- attribute, which a stranger must never be sent */
} QuirkRemote;

void quirk_sdp_read (const char *body, QuirkRemote *ret_remote);
/* The first line of that kind, or NULL. */
const QuirkLine *quirk_remote_line (const QuirkRemote *remote, const char *media);

/* What of ours an SDP says. sprop: sprop-parameter-sets, or NULL. */
typedef struct {
  const char *host;
  int audio_port;
  int video_port;
  const char *sprop;
  guint version;
} QuirkLocal;

char *quirk_sdp_offer (const QuirkDialect *dialect, const QuirkLocal *local);
/* The same number of lines as the offer, unless the dialect adds one ("adds-video"). */
char *quirk_sdp_answer (const QuirkDialect *dialect, const QuirkLocal *local, const QuirkRemote *offer);
