// SPDX-License-Identifier: Apache-2.0
/* A growing WAV file. Written by the speaker's streaming thread; read by tests and people meanwhile. */
#include "media/wav.h"

#include "media/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define HEADER_LEN 44

struct _IpdWav {
  int fd;
  uint32_t rate;
  uint32_t octets;
};

static void
put_u32 (uint8_t *at, uint32_t value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, 4);
}

static void
put_u16 (uint8_t *at, uint16_t value)
{
  value = GUINT16_TO_LE (value);
  memcpy (at, &value, 2);
}

/* Samples go first, the header that counts them after: a reader sees less than there is, never more. */
static void
write_header (IpdWav *wav)
{
  uint8_t header[HEADER_LEN] = "RIFF    WAVEfmt ";
  put_u32 (header + 4, HEADER_LEN - 8 + wav->octets);
  put_u32 (header + 16, 16);
  put_u16 (header + 20, 1);
  put_u16 (header + 22, 1);
  put_u32 (header + 24, wav->rate);
  put_u32 (header + 28, wav->rate * 2);
  put_u16 (header + 32, 2);
  put_u16 (header + 34, 16);
  memcpy (header + 36, "data", 4);
  put_u32 (header + 40, wav->octets);
  if (pwrite (wav->fd, header, sizeof header, 0) != (ssize_t) sizeof header)
    g_debug ("the header of a sound file was not written: %s", g_strerror (errno));
}

IpdWav *
ipd_wav_new (const char *path, uint32_t rate, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_set_error (error, IPD_MEDIA_ERROR, IPD_MEDIA_ERROR_DEVICE, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  IpdWav *wav = g_new0 (IpdWav, 1);
  wav->fd = fd;
  wav->rate = rate;
  write_header (wav);
  return wav;
}

void
ipd_wav_free (IpdWav *wav)
{
  if (wav == NULL)
    return;
  close (wav->fd);
  g_free (wav);
}

void
ipd_wav_write (IpdWav *wav, const int16_t *samples, gsize n)
{
  size_t len = n * sizeof *samples;
  /* The format counts in 32 bits: after 4 GiB (37 hours at 16,000 Hz) the file is full. */
  if (len > UINT32_MAX - HEADER_LEN - wav->octets)
    return;
  if (pwrite (wav->fd, samples, len, HEADER_LEN + (off_t) wav->octets) != (ssize_t) len)
    return;
  wav->octets += (uint32_t) len;
  write_header (wav);
}
