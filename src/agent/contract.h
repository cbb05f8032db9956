// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/*
 * The agent's end of data/io.ipdoor.Agent1.xml, with nothing of door entry in it: methods become calls of a table of
 * verbs, changes become signals. It is served on two kinds of connection: private ones, where everything works, and
 * public ones (the session bus), where everything that acts answers AccessDenied.
 *
 * Thread: the main context's; verbs are called there.
 */

#define IPD_CONTRACT_PATH "/io/ipdoor/Agent1"
#define IPD_CONTRACT_NAME "io.ipdoor.Agent1"

typedef struct {
  int fd[4]; /* audio RTP, audio RTCP, video RTP, video RTCP; belong to the receiver of the struct */
} IpdContractMedia;

/*
 * What the owner does for each method. Variants are floating or full, and of the contract's types. A verb that fails
 * returns %NULL or false with an error of IPD_AGENT_ERROR.
 */
typedef struct {
  GVariant *(*status) (gpointer owner);
  GVariant *(*devices) (gpointer owner);
  GVariant *(*visits) (gpointer owner);
  GVariant *(*history) (gpointer owner, guint limit);
  /* @task: (transfer full): returns the status (GVariant *) or an error, now or later. */
  void (*enrol) (gpointer owner, const char *code, const char *address, const char *name, GTask *task);
  bool (*un_enrol) (gpointer owner, GError **error);
  char *(*open) (gpointer owner, const char *device, const char *output, const char *visit, GError **error);
  char *(*call) (gpointer owner, const char *device, GError **error);
  bool (*answer) (gpointer owner, const char *visit, GError **error);
  bool (*reject) (gpointer owner, const char *visit, GError **error);
  bool (*hang_up) (gpointer owner, const char *visit, GError **error);
  bool (*hold) (gpointer owner, const char *visit, GError **error);
  bool (*resume) (gpointer owner, const char *visit, GError **error);
  bool (*send_digits) (gpointer owner, const char *visit, const char *digits, GError **error);
  GVariant *(*open_media) (gpointer owner, const char *visit, IpdContractMedia *ret_media, GError **error);
  bool (*report_media) (gpointer owner, const char *visit, const char *event, const char *detail, GError **error);
} IpdContractVerbs;

typedef struct _IpdContract IpdContract;

/* @verbs: every member set; must outlive the contract, as must @owner. */
IpdContract *ipd_contract_new (const IpdContractVerbs *verbs, gpointer owner);

/* Exports the object on @connection until it closes. Fails only if something else is exported there. */
bool ipd_contract_serve_private (IpdContract *contract, GDBusConnection *connection, GError **error);
bool ipd_contract_serve_public (IpdContract *contract, GDBusConnection *connection, GError **error);

/* Each takes a floating a{sv} and sends it to every connection. */
void ipd_contract_emit_status (IpdContract *contract, GVariant *status);
void ipd_contract_emit_device (IpdContract *contract, GVariant *device);
void ipd_contract_emit_visit (IpdContract *contract, GVariant *visit);
void ipd_contract_emit_command (IpdContract *contract, GVariant *command);
void ipd_contract_emit_media_changed (IpdContract *contract, const char *visit);

/* DigitsWanted: to private connections only, because digits open doors. Lengths in milliseconds. */
void ipd_contract_emit_digits_wanted (IpdContract *contract, const char *visit, const char *digits, guint duration_ms,
                                      guint gap_ms);

void ipd_contract_free (IpdContract *contract);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdContract, ipd_contract_free)
