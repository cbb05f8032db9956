# SPDX-License-Identifier: Apache-2.0
# A small world for one run: a screen, a sound server, a session bus, a network with hosts, one station, one client.
# Sourced by the demo, the system tests and the benchmarks. Everything lives in $WORLD and ends with world_end, each process by its pid.
#
#   BUILD   the build folder (absolute)           SOURCE  the checkout (absolute)
#
# Nothing here waits by the clock: world_await follows a log as it is written, the observers follow what they watch.

world_needs () { # world_needs PROGRAM...: of others; ends with "skipped" where one is missing
  local program
  for program; do
    command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
  done
}

world_begin () {
  WORLD=$(mktemp -d "${TMPDIR:-/tmp}/ipdoor-world.XXXXXX")
  WORLD_PIDS=()
  WORLD_DISKS=()
  NET=$SOURCE/tests/net/net
  NET_NAME=w$$
  OBSERVE=$BUILD/tests/observe
  mkdir -m 700 "$WORLD"/{run,home,config,data,state,cache,station,log}
  export HOME=$WORLD/home XDG_RUNTIME_DIR=$WORLD/run XDG_CONFIG_HOME=$WORLD/config XDG_DATA_HOME=$WORLD/data
  export XDG_STATE_HOME=$WORLD/state XDG_CACHE_HOME=$WORLD/cache
  export IPDOOR_LIBEXEC=$BUILD/src/agent:$BUILD/src/desktop:$BUILD/src/media:$BUILD/src/discovery:$BUILD/src/station:$BUILD/src/cli
  export IPDOOR_LOCALEDIR=$BUILD/po
  export PATH=$BUILD/src/cli:$BUILD/src/station:$BUILD/src/agent:$PATH
  export GTK_THEME= GSETTINGS_BACKEND=memory NO_AT_BRIDGE=0
  unset GTK_THEME
  trap world_end EXIT
  trap 'exit 130' INT TERM
}

# world_spawn NAME COMMAND...: in the background, its output in log/NAME.log, its pid in PID_NAME.
world_spawn () {
  local name=$1; shift
  : >"$WORLD/log/$name.log" # now, not when the child gets to run: who awaits a line must not find the one of a program before
  "$@" >>"$WORLD/log/$name.log" 2>&1 </dev/null &
  WORLD_PIDS+=($!)
  printf -v "PID_${name//-/_}" %s $!
}

