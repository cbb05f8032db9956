// SPDX-License-Identifier: Apache-2.0
/*
 * Look-up of the words of the wire and of D-Bus. Used by the *_from_string functions of this folder and by readers in
 * wire; pure, any thread.
 */
#include "core/words.h"

#include <string.h>

bool
ipd_words_find (const char *const *words, size_t n_words, const char *text, unsigned *ret_index)
{
  if (text == NULL)
    return false;
  for (size_t i = 0; i < n_words; i++)
    {
      if (strcmp (words[i], text) == 0)
        {
          *ret_index = (unsigned) i;
          return true;
        }
    }
  return false;
}
