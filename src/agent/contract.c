// SPDX-License-Identifier: Apache-2.0
/*
 * Owns the two exported objects of the contract: one for private connections, one for the session bus. They are two
 * so that no check can be forgotten in a handler: the public one has no handler that acts. Main context only.
 */
#include "agent/contract.h"

#include <gio/gunixfdlist.h>

#include "agent-contract.h"

struct _IpdContract {
  const IpdContractVerbs *verbs;
  gpointer owner;
  IpdBusAgent1 *private_end;
  IpdBusAgent1 *public_end;
};

typedef GDBusMethodInvocation Invocation;

/* Answers with @error if there is one; the caller goes on only when this says true. */
static bool
succeeded (Invocation *invocation, GError *error)
{
  if (error == NULL)
    return true;
  g_dbus_method_invocation_take_error (invocation, error);
  return false;
}

static gboolean
on_get_status (IpdBusAgent1 *end, Invocation *invocation, IpdContract *self)
{
  ipd_bus_agent1_complete_get_status (end, invocation, self->verbs->status (self->owner));
  return TRUE;
}

static gboolean
on_get_devices (IpdBusAgent1 *end, Invocation *invocation, IpdContract *self)
{
  ipd_bus_agent1_complete_get_devices (end, invocation, self->verbs->devices (self->owner));
  return TRUE;
}

static gboolean
on_get_visits (IpdBusAgent1 *end, Invocation *invocation, IpdContract *self)
{
  ipd_bus_agent1_complete_get_visits (end, invocation, self->verbs->visits (self->owner));
  return TRUE;
}

static gboolean
on_get_history (IpdBusAgent1 *end, Invocation *invocation, guint limit, IpdContract *self)
{
  ipd_bus_agent1_complete_get_history (end, invocation, self->verbs->history (self->owner, limit));
  return TRUE;
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Invocation *invocation = user_data;
  GError *error = NULL;
  GVariant *status = g_task_propagate_pointer (G_TASK (result), &error);

  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_enrol (NULL, invocation, status);
}

static gboolean
on_enrol (IpdBusAgent1 *end, Invocation *invocation, const char *code, const char *address, const char *name,
          IpdContract *self)
{
  GTask *task = g_task_new (NULL, NULL, on_enrolled, invocation);

  g_task_set_source_tag (task, on_enrol);
  self->verbs->enrol (self->owner, code, address, name, task);
  return TRUE;
}

static gboolean
on_un_enrol (IpdBusAgent1 *end, Invocation *invocation, IpdContract *self)
{
  GError *error = NULL;

  self->verbs->un_enrol (self->owner, &error);
  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_un_enrol (end, invocation);
  return TRUE;
}

static gboolean
on_open (IpdBusAgent1 *end, Invocation *invocation, const char *device, const char *output, const char *visit,
         IpdContract *self)
{
  GError *error = NULL;
  g_autofree char *command = self->verbs->open (self->owner, device, output, visit, &error);

  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_open (end, invocation, command);
  return TRUE;
}

static gboolean
on_call (IpdBusAgent1 *end, Invocation *invocation, const char *device, IpdContract *self)
{
  GError *error = NULL;
  g_autofree char *visit = self->verbs->call (self->owner, device, &error);

  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_call (end, invocation, visit);
  return TRUE;
}

static gboolean
on_answer (IpdBusAgent1 *end, Invocation *invocation, const char *visit, IpdContract *self)
{
  GError *error = NULL;

  self->verbs->answer (self->owner, visit, &error);
  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_answer (end, invocation);
  return TRUE;
}

static gboolean
on_reject (IpdBusAgent1 *end, Invocation *invocation, const char *visit, IpdContract *self)
{
  GError *error = NULL;

  self->verbs->reject (self->owner, visit, &error);
  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_reject (end, invocation);
  return TRUE;
}

static gboolean
on_hang_up (IpdBusAgent1 *end, Invocation *invocation, const char *visit, IpdContract *self)
{
  GError *error = NULL;

  self->verbs->hang_up (self->owner, visit, &error);
  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_hang_up (end, invocation);
  return TRUE;
}

static gboolean
on_hold (IpdBusAgent1 *end, Invocation *invocation, const char *visit, IpdContract *self)
{
  GError *error = NULL;

  self->verbs->hold (self->owner, visit, &error);
  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_hold (end, invocation);
  return TRUE;
}

static gboolean
on_resume (IpdBusAgent1 *end, Invocation *invocation, const char *visit, IpdContract *self)
{
  GError *error = NULL;

  self->verbs->resume (self->owner, visit, &error);
  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_resume (end, invocation);
  return TRUE;
}

static gboolean
on_send_digits (IpdBusAgent1 *end, Invocation *invocation, const char *visit, const char *digits, IpdContract *self)
{
  GError *error = NULL;

  self->verbs->send_digits (self->owner, visit, digits, &error);
  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_send_digits (end, invocation);
  return TRUE;
}

static gboolean
on_open_media (IpdBusAgent1 *end, Invocation *invocation, GUnixFDList *no_fds, const char *visit, IpdContract *self)
{
  IpdContractMedia media;
  GError *error = NULL;
  GVariant *params = self->verbs->open_media (self->owner, visit, &media, &error);
  g_autoptr (GUnixFDList) fds = NULL;

  if (!succeeded (invocation, error))
    return TRUE;
  /* The list takes the descriptors and closes them once they are sent. */
  fds = g_unix_fd_list_new_from_array (media.fd, G_N_ELEMENTS (media.fd));
  ipd_bus_agent1_complete_open_media (end, invocation, fds, params, g_variant_new_handle (0), g_variant_new_handle (1),
                                      g_variant_new_handle (2), g_variant_new_handle (3));
  return TRUE;
}

