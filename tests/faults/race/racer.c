// SPDX-License-Identifier: Apache-2.0
/*
 * A client in a race. See racer.h.
 */
#include "racer.h"

#include "wire/random.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT_TRIES 200

/* ---- sockets ---- */

static int
bind_port (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static guint16
port_of (int fd)
{
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  return ntohs (address.sin_port);
}

/* An even port and the one above it. */
static guint16
bind_pair (int ret_fds[static 2])
{
  for (guint i = 0; i < PORT_TRIES; i++)
    {
      int fd = bind_port (0);
      guint16 port = port_of (fd);
      int other = port % 2 == 0 ? bind_port ((guint16) (port + 1)) : -1;
      if (other >= 0)
        {
          ret_fds[0] = fd;
          ret_fds[1] = other;
          return port;
        }
      close (fd);
    }
  g_assert_not_reached ();
}

static gboolean
on_media (int fd, GIOCondition condition, gpointer data)
{
  Racer *self = data;
  guint8 octets[2048];
  guint32 ssrc;
  gssize length;
  while ((length = recv (fd, octets, sizeof octets, 0)) > 0)
    if (length >= 12 && (fd == self->fds[0] || fd == self->fds[2]))
      {
        memcpy (&ssrc, octets + 8, sizeof ssrc);
        self->on_packet (self, ntohl (ssrc), self->data);
      }
  return G_SOURCE_CONTINUE;
}

/* ---- what it is told ---- */

static RacerNews *
news_of (Racer *self, const IpdShortId *visit)
{
  RacerNews *news = g_hash_table_lookup (self->news, visit->s);
  if (news == NULL)
    {
      news = g_new0 (RacerNews, 1);
      g_hash_table_insert (self->news, g_strdup (visit->s), news);
    }
  return news;
}

static void
take_visit (Racer *self, const IpdVisitToken *token)
{
  RacerNews *news = news_of (self, &token->visit);
  g_assert_true (ipd_id_equal (&token->audience, &self->party.key.id));
  g_assert_cmpuint (token->seq, <, 64);
  if (news->seqs >> token->seq & 1)
    return; /* a datagram that came twice */
  news->seqs |= (guint64) 1 << token->seq;
  if (token->state == IPD_VISIT_NEWS_ANSWERED)
    {
      news->n_answered++;
      news->answered_by = token->by_id;
    }
  if (token->state == IPD_VISIT_NEWS_OPENED)
    news->opened_by = token->by_id;
  if (token->state == IPD_VISIT_NEWS_ENDED)
    {
      news->n_ended++;
      news->reason = token->reason;
    }
}

static void
take_result (Racer *self, const IpdResultToken *token)
{
  g_assert_true (ipd_id_equal (&token->audience, &self->party.key.id));
  for (guint i = 0; i < self->n_commands; i++)
    {
      RacerCommand *command = &self->commands[i];
      if (!ipd_short_id_equal (&command->id, &token->re))
        continue;
      command->accepted |= token->state == IPD_OPENING_ACCEPTED;
      command->actuated |= token->state == IPD_OPENING_ACTUATED;
      command->contact |= token->state == IPD_OPENING_CONTACT_OPEN || token->state == IPD_OPENING_CONTACT_TIMEOUT;
      command->refused |= token->state == IPD_OPENING_REFUSED;
      command->reason = token->reason;
    }
}

static void
take_message (Racer *self)
{
  g_assert_cmpuint (self->party.messages->len, ==, 1);
  IpdMessage message = g_array_index (self->party.messages, IpdMessage, 0);
  g_array_set_size (self->party.messages, 0);
  if (message.type == IPD_TOKEN_VISIT)
    take_visit (self, &message.visit);
  if (message.type == IPD_TOKEN_RESULT)
    take_result (self, &message.result);
  if (message.type == IPD_TOKEN_NONCE)
    self->party.keys.nonce = message.nonce.nonce;
}

static void
take_look_out (Racer *self, const IpdSipEvent *event)
{
  self->look_answered |= event->type == IPD_SIP_ANSWERED;
  if (event->type == IPD_SIP_FAILED || event->type == IPD_SIP_CANCELLED || event->type == IPD_SIP_BYE)
    {
      self->look_ended = event->type;
      self->look_status = event->status;
      self->look_ended_us = g_get_monotonic_time ();
    }
}

static void
take_end (Racer *self, const IpdSipEvent *event)
{
  self->ended = event->type;
  self->cause = event->cause;
  self->ended_us = g_get_monotonic_time ();
  self->asked = FALSE;
}

static void
on_event (IpdSip *sip, const IpdSipEvent *event, gpointer data)
{
  Racer *self = data;
  gboolean mine = event->call != 0 && event->call == self->party.call;
  if (event->call != 0 && event->call == self->look_call)
    take_look_out (self, event);
  else
    party_take_event (&self->party, event);
  if (event->type == IPD_SIP_MESSAGE)
    take_message (self);
  if (event->type == IPD_SIP_INVITE)
    self->rung_us = g_get_monotonic_time ();
  if (mine && event->type == IPD_SIP_TALKING)
    self->talking = TRUE;
  if (mine && event->type == IPD_SIP_REANSWERED)
    self->asked = FALSE;
  if (mine && (event->type == IPD_SIP_FAILED || event->type == IPD_SIP_CANCELLED || event->type == IPD_SIP_BYE))
    take_end (self, event);
  self->on_change (self, self->data);
}

/* ---- life ---- */

void
racer_init (Racer *self, const Program *program, const char *name)
{
  g_autoptr (GError) error = NULL;
  party_enrol (&self->party, program, name);
  ipd_sip_free (self->party.sip);
  IpdSipConfig config = { .bind = "127.0.0.1", .user = self->party.key.id.s };
  self->name = g_strdup (name);
  self->news = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->audio_port = bind_pair (self->fds);
  self->video_port = bind_pair (self->fds + 2);
  for (guint i = 0; i < RACER_FDS; i++)
    self->sources[i] = g_unix_fd_add (self->fds[i], G_IO_IN, on_media, self);
  self->party.sip = ipd_sip_new (&config, on_event, self, &error);
  g_assert_no_error (error);
  party_register (&self->party);
  g_assert_cmpint (self->party.registered, ==, 200);
}

void
racer_clear (Racer *self)
{
  for (guint i = 0; i < RACER_FDS; i++)
    {
      g_source_remove (self->sources[i]);
      close (self->fds[i]);
    }
  party_clear (&self->party);
  g_hash_table_unref (self->news);
  g_free (self->name);
}

void
racer_begin (Racer *self)
{
  party_forget_call (&self->party);
  g_array_set_size (self->party.messages, 0);
  self->rung_us = self->answered_us = self->rejected_us = self->hung_up_us = self->decided_us = self->ended_us = 0;
  self->talking = self->held = self->asked = self->look_answered = FALSE;
  self->ended = self->cause = self->look_ended = self->look_status = 0;
  self->n_sound = self->n_holds = self->n_commands = self->n_looks = 0;
  self->look_call = 0;
  self->look_us = self->look_stopped_us = 0;
  self->party.offers = 0;
}

/* ---- what it does ---- */

static void
make_answer (Racer *self)
{
  IpdClientKeys keys;
  Party *party = &self->party;
  ipd_random_octets (keys.secret, sizeof keys.secret);
  g_assert_true (ipd_sdp_init_answer (&party->answer, &party->offer, "127.0.0.1", self->audio_port, self->video_port,
                                      &IPD_CODECS_BASIC));
  g_autofree char *sealed = ipd_client_keys_seal (&keys, party->station_pk);
  g_strlcpy (party->answer.keys, sealed, sizeof party->answer.keys);
  party->answer_sdp = ipd_sdp_write (&party->answer);
}

gboolean
racer_rings (const Racer *self)
{
  return self->rung_us != 0 && self->answered_us == 0 && self->rejected_us == 0 && self->ended == 0;
}

void
racer_preview (Racer *self)
{
  if (!racer_rings (self))
    return;
  make_answer (self);
  party_answer (&self->party, 183, FALSE);
}

static void
answer (Racer *self)
{
  if (!racer_rings (self))
    return;
  if (self->party.answer_sdp == NULL)
    make_answer (self);
  self->answered_us = g_get_monotonic_time ();
  party_answer (&self->party, 200, FALSE);
}

static void
open_door (Racer *self)
{
  if (self->n_commands == RACER_COMMANDS_MAX || self->rung_us == 0)
    return;
  IpdCommandToken command = party_command (&self->party);
  self->commands[self->n_commands++] = (RacerCommand){ .id = command.id, .visit = command.visit };
  party_send_command (&self->party, &command);
}

static void
reject (Racer *self)
{
  if (!racer_rings (self))
    return;
  self->rejected_us = g_get_monotonic_time ();
  ipd_sip_answer (self->party.sip, self->party.call, 603, NULL, NULL, NULL, NULL);
}

static void
hang_up (Racer *self)
{
  if (self->answered_us == 0 || self->hung_up_us != 0 || self->ended != 0)
    return;
  self->hung_up_us = g_get_monotonic_time ();
  ipd_sip_bye (self->party.sip, self->party.call);
}

static void
hold (Racer *self, gboolean held)
{
  if (!self->talking || self->ended != 0 || self->hung_up_us != 0 || self->asked)
    return;
  self->asked = TRUE;
  self->held = held;
  self->n_holds++;
  party_send_hold (&self->party, held, PARTY_OFFER_GOOD);
}

/* The party has one call: a look-out is kept beside it, so that a ring may come in the middle. */
static void
look_out (Racer *self)
{
  if (self->rung_us != 0 || self->look_call != 0)
    return;
  party_look_out (&self->party, NULL, &self->party.key);
  self->look_call = self->party.call;
  self->look_us = g_get_monotonic_time ();
  self->n_looks++;
  self->party.call = 0;
}

static void
stop_looking (Racer *self)
{
  if (self->look_call == 0 || self->look_ended != 0 || self->look_stopped_us != 0)
    return;
  self->look_stopped_us = g_get_monotonic_time ();
  ipd_sip_bye (self->party.sip, self->look_call);
}

void
racer_act (Racer *self, RaceAct act)
{
  if (self->decided_us == 0 && (act == RACE_ANSWER || act == RACE_OPEN))
    self->decided_us = g_get_monotonic_time ();
  switch (act)
    {
    case RACE_NOTHING:
    case RACE_PRESS:
      return;
    case RACE_ANSWER:
      return answer (self);
    case RACE_OPEN:
      return open_door (self);
    case RACE_REJECT:
      return reject (self);
    case RACE_HANG_UP:
      return hang_up (self);
    case RACE_HOLD:
      return hold (self, TRUE);
    case RACE_RESUME:
      return hold (self, FALSE);
    case RACE_LOOK_OUT:
      return look_out (self);
    case RACE_STOP_LOOKING:
      return stop_looking (self);
    }
}

/* ---- what it knows ---- */

const RacerNews *
racer_news (const Racer *self, const IpdShortId *visit)
{
  static const RacerNews nothing = { 0 };
  const RacerNews *news = g_hash_table_lookup (self->news, visit->s);
  return news != NULL ? news : &nothing;
}

guint32
racer_sound_ssrc (const Racer *self)
{
  IpdStreamKey key;
  ipd_stream_key_expand (self->party.keys.leg_secret, IPD_STREAM_AUDIO_STATION, &key);
  return key.ssrc;
}

guint32
racer_picture_ssrc (const Racer *self)
{
  IpdStreamKey key;
  ipd_stream_key_expand (self->party.keys.visit_secret, IPD_STREAM_VIDEO, &key);
  return key.ssrc;
}

gboolean
racer_knows_results (const Racer *self)
{
  for (guint i = 0; i < self->n_commands; i++)
    if (!self->commands[i].refused && !self->commands[i].actuated)
      return FALSE;
  return TRUE;
}

const char *
race_act_name (RaceAct act)
{
  static const char *const names[]
      = { "nothing", "answer", "open", "reject", "hang up", "hold", "resume", "look out", "stop looking", "press" };
  return names[act];
}
