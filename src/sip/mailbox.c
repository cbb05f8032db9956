// SPDX-License-Identifier: Apache-2.0
// The way from the SIP thread to the context of the creator: one source per event, so that their order is kept.
// The mailbox outlives the IpdSip while events are under way; closed, it drops them. Used by every file of src/sip.
#include "sip/private.h"

#include <string.h>

struct _IpdSipMailbox {
  gatomicrefcount refs;
  gint waiting; /* atomic: letters under way */
  GMainContext *context;
  /* the creator's thread only */
  IpdSip *sip; /* NULL once closed */
  IpdSipHandler handler;
  gpointer user_data;
};

typedef struct {
  IpdSipMailbox *mailbox;
  IpdSipEvent *event;
} Letter;

static const char *const names[] = {
  [IPD_SIP_REGISTERED] = "registered",
  [IPD_SIP_REGISTER_FAILED] = "register-failed",
  [IPD_SIP_REGISTER_REQUEST] = "register-request",
  [IPD_SIP_INVITE] = "invite",
  [IPD_SIP_PROGRESS] = "progress",
  [IPD_SIP_ANSWERED] = "answered",
  [IPD_SIP_TALKING] = "talking",
  [IPD_SIP_FAILED] = "failed",
  [IPD_SIP_CANCELLED] = "cancelled",
  [IPD_SIP_BYE] = "bye",
  [IPD_SIP_REOFFER] = "reoffer",
  [IPD_SIP_REANSWERED] = "reanswered",
  [IPD_SIP_INFO] = "info",
  [IPD_SIP_INFO_DONE] = "info-done",
  [IPD_SIP_MESSAGE] = "message",
  [IPD_SIP_MESSAGE_DONE] = "message-done",
  [IPD_SIP_STOPPED] = "stopped",
};

const char *
ipd_sip_event_name (IpdSipEventType type)
{
  return (gsize) type < G_N_ELEMENTS (names) ? names[type] : "unknown";
}

IpdSipEvent *
ipd_sip_event_new (IpdSipEventType type)
{
  IpdSipEvent *event = g_new0 (IpdSipEvent, 1);
  event->type = type;
  return event;
}

void
ipd_sip_event_free (IpdSipEvent *event)
{
  if (!event)
    return;
  char **strings[] = {
    &event->phrase,      &event->from_user,    &event->from_tag,     &event->to_tag,       &event->ruri_user,
    &event->call_id,     &event->visit,        &event->auth,         &event->licence,      &event->boot,
    &event->body,        &event->content_type, &event->contact_user, &event->contact_host, &event->contact_params,
    &event->source_host, &event->text,
  };
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (*strings[i]);
  g_free (event);
}

IpdSipMailbox *
ipd_sip_mailbox_new (IpdSip *sip, IpdSipHandler handler, gpointer user_data)
{
  IpdSipMailbox *mailbox = g_new0 (IpdSipMailbox, 1);
  g_atomic_ref_count_init (&mailbox->refs);
  mailbox->context = g_main_context_ref_thread_default ();
  mailbox->sip = sip;
  mailbox->handler = handler;
  mailbox->user_data = user_data;
  return mailbox;
}

static void
unref (IpdSipMailbox *mailbox)
{
  if (!g_atomic_ref_count_dec (&mailbox->refs))
    return;
  g_main_context_unref (mailbox->context);
  g_free (mailbox);
}

void
ipd_sip_mailbox_close (IpdSipMailbox *mailbox)
{
  mailbox->sip = NULL;
  unref (mailbox);
}

static gboolean
deliver (gpointer data)
{
  Letter *letter = data;
  if (letter->mailbox->sip)
    letter->mailbox->handler (letter->mailbox->sip, letter->event, letter->mailbox->user_data);
  return G_SOURCE_REMOVE;
}

static void
letter_free (gpointer data)
{
  Letter *letter = data;
  ipd_sip_event_free (letter->event);
  g_atomic_int_add (&letter->mailbox->waiting, -1);
  unref (letter->mailbox);
  g_free (letter);
}

void
ipd_sip_mailbox_post (IpdSipMailbox *mailbox, IpdSipEvent *event)
{
  Letter *letter = g_new (Letter, 1);
  g_atomic_ref_count_inc (&mailbox->refs);
  g_atomic_int_inc (&mailbox->waiting);
  *letter = (Letter){ mailbox, event };
  /* not g_main_context_invoke(): that one runs the handler here when nobody happens to own the context */
  GSource *source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "ipdoor sip event");
  g_source_set_callback (source, deliver, letter, letter_free);
  g_source_attach (source, mailbox->context);
  g_source_unref (source);
}

guint
ipd_sip_mailbox_count (IpdSipMailbox *mailbox)
{
  return (guint) g_atomic_int_get (&mailbox->waiting);
}

void
ipd_sip_emit (IpdSip *sip, IpdSipEvent *event)
{
  ipd_sip_mailbox_post (sip->mailbox, event);
}
