// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <netinet/in.h>

/*
 * What an installer may set, read from one key file (data/station.conf documents every key).
 * Values are checked here, once: whoever holds an IpdStationConfig needs no check of its own.
 * Thread: any; values are not shared between threads.
 */

#define IPD_CONFIG_ERROR (ipd_config_error_quark ())
GQuark ipd_config_error_quark (void);

typedef enum {
  IPD_CONFIG_ERROR_FILE,    /* the file cannot be read or is no key file */
  IPD_CONFIG_ERROR_UNKNOWN, /* a group or key that does not exist */
  IPD_CONFIG_ERROR_VALUE,   /* a key whose value cannot be used; the message names group, key and value */
} IpdConfigError;

/* How the contact of a simulated output behaves. */
typedef enum {
  IPD_CONTACT_PLAN_NONE,  /* the output has no contact */
  IPD_CONTACT_PLAN_OPENS, /* opens delay_ms after the relay */
  IPD_CONTACT_PLAN_NEVER, /* has a contact, which stays closed */
} IpdContactPlan;

typedef struct {
  char id[17];              /* [a-z0-9-]{1,16}, the name of its group */
  char *name;               /* for people, at most 64 octets */
  char *kind;               /* "lock", "gate", "aux", "light", "floor" */
  char *driver;             /* "sim" */
  guint pulse_ms;           /* how long the relay stays on */
  IpdContactPlan contact;   /* `opens` and `late MS` are the same plan with another delay */
  guint contact_delay_ms;   /* plan OPENS */
  guint contact_timeout_ms; /* after this without the contact: contact-timeout */
} IpdOutputConfig;

typedef struct {
  guint16 first;
  guint16 last; /* inclusive */
} IpdPortRange;

typedef struct {
  /* [station] */
  char *name;
  char *plant;
  char **roles;
  guint buttons;
  /* [network] */
  char *bind;        /* IPv4 address, NULL: that of the first interface that is up */
  guint16 http_port; /* 0: any free one (tests) */
  IpdPortRange sip_ports;
  IpdPortRange audio_ports;
  IpdPortRange video_ports;
  gboolean publish; /* DNS-SD */
  /* [media], in the form that media/station.h reads */
  char *camera;
  char *microphone;
  char *speaker; /* NULL: file speaker.wav in the state directory */
  /* [visit] */
  guint ring_seconds;
  guint talk_seconds;
  GPtrArray *outputs; /* of IpdOutputConfig, in the order of the file */
} IpdStationConfig;

/* The embedded default: one outdoor station that is also the broker, everything simulated, one door. */
IpdStationConfig *ipd_station_config_new (void);

/*
 * ipd_station_config_load:
 * @path: the key file
 *
 * Keys that are absent keep their default; outputs of the file replace the default one.
 * Errors: IpdConfigError; the message is a whole sentence for the installer.
 * Returns: (transfer full): the configuration, or %NULL
 */
IpdStationConfig *ipd_station_config_load (const char *path, GError **error);
IpdStationConfig *ipd_station_config_parse (const char *text, GError **error);

/* Command-line options go through the same checks as the file. */
gboolean ipd_station_config_set (IpdStationConfig *self, const char *group, const char *key, const char *value,
                                 GError **error);

void ipd_station_config_free (IpdStationConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpdStationConfig, ipd_station_config_free)
