// SPDX-License-Identifier: Apache-2.0
/* Writes and reads SDP. Used by the station for offers and answers; main loop. */
#include "sdp.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *name; /* as in a=rtpmap */
  int payload;      /* -1: the dialect says "l16-payload" */
  bool rtpmap;      /* false: static, and this family leaves a=rtpmap out of what everybody knows */
} Codec;

static const Codec codecs[] = {
  { "PCMU/8000", 0, true },  { "PCMA/8000", 8, true },  { "G722/8000", 9, true },
  { "G729/8000", 18, true }, { "L16/16000", 97, true }, { "PCM/16000", 97, true },
};

static const Codec *
codec_named (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_str_equal (codecs[i].name, name))
      return &codecs[i];
  return NULL;
}

static void
write_audio (GString *sdp, const QuirkDialect *d, int port, const char *direction)
{
  JsonArray *names = quirk_list (d, "audio", "codecs");
  int event = quirk_number (d, "audio", "event-payload", 0);
  g_autoptr (GString) maps = g_string_new (NULL);

  g_string_append_printf (sdp, "m=audio %d RTP/AVP", port);
  for (guint i = 0; i < json_array_get_length (names); i++)
    {
      const Codec *codec = codec_named (json_array_get_string_element (names, i));

      g_string_append_printf (sdp, " %d", codec->payload);
      if (!quirk_flag (d, "audio", "no-rtpmap") || codec->payload >= 96)
        g_string_append_printf (maps, "a=rtpmap:%d %s\r\n", codec->payload, codec->name);
    }
  if (event != 0)
    {
      g_string_append_printf (sdp, " %d", event);
      g_string_append_printf (maps, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", event, event);
    }
  g_string_append_printf (sdp, "\r\n%sa=%s\r\n", maps->str, direction);
}

/* fmtp as the dialect writes it: its own words, then the parameter sets where it has them in SDP. */
static void
write_fmtp (GString *sdp, const QuirkDialect *d, int payload, const char *sprop)
{
  const char *fmtp = quirk_text (d, "video", "fmtp", NULL);
  bool told = sprop != NULL && quirk_list_has (d, "video", "sets", "sdp");

  if (fmtp == NULL && !told)
    return;
  g_string_append_printf (sdp, "a=fmtp:%d %s", payload, fmtp ? fmtp : "");
  if (told)
    g_string_append_printf (sdp, "%ssprop-parameter-sets=%s", fmtp ? ";" : "", sprop);
  g_string_append (sdp, "\r\n");
}

static void
write_video (GString *sdp, const QuirkDialect *d, const QuirkLocal *local, int payload, const char *direction)
{
  JsonArray *more = quirk_list (d, "video", "other-formats");

  g_string_append_printf (sdp, "m=video %d RTP/AVP", local->video_port);
  for (guint i = 0; more != NULL && i < json_array_get_length (more); i++)
    g_string_append_printf (sdp, " %d", atoi (json_array_get_string_element (more, i)));
  g_string_append_printf (sdp, " %d\r\n", payload);
  for (guint i = 0; more != NULL && i < json_array_get_length (more); i++)
    g_string_append_printf (sdp, "a=rtpmap:%s\r\n", json_array_get_string_element (more, i));
  g_string_append_printf (sdp, "a=rtpmap:%d H264/90000\r\n", payload);
  write_fmtp (sdp, d, payload, local->sprop);
  g_string_append_printf (sdp, "a=%s\r\n", direction);
}

static GString *
write_session (const QuirkDialect *d, const QuirkLocal *local)
{
  GString *sdp = g_string_new (NULL);

  g_string_printf (sdp, "v=0\r\no=%s 3857 %u IN IP4 %s\r\ns=%s\r\nc=IN IP4 %s\r\nt=0 0\r\n", d->name, local->version,
                   local->host, quirk_text (d, "sip", "session-name", "-"), local->host);
  return sdp;
}

char *
quirk_sdp_offer (const QuirkDialect *d, const QuirkLocal *local)
{
  GString *sdp = write_session (d, local);
  JsonArray *extra = quirk_list (d, "video", "extra-lines");

  write_audio (sdp, d, local->audio_port, "sendrecv");
  if (!quirk_flag (d, "video", "never"))
    write_video (sdp, d, local, quirk_number (d, "video", "payload", 96),
                 quirk_text (d, "video", "direction", "sendonly"));
  for (guint i = 0; extra != NULL && i < json_array_get_length (extra); i++)
    g_string_append_printf (sdp, "%s\r\n", json_array_get_string_element (extra, i));
  return g_string_free (sdp, FALSE);
}

/* Of what was offered, the G.711 that we can do and its events. */
static void
answer_audio (GString *sdp, int port, const QuirkLine *line, const char *direction)
{
  g_string_append_printf (sdp, "m=audio %d RTP/AVP %d", port, line->payload);
  if (line->event_payload != 0)
    g_string_append_printf (sdp, " %d\r\na=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15", line->event_payload,
                            line->event_payload, line->event_payload);
  g_string_append_printf (sdp, "\r\na=rtpmap:%d %s\r\na=%s\r\n", line->payload, line->codec, direction);
}

static const char *
mirrored (const char *direction)
{
  if (g_str_equal (direction, "sendonly"))
    return "recvonly";
  if (g_str_equal (direction, "recvonly"))
    return "sendonly";
  return direction;
}

char *
quirk_sdp_answer (const QuirkDialect *d, const QuirkLocal *local, const QuirkRemote *offer)
{
  GString *sdp = write_session (d, local);
  bool video = false;

  for (int i = 0; i < offer->n_lines; i++)
    {
      const QuirkLine *line = &offer->lines[i];

      if (line->port != 0 && g_str_equal (line->media, "audio"))
        answer_audio (sdp, local->audio_port, line, mirrored (line->direction));
      else if (line->port != 0 && g_str_equal (line->media, "video") && !video && !quirk_flag (d, "video", "never"))
        {
          write_video (sdp, d, local, line->payload, "sendonly");
          video = true;
        }
      else
        g_string_append_printf (sdp, "m=%s 0 RTP/AVP %d\r\n", line->media, line->payload);
    }
  if (!video && quirk_flag (d, "video", "adds-video"))
    write_video (sdp, d, local, quirk_number (d, "video", "payload", 96), "sendonly");
  return g_string_free (sdp, FALSE);
}

static void
read_media (const char *value, const char *host, QuirkLine *line)
{
  g_auto (GStrv) words = g_strsplit (value, " ", -1);

  g_strlcpy (line->host, host, sizeof line->host);
  g_strlcpy (line->direction, "sendrecv", sizeof line->direction);
  g_strlcpy (line->media, words[0] ? words[0] : "", sizeof line->media);
  if (g_strv_length (words) < 4)
    return;
  line->port = atoi (words[1]);
  line->payload = atoi (words[3]);
  for (guint i = 3; words[i] != NULL && g_str_equal (line->media, "audio"); i++)
    if (g_str_equal (words[i], "0") || g_str_equal (words[i], "8")) /* an offer begins with better ones */
      {
        line->payload = atoi (words[i]);
        break;
      }
  g_strlcpy (line->codec, line->payload == 0 ? "PCMU/8000" : line->payload == 8 ? "PCMA/8000" : "", sizeof line->codec);
}

static void
read_attribute (const char *value, QuirkLine *line)
{
  static const char *const directions[] = { "sendrecv", "sendonly", "recvonly", "inactive" };
  int payload = atoi (g_str_has_prefix (value, "rtpmap:") ? value + 7 : "-1");
  const char *name = strchr (value, ' ');

  for (gsize i = 0; i < G_N_ELEMENTS (directions); i++)
    if (g_str_equal (value, directions[i]))
      g_strlcpy (line->direction, value, sizeof line->direction);
  if (payload < 0 || name == NULL)
    return;
  if (g_ascii_strncasecmp (name + 1, "telephone-event/8000", 20) == 0)
    line->event_payload = payload;
  else if (payload == line->payload)
    g_strlcpy (line->codec, name + 1, sizeof line->codec);
}

void
quirk_sdp_read (const char *body, QuirkRemote *ret)
{
  g_auto (GStrv) lines = g_strsplit (body, "\n", -1);
  char host[64] = "";
  QuirkLine *line = NULL;

  *ret = (QuirkRemote){ 0 };
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *value = g_strchomp (lines[i]);

      if (g_str_has_prefix (value, "c=IN IP"))
        g_strlcpy (line ? line->host : host, value + strlen ("c=IN IP4 "), sizeof host);
      else if (g_str_has_prefix (value, "m=") && ret->n_lines < QUIRK_LINES_MAX)
        read_media (value + 2, host, line = &ret->lines[ret->n_lines++]);
      else if (g_str_has_prefix (value, "a=") && line != NULL)
        read_attribute (value + 2, line);
      ret->refers_to_ipdoor = ret->refers_to_ipdoor || g_str_has_prefix (value, "a=ipdoor");
    }
}

const QuirkLine *
quirk_remote_line (const QuirkRemote *remote, const char *media)
{
  for (int i = 0; i < remote->n_lines; i++)
    if (g_str_equal (remote->lines[i].media, media))
      return &remote->lines[i];
  return NULL;
}
