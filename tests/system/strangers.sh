# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Worlds for the attacks that are written in Python (stranger.py): sourced by attack-*.
. "$SOURCE/tests/system/world.sh"

strangers_world () { # strangers_world HOST...: door, pc and these; ends with "skipped" where hosts are not real ones
  unset DISPLAY WAYLAND_DISPLAY
  world_begin
  world_net "$@"
  world_hosts "each attacker"
}

strangers_play () { # strangers_play SCRIPT [ARGUMENT...]
  export WORLD NET_NAME NET BUILD PID_station="${PID_station:-}" PID_agent="${PID_agent:-}" PYTHONPATH="$SOURCE/tests/system" PYTHONDONTWRITEBYTECODE=1
  timeout 150 python3 "$SOURCE/tests/system/$1" "${@:2}" || world_fail "${1%.py}"
}
