// SPDX-License-Identifier: Apache-2.0
/* Packets to many addresses: every one arrives as it was, in order, whether the kernel cuts them or not. */
#include "media/packet-fan.h"

#include "fixture.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

#define N_EARS   3
#define MAX_SIZE 1500

typedef struct {
  IpdPacketFan *fan;
  GSocket *mouth;
  GSocket *ears[N_EARS];
  GSocketAddress *addresses[N_EARS];
  guint8 next; /* in the third octet of every packet */
} World;

static GSocket *
bound_socket (GSocketAddress **ret_address)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  if (ret_address != NULL)
    *ret_address = g_socket_get_local_address (socket, NULL);
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

static void
world_begin (World *world)
{
  *world = (World){ .mouth = bound_socket (NULL) };
  world->fan = ipd_packet_fan_new (world->mouth);
  for (int i = 0; i < N_EARS; i++)
    {
      world->ears[i] = bound_socket (&world->addresses[i]);
      ipd_packet_fan_add (world->fan, world->addresses[i]);
    }
}

static void
world_end (World *world)
{
  ipd_packet_fan_free (world->fan);
  for (int i = 0; i < N_EARS; i++)
    {
      g_object_unref (world->ears[i]);
      g_object_unref (world->addresses[i]);
    }
  g_object_unref (world->mouth);
}

static void
say (World *world, gsize size, bool last)
{
  guint8 *octets = g_malloc (size);
  memset (octets, world->next, size);
  octets[0] = 0x80;
  octets[1] = (guint8) (96 | (last ? 0x80 : 0));
  world->next++;
  g_autoptr (GstBuffer) packet = gst_buffer_new_wrapped (octets, size);
  ipd_packet_fan_take (world->fan, packet);
}

/* Nothing waits on loopback: what was sent is there. */
static gssize
hear (GSocket *ear, guint8 octets[static MAX_SIZE])
{
  return g_socket_receive (ear, (char *) octets, MAX_SIZE, NULL, NULL);
}

static void
expect (World *world, int ear, const gsize *sizes, guint n, guint8 first)
{
  guint8 octets[MAX_SIZE];
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (hear (world->ears[ear], octets), ==, (gssize) sizes[i]);
      g_assert_cmpuint (octets[2], ==, (guint8) (first + i));
      g_assert_cmpuint (octets[sizes[i] - 1], ==, (guint8) (first + i));
    }
  g_assert_cmpint (hear (world->ears[ear], octets), ==, -1);
}

/* Runs that can go together, and lengths that cannot. */
static const gsize sizes[]
    = { 1210, 1210, 1210, 817, 40, 1210, 1210, 13, 1210, 600, 600, 600, 700, 1210, 1210, 1210, 1210, 1210, 1210, 33 };

static void
say_all (World *world)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    say (world, sizes[i], i + 1 == G_N_ELEMENTS (sizes));
}

static void
test_every_packet (void)
{
  World world;
  world_begin (&world);
  for (guint8 round = 0; round < 3; round++)
    {
      guint8 first = world.next;
      say_all (&world);
      for (int ear = 0; ear < N_EARS; ear++)
        expect (&world, ear, sizes, G_N_ELEMENTS (sizes), first);
    }
  world_end (&world);
}

/* Without checksums the kernel refuses to cut: the same packets, one by one. */
static void
test_route_that_cannot (void)
{
  World world;
  world_begin (&world);
  g_assert_true (g_socket_set_option (world.mouth, SOL_SOCKET, SO_NO_CHECK, 1, NULL));
  for (guint8 round = 0; round < 2; round++)
    {
      guint8 first = world.next;
      say_all (&world);
      for (int ear = 0; ear < N_EARS; ear++)
        expect (&world, ear, sizes, G_N_ELEMENTS (sizes), first);
    }
  world_end (&world);
}

static void
test_nothing_before_the_last (void)
{
  const gsize two[] = { 100, 50 };
  World world;
  world_begin (&world);
  say (&world, two[0], false);
  expect (&world, 0, NULL, 0, 0);
  say (&world, two[1], true);
  expect (&world, 0, two, 2, 0);
  world_end (&world);
}

/* A key frame of many packets does not wait until all of them are there. */
static void
test_long_picture (void)
{
  gsize many[150];
  World world;
  world_begin (&world);
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    {
      many[i] = 100;
      say (&world, many[i], i + 1 == G_N_ELEMENTS (many));
    }
  expect (&world, 1, many, G_N_ELEMENTS (many), 0);
  world_end (&world);
}

static void
test_counted (void)
{
  const gsize one = 200;
  World world;
  world_begin (&world);
  ipd_packet_fan_add (world.fan, world.addresses[0]);
  say (&world, one, true);
  expect (&world, 0, &one, 1, 0);
  ipd_packet_fan_remove (world.fan, world.addresses[0]);
  say (&world, one, true);
  expect (&world, 0, &one, 1, 1);
  ipd_packet_fan_remove (world.fan, world.addresses[0]);
  say (&world, one, true);
  expect (&world, 0, NULL, 0, 0);
  world_end (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/packet-fan/every-packet", test_every_packet);
  g_test_add_func ("/packet-fan/route-that-cannot", test_route_that_cannot);
  g_test_add_func ("/packet-fan/nothing-before-the-last", test_nothing_before_the_last);
  g_test_add_func ("/packet-fan/long-picture", test_long_picture);
  g_test_add_func ("/packet-fan/counted", test_counted);
  return g_test_run ();
}
