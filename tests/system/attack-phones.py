# SPDX-License-Identifier: Apache-2.0
# See attack-phones, which makes the world. Each attack is followed by the genuine thing, which shows that all before it was taken in.
import struct

from phone import DOOR, REGISTRAR, Phone, secret_of
from stranger import (EVENTS, TELEPHONE_EVENT, Ear, Stream, address_of, alive, attack, authorization, await_line, check,
                      count_lines, follow, header, is_sanitized, mark, memory_kb, press, pulses, receive, sdp,
                      status_of, token, udp, uri_of)

CODE = "4711"
VICTIM = address_of("victim")


def refused():
    return count_lines("station", "refused output")


def opens(phone, by, text):
    """The genuine code, which shows that what came before was taken in, and moves the relay once and no more."""
    before, start = pulses(), mark("station")
    by(phone)
    await_line("station", f"door actuated, phone {phone.user.capitalize()}", start)
    check(pulses() == before + 1, f"the relay moved {pulses() - before} times {text}")


def in_sip(phone):
    for digit in CODE:
        check(phone.info(digit) == 200, "INFO was refused")


def in_rtp(phone):
    phone.keys(CODE)


def ring(*phones):
    for phone in phones:
        phone.drain()
    press()
    for phone in phones:
        phone.ring()
        phone.preview()


def over(start):
    await_line("station", "visit .*ended", start)


kitchen, hall = Phone("kitchen", "kitchen"), Phone("hall", "hall")
check(kitchen.register()[0] == 200 and hall.register()[0] == 200, "the genuine phones could not register")
ring(kitchen, hall)
kitchen.answer()
opens(kitchen, in_rtp, "before the attacks")
kitchen.hang_up()

# ---- registering

atk = Phone("kitchen", "atk")
known = atk.register(secret="x" * 24)
unknown = atk.register(secret="x" * 24, user="nobody")
check(known[0] == unknown[0] == 401, f"a wrong password was answered {known[0]}, an unknown user {unknown[0]}")
check(sorted(line.split(":")[0] for line in known[1].splitlines()) == sorted(line.split(":")[0] for line in unknown[1].splitlines()),
      "a known user can be told from an unknown one")
lines, before_kb = mark("station"), memory_kb("station")
for guess in range(300):
    check(atk.register(secret=f"guess-number-{guess:010}")[0] == 401, "a guessed password is good")
check(mark("station") - lines < 20, "guessing fills the log")
attack("password-guessing")

# A phone's challenge, answered from another address: what a listener could do with what it saw.
names = f"From: <sip:kitchen@{DOOR}>;tag=1\r\nTo: <sip:kitchen@{DOOR}>\r\nCall-ID: {token()}\r\n"
challenge = kitchen.exchange(kitchen.start("REGISTER", REGISTRAR) + names + kitchen.body(), "REGISTER")
stolen = authorization(challenge, "REGISTER", REGISTRAR, "kitchen", secret_of("kitchen"))
answer = atk.exchange(atk.start("REGISTER", REGISTRAR) + names + stolen + atk.body(), "REGISTER")
check(status_of(answer) == 401, "a stolen answer to a challenge registers another address")
check(atk.register(secret=secret_of("hall"))[0] == 401, "one phone's password is good for another")
attack("stolen-digest")

# Licence confusion: a phone is no client, whatever it says, and a client's name is no phone.
check(hall.register(more="Ipdoor-Licence: AAAAAAAAAAAAAAAAAAAAAA\r\n")[0] in (200, 403), "a phone with a licence is answered strangely")
check(hall.register()[0] == 200, "a phone that spoke of a licence cannot register any more")
client = "a" * 26
check(atk.register(secret="x" * 24, user=client)[0] == 401, "a client's name registers as a phone")
attack("licence-confusion")

check(Phone("hall", "hall").register()[0] == 200, "a second register of a phone is refused")
for i in range(400):
    check(hall.register(contact=f"<sip:hall-{i}@{hall.address}:{hall.port}>")[0] == 200, "a genuine register is refused in a storm")
lines = mark("station")
for i in range(3000):
    atk.send(atk.start("REGISTER", REGISTRAR) + f"From: <sip:u{i}@{DOOR}>;tag=1\r\nTo: <sip:u{i}@{DOOR}>\r\nCall-ID: {token()}\r\n" + atk.body())
check(hall.register()[0] == 200 and kitchen.register()[0] == 200, "the phones cannot register after a storm")
check(is_sanitized() or memory_kb("station") - before_kb < 20000, f"the station grew to {memory_kb('station')} kB")
check(mark("station") - lines < 20, "registering fills the log")
ring(kitchen, hall)
kitchen.answer()
hall.expect("CANCEL ")
opens(kitchen, in_sip, "after a storm of registrations")
kitchen.hang_up()
attack("register-storm")

# ---- pointing the station at somebody

