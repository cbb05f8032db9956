# SPDX-License-Identifier: Apache-2.0
# A plant of several stations, each the real program on a host of its own, and a PC that is registered at all. Sourced after bench/bench.sh.
# Stations enrol clients of one plant each; so the others run on copies of the first one's state, with keys of their own, and bench/widen-plant
# writes the PC's enrolment as the directory of such a plant would have it.

# For who measures memory: the stations' libraries are copies then, as if on machines of their own; what a client shares with them would not count
# as its own. They have no media then: GStreamer looks for its plug-ins beside itself.
plant_copies_libraries () {
  PLANT_LIBRARIES=$WORLD/lib
  mkdir "$WORLD/lib"
  ldd "$BUILD/src/station/ipdoor-station" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | xargs -r cp -L -t "$WORLD/lib"
}

# plant_begin COUNT [STATION-OPTION...]: hosts door, door2, ...; the caller's network has them. They are PID_station, PID_station2, ...
plant_begin () {
  local count=$1 i; shift
  PLANT=()
  world_station "$@"
  world_agent --ui none
  world_enrol
  world_stop monitor; world_stop agent; world_stop station
  for ((i = 2; i <= count; i++)); do
    cp -a "$WORLD/station" "$WORLD/station$i"
    rm "$WORLD/station$i"/{identity,sip}.key
    plant_station "$i" "$@"
    PLANT+=("$WORLD/station$i" "$("$NET" addr "$NET_NAME" "door$i")" "Door $i")
  done
  plant_station 1 "$@"
  "$BUILD/bench/widen-plant" "$XDG_DATA_HOME/ipdoor" "$WORLD/station" "${PLANT[@]}" >>"$WORLD/log/plant.log" 2>&1 || world_fail "no plant of $count"
}

plant_station () { # plant_station NUMBER [STATION-OPTION...]
  local i=${1#1}; shift
  world_spawn "station$i" "$NET" exec "$NET_NAME" "door$i" env LD_LIBRARY_PATH="${PLANT_LIBRARIES:-}" ipdoor-station run --state "$WORLD/station$i" \
    --bind "$("$NET" addr "$NET_NAME" "door$i")" "$@"
  world_await "station$i" ready 20
}

# plant_registered COUNT: the PC is registered at all of them.
plant_registered () {
  local i
  world_await station ' registered from' 15
  for ((i = 2; i <= $1; i++)); do world_await "station$i" ' registered from' 15; done
}

# plant_verb NUMBER VERB...: as world_station_verb, of that station.
plant_verb () {
  local i=$1; shift
  if [ "$i" = 1 ]; then world_station_verb "$@"; else on_host "door$i" ipdoor-station "$@" --state "$WORLD/station$i"; fi
}
