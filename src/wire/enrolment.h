// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.h"
#include "core/name.h"
#include "core/output.h"
#include "wire/error.h"
#include "wire/keys.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * Enrolment, both sides, as pure functions (docs/protocol.md §5): texts of HTTP bodies in and out, proofs, the sealed
 * package. Who may try how often, and until when a code is good, is the station's. Thread: any.
 *
 *   client                                   authority
 *   ipd_enrol_key_from_code                  ipd_enrol_code_generate, ipd_enrol_key_from_code
 *   ipd_enrol_start_write       ->           ipd_enrol_start_read
 *   ipd_enrol_offer_read        <-           ipd_enrol_offer_write
 *   ipd_enrol_finish_make, _write ->         ipd_enrol_finish_read, _verify
 *   ipd_enrol_reply_read, _verify,  <-       ipd_enrol_package_seal, ipd_enrol_reply_make, _write
 *   ipd_enrol_package_open
 */

#define IPD_ENROL_CODE_LENGTH       20 /* characters of a normalised code: 100 bits */
#define IPD_ENROL_CODE_SHOWN        23 /* with its three dashes */
#define IPD_ENROL_HINT_LENGTH       8
#define IPD_ENROL_NONCE_OCTETS      16
#define IPD_ENROL_PROOF_OCTETS      32
#define IPD_ENROL_REQUEST_MAX       8192
#define IPD_ENROL_REPLY_MAX         65536
#define IPD_ENROL_STATIONS_MAX      64
#define IPD_ENROL_USER_MAX          64
#define IPD_ENROL_PASSWORD_MAX      128
#define IPD_ENROL_CODE_MAX          32
#define IPD_ENROL_CODE_LIFETIME_S   900
#define IPD_ENROL_TRIES             5
#define IPD_ENROL_FINISHES_A_MINUTE 20

/** IpdEnrolKey: K, all that is kept of a code. Wipe it with ipd_wipe(). */
typedef struct {
  uint8_t k[32];
} IpdEnrolKey;

/** ipd_enrol_code_generate: 20 fresh characters, ready for ipd_enrol_key_from_code(). Wipe it. */
void ipd_enrol_code_generate (char ret_code[static IPD_ENROL_CODE_LENGTH + 1]);
/** ipd_enrol_code_format: ABCDE-FGHIJ-KLMNO-PQRST. */
void ipd_enrol_code_format (const char code[static IPD_ENROL_CODE_LENGTH + 1],
                            char ret_shown[static IPD_ENROL_CODE_SHOWN + 1]);
/** ipd_enrol_code_normalise: what a person typed. Returns: %FALSE when it is not 20 characters of a code. */
gboolean ipd_enrol_code_normalise (const char *typed, char ret_code[static IPD_ENROL_CODE_LENGTH + 1]);

void ipd_enrol_key_from_code (const char code[static IPD_ENROL_CODE_LENGTH + 1], IpdEnrolKey *ret_key);
/** ipd_enrol_hint: selects the code at the authority without saying it. */
void ipd_enrol_hint (const IpdEnrolKey *key, char ret_hint[static IPD_ENROL_HINT_LENGTH + 1]);

/* 1. start */
char *ipd_enrol_start_write (const char *hint);
gboolean ipd_enrol_start_read (const char *body, size_t length, char ret_hint[static IPD_ENROL_HINT_LENGTH + 1],
                               GError **error);

/** IpdEnrolOffer: answer to start; the same whatever the hint. */
typedef struct {
  uint8_t authority_pk[IPD_PK_OCTETS];
  uint8_t nonce[IPD_ENROL_NONCE_OCTETS];
} IpdEnrolOffer;
char *ipd_enrol_offer_write (const IpdEnrolOffer *offer);
gboolean ipd_enrol_offer_read (const char *body, size_t length, IpdEnrolOffer *ret_offer, GError **error);

/* 2. finish */
typedef struct {
  char hint[IPD_ENROL_HINT_LENGTH + 1];
  uint8_t pk[IPD_PK_OCTETS]; /* of the client */
  IpdName name;
  uint8_t cnonce[IPD_ENROL_NONCE_OCTETS];
  uint8_t nonce[IPD_ENROL_NONCE_OCTETS];
  uint8_t proof[IPD_ENROL_PROOF_OCTETS];
} IpdEnrolFinish;
/** ipd_enrol_finish_make: hint, a fresh cnonce and the proof; @name is cut on a character at its limit. */
void ipd_enrol_finish_make (const IpdEnrolKey *key, const uint8_t client_pk[static IPD_PK_OCTETS], const char *name,
                            const IpdEnrolOffer *offer, IpdEnrolFinish *ret_finish);
