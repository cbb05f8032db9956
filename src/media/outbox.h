// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

/**
 * IpdOutbox: messages from any thread to the thread that owns @target, delivered in the #GMainContext that was
 * thread-default when it was made, and never after ipd_outbox_close().
 */
typedef struct _IpdOutbox IpdOutbox;

typedef void (*IpdOutboxFunc) (gpointer target, gpointer message);

IpdOutbox *ipd_outbox_new (gpointer target);

/** ipd_outbox_post: Thread: any. @destroy (nullable) frees @message, delivered or not. */
void ipd_outbox_post (IpdOutbox *outbox, IpdOutboxFunc func, gpointer message, GDestroyNotify destroy);

/** ipd_outbox_close: Thread: the owner's. Nothing is delivered any more; the memory goes with the last message. */
void ipd_outbox_close (IpdOutbox *outbox);
