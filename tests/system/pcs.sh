# SPDX-License-Identifier: Apache-2.0
# More PCs of one plant, each with folders of its own. Sourced by the tests that need several, after attack.sh.

# pc_env HOST: the folders of the user on that host
pc_env () {
  printf '%s\n' XDG_RUNTIME_DIR="$WORLD/$1/run" XDG_CONFIG_HOME="$WORLD/$1/config" XDG_DATA_HOME="$WORLD/$1/data" \
    XDG_STATE_HOME="$WORLD/$1/state" XDG_CACHE_HOME="$WORLD/$1/cache"
}
on () { # on HOST COMMAND...
  local host=$1 folders; shift
  if [ "$host" = pc ]; then on_pc "$@"; return; fi
  mapfile -t folders < <(pc_env "$host")
  on_host "$host" env "${folders[@]}" "$@"
}
add_pc () { # add_pc HOST NAME [UI]
  local address code folders
  address=$("$NET" addr "$NET_NAME" "$1")
  mkdir -m 700 "$WORLD/$1" "$WORLD/$1"/{run,config,data,state,cache}
  mapfile -t folders < <(pc_env "$1")
  world_spawn "agent-$1" "$NET" exec "$NET_NAME" "$1" env "${folders[@]}" ipdoor-agent --bind "$address" --ui "${3:-none}"
  world_await "agent-$1" ready 20
  code=$(world_station_verb enrol-code --name "$2" --json | field code)
  on "$1" ipdoor enrol "$code" --station "$DOOR_ADDRESS" >>"$WORLD/log/enrol.log" 2>&1 || world_fail "$2 could not enrol"
  world_spawn "monitor-$1" "$NET" exec "$NET_NAME" "$1" env "${folders[@]}" ipdoor monitor --json
  world_await "monitor-$1" '"ready" ?: ?true' 15
}
log_of () { if [ "$1" = pc ]; then echo monitor; else echo "monitor-$1"; fi; }