ear = Ear("victim", [DOOR])
for place in (f"{VICTIM}:5060", f"{DOOR}:5060", "255.255.255.255:5060", "192.0.2.255:9", "127.0.0.1:5060", "0.0.0.0:5060", f"{DOOR}:8001"):
    for params in ("", f";maddr={VICTIM}", ";transport=udp;ttl=255"):
        hall.drain()
        status = hall.register(contact=f"<sip:hall@{place}{params}>")[0]
        check(status in (200, 400, 403), f"a Contact at {place} was answered {status}")
        if status != 200:
            continue
        start = mark("station")
        kitchen.drain()
        press()
        hall.ring() # at the address that registered, whatever its Contact said
        kitchen.ring()
        for phone in (hall, kitchen):
            phone.reply(phone.invite, 486)
        over(start)
ear.silent("a phone's Contact made the station send to somebody else")
attack("contact-elsewhere")

check(hall.register()[0] == 200, "the phone could not register")
elsewhere = {"contact": f"<sip:hall@{VICTIM}:5060>", "more": f"Record-Route: <sip:{VICTIM}:5060;lr>\r\n"}
pointed = sdp(VICTIM, 4000, 4002, more=f"a=rtcp:4005 IN IP4 {VICTIM}\r\n").replace(f"o=- 1 1 IN IP4 {VICTIM}", "o=- 1 1 IN IP4 0.0.0.0")
start = mark("station")
press()
hall.ring()
hall.reply(hall.invite, 183, pointed, **elsewhere)
hall.reply(hall.invite, 200, pointed, **elsewhere)
hall.expect("ACK ")
await_line("station", "talks with", start)
kitchen.ring()
hall.ask("INVITE", pointed, contact=f"<sip:hall@{VICTIM}:5060>")
hall.ask("UPDATE", pointed, contact=f"<sip:hall@{VICTIM}:5060>")
hall.offers("sendrecv")
check(receive(hall.audio, 10)[0] is not None, "nothing is heard after an offer that is good again")
hall.hang_up()
over(start)
ear.silent("a phone's answer made the station send to somebody else")
attack("answer-elsewhere")

start = mark("station")
kitchen.drain()
press()
hall.ring()
kitchen.ring()
hall.reply(hall.invite, 302, contact=f"<sip:hall@{VICTIM}:5060>")
hall.expect("ACK ")
kitchen.reply(kitchen.invite, 407, more=f'Proxy-Authenticate: Digest realm="ipdoor", nonce="{token()}"\r\n')
kitchen.expect("ACK ")
over(start)
ear.silent("a redirection made the station send to somebody else")
check(not any("Authorization" in message for message in kitchen.seen + hall.seen), "the station answers a challenge of a phone")
attack("redirect-and-challenge")

start = mark("station")
for phone, who in ((kitchen, "kitchen"), (atk, "kitchen"), (hall, "nobody")):
    phone.drain()
    phone.send(phone.start("INVITE", f"sip:door@{DOOR}") + f"From: <sip:{who}@{DOOR}>;tag={token()}\r\nTo: <sip:door@{DOOR}>\r\n"
               f"Call-ID: {token()}\r\n" + phone.body(sdp(phone.address, 4000, 4002)))
    check(status_of(phone.final("INVITE")) == 403, "a phone's own INVITE was not refused")
check(follow("station", "talks with|rings", start, 0.2) is None, "a phone's own INVITE began a visit")
attack("own-invite")

# ---- opening with the keys of a phone

moved = pulses()
ring(kitchen, hall)
for phone in (kitchen, hall):
    for digit in CODE:
        phone.info(digit)
    phone.keys(CODE)
check(pulses() == moved and refused() == 0, "digits before the answer are looked at")
attack("digits-before-the-answer")

kitchen.answer()
hall.expect("CANCEL ")
hall.reply(hall.invite, 487)
for digit in CODE:
    check(hall.info(digit) >= 400, "keys of a phone that did not answer are taken")
hall.there = kitchen.there
hall.keys(CODE)
opens(kitchen, in_rtp, "while another phone tries") # and from now on its keys are those in its sound
kitchen.keys("#")
moved += 1
attack("digits-of-who-did-not-answer")

# Strangers, who know everything but are not at the phone's address: out of a dialog, in the phone's dialog, and in its sound.
atk.drain()
for digit in CODE:
    atk.send(atk.start("INFO", uri_of(header(kitchen.invite, "Contact"))) + f"From: <sip:kitchen@{DOOR}>;tag=1\r\nTo: <sip:door@{DOOR}>\r\nCall-ID: {token()}\r\n"
             + atk.body(f"Signal={digit}\r\nDuration=160\r\n", "application/dtmf-relay"))
    check(status_of(atk.final("INFO")) >= 400, "an INFO outside of calls is taken")
attack("info-out-of-dialog")

atk.dialog_of(kitchen.invite)
atk.local, atk.cseq = kitchen.local, 1000
taken = [atk.info(digit) for digit in CODE]
check(min(taken) >= 400, f"an INFO in the phone's dialog from another address is answered {taken}")
check(status_of(atk.ask("INVITE", sdp(VICTIM, 4000, 4002))) >= 400, "an offer in the phone's dialog from another address is taken")
check(status_of(atk.ask("UPDATE")) >= 400, "an UPDATE in the phone's dialog from another address is taken")
attack("copied-dialog")