static gboolean
on_report_media (IpdBusAgent1 *end, Invocation *invocation, const char *visit, const char *event, const char *detail,
                 IpdContract *self)
{
  GError *error = NULL;

  self->verbs->report_media (self->owner, visit, event, detail, &error);
  if (succeeded (invocation, error))
    ipd_bus_agent1_complete_report_media (end, invocation);
  return TRUE;
}

/* Connected swapped, so that it fits every method whatever its arguments are. */
static gboolean
on_denied (gpointer unused, Invocation *invocation)
{
  g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                                         "%s acts, and is answered on the agent's private socket only.",
                                         g_dbus_method_invocation_get_method_name (invocation));
  return TRUE;
}

static const struct {
  const char *signal;
  GCallback handler;
} readers[] = {
  { "handle-get-status", G_CALLBACK (on_get_status) },
  { "handle-get-devices", G_CALLBACK (on_get_devices) },
  { "handle-get-visits", G_CALLBACK (on_get_visits) },
  { "handle-get-history", G_CALLBACK (on_get_history) },
}, actors[] = {
  { "handle-enrol", G_CALLBACK (on_enrol) },
  { "handle-un-enrol", G_CALLBACK (on_un_enrol) },
  { "handle-open", G_CALLBACK (on_open) },
  { "handle-call", G_CALLBACK (on_call) },
  { "handle-answer", G_CALLBACK (on_answer) },
  { "handle-reject", G_CALLBACK (on_reject) },
  { "handle-hang-up", G_CALLBACK (on_hang_up) },
  { "handle-hold", G_CALLBACK (on_hold) },
  { "handle-resume", G_CALLBACK (on_resume) },
  { "handle-send-digits", G_CALLBACK (on_send_digits) },
  { "handle-open-media", G_CALLBACK (on_open_media) },
  { "handle-report-media", G_CALLBACK (on_report_media) },
};

IpdContract *
ipd_contract_new (const IpdContractVerbs *verbs, gpointer owner)
{
  IpdContract *self = g_new0 (IpdContract, 1);

  self->verbs = verbs;
  self->owner = owner;
  self->private_end = ipd_bus_agent1_skeleton_new ();
  self->public_end = ipd_bus_agent1_skeleton_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      g_signal_connect (self->private_end, readers[i].signal, readers[i].handler, self);
      g_signal_connect (self->public_end, readers[i].signal, readers[i].handler, self);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (actors); i++)
    {
      g_signal_connect (self->private_end, actors[i].signal, actors[i].handler, self);
      g_signal_connect_swapped (self->public_end, actors[i].signal, G_CALLBACK (on_denied), NULL);
    }
  return self;
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer user_data)
{
  GDBusInterfaceSkeleton *end = user_data;

  g_signal_handlers_disconnect_by_func (connection, on_closed, end);
  if (g_dbus_interface_skeleton_has_connection (end, connection))
    g_dbus_interface_skeleton_unexport_from_connection (end, connection);
}

static bool
serve (IpdBusAgent1 *end, GDBusConnection *connection, GError **error)
{
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (end), connection, IPD_CONTRACT_PATH, error))
    return false;
  g_signal_connect_object (connection, "closed", G_CALLBACK (on_closed), end, 0);
  return true;
}

bool
ipd_contract_serve_private (IpdContract *self, GDBusConnection *connection, GError **error)
{
  return serve (self->private_end, connection, error);
}

bool
ipd_contract_serve_public (IpdContract *self, GDBusConnection *connection, GError **error)
{
  return serve (self->public_end, connection, error);
}

typedef void (*Emit) (IpdBusAgent1 *end, GVariant *value);

static void
emit_both (IpdContract *self, Emit emit, GVariant *value)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (value);

  emit (self->private_end, kept);
  emit (self->public_end, kept);
}

void
ipd_contract_emit_status (IpdContract *self, GVariant *status)
{
  emit_both (self, ipd_bus_agent1_emit_status_changed, status);
}

void
ipd_contract_emit_device (IpdContract *self, GVariant *device)
{
  emit_both (self, ipd_bus_agent1_emit_device_changed, device);
}

void
ipd_contract_emit_visit (IpdContract *self, GVariant *visit)
{
  emit_both (self, ipd_bus_agent1_emit_visit_changed, visit);
}

void
ipd_contract_emit_command (IpdContract *self, GVariant *command)
{
  emit_both (self, ipd_bus_agent1_emit_command_changed, command);
}

void
ipd_contract_emit_media_changed (IpdContract *self, const char *visit)
{
  ipd_bus_agent1_emit_media_changed (self->private_end, visit);
  ipd_bus_agent1_emit_media_changed (self->public_end, visit);
}

void
ipd_contract_emit_digits_wanted (IpdContract *self, const char *visit, const char *digits, guint duration_ms,
                                 guint gap_ms)
{
  ipd_bus_agent1_emit_digits_wanted (self->private_end, visit, digits, duration_ms, gap_ms);
}

static void
retire (IpdContract *self, IpdBusAgent1 *end)
{
  g_signal_handlers_disconnect_by_data (end, self);
  if (g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (end)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (end));
  g_object_unref (end);
}

void
ipd_contract_free (IpdContract *self)
{
  retire (self, self->private_end);
  retire (self, self->public_end);
  g_free (self);
}
