# SPDX-License-Identifier: Apache-2.0
# A plant with a station of another maker at its gate, which sipp plays, and an enrolled PC. Sourced by sipp-station.
. "$SOURCE/tests/peers/sipp.sh"
sipp_world () {
  peers_begin
  world_net gate
  world_hosts "a station at an address of its own"
  cat >"$WORLD/station.conf" <<END
[device gate]
name=Gate
driver=generic
host=$(address_of gate)
[device-output gate door]
name=Gate door
code=79
END
  world_station --config "$WORLD/station.conf"
  world_agent --ui none
  world_enrol
}

GATE='Contact: <sip:gate@[local_ip]:[local_port]>'

pc () { on_pc ipdoor "$@" >>"$WORLD/log/cli.log" 2>&1 || world_fail "ipdoor $* failed"; }

# offer [DIRECTION [VERSION [MORE LINES...]]]: sound, and H.264 where VIDEO is set. A picture makes the PC ask for key frames.
offer () {
  sdp "${1:-sendrecv}" "${2:-1}" "${@:3}" | sed '/^m=video/d'
  [ -z "${VIDEO:-}" ] || printf '%s\n' 'm=video 30002 RTP/AVP 96' 'a=rtpmap:96 H264/90000' 'a=fmtp:96 packetization-mode=1;profile-level-id=42e01f' 'a=sendonly'
}

# rings NAME [OPTION...]: the scenario, until the PC rings.
rings () {
  mark monitor; mark agent
  sipp_plays "$1" gate 5060 -m 1 "${@:2}" "$PC_ADDRESS:5060"
  await_after monitor '"state" ?: ?"(ringing|previewing)"' 10
}

ended () { # ended NAME REASON: both sides
  sipp_done "$1"
  await_after monitor "\"reason\" ?: ?\"$2\"" 10
}

refused () { # refused NAME: the scenario, which rings nobody
  mark monitor
  sipp_plays "$1" gate 5060 -m 1 "$PC_ADDRESS:5060"
  sipp_done "$1"
  sed -n "$MARK_monitor,\$p" "$WORLD/log/monitor.log" | grep -qE '"state" ?: ?"(ringing|previewing)"' && world_fail "$1 rang"
  return 0
}

begins () { # begins CHECK-OF-THE-183 CHECK-OF-THE-200
  invites 1 "$(offer)" "$SDP_TYPE"
  gets 100 optional
  gets 183 contact "$1"
  gets 200 contact "$2"
  goes_on ACK 1
}

they_hang_up () { # they_hang_up CSEQ
  goes_on BYE "$1"
  gets 200
}

we_hang_up () {
  gets BYE hasnot:Authorization
  answers 200 OK
}

