# SPDX-License-Identifier: Apache-2.0
# A small world with a third host, "atk", that belongs to nobody's plant. Sourced by the attacks; each of them shows first that the genuine
# thing works, then attacks, then shows that it still works.
. "$SOURCE/tests/system/world.sh"
ATTACK=$BUILD/tests/system

attack_world () { # attack_world [HOST...]: door, pc and atk; ends with "skipped" where hosts are not real ones
  world_begin
  world_net atk "$@"
  if [ "$("$NET" kind "$NET_NAME")" != namespaces ]; then
    echo "skipped: an attacker of its own needs network namespaces, so root"
    exit 77
  fi
  world_station
  world_agent --ui "${AGENT_UI:-none}"
  world_enrol
}

on_atk () { on_host atk "$@"; }

# What has happened so far, as numbers to compare.
count_rings () { grep -aEc '"state" ?: ?"ringing"' "$WORLD/log/monitor.log"; }
count_pulses () { "$OBSERVE/observe-file" --file "$WORLD/station/sim/door.relay" --word on --count | field count; }

# A visitor presses, and this PC rings; then the visit ends by our own "no", seen by the station.
genuine_ring () {
  local rings ends
  rings=$(count_rings)
  ends=$(grep -aEc 'visit .*ended' "$WORLD/log/station.log")
  world_station_verb press 1 >>"$WORLD/log/press.log" 2>&1 || world_fail "the button could not be pressed"
  await_count monitor '"state" ?: ?"ringing"' $((rings + 1)) 10
  on_pc ipdoor reject >>"$WORLD/log/cli.log" 2>&1 || world_fail "the ring could not be rejected"
  await_count station 'visit .*ended' $((ends + 1)) 10
}

genuine_open () {
  local before
  before=$(count_pulses)
  on_pc ipdoor open >>"$WORLD/log/cli.log" 2>&1 || world_fail "the door did not open"
  [ "$(count_pulses)" = $((before + 1)) ] || world_fail "one command did not move the relay once"
}

# await_count NAME PATTERN N SECONDS: the log has N such lines, now or within the time.
await_count () {
  timeout "$4" sh -c 'tail -n +1 -F "$1" 2>/dev/null | grep -m"$3" -aE -- "$2"' sh "$WORLD/log/$1.log" "$2" "$3" >/dev/null && return
  world_fail "not $3 lines like '$2' in the log of $1 within $4 s"
}

still_alive () { # still_alive NAME...
  local variable
  for name in "$@"; do
    variable=PID_${name//-/_}
    kill -0 "${!variable}" 2>/dev/null || world_fail "$name is gone"
  done
}
