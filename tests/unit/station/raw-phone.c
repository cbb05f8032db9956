// SPDX-License-Identifier: Apache-2.0
/*
 * See raw-phone.h. Used by test-phones.c; blocking, one thread.
 */
#include "raw-phone.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 10000
#define DATAGRAM    65536

typedef struct {
  struct sockaddr_storage native;
  socklen_t size;
} Address;

static gboolean
is_six (const char *address)
{
  return strchr (address, ':') != NULL;
}

static Address
address_of (const char *text, guint16 port)
{
  Address address = { .size = sizeof (struct sockaddr_in) };
  struct sockaddr_in *four = (struct sockaddr_in *) (void *) &address.native;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *) (void *) &address.native;
  address.native.ss_family = is_six (text) ? AF_INET6 : AF_INET;
  g_assert_cmpint (
      inet_pton (address.native.ss_family, text, is_six (text) ? (void *) &six->sin6_addr : (void *) &four->sin_addr),
      ==, 1);
  four->sin_port = htons (port); /* at the same place in both */
  if (is_six (text))
    address.size = sizeof *six;
  return address;
}

static int
open_socket (const char *text)
{
  Address here = address_of (text, 0);
  int fd = socket (here.native.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &here.native, here.size), ==, 0);
  return fd;
}

static guint16
port_of (int fd)
{
  struct sockaddr_storage here;
  socklen_t size = sizeof here;
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &here, &size), ==, 0);
  return ntohs (((struct sockaddr_in *) (void *) &here)->sin_port);
}

static void
send_to (const RawPhone *self, int fd, guint16 port, const void *octets, gsize n)
{
  Address there = address_of (self->station, port);
  g_assert_cmpint (sendto (fd, octets, n, 0, (struct sockaddr *) &there.native, there.size), ==, (gssize) n);
}

/* As URIs have it. */
static void
write_host (const char *address, char *ret_host, gsize max)
{
  g_snprintf (ret_host, max, is_six (address) ? "[%s]" : "%s", address);
}

void
raw_phone_open_at (RawPhone *self, const char *here, const char *station, guint16 station_port)
{
  *self = (RawPhone){ .sip = open_socket (here), .audio = open_socket (here), .video = open_socket (here) };
  g_strlcpy (self->address, here, sizeof self->address);
  g_strlcpy (self->station, station, sizeof self->station);
  write_host (here, self->here, sizeof self->here);
  write_host (station, self->there, sizeof self->there);
  self->station_port = station_port;
}

void
raw_phone_open (RawPhone *self, guint16 station_port)
{
  raw_phone_open_at (self, "127.0.0.1", "127.0.0.1", station_port);
}

void
raw_phone_close (RawPhone *self)
{
  close (self->sip);
  close (self->audio);
  close (self->video);
  g_clear_pointer (&self->invite, g_free);
}

/* ---- SIP text ---- */

char *
raw_phone_header (const char *message, const char *name)
{
  g_autofree char *start = g_strconcat ("\r\n", name, ":", NULL);
  const char *at = strstr (message, start);
  if (at == NULL)
    return NULL;
  at += strlen (start);
  return g_strstrip (g_strndup (at, strcspn (at, "\r")));
}

int
raw_phone_status (const char *message)
{
  return g_str_has_prefix (message, "SIP/2.0 ") ? atoi (message + strlen ("SIP/2.0 ")) : 0;
}

/* All lines of @names, as they were. */
static void
copy_headers (GString *to, const char *message, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (message, "\r\n", -1);
  g_autofree char *start = g_strconcat (name, ":", NULL);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    if (g_str_has_prefix (lines[i], start))
      g_string_append_printf (to, "%s\r\n", lines[i]);
}

static void
append_body (GString *message, const char *content_type, const char *body)
{
  if (body != NULL)
    g_string_append_printf (message, "Content-Type: %s\r\n", content_type);
  g_string_append_printf (message, "Content-Length: %zu\r\n\r\n%s", body != NULL ? strlen (body) : 0,
                          body != NULL ? body : "");
}

static void
send_text (RawPhone *self, const GString *text)
{
  send_to (self, self->sip, self->station_port, text->str, text->len);
}

static char *
receive (RawPhone *self, int ms)
{
  struct pollfd wait = { .fd = self->sip, .events = POLLIN };
  g_autofree char *buffer = g_malloc (DATAGRAM);
  if (poll (&wait, 1, ms) != 1)
    return NULL;
  gssize n = recv (self->sip, buffer, DATAGRAM - 1, 0);
  return n > 0 ? g_strndup (buffer, (gsize) n) : NULL;
}

static char *
await (RawPhone *self, const char *start, int ms)
{
  gint64 until = g_get_monotonic_time () + ms * 1000LL;
  gint64 left = ms * 1000LL;
  while (left > 0)
    {
      g_autofree char *message = receive (self, (int) (left / 1000));
      if (message != NULL && g_str_has_prefix (message, start))
        return g_steal_pointer (&message);
      left = until - g_get_monotonic_time ();
    }
  return NULL;
}

