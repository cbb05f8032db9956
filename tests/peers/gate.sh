# SPDX-License-Identifier: Apache-2.0
# One story, told with each program: it plays a station of another maker that the plant names by its address, and rings a PC, which shows
# who is there before it answers, talks, presses keys, opens by a code, and hangs up. Sourced by baresip-station and linphone-station, which
# say how each is used:
#
#   gate_rings               calls the PC at $PC_ADDRESS:5060 from host "gate"
#   gate_hears               prints "RATE FILE" of what it plays
#   gate_got DIGIT           a pattern of log/gate.log when that key came
#   TALKS, OVER              patterns of log/gate.log
. "$SOURCE/tests/peers/peers.sh"
GATE_HZ=1000
PC_HZ=700
CODE=79

gate_world () { # gate_world PORT: of the gate's SIP
  unset DISPLAY WAYLAND_DISPLAY
  peers_begin
  world_net gate
  world_hosts "a station at an address of its own"
  world_screen
  world_bus
  world_sound
  cat >"$WORLD/station.conf" <<END
[device gate]
name=Gate
driver=generic
host=$(address_of gate)
sip-port=$1
[device-output gate door]
name=Gate door
kind=lock
code=$CODE
END
  world_station --config "$WORLD/station.conf"
  world_agent
  world_enrol
  world_await agent 'codecs are known' 20
  "$OBSERVE/make-tone" --hz "$PC_HZ" --seconds 100 | pacat --device=said --format=s16le --rate=48000 --channels=1 2>/dev/null &
  WORLD_PIDS+=($!)
}

await_visit () { await_after monitor "$1" 10; }

see () { # see WHAT FRAMES: in a window of the PC
  "$OBSERVE/observe-screen" --frames "$2" --timeout 15 >>"$WORLD/log/screen.log" && return
  import -silent -window root "$WORLD/screen.png"
  world_fail "the PC shows no picture $1"
}

heard_on_pc () {
  local status
  exec {fd}< <(exec parec --device=speaker.monitor --format=s16le --rate=48000 --channels=1 --latency-msec=10 2>/dev/null)
  "$OBSERVE/observe-tone" --hz "$GATE_HZ" --timeout 15 <&"$fd" >>"$WORLD/log/heard.log"
  status=$?
  exec {fd}<&-
  return $status
}

# gate_story FRAMES: how many different frames to see; a still picture has one.
gate_story () {
  local rate file digit
  mark monitor
  gate_rings
  await_visit '"state" ?: ?"(ringing|previewing)"'
  see "before the answer" "$1"
  result preview yes 18x
  on_pc ipdoor answer >>"$WORLD/log/cli.log" 2>&1 || world_fail "the gate could not be answered"
  await_visit '"state" ?: ?"talking"'
  world_await gate "$TALKS" 10
  see "in the talk" "$1"
  heard_on_pc || world_fail "the gate is not heard"
  read -r rate file < <(gate_hears)
  heard "$PC_HZ" "$rate" "$file" >>"$WORLD/log/heard.log" || world_fail "nobody hears us at the gate"
  result answer yes "$CODECS"
  on_pc ipdoor digits '1#' >>"$WORLD/log/cli.log" 2>&1 || world_fail "no keys could be pressed"
  for digit in 1 '#'; do world_await gate "$(gate_got "$digit")" 10; done
  on_pc ipdoor open Gate >>"$WORLD/log/cli.log" 2>&1 || world_fail "the code was not sent"
  for digit in 7 9; do world_await gate "$(gate_got "$digit")" 10; done
  result open yes "digits"
  result rtsp n/a "not needed"
  on_pc ipdoor hangup >>"$WORLD/log/cli.log" 2>&1 || world_fail "the call could not be ended"
  world_await gate "$OVER" 10
  await_visit '"reason" ?: ?"hangup"'
}
