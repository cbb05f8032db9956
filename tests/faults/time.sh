# SPDX-License-Identifier: Apache-2.0
# Programs whose clocks are set while they run, each host's by itself (shifted-clock.c). Sourced by the faults of time, after attack.sh.
CLOCK=$BUILD/tests/faults/set-clock
DAY_S=86400

# with_clock HOST COMMAND...: a world_ function, whose program and all its children follow the clock of that host.
with_clock () {
  local host=$1; shift
  [ -e "$WORLD/run/clock-$host" ] || set_clock "$host" 0
  export LD_PRELOAD=$BUILD/tests/faults/libshifted-clock.so IPDOOR_CLOCK=$WORLD/run/clock-$host
  # A sanitizer wants to be first; its own clock_gettime is not needed.
  export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
  "$@"
  unset LD_PRELOAD IPDOOR_CLOCK
}

# set_clock HOST SECONDS|@UNIX [SLEPT]: seconds from the true time, and how long that host has slept.
set_clock () { "$CLOCK" "$WORLD/run/clock-$1" "${@:2}" || world_fail "the clock of $1 could not be set"; }
