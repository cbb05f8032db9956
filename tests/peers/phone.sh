# SPDX-License-Identifier: Apache-2.0
# One story, told with each phone: it registers at a station, sees who is there before it answers, talks, opens the door with its keypad
# where the plant allows it and not where it does not. Sourced by baresip-phone and linphone-phone, which say how each is used:
#
#   phone_begin NAME USER    starts it on host "phone", registered as USER with the secret below
#   phone_end NAME           and ends it
#   phone_answers / phone_hangs_up / phone_types NAME [DIGITS]
#   phone_picture NAME       prints the number of a frame that it shows
#   phone_hears NAME         prints "RATE FILE" of what it plays
#   RINGS, TALKS             patterns of its log
#   WRONG                    codes that open nothing
. "$SOURCE/tests/peers/peers.sh"
SECRET=fourteen-of-them-is-too-few
CODE=2468
PHONE_HZ=700
DOOR_HZ=440

plant_with_phones () {
  cat >"$WORLD/station.conf" <<END
[visit]
ring-seconds=40
[output door]
name=Door
dtmf-code=$CODE
contact=opens
pulse-ms=300
[phone kitchen]
name=Kitchen
secret=$SECRET
dtmf=true
outputs=door
[phone hall]
name=Hall
secret=$SECRET
outputs=door
END
  world_station --config "$WORLD/station.conf"
}

phone_registers () { # phone_registers NAME USER
  mark station
  phone_begin "$1" "$2"
  await_after station "phone $2 registered from" 15
}

# ring NAME: a visitor presses; the phone rings and shows who it is. SEEN is the number of the frame.
ring () {
  mark "$1"; mark station
  press
  await_after "$1" "$RINGS" 15
  SEEN=$(phone_picture "$1") || world_fail "$1 shows nothing before it answers"
}

answer () {
  local later rate file
  phone_answers "$1"
  await_after "$1" "$TALKS" 10
  await_after station 'talks with' 10
  later=$(phone_picture "$1") || world_fail "$1 shows nothing"
  [ "$later" -gt "$SEEN" ] || world_fail "the picture stands still: frame $later after $SEEN"
  read -r rate file < <(phone_hears "$1")
  heard "$DOOR_HZ" "$rate" "$file" >>"$WORLD/log/heard.log" || world_fail "$1 does not hear the door"
  "$OBSERVE/observe-tone" --hz "$PHONE_HZ" --rate 16000 --file "$WORLD/station/speaker.wav" --follow --timeout 15 >>"$WORLD/log/heard.log" ||
    world_fail "nobody hears $1 at the door"
}

hang_up () {
  mark station
  phone_hangs_up "$1"
  await_after station 'visit .*ended, hangup' 10
}

# who_opened: the names in the station's record of accesses, oldest first.
who_opened () { python3 "$SOURCE/tests/peers/who-opened" "$WORLD/station"; }

# opens NAME TITLE BEFORE: what it types moves the relay once more than BEFORE times, and is on the record under its name.
opens () {
  mark station
  phone_types "$1" "$CODE"
  await_after station "door contact-open, phone $2" 10
  [ "$(count_pulses)" = $(($3 + 1)) ] || world_fail "one code moved the relay $(($(count_pulses) - $3)) times"
  [ "$(who_opened | tail -n 1)" = "$2" ] || world_fail "the record does not say that $2 opened"
}

phone_leaves () { # phone_leaves NAME USER
  mark station
  phone_end "$1"
  await_after station "phone $2 unregistered" 10
}

phone_story () {
  local wrong
  phone_registers kitchen kitchen
  ring kitchen
  result preview yes 18x
  answer kitchen
  for wrong in "${WRONG[@]}"; do
    mark station
    phone_types kitchen "$wrong"
    await_after station 'refused output, phone Kitchen' 10
  done
  [ "$(count_pulses)" = 0 ] || world_fail "a wrong code opened"
  opens kitchen Kitchen 0
  result open yes "$DIGITS_BY"
  result rtsp n/a ''
  hang_up kitchen
  phone_leaves kitchen kitchen

  phone_registers hall hall
  ring hall
  answer hall
  result answer yes "$CODECS"
  phone_types hall "$CODE"
  hang_up hall
  [ "$(count_pulses)" = 1 ] || world_fail "a phone opened that may not"
  phone_leaves hall hall
}
