#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A world with a station of another maker in it: an ipdoor station that holds the plant, a PC that is enrolled, quirk-station
# on a host of its own, whom the plant names by address, and one more at an address that the plant does not name.
# Sourced by the tests quirks/*.
. "$SOURCE/tests/system/world.sh"

QUIRK_HZ=440 # what the simulated visitor says
SPEECH_HZ=700
QUIRK_USER=admin
QUIRK_PASSWORD=quirk-password

# quirk_world DRIVER CODE [NUMBER]
quirk_world () {
  unset DISPLAY WAYLAND_DISPLAY
  world_begin
  mkdir -m 700 "$WORLD/quirk"
  world_net quirk stranger
  QUIRK_ADDRESS=$("$NET" addr "$NET_NAME" quirk)
  world_screen
  world_bus
  world_sound
  (umask 077; cat >"$WORLD/station.conf" <<CONF
[device gate]
name=Gate
driver=$1
host=$QUIRK_ADDRESS
sip-port=5060
http-port=8080
rtsp-port=8554
user=$QUIRK_USER
password=$QUIRK_PASSWORD

[device-output gate door]
name=Gate door
kind=lock
code=$2
number=${3:-1}
CONF
  )
  world_station --config "$WORLD/station.conf"
  world_agent
  world_enrol
  world_await agent 'codecs are known' 20
  "$OBSERVE/make-tone" --hz "$SPEECH_HZ" --seconds 170 | pacat --device=said --format=s16le --rate=48000 --channels=1 2>/dev/null &
  WORLD_PIDS+=($!)
}

# quirk_start HOST DIALECT [OPTION...]: at that host; its journal is log/HOST.journal.log from now on.
quirk_start () {
  local host=$1 address; shift
  address=$("$NET" addr "$NET_NAME" "$host")
  rm -f "$WORLD/log/$host.journal.log"
  world_spawn "$host" "$NET" exec "$NET_NAME" "$host" "$BUILD/tests/quirks/quirk-station" --table "$SOURCE/tests/quirks/dialects.json" \
    --dialect "$@" --bind "$address" --to "$PC_ADDRESS:5060" --user "$QUIRK_USER" --password "$QUIRK_PASSWORD" \
    --journal "$WORLD/log/$host.journal.log"
  quirk_await "$host" ready "" 40
}

# quirk_await HOST WHAT [PATTERN [SECONDS]]: the station wrote that, now or within the time.
quirk_await () {
  world_follow "$WORLD/log/$1.journal.log" "\"what\": \"$2\".*${3:-}" "${4:-15}" || world_fail "the station at $1 did not write $2 ${3:-}"
}

quirk_count () { grep -cE "\"what\": \"$2\".*${3:-}" "$WORLD/log/$1.journal.log"; }
# quirk_field HOST WHAT MEMBER: of the last such line
quirk_field () { grep -E "\"what\": \"$2\"" "$WORLD/log/$1.journal.log" | tail -n 1 | field "$3"; }

quirk_press () { world_monitor_again; RING_US=$(now_us); kill -USR1 "${!1}"; }
quirk_leave () { kill -USR2 "${!1}"; }

# What the agent says from now on, in a log of its own.
world_monitor_again () { world_stop monitor; rm -f "$WORLD/log/monitor.log"; world_monitor; }
await_visit () { world_follow "$WORLD/log/monitor.log" "$1" "${2:-15}" || world_fail "the agent did not say $1"; }

heard_here () { # the visitor's tone at the PC's loudspeaker
  parec --device=speaker.monitor --format=s16le --rate=48000 --channels=1 --latency-msec=10 2>/dev/null \
    | "$OBSERVE/observe-tone" --hz "$QUIRK_HZ" --timeout 15 --ms 200 --share 0.3 >>"$WORLD/log/tone.log"
}

# result WHAT yes|no|n/a HOW: for docs/interop.md
result () {
  [ -n "${IPDOOR_RESULTS:-}" ] || return 0
  printf '{"station":"%s","what":"%s","result":"%s","how":"%s"}\n' "$DIALECT" "$1" "$2" "$3" >>"$IPDOOR_RESULTS/quirks-$DIALECT"
}
