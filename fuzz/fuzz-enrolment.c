// SPDX-License-Identifier: Apache-2.0
/* The four bodies of an enrolment, the members of the package (signed and sealed here), and what a person types. */

#include "fuzz.h"

#include "wire/enrolment.h"
#include "wire/paseto.h"

static void
try_package (const uint8_t *data, size_t size)
{
  IpdKeyPair authority = FUZZ_STATION, client = FUZZ_CLIENT;
  g_auto (IpdEnrolPackage) package = { 0 };
  g_autofree char *token
      = ipd_paseto_sign (&authority, (IpdOctets){ data, size }, (IpdOctets){ authority.id.s, IPD_ID_LENGTH },
                         (IpdOctets){ "ipdoor 1 enrolment", 18 });
  g_autoptr (GBytes) sealed = ipd_seal (client.pk, token, strlen (token));

  ipd_enrol_package_open (&client, authority.pk, data, size, &package, NULL);
  if (ipd_enrol_package_open (&client, authority.pk, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed),
                              &package, NULL))
    g_assert_cmpstr (package.client.s, ==, client.id.s);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  char hint[IPD_ENROL_HINT_LENGTH + 1], code[IPD_ENROL_CODE_LENGTH + 1];
  IpdEnrolOffer offer;
  IpdEnrolFinish finish;
  g_auto (IpdEnrolReply) reply = { 0 };

  if (ipd_enrol_start_read (text, size, hint, NULL))
    g_assert_cmpuint (strlen (hint), ==, IPD_ENROL_HINT_LENGTH);
  ipd_enrol_offer_read (text, size, &offer, NULL);
  if (ipd_enrol_finish_read (text, size, &finish, NULL))
    {
      g_autofree char *again = ipd_enrol_finish_write (&finish);
      g_assert_true (ipd_enrol_finish_read (again, strlen (again), &finish, NULL));
    }
  ipd_enrol_reply_read (text, size, &reply, NULL);
  g_autofree char *typed = g_strndup (text, size);
  if (ipd_enrol_code_normalise (typed, code))
    g_assert_cmpuint (strlen (code), ==, IPD_ENROL_CODE_LENGTH);
  if (size <= 4096)
    try_package (data, size);
  return 0;
}