world_stop () { # world_stop NAME [SIGNAL]
  local variable=PID_${1//-/_}
  kill -"${2:-TERM}" "${!variable}" 2>/dev/null
  wait "${!variable}" 2>/dev/null
}

# world_follow FILE PATTERN SECONDS: a line of the file matches, now or within the time. Not "tail | grep": a shell waits for both, and tail notices
# only seconds later that nobody reads any more.
world_follow () {
  local tail fd status
  : >>"$1" # a file that is not there yet would be looked for once a second
  exec {fd}< <(exec tail -n +1 -F "$1" 2>/dev/null)
  tail=$!
  timeout "$3" grep -qm1 -E -- "$2" <&"$fd"
  status=$?
  kill "$tail" 2>/dev/null
  exec {fd}<&-
  return "$status"
}

# world_await NAME PATTERN SECONDS: the same of log/NAME.log, and its absence fails the run.
world_await () {
  world_follow "$WORLD/log/$1.log" "$2" "$3" || world_fail "no line like '$2' in the log of $1 within $3 s"
}

# The same of lines that come from now on: mark NAME, then await_after NAME PATTERN SECONDS as often as needed.
mark () { printf -v "MARK_${1//-/_}" %s $(($(wc -l <"$WORLD/log/$1.log") + 1)); }
await_after () {
  local from=MARK_${1//-/_}
  timeout "$3" sh -c 'tail -n +"$3" -F "$1" 2>/dev/null | grep -m1 -aE -- "$2"' sh "$WORLD/log/$1.log" "$2" "${!from}" >/dev/null && return
  world_fail "no new line like '$2' in the log of $1 within $3 s"
}

world_fail () {
  printf 'FAILED: %s\n' "$1" >&2
  for log in "$WORLD"/log/*.log; do
    printf -- '--- the end of %s\n' "${log##*/}" >&2
    tail -n 25 "$log" >&2
  done
  exit 1
}

# Under the sanitizers (make test-asan) a program may die, or find its leaks, where no test looks: in its last words.
world_sanitizers_silent () {
  ! grep -aEA25 '(Address|Leak)Sanitizer|runtime error:' "$WORLD"/log/*.log >&2
}

world_end () {
  local status=$? pid i disk
  trap - EXIT
  for ((i = ${#WORLD_PIDS[@]} - 1; i >= 0; i--)); do kill "${WORLD_PIDS[i]}" 2>/dev/null; done
  for pid in "${WORLD_PIDS[@]}"; do wait "$pid" 2>/dev/null; done
  [ -n "${WORLD_NET:-}" ] && "$NET" down "$NET_NAME" >/dev/null 2>&1
  for disk in "${WORLD_DISKS[@]}"; do umount -l "$disk"; done
  if [ "$status" = 0 ] && ! world_sanitizers_silent; then status=1; fi
  if [ -n "${WORLD_KEEP:-}" ]; then echo "kept: $WORLD" >&2; else rm -rf "$WORLD"; fi
  exit "$status"
}

# A screen of our own, with a window manager, unless the person's own is to be used. A Wayland session's screen cannot be
# watched: its X server knows no picture of the whole.
world_screen () {
  if [ "${1:-}" = real ] && [ -n "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ]; then return; fi
  local number=$WORLD/run/display fd
  mkfifo "$number"
  exec {fd}<>"$number"
  world_spawn xvfb Xvfb -displayfd "$fd" -screen 0 1280x800x24 -nolisten tcp -noreset
  read -r -t 20 DISPLAY <&"$fd" || world_fail "Xvfb did not start"
  DISPLAY=:$DISPLAY
  exec {fd}>&-
  export DISPLAY
  unset WAYLAND_DISPLAY
  export GDK_BACKEND=x11
  world_spawn openbox openbox --sm-disable
  xsetroot -solid '#3b4252' 2>/dev/null
}

world_bus () {
  export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
  world_spawn dbus dbus-daemon --session --nofork --nopidfile --address="$DBUS_SESSION_BUS_ADDRESS" --print-address=1
  world_await dbus 'unix:path' 10
}

# A private sound server: what a person would hear is speaker.monitor, what they say goes into the sink "said".
world_sound () {
  export PULSE_SERVER=unix:$XDG_RUNTIME_DIR/pulse.socket PULSE_COOKIE=$WORLD/run/pulse.cookie
  world_spawn pulse env -u DISPLAY pulseaudio -n --daemonize=no --exit-idle-time=-1 --disallow-exit --use-pid-file=no --log-level=info \
    -L "module-null-sink sink_name=speaker rate=48000 channels=1 norewinds=1" \
    -L "module-null-sink sink_name=said rate=48000 channels=1 norewinds=1" \
    -L "module-remap-source source_name=microphone master=said.monitor" \
    -L "module-native-protocol-unix socket=$XDG_RUNTIME_DIR/pulse.socket auth-anonymous=1 auth-cookie-enabled=0"
  world_await pulse 'startup complete' 20
  pactl set-default-sink speaker && pactl set-default-source microphone || world_fail "the private sound server did not start"
}

world_net () { # world_net [HOST...]: a door, a PC and whoever else
  "$NET" up "$NET_NAME" door pc "$@" >"$WORLD/log/net.log" 2>&1 || world_fail "the network did not come up"
  WORLD_NET=1
  DOOR_ADDRESS=$("$NET" addr "$NET_NAME" door)
  PC_ADDRESS=$("$NET" addr "$NET_NAME" pc)
}

world_hosts () { # world_hosts WHY: ends with "skipped" where the hosts share one network stack
  [ "$("$NET" kind "$NET_NAME")" = namespaces ] || { echo "skipped: $1 needs network namespaces, so root"; exit 77; }
}

# A disk of its own for a folder, small enough to be filled. Fails where mounting is not allowed.
world_disk () { # world_disk FOLDER SIZE
  mount -t tmpfs -o "size=$2,mode=700" none "$1" 2>/dev/null && WORLD_DISKS+=("$1")
}

on_door () { "$NET" exec "$NET_NAME" door "$@"; }
on_pc () { "$NET" exec "$NET_NAME" pc "$@"; }
on_host () { "$NET" exec "$NET_NAME" "$@"; } # on_host HOST COMMAND...

# world_station [OPTION...]: the embedded default, its files under $WORLD/station.
world_station () {
  world_spawn station "$NET" exec "$NET_NAME" door ipdoor-station run --state "$WORLD/station" --bind "$DOOR_ADDRESS" "$@"
  world_await station 'ready' 20
}

world_station_verb () { on_door ipdoor-station "$@" --state "$WORLD/station"; }

# world_agent [OPTION...]
world_agent () {
  world_spawn agent "$NET" exec "$NET_NAME" pc ipdoor-agent --bind "$PC_ADDRESS" "$@"
  world_await agent 'ready' 20
}

# Enrols the PC with a fresh code and waits until it is registered.
world_enrol () {
  local code
  code=$(world_station_verb enrol-code --name "${1:-Front desk}" --json | sed -n 's/.*"code" *: *"\([^"]*\)".*/\1/p')
  [ -n "$code" ] || world_fail "the station gave no enrolment code"
  on_pc ipdoor enrol "$code" --station "$DOOR_ADDRESS" >"$WORLD/log/enrol.log" 2>&1 || world_fail "enrolment failed"
  world_monitor
  world_await monitor '"ready" ?: ?true' 15
}

# Follows what the agent says, into log/monitor.log.
world_monitor () { world_spawn monitor "$NET" exec "$NET_NAME" pc ipdoor monitor --json; world_await monitor . 10; }

# How often the station's output was switched on so far.
count_pulses () { "$OBSERVE/observe-file" --file "$WORLD/station/sim/${1:-door}.relay" --word on --count | field count; }

# The clock of all observers, CLOCK_MONOTONIC in microseconds.
now_us () { "$OBSERVE/observe-file" --file /dev/null --word now --count | field t_us; }

# field NAME: a number or word out of the first JSON line on standard input.
field () { sed -n "1s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p"; }
