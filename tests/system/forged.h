// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UDP whose sender is made up, through a raw socket (root). All addresses and ports in network order. */

#define FORGED_MAX 1500 /* octets of a payload */

/* Returns: a socket, or -1 */
int forged_open (void);
bool forged_send (int fd, uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port, const void *octets,
                  size_t length);

/* A pace: @rate datagrams a second from the first call on. pace_wait() returns when the next one is due. */
typedef struct {
  unsigned rate;
  int64_t begun_us;
  uint64_t n;
} Pace;
void pace_wait (Pace *self);
/* Datagrams a second since the first. */
double pace_reached (const Pace *self);