char *ipd_enrol_finish_write (const IpdEnrolFinish *finish);
gboolean ipd_enrol_finish_read (const char *body, size_t length, IpdEnrolFinish *ret_finish, GError **error);
/** ipd_enrol_finish_verify: @offer is what this authority offered with that nonce. Constant time. */
gboolean ipd_enrol_finish_verify (const IpdEnrolKey *key, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish);

/** IpdEnrolVendor: what a client needs to open and watch a third-party station (docs/protocol.md §14). */
typedef struct {
  IpdId device;
  char user[IPD_ENROL_USER_MAX + 1];         /* "" = none */
  char password[IPD_ENROL_PASSWORD_MAX + 1]; /* "" = none */
  struct {
    IpdOutputId id;
    char code[IPD_ENROL_CODE_MAX + 1]; /* digits or the password of a URL, "" = none */
    uint16_t number;                   /* of the relay at the maker, from 1 */
  } outputs[IPD_OUTPUTS_MAX];
  unsigned n_outputs;
} IpdEnrolVendor;

/** IpdEnrolPackage: what enrolment gives. ipd_enrol_package_clear() wipes the secrets. */
typedef struct {
  IpdId plant;
  IpdName plant_name;
  uint8_t authority_pk[IPD_PK_OCTETS];
  IpdId client;
  char *licence;   /* token text, owned */
  char *directory; /* token text, owned */
  struct {
    IpdId station;
    IpdShortId secret;
  } sip[IPD_ENROL_STATIONS_MAX];
  unsigned n_sip;
  IpdEnrolVendor *vendors; /* owned, of g_malloc; %NULL when there are none; wiped by clear */
  unsigned n_vendors;      /* at most IPD_ENROL_STATIONS_MAX */
} IpdEnrolPackage;
void ipd_enrol_package_clear (IpdEnrolPackage *package);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdEnrolPackage, ipd_enrol_package_clear)

/**
 * ipd_enrol_package_seal: token of the authority, sealed to the client. Plant id and key come from @authority.
 * Returns: (transfer full) (nullable). Errors: IPD_WIRE_ERROR_TOO_LONG, SEAL (bad client key).
 */
GBytes *ipd_enrol_package_seal (const IpdKeyPair *authority, const uint8_t client_pk[static IPD_PK_OCTETS],
                                const IpdEnrolPackage *package, GError **error);
/**
 * ipd_enrol_package_open:
 * @authority_pk: of the offer whose proof was verified: this is what pins the plant
 * @ret_package: (out): overwritten without being cleared
 *
 * The tokens inside are checked by their own readers; here they only have their form.
 * Errors: IPD_WIRE_ERROR_SEAL, FORM, TOO_LONG, SIGNER, SIGNATURE, VERSION, MEMBER, MISMATCH (another plant, key or
 * client).
 */
gboolean ipd_enrol_package_open (const IpdKeyPair *client, const uint8_t authority_pk[static IPD_PK_OCTETS],
                                 const void *sealed, size_t length, IpdEnrolPackage *ret_package, GError **error);

/* 3. reply */
typedef struct {
  uint8_t proof[IPD_ENROL_PROOF_OCTETS];
  GBytes *package; /* sealed, owned */
} IpdEnrolReply;
void ipd_enrol_reply_clear (IpdEnrolReply *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpdEnrolReply, ipd_enrol_reply_clear)
/** ipd_enrol_reply_make: @finish was verified; @package is taken a reference of. */
void ipd_enrol_reply_make (const IpdEnrolKey *key, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish,
                           GBytes *package, IpdEnrolReply *ret_reply);
/** ipd_enrol_reply_write: Returns: (transfer full) (nullable): %NULL when it would be above IPD_ENROL_REPLY_MAX. */
char *ipd_enrol_reply_write (const IpdEnrolReply *reply);
/** ipd_enrol_reply_read: @ret_reply is overwritten without being cleared. */
gboolean ipd_enrol_reply_read (const char *body, size_t length, IpdEnrolReply *ret_reply, GError **error);
/** ipd_enrol_reply_verify: that the authority knows the code too, and that nobody changed the package. */
gboolean ipd_enrol_reply_verify (const IpdEnrolKey *key, const IpdEnrolOffer *offer, const IpdEnrolFinish *finish,
                                 const IpdEnrolReply *reply);

G_END_DECLS