replayed = [packet for digit in CODE for packet in Stream(kitchen.stream.ssrc).press(digit)]
for packet in replayed:
    atk.audio.sendto(packet, kitchen.there)
kitchen.cseq += 1000
attack("events-of-a-stranger")

for kind in ("application/dtmf-relay", "application/sdp", "text/plain"):
    kitchen.send(kitchen.in_dialog("INFO", "Signal=4\r\n" + "x" * 60000, kind))
    check(kitchen.next(r"SIP/2\.0 [2]", 0.3) is None, "an INFO of 64 KB is taken")
kitchen.drain()
attack("info-of-64-kb")
check(pulses() == moved and refused() == 0, f"a stranger's digits were looked at: {refused()} refused, {pulses() - moved} opened")

# Half by sound, half by INFO; only one of the two ways counts in a call, and half a code is none.
for way, digit in zip((in_rtp, in_sip) * 2, CODE):
    if way == in_sip:
        kitchen.info(digit)
    else:
        kitchen.keys(digit)
kitchen.info("#")
kitchen.keys("#")
await_line("station", "refused output, phone Kitchen")
check(pulses() == moved, "a code half by sound and half by INFO opened")
attack("interleaved-ways")


def lies():
    """Events that are no events, around each digit of the code: none of them is a digit."""
    for digit in CODE:
        number, stream = EVENTS.index(digit), kitchen.stream
        for payload in (b"", bytes([number]), struct.pack("!BBB", number, 0x80, 0), struct.pack("!BBHB", number, 0x8a, 640, 0), b"\xff\x8a\x02\x80", b"\x10\x8a\x02\x80"):
            yield stream.packet(TELEPHONE_EVENT, payload, True)
        for first in (0x00, 0x40, 0xc0, 0x8f, 0x90, 0xa0):
            yield stream.packet(TELEPHONE_EVENT, struct.pack("!BBH", number, 0x8a, 640), True, first)
        for payload_type in (0, 8, 96, 100, 127):
            yield stream.packet(payload_type, struct.pack("!BBH", number, 0x8a, 640), True)
        stream.timestamp += 1600


for packet in lies():
    kitchen.audio.sendto(packet, kitchen.there)
check(pulses() == moved, "events that are none opened")
attack("lying-events")


def repeated(phone):
    """Every packet ten times, each event's end too, with durations that go up and down."""
    for digit in CODE:
        for packet in phone.stream.press(digit):
            for ticks in (640, 0, 0xffff, 320, 640, 640, 1, 640, 640, 640):
                phone.audio.sendto(packet[:-2] + struct.pack("!H", ticks), phone.there)
        phone.hears(5) # more at once than a socket has room for would be lost, and prove nothing


kitchen.keys("#")
opens(kitchen, repeated, "by events that came ten times, with lying durations")
for packet in replayed:
    kitchen.audio.sendto(packet, kitchen.there)
kitchen.keys("#")
check(pulses() == moved + 1, "events of a code were replayed and opened again")
attack("repeated-events")

start = mark("station")
kitchen.hang_up()
over(start)
moved += 1
for digit in CODE:
    check(kitchen.info(digit) == 481, "an INFO after the BYE is taken")
kitchen.keys(CODE)
attack("digits-after-bye")

# The phone that may not open, and the code of an output that is not the phone's.
cellar = Phone("cellar", "hall")
check(cellar.register()[0] == 200, "the phone in the cellar could not register")
start = mark("station")
ring(cellar)
cellar.answer()
in_sip(cellar)
cellar.keys(CODE + "#")
cellar.hang_up()
over(start)
check(pulses() == moved, "a phone that may not open has opened")
attack("phone-without-the-right")

# Five wrong codes, and the right one does nothing any more; in the next visit it does.
start = mark("station")
ring(kitchen)
kitchen.answer()
for wrong in ("0000#", "22#", "471#", "94711#", "47119#"[:3] + "9#"):
    for digit in wrong:
        kitchen.info(digit)
await_line("station", "too many wrong codes", start)
in_sip(kitchen)
kitchen.info("#")
in_sip(kitchen)
kitchen.hang_up()
over(start)
check(pulses() == moved and pulses("gate") == 0, "after five wrong codes, or with another output's code, something opened")
attack("five-wrong-codes")

# While it is held, a phone's keys are the phone's still; nobody else's.
start = mark("station")
ring(kitchen, hall)
kitchen.answer()
hall.expect("CANCEL ")
hall.reply(hall.invite, 487)
kitchen.offers("inactive")
for digit in CODE:
    check(hall.info(digit) >= 400, "keys of another phone are taken while one holds")
atk.dialog_of(kitchen.invite)
atk.local, atk.cseq = kitchen.local, 3000
check(min(atk.info(digit) for digit in CODE) >= 400, "a stranger's keys are taken while a phone holds")
kitchen.cseq = 5000
kitchen.offers("sendrecv")
opens(kitchen, in_sip, "after a hold")
kitchen.hang_up()
over(start)
attack("digits-while-held")

ear.silent("the station sent to somebody who is no phone")
alive("station")
