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
  IPD_CONFIG_ERROR_VALUE, /* a key whose value cannot be used; the message names group, key and value (of a secret: not
                             the value) */
} IpdConfigError;

/* Where the contact of an output is, and how a simulated one behaves. */
typedef enum {
  IPD_CONTACT_PLAN_NONE,  /* the output has no contact */
  IPD_CONTACT_PLAN_OPENS, /* simulated: opens delay_ms after the relay */
  IPD_CONTACT_PLAN_NEVER, /* simulated: has a contact, which stays closed */
  IPD_CONTACT_PLAN_GPIO,  /* contact_line */
  IPD_CONTACT_PLAN_UNSET, /* only while the file is read: none on a GPIO line, else OPENS */
} IpdContactPlan;

/* One line of a GPIO chip. */
typedef struct {
  char chip[64];       /* "gpiochip0" (below /dev) or an absolute path; "" = no line */
  guint line;          /* offset on the chip */
  gboolean active_low; /* on (relay), open (contact) is the low level */
} IpdGpioLine;

typedef struct {
  char id[17];              /* [a-z0-9-]{1,16}, the name of its group */
  char *name;               /* for people, at most 64 octets */
  char *kind;               /* "lock", "gate", "aux", "light", "floor" */
  IpdGpioLine relay_line;   /* no chip: the relay is simulated */
  guint pulse_ms;           /* how long the relay stays on */
  IpdContactPlan contact;   /* `opens` and `late MS` are the same plan with another delay */
  IpdGpioLine contact_line; /* plan GPIO */
  guint contact_delay_ms;   /* plan OPENS */
  guint contact_timeout_ms; /* after this without the contact: contact-timeout */
  char *dtmf_code; /* (nullable): keys that open it from a phone which may, core/dtmf-code.h; never to be logged */
} IpdOutputConfig;

/* A SIP phone that this station rings, docs/protocol.md §15. */
typedef struct {
  char id[33];    /* [A-Za-z0-9._-]{1,32}, the name of its group and its SIP user; never of the form of a client's id */
  char *name;     /* for people */
  char *secret;   /* digest password, 16 to 64 printable ASCII characters; never to be logged */
  char **outputs; /* ids of outputs of this station that it may open, none by default */
  gboolean dtmf;  /* whether their codes are listened to at all */
} IpdPhoneConfig;

/* An output of a third-party station. */
typedef struct {
  char id[17];
  char *name;
  char *kind;
  char *code;   /* (nullable): what opens it, in the way of its driver; never to be logged */
  guint number; /* its number at that station, from 1 */
} IpdDeviceOutputConfig;

/* A station of another maker that belongs to this plant, docs/protocol.md §14. */
typedef struct {
  char id[17]; /* [a-z0-9-]{1,16}, the name of its group: its id in the directory is derived from that */
  char *name;
  char *driver; /* name of its file in the folder of drivers, without .json */
  char *host;   /* numeric address */
  guint16 sip_port;
  guint16 http_port;
  guint16 rtsp_port;
  char *user;         /* (nullable): for its HTTP and RTSP */
  char *password;     /* (nullable): never to be logged */
  GPtrArray *outputs; /* of IpdDeviceOutputConfig, in the order of the file */
} IpdDeviceConfig;

typedef struct {
  guint16 first;
  guint16 last; /* inclusive */
} IpdPortRange;

/* What the video that the protocol offers can carry: H.264 level 3.1, at most 1280 x 720 at 30 pictures a second. */
typedef struct {
  guint width;  /* pixels, even */
  guint height; /* pixels, even */
} IpdPictureSize;

typedef struct {
  /* [station] */
  char *name;
  char *plant;
  char **roles;
  guint buttons;
  /* [network] */
  char *bind;        /* IPv4 or IPv6 address, NULL: that of the first interface that is up */
  guint16 http_port; /* 0: any free one (tests) */
  IpdPortRange sip_ports;
  IpdPortRange audio_ports;
  IpdPortRange video_ports;
  gboolean publish; /* DNS-SD */
  /* [media], in the form that media/station.h reads */
  char *camera;
  IpdPictureSize picture;
  guint fps;  /* pictures a second */
  guint kbps; /* of the picture, kbit/s */
  char *microphone;
  char *speaker; /* NULL: file speaker.wav in the state directory */
  /* [visit] */
  guint ring_seconds;
  guint talk_seconds;
  GPtrArray *outputs; /* of IpdOutputConfig, in the order of the file */
  GPtrArray *phones;  /* of IpdPhoneConfig, likewise */
  GPtrArray *devices; /* of IpdDeviceConfig, likewise */
} IpdStationConfig;

/* Returns: (transfer none) (nullable) */
const IpdOutputConfig *ipd_station_config_find_output (const IpdStationConfig *self, const char *id);

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
