// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/keys.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * What the targets share. A target is one function: called by libFuzzer with what it makes up (-Dfuzz=true), or by
 * replay.c with the files of its corpus (the ordinary build). It must return 0 whatever it is given.
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The signers of the seeds in corpus/: seed of 32 equal octets. */
static inline IpdKeyPair
fuzz_pair (uint8_t number)
{
  uint8_t seed[IPD_SEED_OCTETS];
  IpdKeyPair pair;
  memset (seed, number, sizeof seed);
  ipd_key_pair_from_seed (seed, &pair);
  return pair;
}
#define FUZZ_STATION fuzz_pair (1)
#define FUZZ_CLIENT  fuzz_pair (2)
