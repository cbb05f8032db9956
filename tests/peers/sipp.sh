# SPDX-License-Identifier: Apache-2.0
# SIP by the letter: sipp plays one side of a call, message by message, well or badly. A scenario is a script of the functions below, which
# write sipp's XML; sipp_plays runs it. Sourced by the tests sipp-*.
#
#   scenario NAME            begins one; what follows belongs to it, until sipp_plays
#   gets METHOD|STATUS [CHECK...]    the next message that must come; CHECK is has:REGEXP, hasnot:REGEXP, optional, keep (of an INVITE:
#                            its Via, From, To, Call-ID, CSeq and Contact are remembered for later)
#   answers STATUS TEXT [BODY [HEADER...]]   to the message that came last
#   answers_invite STATUS TEXT TAG [BODY [HEADER...]]   to the INVITE that was kept, whatever came in between
#   answers_kept STATUS TEXT                 the same for an INVITE inside a call
#   asks METHOD CSEQ [BODY [HEADER...]]      inside the call whose INVITE was kept
#   invites CSEQ [BODY [HEADER...]]          begins a call; then CHECK of its answers may be "contact": where the rest of the
#                            call goes to, and "rseq": the number of a reliable one
#   goes_on METHOD CSEQ [BODY [HEADER...]]   inside the call that was begun
#   says MESSAGE             any text
. "$SOURCE/tests/peers/peers.sh"

NOTHING='Content-Length: 0'
# m-lines of an answer to a station's offer: sound, no picture.
sdp () { # sdp [DIRECTION [VERSION [MORE LINES...]]]
  printf '%s\n' "v=0" "o=- 1 ${2:-1} IN IP[media_ip_type] [media_ip]" "s=-" "c=IN IP[media_ip_type] [media_ip]" "t=0 0" \
    "m=audio 30000 RTP/AVP 8 101" "a=rtpmap:8 PCMA/8000" "a=rtpmap:101 telephone-event/8000" "a=${1:-sendrecv}" "m=video 0 RTP/AVP 96" "${@:3}"
}

scenario () {
  SCENARIO=$WORLD/$1.xml
  KEPT=
  printf '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="%s">\n' "$1" >"$SCENARIO"
}

checks () { # checks CHECK...: as the actions of a <recv>
  local check number=0 header inverse
  for check in "$@"; do
    case $check in
      has:* | hasnot:*)
        number=$((number + 1)) inverse=
        [[ $check == has:* ]] || inverse=_inverse
        printf '<ereg regexp="%s" search_in="msg" check_it%s="true" assign_to="seen%s"/>\n' "${check#*:}" "$inverse" "$number"
        USED="${USED:-} seen$number"
        ;;
      keep)
        for header in Via From To CSeq; do
          printf '<ereg regexp=".*" search_in="hdr" header="%s:" assign_to="%s"/>\n' "$header" "${header,,}"
        done
        printf '<ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>\n'
        KEPT='via from to cseq target'
        ;;
      contact)
        printf '<ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="target"/>\n'
        KEPT="$KEPT target"
        ;;
      rseq)
        printf '<ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" assign_to="rseq"/>\n'
        KEPT="$KEPT rseq"
        ;;
    esac
  done
}

gets () {
  local what=$1 optional='' kind=request
  shift
  [[ $what != [1-6]* ]] || kind=response
  [[ " $* " != *' optional '* ]] || optional=' optional="true"'
  { printf '<recv %s="%s"%s><action>\n' "$kind" "$what" "$optional"; checks "$@"; printf '</action></recv>\n'; } >>"$SCENARIO"
}

says () { printf '<send%s><![CDATA[\n%s\n]]></send>\n' "${SAYS:-}" "$1" >>"$SCENARIO"; }

