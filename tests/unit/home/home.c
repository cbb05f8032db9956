// SPDX-License-Identifier: Apache-2.0
#include "home/home.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>

void
home_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      home_remove (child);
    }
  g_remove (path);
}

/* Between fork and exec. */
static void
ask_for_death (gpointer unused)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
home_die_with_the_test (GSubprocessLauncher *launcher)
{
  g_subprocess_launcher_set_child_setup (launcher, ask_for_death, NULL, NULL);
}

GSubprocessLauncher *
home_launcher_new (const char *path, GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);
  static const char *const folders[][2] = { { "XDG_RUNTIME_DIR", "run" },
                                            { "XDG_DATA_HOME", "data" },
                                            { "XDG_CONFIG_HOME", "config" },
                                            { "XDG_STATE_HOME", "state" } };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (path, folders[i][1], NULL);

      g_mkdir_with_parents (folder, 0700);
      g_subprocess_launcher_setenv (launcher, folders[i][0], folder, TRUE);
    }
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  g_subprocess_launcher_setenv (launcher, "G_DEBUG", "fatal-criticals", TRUE);
  home_die_with_the_test (launcher);
  return launcher;
}
