// SPDX-License-Identifier: Apache-2.0
/* Carries events of the media threads to the program's one thread. Owned by a client, a station or a device list. */
#include "media/outbox.h"

struct _IpdOutbox {
  gatomicrefcount refs;
  GMainContext *context;
  gpointer target; /* NULL once closed; the owner's thread only */
};

typedef struct {
  IpdOutbox *outbox;
  IpdOutboxFunc func;
  gpointer message;
  GDestroyNotify destroy;
} Letter;

IpdOutbox *
ipd_outbox_new (gpointer target)
{
  IpdOutbox *outbox = g_new0 (IpdOutbox, 1);
  g_atomic_ref_count_init (&outbox->refs);
  outbox->context = g_main_context_ref_thread_default ();
  outbox->target = target;
  return outbox;
}

static void
outbox_unref (IpdOutbox *outbox)
{
  if (!g_atomic_ref_count_dec (&outbox->refs))
    return;
  g_main_context_unref (outbox->context);
  g_free (outbox);
}

static gboolean
on_letter (gpointer data)
{
  Letter *letter = data;
  if (letter->outbox->target != NULL)
    letter->func (letter->outbox->target, letter->message);
  return G_SOURCE_REMOVE;
}

static void
letter_free (gpointer data)
{
  Letter *letter = data;
  if (letter->destroy != NULL)
    letter->destroy (letter->message);
  outbox_unref (letter->outbox);
  g_free (letter);
}

void
ipd_outbox_post (IpdOutbox *outbox, IpdOutboxFunc func, gpointer message, GDestroyNotify destroy)
{
  Letter *letter = g_new (Letter, 1);
  g_atomic_ref_count_inc (&outbox->refs);
  *letter = (Letter){ outbox, func, message, destroy };
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_letter, letter, letter_free);
  g_source_attach (source, outbox->context);
}

void
ipd_outbox_close (IpdOutbox *outbox)
{
  outbox->target = NULL;
  outbox_unref (outbox);
}
