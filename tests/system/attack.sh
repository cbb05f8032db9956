# SPDX-License-Identifier: Apache-2.0
# A small world with a third host, "atk", that belongs to nobody's plant. Sourced by the attacks; each of them shows first that the genuine
# thing works, then attacks, then shows that it still works.
. "$SOURCE/tests/system/world.sh"
ATTACK=$BUILD/tests/system

attack_world () { # attack_world [HOST...]: door, pc and atk; ends with "skipped" where hosts are not real ones
  world_begin
  world_net atk "$@"
  world_hosts "an attacker of its own"
  if [ "${AGENT_UI:-none}" != none ]; then world_sound; fi
  world_station
  world_agent --ui "${AGENT_UI:-none}"
  world_spawn tap "$NET" exec "$NET_NAME" pc "$ATTACK/wire-tap" listen "$WORLD/wire" 150
  world_await tap listening 5
  world_enrol
}

on_atk () { on_host atk "$@"; }

# memory_kb PID; worth comparing only where sizes_count: a sanitizer keeps what is freed.
memory_kb () { awk '$1 == "VmRSS:" { print $2 }' "/proc/$1/status"; }
sizes_count () { ! grep -aqm1 __asan_init "$BUILD/src/agent/ipdoor-agent"; }

# What has happened so far, as numbers to compare.
count_rings () { grep -aEc '"state" ?: ?"ringing"' "$WORLD/log/monitor.log"; }

# A visitor presses, and this PC rings; then the visit ends by our own "no", seen by the station.
genuine_ring () {
  mark monitor
  mark station
  world_station_verb press 1 >>"$WORLD/log/press.log" 2>&1 || world_fail "the button could not be pressed"
  await_after monitor '"state" ?: ?"ringing"' 10
  on_pc ipdoor reject >>"$WORLD/log/cli.log" 2>&1 || world_fail "the ring could not be rejected"
  await_after station 'visit .*ended' 10
}

genuine_open () {
  local before
  before=$(count_pulses)
  on_pc ipdoor open >>"$WORLD/log/cli.log" 2>&1 || world_fail "the door did not open"
  [ "$(count_pulses)" = $((before + 1)) ] || world_fail "one command did not move the relay once"
}

# A visitor presses, and this PC answers.
genuine_talk () {
  mark monitor
  mark station
  world_station_verb press 1 >>"$WORLD/log/press.log" 2>&1 || world_fail "the button could not be pressed"
  await_after monitor '"state" ?: ?"previewing"' 15
  on_pc ipdoor answer >>"$WORLD/log/cli.log" 2>&1 || world_fail "the visitor could not be answered"
  await_after monitor '"state" ?: ?"talking"' 10
}

still_alive () { # still_alive NAME...
  local name variable
  for name in "$@"; do
    variable=PID_${name//-/_}
    kill -0 "${!variable}" 2>/dev/null || world_fail "$name is gone"
  done
}
