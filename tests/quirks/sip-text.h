// SPDX-License-Identifier: Apache-2.0
/*
 * SIP messages as text (RFC 3261 §7): as much as a door station needs, written apart from src/sip and from Sofia-SIP,
 * so that neither side can repeat the other's mistakes. Thread: main.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  char *method; /* of a request, else NULL */
  char *uri;    /* of a request */
  int status;   /* of an answer, else 0 */
  GPtrArray *names;
  GPtrArray *values;
  char *body; /* with a NUL after it */
} QuirkSip;

/* NULL: this is no SIP message. */
QuirkSip *quirk_sip_read (const char *text, gsize len);
void quirk_sip_free (QuirkSip *sip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuirkSip, quirk_sip_free)

/* The first header of that name (long form, any case), or "". Borrowed. */
const char *quirk_sip_header (const QuirkSip *sip, const char *name);
/* Number and method of CSeq. */
guint quirk_sip_cseq (const QuirkSip *sip, const char **ret_method);
/* The tag of From or To, "" if none. */
char *quirk_sip_tag (const char *header);
/* What stands between < and >, else all before the first ;. */
char *quirk_sip_uri (const char *header);
/* Whether a comma list names word. */
bool quirk_sip_lists (const char *header, const char *word);

/* The start of an answer: status line and the headers that are copied from the request, to_tag added when it has none.
 */
GString *quirk_sip_answer (const QuirkSip *request, int status, const char *reason, const char *to_tag);
/* Content headers, the empty line and the body (NULL: none). */
void quirk_sip_finish (GString *message, const char *content_type, const char *body);