with_body () { # with_body BODY HEADER...: the end of a message
  local body=$1
  shift
  [ $# -eq 0 ] || printf '%s\n' "$@"
  if [ -n "$body" ]; then printf 'Content-Length: [len]\n\n%s' "$body"; else printf '%s\n' "$NOTHING"; fi
}

SDP_TYPE='Content-Type: application/sdp'

answers () {
  says "SIP/2.0 $1 $2
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
$(with_body "${3:-}" "${@:4}")"
}

answers_invite () {
  says "SIP/2.0 $1 $2
Via:[\$via]
From:[\$from]
To:[\$to];tag=$3
Call-ID: [call_id]
CSeq:[\$cseq]
${CONTACT:-Contact: <sip:kitchen@[local_ip]:[local_port]>}
$(with_body "${4:-}" "${@:5}")"
}

answers_kept () { # answers_kept STATUS TEXT: as answers_invite, inside a call, which has its tags
  says "SIP/2.0 $1 $2
Via:[\$via]
From:[\$from]
To:[\$to]
Call-ID: [call_id]
CSeq:[\$cseq]
$NOTHING
"
}

asks () {
  says "$1 [\$target] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From:[\$to];tag=${TAG:-a}
To:[\$from]
Call-ID: [call_id]
CSeq: $2 ${METHOD:-$1}
Contact: <sip:kitchen@[local_ip]:[local_port]>
Max-Forwards: 70
$(with_body "${3:-}" "${@:4}")"
}

invites () {
  says "INVITE sip:pc@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:gate@[local_ip]:[local_port]>;tag=[pid]g[call_number]
To: <sip:pc@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: $1 INVITE
Contact: <sip:gate@[local_ip]:[local_port]>
Max-Forwards: 70
$(with_body "${2:-}" "${@:3}")"
}

goes_on () {
  says "$1 [\$target] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:gate@[local_ip]:[local_port]>;tag=[pid]g[call_number]
To:${PEER:- <sip:pc@[remote_ip]:[remote_port]>[peer_tag_param]}
Call-ID: [call_id]
CSeq: $2 $1
Contact: <sip:gate@[local_ip]:[local_port]>
Max-Forwards: 70
$(with_body "${3:-}" "${@:4}")"
}

refused_ack () { # refused_ack CSEQ: of an INVITE that was refused; its ACK has the branch of the INVITE
  says "ACK sip:pc@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
From: <sip:gate@[local_ip]:[local_port]>;tag=[pid]g[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: $1 ACK
Max-Forwards: 70
$NOTHING
"
}

# challenge 401|407: the header that asks for credentials, in the name of our own realm.
challenge () {
  local who=WWW
  [ "$1" = 401 ] || who=Proxy
  printf '%s-Authenticate: Digest realm="ipdoor", nonce="0123", algorithm=MD5, qop="auth"' "$who"
}

# sipp_plays NAME HOST PORT [OPTION...]: in the background; its messages are log/NAME-messages.log.
sipp_plays () {
  local name=$1 host=$2 port=$3 used=' ' address word
  shift 3
  # sipp refuses a variable that is only written.
  for word in ${USED:-} $KEPT; do [[ $used == *" $word "* ]] || used="$used$word "; done
  used=$(echo $used | tr ' ' ',')
  { [ -z "$used" ] || printf '<Reference variables="%s"/>\n' "$used"; echo '</scenario>'; } >>"$SCENARIO"
  USED=
  address=${SIPP_ADDRESS:-$(address_of "$host")}
  world_spawn "$name" "$NET" exec "$NET_NAME" "$host" ${PEER_WRAP:-} sipp -sf "$SCENARIO" -i "$address" -mi "$address" -p "$port" \
    -nostdin -timeout 40 -timeout_error -buff_size 200000 -trace_msg -message_file "$WORLD/log/$name-messages.log" \
    -trace_err -error_file "$WORLD/log/$name-errors.log" "$@"
}

sipp_at () { # sipp_at HOST: where it is, as in a URI
  local address=${SIPP_ADDRESS:-$(address_of "$1")}
  if [[ $address == *:* ]]; then echo "[$address]"; else echo "$address"; fi
}

# sipp_listens HOST PORT: it says nothing when it does, so the kernel is asked, again and again.
sipp_listens () {
  on_host "$1" timeout 10 sh -c 'until ss -Hlun src "$1" | grep -q .; do :; done' sh "$(sipp_at "$1"):$2" ||
    world_fail "sipp does not listen"
}

# sipp_done NAME: its scenario went as written.
sipp_done () {
  local variable=PID_${1//-/_}
  wait "${!variable}" && return
  world_fail "$1: $(grep -ah -m1 -E 'Aborting|unexpected|Failed|timeout' "$WORLD/log/$1-errors.log" "$WORLD/log/$1.log" 2>/dev/null | cut -c1-300)"
}

# registers HOST PORT STATION SECRET: the phone "kitchen", by digest. STATION is its address and port.
registers () {
  local message="REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:kitchen@[remote_ip]:[remote_port]>;tag=[pid]
To: <sip:kitchen@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: [cseq] REGISTER
Contact: <sip:kitchen@[local_ip]:[local_port]>
Max-Forwards: 70
Expires: 3600"
  scenario register
  says "$message
$NOTHING
"
  printf '<recv response="401" auth="true"/>\n' >>"$SCENARIO"
  says "$message
[authentication username=kitchen password=$4]
$NOTHING
"
  gets 200
  sipp_plays register "$1" "$2" -m 1 -auth_uri "$3" "$3"
  sipp_done register
  world_await station 'phone kitchen registered' 5
}
