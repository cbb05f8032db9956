// SPDX-License-Identifier: Apache-2.0
#pragma once

/*
 * ipd_local_address_towards: the numeric address this host would send from to reach @host (numeric), by the kernel's
 * routing table; nothing is sent. Returns: (transfer full) (nullable): %NULL when there is no route. Thread: any.
 */
char *ipd_local_address_towards (const char *host);
