# SPDX-License-Identifier: Apache-2.0
# Phones of other people in the small world of tests/system/world.sh: baresip and linphonec, each without a screen or a sound card of its own,
# driven as a person's hands would and watched through what they themselves write down. Sourced by the tests of this folder.
#
#   PEER_WRAP    a command put before the phones' own (such as "chroot ..." with another Debian in it), when run by hand
#
# The programs belong to `make test`: one that is missing fails the test that needs it.
. "$SOURCE/tests/system/world.sh"
PEERS=$BUILD/tests/peers

# The phones end at once, then the world: linphonec 5.3 does not mind a polite signal, baresip insists on signing off.
peers_begin () {
  umask 077 # secrets of phones are in configuration files
  world_begin
  PEERS_PIDS=()
  if [ -n "${IPDOOR_RESULTS:-}" ]; then mkdir -p "$IPDOOR_RESULTS" && rm -f "$IPDOOR_RESULTS/${0##*/}"; fi
  trap 'peers_end' EXIT
}

peers_end () {
  local status=$?
  [ ${#PEERS_PIDS[@]} -eq 0 ] || kill -KILL "${PEERS_PIDS[@]}" 2>/dev/null
  (exit "$status")
  world_end
}

peers_need () {
  local program
  for program in "$@"; do
    ${PEER_WRAP:-} sh -c 'command -v "$1"' sh "$program" >/dev/null || { echo "FAILED: $program is not installed (scripts/packages.debian)"; exit 1; }
  done
}

# address_of HOST: of a phone. Without namespaces all are at 127.0.0.1, where everything comes from that picks no address of its own.
address_of () { if [ "$("$NET" kind "$NET_NAME")" = namespaces ]; then "$NET" addr "$NET_NAME" "$1"; else echo 127.0.0.1; fi; }

# free_port PORT: that one, or the next that nobody holds: without namespaces the phones share the ports of the whole machine.
free_port () {
  local port=$1
  [ "$("$NET" kind "$NET_NAME")" = namespaces ] ||
    while [ "$port" -lt $(($1 + 100)) ] && ss -Hanut "sport = :$port" | grep -q .; do port=$((port + 1)); done
  echo "$port"
}

# port_of NAME: where the phone of that name takes calls; whoever starts it says so.
port_of () { local port=SIP_PORT_${1//-/_}; echo "${!port}"; }

le32 () { printf '%b' "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"; }

# said FILE HZ RATE SECONDS: a WAV file with a tone to say, 16 bits, mono.
said () {
  local bytes=$(($3 * $4 * 2))
  {
    printf 'RIFF'; le32 $((36 + bytes)); printf 'WAVEfmt '; le32 16
    printf '\x01\x00\x01\x00'; le32 "$3"; le32 $(($3 * 2)); printf '\x02\x00\x10\x00data'; le32 $bytes
    "$OBSERVE/make-tone" --hz "$2" --rate "$3" --seconds "$4"
  } >"$1"
}

# heard HZ RATE FILE [ARGUMENT...]: the tone is in the file that grows. Two channels read as one of twice the rate.
heard () { "$OBSERVE/observe-tone" --hz "$1" --rate "$2" --file "$3" --follow --timeout 15 "${@:4}"; }

# strip_of PICTURE: the frame number in the strip of the station's test picture, out of a PNG or JPEG file; "" when there is none.
strip_of () { convert "$1" -depth 8 ppm:- 2>/dev/null | "$PEERS/read-strip" | field frame; }

press () { world_station_verb press "${1:-1}" >>"$WORLD/log/press.log" 2>&1 || world_fail "the button could not be pressed"; }

# picture_of baresip|linphone NAME HOST: asks the phone for a snapshot of what it receives until one has a strip in it, and prints its number.
picture_of () {
  local n file frame
  for n in 1 2 3 4 5 6 7 8; do
    file=$WORLD/$2/snapshot-$n-$BASHPID
    "$1_snapshot" "$2" "$3" "$file"
    frame=$(strip_of "$file")
    if [ -n "$frame" ]; then
      echo "$frame"
      return
    fi
  done
  return 1
}

# result WHAT yes|no|n/a HOW: a line about $PEER for the table of docs/interop.md, when somebody collects them.
result () {
  [ -n "${IPDOOR_RESULTS:-}" ] || return 0
  printf '{"station":"%s","what":"%s","result":"%s","how":"%s"}\n' "$PEER" "$1" "$2" "$3" >>"$IPDOOR_RESULTS/${0##*/}"
}

# --- baresip (1.0 of Debian 12, 1.1 of Debian 13)

# baresip_begin NAME HOST HZ ACCOUNT: its folder is $WORLD/NAME; it says HZ, ACCOUNT is a line of its "accounts" file. Environment:
# BARESIP_CAMERA (a video source), BARESIP_RATE (of the codec, in Hz), BARESIP_SCREEN (module that shows the picture; it is not shown if not set).
baresip_begin () {
  local name=$1 host=$2 hz=$3 account=$4 folder=$WORLD/$1 modules rate=${BARESIP_RATE:-8000} module port control
  port=$(free_port 5060) control=$(free_port 4444)
  printf -v "SIP_PORT_${name//-/_}" %s "$port"
  printf -v "CONTROL_PORT_${name//-/_}" %s "$control"
  mkdir -p "$folder/heard"
  said "$folder/said.wav" "$hz" "$rate" 40
  printf '%s\n' "$account" >"$folder/accounts"
  : >"$folder/contacts"
  modules=$(${PEER_WRAP:-} find /usr -xdev -type d -path '*/baresip/modules' -print -quit 2>/dev/null)
  {
    echo "sip_listen $(address_of "$host"):$port"
    echo "ctrl_tcp_listen $(address_of "$host"):$control"
    echo "audio_path $folder"
    # Its player is a file as well: without any player version 1.1 answers no call.
    printf '%s\n' "audio_source aufile,$folder/said.wav" "audio_player aufile,$folder/played.wav" "audio_alert aufile,$folder/alert.wav"
    printf '%s\n' "ausrc_srate $rate" "auplay_srate $rate" "ausrc_channels 1" "auplay_channels 1"
    printf '%s\n' "video_source ${BARESIP_CAMERA:-fakevideo,nil}" "video_display ${BARESIP_SCREEN:-fakevideo},nil"
    printf '%s\n' "video_size 640x480" "video_fps 15" "video_bitrate 800000"
    # Its status lines, five a second, are only separated by carriage returns.
    echo "statmode_default off"
    printf '%s\n' "rtp_ports 20000-20100" "snd_path $folder/heard" "audio_telev_pt 101"
    echo "module_path $modules"
    for module in g711 g722 opus avcodec vp8 swscale aufile sndfile fakevideo avformat snapshot rtcpsummary ${BARESIP_SCREEN:-}; do
      echo "module $module.so"
    done
    printf 'module_tmp account.so\nmodule_app ctrl_tcp.so\nmodule_app menu.so\nmodule_app debug_cmd.so\n'
  } >"$folder/config"
  world_spawn "$name" "$NET" exec "$NET_NAME" "$host" ${PEER_WRAP:-} baresip -s -f "$folder"
  PEERS_PIDS+=($!)
  world_await "$name" 'baresip is ready' 15
}

# baresip_does NAME HOST COMMAND [PARAMETER]: by its control port; a netstring with JSON in it.
baresip_does () {
  local message control=CONTROL_PORT_${1//-/_}
  message=$(printf '{"command":"%s","params":"%s","token":"1"}' "$3" "${4:-}")
  on_host "$2" bash -c 'exec {fd}<>"/dev/tcp/$1/$2" && printf "%d:%s," "${#3}" "$3" >&$fd && read -r -t 5 -d, -u $fd _' \
    baresip "$(address_of "$2")" "${!control}" "$message" ||
    world_fail "$1 took no command $3"
}

# The file into which baresip writes the sound that it decoded, of its newest call.
baresip_hears () {
  world_await "$1" 'dumping decode audio' 10
  sed -n 's/.*dumping decode audio to //p' "$WORLD/log/$1.log" | tail -n 1
}

baresip_snapshot () { # baresip_snapshot NAME HOST FILE
  baresip_does "$1" "$2" snapshot_recv "$3"
  world_await "$1" "wrote $3" 5
}

# --- linphonec (5.1 of Debian 12, 5.3 of Debian 13)

# linphone_begin NAME HOST HZ [OPTION...]: its folder is $WORLD/NAME. Environment: LINPHONE_SIP (lines for section [sip]), LINPHONE_SCREEN (what draws its picture).
linphone_begin () {
  local name=$1 host=$2 hz=$3 folder=$WORLD/$1 fd port
  shift 3
  port=$(free_port 5070)
  printf -v "SIP_PORT_${name//-/_}" %s "$port"
  mkdir -p "$folder"/{run,.config/linphone,.local/share/linphone}
  said "$folder/said.wav" "$hz" 16000 40
  cat >"$folder/linphonerc" <<END
[sip]
sip_port=$port
sip_tcp_port=0
sip_tls_port=0
media_encryption=none
${LINPHONE_SIP:-}
[net]
mtu=1300
[rtp]
audio_rtp_port=27078
video_rtp_port=29078
[video]
enabled=1
capture=1
display=1
automatically_initiate=1
automatically_accept=1
displaytype=${LINPHONE_SCREEN:-MSX11Video}
device=StaticImage: Static picture
END
  # A host without a way to everywhere is without a network, it thinks, and registers no more.
  [ "$("$NET" kind "$NET_NAME")" != namespaces ] || on_host "$host" ip route replace default dev eth0 || world_fail "no default route"
  mkfifo "$folder/hands"
  world_spawn "$name" "$NET" exec "$NET_NAME" "$host" ${PEER_WRAP:-} env HOME="$folder" XDG_RUNTIME_DIR="$folder/run" \
    sh -c 'exec linphonec "$@" <"$0"' "$folder/hands" -c "$folder/linphonerc" -d 6 -l "$WORLD/log/$name-library.log" "$@"
  PEERS_PIDS+=($!)
  exec {fd}>"$folder/hands"
  printf -v "HANDS_${name//-/_}" %s "$fd"
  linphone_prompted "$name" 1
  linphone_does "$name" soundcard use files
  linphone_does "$name" play "$folder/said.wav"
  linphone_does "$name" record "$folder/heard.wav"
  linphone_does "$name" ports
  world_await "$name" "sip port = $port" 15
}

# linphone_prompts NAME: how often it has asked for a command.
linphone_prompts () { grep -ao 'linphonec> ' "$WORLD/log/$1.log" | wc -l; }

# linphone_prompted NAME COUNT: waits for that many. They end no line.
linphone_prompted () {
  local seen=0 word fd pid
  exec {fd}< <(exec tail -c +1 -F "$WORLD/log/$1.log" 2>/dev/null)
  pid=$!
  while [ "$seen" -lt "$2" ] && read -r -d' ' -t 15 -u "$fd" word; do
    [[ $word != *'linphonec>' ]] || seen=$((seen + 1))
  done
  kill "$pid" 2>/dev/null
  exec {fd}<&-
  [ "$seen" -ge "$2" ] || world_fail "$1 took no command"
}

# linphone_does NAME WORD...: as typed by a person, who waits for the next prompt: version 5.3 forgets what it is told before.
linphone_does () {
  local name=$1 variable=HANDS_${1//-/_} before
  shift
  before=$(linphone_prompts "$name")
  echo "$*" >&"${!variable}"
  linphone_prompted "$name" $((before + 1))
}

# linphone_snapshot NAME HOST FILE: the log of its library says when it has written.
linphone_snapshot () {
  mark "$1-library"
  linphone_does "$1" snapshot "$3"
  await_after "$1-library" 'Snapshot done' 5
}

linphone_ends () { world_stop "$1" KILL; }