char *
raw_phone_await (RawPhone *self, const char *start)
{
  char *message = await (self, start, PATIENCE_MS);
  if (message == NULL)
    g_error ("nothing came that begins with %s", start);
  return message;
}

gboolean
raw_phone_sees (RawPhone *self, const char *start, int ms)
{
  g_autofree char *message = await (self, start, ms);
  return message != NULL;
}

/* The answer with a final status to what was sent last. */
static char *
await_final (RawPhone *self)
{
  for (guint i = 0; i < 32; i++)
    {
      g_autofree char *answer = raw_phone_await (self, "SIP/2.0 ");
      if (raw_phone_status (answer) >= 200)
        return g_steal_pointer (&answer);
    }
  g_assert_not_reached ();
}

/* ---- registration ---- */

/* Of the words with ":" between them. */
static char *
md5 (const char *const *words)
{
  g_autofree char *text = g_strjoinv (":", (char **) words);
  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

static char *
quoted (const char *header, const char *name)
{
  g_autofree char *key = g_strconcat (name, "=\"", NULL);
  const char *at = strstr (header, key);
  g_assert_nonnull (at);
  at += strlen (key);
  return g_strndup (at, strcspn (at, "\""));
}

static char *
answer_challenge (const char *challenge, const char *uri, const char *user, const char *secret)
{
  g_autofree char *realm = quoted (challenge, "realm"), *nonce = quoted (challenge, "nonce");
  g_autofree char *ha1 = md5 ((const char *[]){ user, realm, secret, NULL });
  g_autofree char *ha2 = md5 ((const char *[]){ "REGISTER", uri, NULL });
  g_autofree char *response = md5 ((const char *[]){ ha1, nonce, "00000001", "c0ffee", "auth", ha2, NULL });
  return g_strdup_printf ("Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
                          "response=\"%s\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"c0ffee\"\r\n",
                          user, realm, nonce, uri, response);
}

static void
start_request (RawPhone *self, GString *text, const char *method, const char *uri)
{
  self->cseq++;
  g_string_append_printf (text,
                          "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%u;rport;branch=z9hG4bK%08x%u\r\n"
                          "Max-Forwards: 70\r\nContact: <sip:%s@%s:%u;ob>\r\nCSeq: %u %s\r\n",
                          method, uri, self->here, port_of (self->sip), g_random_int (), self->cseq, self->user,
                          self->here, port_of (self->sip), self->cseq, method);
}

static char *
send_register (RawPhone *self, const char *uri, guint expires, const char *authorization)
{
  g_autoptr (GString) text = g_string_new (NULL);
  start_request (self, text, "REGISTER", uri);
  g_string_append_printf (text,
                          "From: <sip:%s@%s>;tag=r1\r\nTo: <sip:%s@%s>\r\nCall-ID: reg-%u\r\n"
                          "Expires: %u\r\n%s",
                          self->user, self->there, self->user, self->there, port_of (self->sip), expires,
                          authorization);
  append_body (text, NULL, NULL);
  send_text (self, text);
  return await_final (self);
}

int
raw_phone_register (RawPhone *self, const char *user, const char *secret, guint expires)
{
  g_autofree char *uri = g_strconcat ("sip:", self->there, NULL);
  g_strlcpy (self->user, user, sizeof self->user);
  g_autofree char *first = send_register (self, uri, expires, "");
  g_autofree char *challenge = raw_phone_header (first, "WWW-Authenticate");
  if (challenge == NULL)
    return raw_phone_status (first);
  g_autofree char *authorization = answer_challenge (challenge, uri, user, secret);
  g_autofree char *second = send_register (self, uri, expires, authorization);
  return raw_phone_status (second);
}

/* ---- calls ---- */

void
raw_phone_await_ring (RawPhone *self)
{
  g_free (self->invite);
  self->invite = raw_phone_await (self, "INVITE ");
  const char *line = strstr (self->invite, "m=audio ");
  g_assert_nonnull (line);
  self->their_audio = (guint16) atoi (line + strlen ("m=audio "));
}

void
raw_phone_reply (RawPhone *self, const char *request, int status, const char *sdp)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *to = raw_phone_header (request, "To");
  g_string_append_printf (text, "SIP/2.0 %d Whatever\r\n", status);
  copy_headers (text, request, "Via");
  copy_headers (text, request, "From");
  g_string_append_printf (text, "To: %s%s\r\n", to, strstr (to, ";tag=") == NULL ? ";tag=phone1" : "");
  copy_headers (text, request, "Call-ID");
  copy_headers (text, request, "CSeq");
  g_string_append_printf (text, "Contact: <sip:%s@%s:%u>\r\n", self->user, self->here, port_of (self->sip));
  append_body (text, "application/sdp", sdp);
  send_text (self, text);
}

