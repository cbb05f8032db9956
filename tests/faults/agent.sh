# SPDX-License-Identifier: Apache-2.0
# Two PCs of one plant, of which the first loses its agent, and what can be seen of that from outside. Sourced, after world.sh.
. "$SOURCE/tests/system/attack.sh"
. "$SOURCE/tests/system/pcs.sh"
. "$SOURCE/tests/faults/desktop.sh"

agent_world () { # agent_world [STATION-OPTION...]
  WORLD_HOSTS=(pc2)
  desktop_world "$@"
  add_pc pc2 "Back office" media
}

# What each of them says, from now on: HOST STATE [REASON].
both () { mark monitor; mark monitor-pc2; mark station; mark agent; mark agent-pc2; }
says () { await_after "$(log_of "$1")" "\"state\" ?: ?\"$2\"" "${3:-10}"; }
of_visit () { await_after "$(log_of "$1")" "\"id\" ?: ?\"$VISIT\".*\"state\" ?: ?\"$2\"|\"state\" ?: ?\"$2\".*\"id\" ?: ?\"$VISIT\"" 10; }
told () { # told HOST REASON NAME: it ended there for that reason, by whoever is called so
  await_after "$(log_of "$1")" "\"reason\" ?: ?\"$2\"" 10
  await_after "$(log_of "$1")" "\"by\" ?: ?\"$3\"" 10
}
station_says () { await_after station "visit $VISIT: $1" "${2:-10}"; }

kill_agent () { # kill_agent [SIGNAL]
  KILLED_US=$(now_us)
  world_stop agent "${1:-KILL}"
  world_stop monitor
}
# As the service manager does it.
restart_agent () {
  world_agent
  world_monitor
  MARK_monitor=1
  MARK_agent=1
}

# For a second of looking, HOST neither gets media from the door nor sends any.
quiet () {
  on_host "$1" "$BUILD/tests/system/wire-tap" listen "$WORLD/quiet" 1 >/dev/null
  "$FAULTS/wire-streams" "$WORLD/quiet" "$DOOR_ADDRESS" >"$WORLD/log/quiet.log"
  [ $? = 3 ] || world_fail "the station sends media to a computer where nobody is"
  "$FAULTS/wire-streams" "$WORLD/quiet" "$("$NET" addr "$NET_NAME" "$1")" >"$WORLD/log/quiet.log"
  [ $? = 3 ] || world_fail "a computer without an agent sends media"
}

# history HOST: the outcome of the visit in its history, which has it once.
history () {
  on "$1" ipdoor history --json | grep -F -e "$VISIT" >"$WORLD/log/history.log"
  [ "$(wc -l <"$WORLD/log/history.log")" = 1 ] || world_fail "the visit is not once in the history of $1"
  field outcome <"$WORLD/log/history.log"
}
# The station's own: outcome, who answered.
station_history () {
  python3 - "$WORLD/station/station.db" "$VISIT" <<'PY'
import sqlite3, sys
print(*sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute("SELECT outcome, answered_by FROM visits WHERE id = ?", sys.argv[2:]).fetchall())
PY
}
