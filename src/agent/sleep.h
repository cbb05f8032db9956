// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/agent.h"
#include "agent/sleep-watch.h"

/*
 * What the agent does when its computer sleeps, wakes, or has its clock set (docs/protocol.md §16). Thread: main
 * context. ipd_sleep_on_news: of ipd_sleep_watch_new(); @agent is the IpdAgent.
 */
void ipd_sleep_on_news (IpdSleepNews news, gpointer agent);
