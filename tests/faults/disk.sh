# SPDX-License-Identifier: Apache-2.0
# Disks that fail or take long, for a program that runs. Sourced, after world.sh.

program_pid () { pgrep -P "$1" -x "$2" || echo "$1"; } # program_pid PID NAME: of what world_spawn started, the program itself

# inject NAME PID CALLS HOW: from now on these system calls of its main thread do that (strace's words), until strace-NAME is stopped. The store is
# used by the main thread alone. (Following its children, strace has hung at the end of one.) What was seen: log/calls-NAME.log.
inject () {
  world_spawn "strace-$1" strace -qq -ttt -p "$2" -e "trace=$3" -e "inject=$3:$4" -o "$WORLD/log/calls-$1.log"
  until grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$2/status"; do
    kill -0 "${WORLD_PIDS[-1]}" 2>/dev/null || world_fail "strace did not attach to $1"
  done
}
