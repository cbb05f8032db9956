# SPDX-License-Identifier: Apache-2.0
# What happens to a station, played by a script in Python (station_world.py). Sourced.
. "$SOURCE/tests/system/strangers.sh"

station_play () { # station_play SCRIPT SECONDS, after strangers_world: station and PC know each other; the station is the script's to start
  # A pulse that is long enough to be killed in, and over when the contact ends the visit: no call of one visit falls into the next.
  printf '[output door]\ncontact=late 100\npulse-ms=60\n' >"$WORLD/station.conf"
  world_station --config "$WORLD/station.conf"
  world_agent --ui none
  world_enrol
  # The first picture on a new machine waits until GStreamer has looked at all its plugins; how long that takes is not the matter here.
  world_station_verb press 1 >"$WORLD/log/press.log" 2>&1 || world_fail "the button could not be pressed"
  world_await monitor '"state" ?: ?"ringing"' 60
  on_pc ipdoor reject >"$WORLD/log/cli.log" 2>&1 || world_fail "the ring could not be rejected"
  world_await station 'visit .*ended' 10
  world_stop monitor # the script has its own, to follow it and the station's life at once
  world_stop station
  export WORLD NET_NAME NET BUILD PYTHONPATH="$SOURCE/tests/faults:$SOURCE/tests/system" PYTHONDONTWRITEBYTECODE=1
  timeout "$2" python3 "$SOURCE/tests/faults/$1" || exit 1 # it has shown the logs
}