static char *
uri_of (const char *address)
{
  const char *start = strchr (address, '<');
  g_assert_nonnull (start);
  return g_strndup (start + 1, strcspn (start + 1, ">"));
}

static void
acknowledge (RawPhone *self, const char *uri, const char *answer, guint cseq)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text,
                          "ACK %s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%u;rport;branch=z9hG4bK%08x\r\n"
                          "Max-Forwards: 70\r\nCSeq: %u ACK\r\n",
                          uri, self->here, port_of (self->sip), g_random_int (), cseq);
  copy_headers (text, answer, "From");
  copy_headers (text, answer, "To");
  copy_headers (text, answer, "Call-ID");
  append_body (text, NULL, NULL);
  send_text (self, text);
}

char *
raw_phone_ask (RawPhone *self, const char *method, const char *content_type, const char *body)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *from = raw_phone_header (self->invite, "From"), *to = raw_phone_header (self->invite, "To");
  g_autofree char *contact = raw_phone_header (self->invite, "Contact"), *uri = uri_of (contact);
  start_request (self, text, method, uri);
  g_string_append_printf (text, "From: %s;tag=phone1\r\nTo: %s\r\n", to, from);
  copy_headers (text, self->invite, "Call-ID");
  append_body (text, content_type, body);
  send_text (self, text);
  guint cseq = self->cseq;
  char *answer = await_final (self);
  if (g_str_equal (method, "INVITE"))
    acknowledge (self, uri, answer, cseq);
  return answer;
}

int
raw_phone_call (RawPhone *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *sdp = raw_phone_sdp (self, "0", NULL, "sendrecv");
  g_autofree char *uri = g_strdup_printf ("sip:door@%s", self->there);
  start_request (self, text, "INVITE", uri);
  g_string_append_printf (text, "From: <sip:%s@%s>;tag=c1\r\nTo: <%s>\r\nCall-ID: own-call\r\n", self->user,
                          self->there, uri);
  append_body (text, "application/sdp", sdp);
  send_text (self, text);
  g_autofree char *answer = await_final (self);
  acknowledge (self, uri, answer, self->cseq);
  return raw_phone_status (answer);
}

char *
raw_phone_sdp (RawPhone *self, const char *audio, const char *video, const char *direction)
{
  int family = is_six (self->address) ? 6 : 4;
  return g_strdup_printf ("v=0\r\no=- 1 %u IN IP%d %s\r\ns=-\r\nc=IN IP%d %s\r\nt=0 0\r\n"
                          "m=audio %u RTP/AVP %s\r\na=%s\r\nm=video %u RTP/AVP %s\r\n",
                          self->cseq + 1, family, self->address, family, self->address, port_of (self->audio), audio,
                          direction, video != NULL ? port_of (self->video) : 0, video != NULL ? video : "96");
}

/* ---- RTP ---- */

gsize
raw_phone_await_rtp (int fd, guint payload, guint8 *ret_payload, gsize max)
{
  guint8 packet[2048];
  struct pollfd wait = { .fd = fd, .events = POLLIN };
  for (guint i = 0; i < 2000 && poll (&wait, 1, PATIENCE_MS) == 1; i++)
    {
      gssize n = recv (fd, packet, sizeof packet, 0);
      if (n <= 12 || (packet[1] & 0x7f) != payload)
        continue;
      if (ret_payload != NULL)
        memcpy (ret_payload, packet + 12, MIN (max, (gsize) n - 12));
      return (gsize) n - 12;
    }
  g_error ("no packet of payload type %u came", payload);
}

static void
send_rtp (RawPhone *self, guint8 type, const guint8 *payload, gsize n)
{
  guint8 packet[512] = { 0x80, type };
  guint16 sequence = htons (++self->sequence);
  guint32 timestamp = htonl (self->timestamp), ssrc = htonl (0x50484f4e);
  memcpy (packet + 2, &sequence, 2);
  memcpy (packet + 4, &timestamp, 4);
  memcpy (packet + 8, &ssrc, 4);
  memcpy (packet + 12, payload, n);
  send_to (self, self->audio, self->their_audio, packet, 12 + n);
}

void
raw_phone_send_sound (RawPhone *self)
{
  guint8 silence[160];
  memset (silence, 0xff, sizeof silence);
  self->timestamp += sizeof silence;
  send_rtp (self, 0, silence, sizeof silence);
}

/* Six packets of one event, the end three times, as phones send it. */
void
raw_phone_press (RawPhone *self, char digit)
{
  static const char codes[] = "0123456789*#ABCD";
  guint8 event = (guint8) (strchr (codes, digit) - codes);
  for (guint i = 1; i <= 6; i++)
    {
      guint duration = MIN (i, 4) * 160;
      guint8 payload[4] = { event, i >= 4 ? 0x8a : 0x0a, (guint8) (duration >> 8), (guint8) duration };
      send_rtp (self, i == 1 ? 0x80 | 101 : 101, payload, sizeof payload);
    }
  self->timestamp += 640;
}
