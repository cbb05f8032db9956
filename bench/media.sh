# SPDX-License-Identifier: Apache-2.0
# What the rows about pictures have in common: a station with 720p25 and several PCs. Sourced after bench/bench.sh.

# A station's configuration.
picture_of_720p25 () {
  cat <<END
[media]
picture=1280x720
fps=25
kbps=2000
[visit]
ring-seconds=600
talk-seconds=600
END
  phones
}

# The world of one client and two peers, one of which is rung at a time: a station, a screen, sound.
pictures_begin () {
  peers_begin
  world_net phone soft
  world_screen
  world_bus
  world_sound
  picture_of_720p25 >"$WORLD/station.conf"
  world_station --config "$WORLD/station.conf"
}
ours_begins () {
  world_agent
  world_enrol
  world_await agent 'codecs are known' 20
}
over () { await_after station 'visit .*ended' 15; }

# Peers that look at it, after tests/peers/peers.sh: on host "phone" and "soft". They answer: baresip opens no window before. In packetization mode 0,
# which it takes when H.264 is asked for by name, it cuts slices off at 8,192 octets.
baresip_looks () {
  BARESIP_SCREEN=x11 baresip_begin baresip phone 700 \
    "<sip:baresip@$DOOR_ADDRESS>;auth_user=baresip;auth_pass=$SECRET;regint=60;answermode=auto;audio_codecs=PCMA"
}
linphone_looks () {
  LINPHONE_SCREEN=MSGLXVideo linphone_begin linphone soft 700 -C -D
  linphone_does linphone autoanswer enable
  linphone_does linphone register "sip:linphone@$DOOR_ADDRESS" "sip:$DOOR_ADDRESS" "$SECRET"
}

# CPU time that a process and its threads have used, in clock ticks.
ticks () { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

# cpu_of SECONDS PID...: CPU seconds that these used together within the window.
cpu_of () {
  local seconds=$1 before=0 after=0 pid; shift
  for pid in "$@"; do before=$((before + $(ticks "$pid"))); done
  sleep "$seconds" # the window of the measurement
  for pid in "$@"; do after=$((after + $(ticks "$pid"))); done
  awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", t / hz }'
}

# mean SECONDS NUMBER...: as percent of one core.
percent () { awk -v s="$1" '{ for (i = 1; i <= NF; i++) sum += $i; n += NF } END { if (n) printf "%.1f", 100 * sum / n / s }' <<<"${*:2}"; }

# Clients that verify and count packets and decode nothing: 32 decoders would leave the station no processor. They share four PCs, because a station
# enrols few from one address at a time. Whoever calls this made the network with $VIEWER_HOSTS.
VIEWER_HOSTS='view1 view2 view3 view4'

# viewers_begin COUNT: agents with folders and an address each.
viewers_begin () {
  local i dir=$WORLD/look
  mkdir -p "$dir"
  cat >"$dir/ipdoor-media" <<END
#!/bin/sh
[ "\$1" != --caps ] || exec "$BUILD/src/media/ipdoor-media" "\$@"
exec "$BUILD/bench/packet-viewer" "\$@"
END
  chmod +x "$dir/ipdoor-media"
  for ((i = 1; i <= $1; i++)); do viewer_begin "$i"; done
  for ((i = 1; i <= $1; i++)); do world_await "viewer$i" ready 20; done
  for ((i = 1; i <= $1; i++)); do viewer_enrol "$i"; done
  for ((i = 1; i <= $1; i++)); do world_await "viewer$i" registered 20; done
}
viewer_host () { echo "view$((($1 - 1) % 4 + 1))"; }
viewer_address () {
  local address
  address=$("$NET" addr "$NET_NAME" "$(viewer_host "$1")")
  echo "${address%.*}.$((100 + $1))"
}
viewer_env () {
  printf '%s\n' XDG_RUNTIME_DIR="$WORLD/v$1/run" XDG_CONFIG_HOME="$WORLD/v$1/config" XDG_DATA_HOME="$WORLD/v$1/data" \
    XDG_STATE_HOME="$WORLD/v$1/state" XDG_CACHE_HOME="$WORLD/v$1/cache" IPDOOR_LIBEXEC="$WORLD/look:$IPDOOR_LIBEXEC"
}
viewer_does () { # viewer_does NUMBER COMMAND...
  local folders
  mapfile -t folders < <(viewer_env "$1")
  on_host "$(viewer_host "$1")" env "${folders[@]}" "${@:2}"
}
viewer_begin () {
  local address folders host
  address=$(viewer_address "$1")
  host=$(viewer_host "$1")
  [ "$("$NET" kind "$NET_NAME")" != namespaces ] || on_host "$host" ip addr add "$address/24" dev eth0 || world_fail "no address for viewer $1"
  mkdir -m 700 "$WORLD/v$1" "$WORLD/v$1"/{run,config,data,state,cache}
  mapfile -t folders < <(viewer_env "$1")
  world_spawn "viewer$1" "$NET" exec "$NET_NAME" "$host" env "${folders[@]}" ipdoor-agent --bind "$address" --ui media
}
viewer_enrol () {
  local code
  code=$(world_station_verb enrol-code --name "Viewer $1" --json | field code)
  viewer_does "$1" ipdoor enrol "$code" --station "$DOOR_ADDRESS" >>"$WORLD/log/enrol.log" 2>&1 || world_fail "viewer $1 could not enrol"
}
