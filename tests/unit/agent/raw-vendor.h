// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "raw-station.h"
#include "wire/enrolment.h"
#include "wire/peer-sdp.h"

/*
 * A third-party station of a RawPlant, at an address of its own: plain SIP and a small HTTP server, with no rule in it.
 * Its output "door" has the code 1234 and the number 2, this client may not open "back"; user and password are "me" and
 * "secret". Everything is waited
 * for by turning the main context.
 */
struct _RawVendor {
  RawPlant *plant;
  const char *host;
  IpdId id;
  char *driver; /* JSON */
  IpdSip *sip;
  GQueue events; /* of IpdSipEvent: all that SIP said and that nobody waited for yet */

  guint16 http_port;
  GSocketService *http;
  char *http_challenge;   /* (nullable): of WWW-Authenticate: asked for once, whoever has no answer to it gets 401 */
  char *http_reply;       /* whole; NULL: never answers */
  GPtrArray *requests;    /* of char *: heads and bodies as they came */
  GPtrArray *connections; /* kept open where it never answers */
};

RawVendor *raw_vendor_new (RawPlant *plant, const char *host, const char *driver);
void raw_vendor_free (RawVendor *vendor);
/* Nobody listens on its HTTP port any more. */
void raw_vendor_stop_http (RawVendor *vendor);
/* What its plant says of it: a device for the directory, and the member of the enrolment package. (transfer full) */
IpdDevice *raw_vendor_device (RawVendor *vendor);
void raw_vendor_fill_package (RawVendor *vendor, IpdEnrolVendor *ret_entry);
/* Writes the driver to @dir/vendors. */
void raw_vendor_write_driver (RawVendor *vendor, const char *dir);

/* Its offer, with sound and picture at @host; @edit: (nullable) changes it. (transfer full) */
char *raw_vendor_offer (RawVendor *vendor, const char *host, void (*edit) (IpdPeerSdp *sdp));
/* Rings the agent from @sip. Returns: the call */
guint64 raw_vendor_ring (RawVendor *vendor, IpdSip *sip, const char *sdp);
/* Waits for the next event of that type, dropping others. (transfer full) */
IpdSipEvent *raw_vendor_wait (RawVendor *vendor, IpdSipEventType type);
/* Waits for a request of HTTP; borrowed. */
const char *raw_vendor_wait_request (RawVendor *vendor, guint n);
/* Answers an INVITE of the agent with what its offer comes to. */
void raw_vendor_take_call (RawVendor *vendor, const IpdSipEvent *invite);
