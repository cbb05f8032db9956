// SPDX-License-Identifier: Apache-2.0
/*
 * What a phone keys, against the codes of the outputs it may open. Used by the station, one collector for each leg that
 * was answered by a phone; pure, any thread.
 */
#include "core/dtmf-code.h"

#include <string.h>

static bool
ends_entries (char digit)
{
  return digit == '*' || digit == '#';
}

static bool
is_digit (char digit)
{
  return (digit >= '0' && digit <= '9') || (digit >= 'A' && digit <= 'D');
}

bool
ipd_dtmf_code_valid (const char *text)
{
  size_t length = text == NULL ? 0 : strnlen (text, IPD_DTMF_CODE_MAX + 1);

  if (length == 0 || length > IPD_DTMF_CODE_MAX)
    return false;
  for (size_t i = 0; i < length; i++)
    {
      if (!is_digit (text[i]) && !(i == length - 1 && ends_entries (text[i])))
        return false;
    }
  return true;
}

bool
ipd_dtmf_codes_clash (const char *a, const char *b)
{
  size_t length_a = strlen (a), length_b = strlen (b);
  return strncmp (a, b, length_a < length_b ? length_a : length_b) == 0;
}

void
ipd_dtmf_collector_init (IpdDtmfCollector *ret_collector)
{
  memset (ret_collector, 0, sizeof *ret_collector);
}

bool
ipd_dtmf_collector_is_deaf (const IpdDtmfCollector *collector)
{
  return collector->wrong >= IPD_DTMF_WRONG_MAX;
}

static void
begin_entry (IpdDtmfCollector *collector)
{
  memset (collector->entry, 0, sizeof collector->entry);
  collector->n_entry = 0;
  collector->dull = false;
}

/* The first @length characters, all of them looked at. */
static bool
same (const char *a, const char *b, size_t length)
{
  unsigned difference = 0;
  for (size_t i = 0; i < length; i++)
    difference |= (unsigned char) a[i] ^ (unsigned char) b[i];
  return difference == 0;
}

typedef enum { FITS_NONE, FITS_BEGINNING, FITS_WHOLE } Fit;

static Fit
fit_entry (const IpdDtmfCollector *collector, const char *const *codes, size_t n_codes, size_t *ret_index)
{
  Fit fit = FITS_NONE;

  for (size_t i = 0; i < n_codes; i++)
    {
      size_t length = codes[i] == NULL ? 0 : strlen (codes[i]);
      if (length < collector->n_entry || length > IPD_DTMF_CODE_MAX
          || !same (codes[i], collector->entry, collector->n_entry))
        continue;
      if (length == collector->n_entry)
        {
          *ret_index = i;
          return FITS_WHOLE;
        }
      fit = FITS_BEGINNING;
    }
  return fit;
}

/* "#" after half a code says that this was all: a wrong one. After nothing, or after what was judged, it says nothing.
 */
static IpdDtmfVerdict
end_entry (IpdDtmfCollector *collector, bool was_open)
{
  begin_entry (collector);
  if (!was_open)
    return IPD_DTMF_NONE;
  collector->wrong++;
  return IPD_DTMF_WRONG;
}

IpdDtmfVerdict
ipd_dtmf_collector_take (IpdDtmfCollector *collector, char digit, int64_t at_us, const char *const *codes,
                         size_t n_codes, size_t *ret_index)
{
  size_t before = collector->n_entry;
  bool late = at_us - collector->last_us > IPD_DTMF_PAUSE_US;

  collector->last_us = at_us;
  if (ipd_dtmf_collector_is_deaf (collector) || (!is_digit (digit) && !ends_entries (digit)))
    return IPD_DTMF_NONE;
  if (late)
    {
      begin_entry (collector);
      before = 0;
    }
  if (collector->dull)
    return ends_entries (digit) ? end_entry (collector, false) : IPD_DTMF_NONE;
  collector->entry[collector->n_entry++] = digit; /* an entry is shorter than some code, so there is room */
  Fit fit = fit_entry (collector, codes, n_codes, ret_index);
  if (fit == FITS_BEGINNING)
    return IPD_DTMF_NONE;
  if (fit == FITS_NONE && ends_entries (digit))
    return end_entry (collector, before > 0);
  if (fit == FITS_WHOLE && ends_entries (digit))
    begin_entry (collector);
  else
    collector->dull = true;
  if (fit == FITS_WHOLE)
    return IPD_DTMF_MATCHED;
  collector->wrong++;
  return IPD_DTMF_WRONG;
}
