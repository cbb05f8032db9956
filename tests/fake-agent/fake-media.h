// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/*
 * A station's media beside the fake agent: the test picture and a tone, as SRTP over the loopback, with keys made for
 * the run. Thread: main.
 */
typedef struct _FakeMedia FakeMedia;

/*
 * @address: of the loopback (127.x.y.z); both ends are bound there, to ports that are free
 * @on_ready: once, when pictures come
 */
FakeMedia *fake_media_new (const char *address, void (*on_ready) (gpointer data), gpointer data, GError **error);
void fake_media_free (FakeMedia *media);

/* A new visit, with new keys: the picture goes to the client's sockets from here on. Ends the one before. */
gboolean fake_media_ring (FakeMedia *media, GError **error);

/* Sound both ways, as after a 200. */
void fake_media_talk (FakeMedia *media);

/*
 * What OpenMedia answers.
 * ret_fds: (transfer full): the client's four sockets in the order of the contract
 *
 * Returns: (transfer floating): the a{sv} of the contract
 */
GVariant *fake_media_open (FakeMedia *media, GUnixFDList **ret_fds);
