// SPDX-License-Identifier: Apache-2.0
/*
 * The part that all ways of discovery share: one handler, one set. Called by the agent, on the thread it was created
 * in.
 */
#include "discovery/discovery.h"

#include "discovery/discovery-private.h"

G_DEFINE_QUARK (ipd - discovery - error - quark, ipd_discovery_error)

struct _IpdDiscovery {
  const IpdDiscoveryClass *klass;
  gpointer backend;
  IpdFoundSet *set;
  IpdDiscoveryHandler handler; /* %NULL while stopped */
  gpointer user_data;
};

static void
on_change (IpdDiscoveryChange change, const IpdFound *found, gpointer user_data)
{
  static const char *const words[] = { "found", "changed", "lost" };
  IpdDiscovery *discovery = user_data;
  /* A copy: the handler may stop the discovery, which empties the set. */
  IpdFound value = *found;

  g_debug ("%s %s %s at %s:%u", discovery->klass->kind, words[change], value.id.s, value.host, value.http_port);
  if (discovery->handler != NULL)
    discovery->handler (discovery, change, &value, discovery->user_data);
}

IpdDiscovery *
ipd_discovery_new (const IpdDiscoveryClass *klass, gpointer backend)
{
  IpdDiscovery *discovery = g_new0 (IpdDiscovery, 1);

  discovery->klass = klass;
  discovery->backend = backend;
  discovery->set = ipd_found_set_new (on_change, discovery);
  return discovery;
}

bool
ipd_discovery_start (IpdDiscovery *discovery, IpdDiscoveryHandler handler, gpointer user_data, GError **error)
{
  if (discovery->handler != NULL)
    return true;
  if (!discovery->klass->start (discovery->backend, discovery->set, error))
    return false;
  discovery->handler = handler;
  discovery->user_data = user_data;
  return true;
}

void
ipd_discovery_stop (IpdDiscovery *discovery)
{
  discovery->klass->stop (discovery->backend);
  discovery->handler = NULL;
  ipd_found_set_clear (discovery->set);
}

void
ipd_discovery_free (IpdDiscovery *discovery)
{
  if (discovery == NULL)
    return;
  ipd_discovery_stop (discovery);
  discovery->klass->free (discovery->backend);
  ipd_found_set_free (discovery->set);
  g_free (discovery);
}
