// SPDX-License-Identifier: Apache-2.0
/*
 * Places of popups, shared by processes. Called by the session before it shows its popup.
 */
#include "desktop/popup-slot.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/file.h>
#include <unistd.h>

#define MAX_SLOTS 16

int
ipd_popup_slot_take (const char *dir, unsigned *ret_slot)
{
  for (unsigned slot = 0; slot < MAX_SLOTS; slot++)
    {
      g_autofree char *path = g_strdup_printf ("%s/popup-%u.lock", dir, slot);
      int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

      if (fd < 0)
        break;
      if (flock (fd, LOCK_EX | LOCK_NB) == 0)
        {
          *ret_slot = slot;
          return fd;
        }
      close (fd);
    }
  *ret_slot = 0;
  return -1;
}
