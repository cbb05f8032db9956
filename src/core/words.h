// SPDX-License-Identifier: Apache-2.0
/*
 * Tables of words for enums that start at 0 and have no holes. For the .c files of core and wire.  Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The position of @text in @words; false for NULL or a word that is not there. */
bool ipd_words_find (const char *const *words, size_t n_words, const char *text, unsigned *ret_index);
