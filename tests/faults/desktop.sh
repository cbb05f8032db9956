# SPDX-License-Identifier: Apache-2.0
# A world with a real desktop, and what it takes to kill its window and to see from outside how it comes back. Sourced, after world.sh.
FAULTS=$BUILD/tests/faults
VISITOR_HZ=440  # what the station's test microphone says
RESIDENT_HZ=700 # what we say into the PC's microphone
CHIME_HZ=659
LIMIT_US=1000000 # within one second
GAP_MS=240 # longer than the pauses of make-tone, and than those that the suppression of noise adds

desktop_world () { # desktop_world [STATION-OPTION...]
  world_needs Xvfb openbox pulseaudio
  world_begin
  export IPDOOR_TRACE=1
  world_net ${WORLD_HOSTS[@]+"${WORLD_HOSTS[@]}"}
  world_hosts "a wire of its own"
  unset DISPLAY WAYLAND_DISPLAY
  world_screen
  world_bus
  world_sound
  world_station "$@"
  world_agent
  world_spawn tap "$NET" exec "$NET_NAME" pc "$BUILD/tests/system/wire-tap" listen "$WORLD/wire" 300
  world_await tap listening 5
  world_enrol "Reception"
  world_await agent 'codecs are known' 20
  world_spawn stalls "$OBSERVE/observe-stalls" 300
  # What a person at the PC hears, as a file that grows.
  world_spawn ears bash -c 'exec parec --device=speaker.monitor --format=s16le --rate=48000 --channels=1 --latency-msec=10 >"$1"' ears "$WORLD/heard"
}

# A visitor presses. Sets VISIT.
ring () {
  VISIT=$(on_door ipdoor-station press 1 --state "$WORLD/station" --json | field visit)
  [ -n "$VISIT" ] || world_fail "the button could not be pressed"
}
speak () {
  "$OBSERVE/make-tone" --hz "$RESIDENT_HZ" --seconds 280 | pacat --device=said --format=s16le --rate=48000 --channels=1 --latency-msec=20 2>/dev/null &
  WORLD_PIDS+=($!)
}

# Transactions, not datagrams: one may be sent again.
count_invites () { LC_ALL=C grep -aA1 'INVITE sip:' "$WORLD/wire" | grep -ao 'branch=[^;]*' | sort -u | wc -l; }

# The process whose window is on our screen.
desktop_pid () { timeout "${1:-10}" xdotool search --sync --onlyvisible --class ipdoor getwindowpid 2>/dev/null | tail -n 1; }
kill_desktop () {
  local pid
  pid=$(desktop_pid)
  [ -n "$pid" ] || world_fail "there is no window to kill"
  KILLED_US=$(now_us)
  kill -KILL "$pid"
}

at_door () { "$OBSERVE/observe-tone" --hz "$RESIDENT_HZ" --rate 16000 --file "$WORLD/station/speaker.wav" --follow --ms 80 --share 0.3 --level 0.005 "$@"; }
at_pc () { "$OBSERVE/observe-tone" --rate 48000 --file "$WORLD/heard" --follow --share 0.3 "$@"; }
on_screen () { "$OBSERVE/observe-screen" --frames 2 --after-us "$KILLED_US" --timeout 10 "$@"; }

# watch NAME COMMAND...: an observer in the background; seen_within NAME: it saw that, within the limit after the kill. A tone that was never away
# for longer than the pauses between its bursts has not been interrupted: --after-gap sees nothing, and says how long it was away at most.
watch () {
  local name=$1; shift
  "$@" >"$WORLD/log/saw-$name.log" 2>&1 &
  printf -v "WATCH_${name//-/_}" %s $!
}
# stalled_us FROM TO: what the machine itself took of that time, from a program that was ready to run; nothing in a whole sweep, which wants a quiet one.
stalled_us () {
  [ "${IPDOOR_SWEEP:-}" = full ] && { echo 0; return; }
  awk -v from="$1" -v to="$2" '$1 >= from && $1 <= to { sum += $2 } END { printf "%d", sum }' "$WORLD/log/stalls.log"
}
seen_within () {
  local name=$1 variable=WATCH_${1//-/_} us
  if ! wait "${!variable}"; then
    us=$(field away_ms <"$WORLD/log/saw-$name.log")
    [ "${us:-9999}" -lt "$GAP_MS" ] || world_fail "after the window was killed: $name was not seen again"
    printf '  %-22s never away\n' "$name"
    return
  fi
  us=$(($(tail -n 1 "$WORLD/log/saw-$name.log" | field t_us) - KILLED_US))
  printf '  %-22s %5d ms\n' "$name" $((us / 1000))
  [ "$us" -le $((LIMIT_US + $(stalled_us "$KILLED_US" $((KILLED_US + us))))) ] || world_fail "$name was back only after $((us / 1000)) ms"
}

# A talk that loses its window, and has it back: sound both ways and the picture.
talk_survives () {
  speak_is_heard
  watch tone-at-door at_door --after-gap "$GAP_MS" --timeout 2
  watch tone-at-pc at_pc --hz "$VISITOR_HZ" --ms 80 --after-gap "$GAP_MS" --timeout 2
  kill_desktop
  watch picture on_screen --min-width 500
  seen_within tone-at-door
  seen_within tone-at-pc
  seen_within picture
}
speak_is_heard () { at_door --timeout 15 >/dev/null || world_fail "our tone does not come out of the door"; }

# Of the streams that HOST sent on the wire none used a key stream twice.
streams_are_safe () { "$FAULTS/wire-streams" "$WORLD/wire" "$1" >"$WORLD/log/streams.log" || world_fail "a key stream was used twice"; }
streams_to () { # streams_to KIND FIRST LAST: how many SSRCs went to these ports
  awk -F'[:,} ]+' -v kind="\"$1\"" -v first="$2" -v last="$3" '$4 == kind && $2 >= first && $2 <= last { n += $6 } END { print n + 0 }' "$WORLD/log/streams.log"
}
