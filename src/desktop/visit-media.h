// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "desktop/agent-link.h"
#include "desktop/video-paintable.h"
#include "media/client.h"

/*
 * Picture and sound of one visit, as the agent hands them over and as the state of the visit wants them. What the
 * person set (mute, volume) outlives a media client that has to be made anew. Thread: main.
 */
typedef struct _IpdVisitMedia IpdVisitMedia;

/*
 * @link: outlives it
 * @event: what the media saw; the agent was told already
 */
IpdVisitMedia *ipd_visit_media_new (IpdAgentLink *link, const char *visit,
                                    void (*event) (IpdMediaEvent event, gpointer data), gpointer data);
void ipd_visit_media_free (IpdVisitMedia *media);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdVisitMedia, ipd_visit_media_free)

/* The picture, from the first moment; shared by whatever shows it. Borrowed. */
IpdVideoPaintable *ipd_visit_media_get_video (IpdVisitMedia *media);

gboolean ipd_visit_media_is_open (const IpdVisitMedia *media);

/*
 * Asks the agent for sockets and keys and starts; once more after MediaChanged. Errors: IPD_DESK_ERROR,
 * IPD_MEDIA_ERROR; what ran before has ended then.
 */
gboolean ipd_visit_media_open (IpdVisitMedia *media, const IpdDeskVisit *visit, GError **error);

/* The visit is over: its sockets are let go, so that their ports serve another one. The last picture stays. */
void ipd_visit_media_close (IpdVisitMedia *media);

/* Ring tone, microphone and loudspeaker as @visit's state wants them. @aside: another call talks: ring softly. */
void ipd_visit_media_follow (IpdVisitMedia *media, const IpdDeskVisit *visit, gboolean aside);

void ipd_visit_media_set_muted (IpdVisitMedia *media, gboolean muted);
/* @volume: 0.0 to 1.0 */
void ipd_visit_media_set_volume (IpdVisitMedia *media, double volume);
/* As ipd_media_client_send_digits(). */
gboolean ipd_visit_media_send_digits (IpdVisitMedia *media, const char *digits, guint duration_ms, guint gap_ms);
