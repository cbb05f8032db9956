# SPDX-License-Identifier: Apache-2.0
# See attack-signed-call, which makes the world.
import re

from stranger import (Caller, Ear, Ordered, Spoofer, Stream, Tap, address_of, alive, attack, await_line, check,
                      count_lines, header, headers, mark, press, pulses, sdp, status_of, uri_of)

DOOR, PC, VICTIM = (address_of("door"), 5060), (address_of("pc"), 5060), address_of("victim")
CODE = "4711"
PREVIEWING, TALKING, ENDED = (rf'"state" ?: ?"{state}"' for state in ("previewing", "talking", "ended"))

tap, ear, spoofer = Tap("pc"), Ear("victim", [DOOR[0], PC[0]]), Spoofer("atk")


class Side(Caller):
    """The attacker, as one side of the call that it has read."""

    def __init__(self, target, as_whom, local, remote, uri, call_id):
        super().__init__("atk", target)
        self.as_whom, self.local, self.remote, self.uri, self.call_id, self.cseq = as_whom, local, remote, uri, call_id, 100

    def ask(self, method, body="", kind="application/sdp", **how):
        """From the attacker's own address, for the answer; and from the address of that side, unanswered."""
        spoofer.send(self.as_whom, self.target, self.in_dialog(method, body, kind, **how).replace(self.address, self.as_whom[0]))
        answer = super().ask(method, body, kind, **how)
        return status_of(answer)


def talk():
    """A visitor is answered here. Both sides of that call, as who reads along knows them."""
    tap.drain()
    start, at_door = mark("monitor"), mark("station")
    press()
    await_line("monitor", PREVIEWING, start, 15)
    with Ordered("answer"):
        pass
    await_line("monitor", TALKING, start)
    await_line("station", "talks with", at_door)
    invite = next(text for text in tap.read() if text.startswith("INVITE "))
    answer = next(text for text in tap.texts if text.startswith("SIP/2.0 200") and "INVITE" in header(text, "CSeq"))
    door, pc = header(invite, "From"), header(answer, "To")
    call_id = header(invite, "Call-ID")
    as_door = Side(PC, DOOR, door, pc, uri_of(header(answer, "Contact")), call_id)
    hears("at first")
    as_pc = Side(DOOR, PC, pc, door, uri_of(header(invite, "Contact")), call_id)
    return invite, as_door, as_pc


def hears(text):
    """Sound goes both ways, between these two."""
    tap.drain()
    for source, target in ((DOOR, PC), (PC, DOOR)):
        check(tap.await_sound(source[0], target[0]), f"no sound from {source[0]} to {target[0]} {text}")


def hang_up():
    start, at_door = mark("monitor"), mark("station")
    with Ordered("hangup"):
        pass
    await_line("monitor", ENDED, start)
    await_line("station", "visit .*ended, hangup", at_door, 40)


talk()
hang_up()
invite, as_door, as_pc = talk()
plain = sdp(VICTIM, 4000, 4002)
savp = sdp(VICTIM, 4000, 4002, profile="RTP/SAVP")
signed = re.sub(r"(?s).*?\r\n\r\n", "", invite, count=1)
auth = headers(invite, "Ipdoor-Auth")[0]
for side in (as_door, as_pc):
    for name, body in (("plain RTP", plain), ("SAVP elsewhere", savp), ("the first offer again", signed), ("no SDP", "")):
        status = side.ask("INVITE", body)
        check(status in (403, 488, 491, 500), f"an unsigned offer of {name} to {side.target[0]} is answered {status}")
        status = side.ask("INVITE", body, more=auth)
        check(status in (403, 488, 491, 500), f"an offer of {name} with the signature of the INVITE to {side.target[0]} is answered {status}")
    hears("after offers that are not signed")
attack("unsigned-offer")
attack("downgrade-to-plain-rtp")

for side in (as_door, as_pc):
    for body in (plain, savp):
        status = side.ask("UPDATE", body)
        check(status in (403, 488, 491, 500), f"an UPDATE with SDP to {side.target[0]} is answered {status}")
    for digit in CODE:
        for kind, text in (("application/dtmf-relay", f"Signal={digit}\r\nDuration=160\r\n"), ("application/dtmf", digit)):
            check(side.ask("INFO", text, kind) == 405, f"an INFO to {side.target[0]} is taken")
    check(side.ask("MESSAGE", CODE, "text/plain") in (400, 405, 415), f"a MESSAGE in the call to {side.target[0]} is taken")
hears("after UPDATE and INFO")
check(pulses() == 0 and count_lines("station", "refused output") == 0, "keys in a client's call are looked at")
attack("update-with-sdp")
attack("info-in-a-signed-call")

# Keys in the client's sound, plain, from its own address and port; and as its user may try.
audio = tap.sound[PC[0], DOOR[0]][0]
stream = Stream()
for digit in CODE + "#":
    for packet in stream.press(digit):
        spoofer.send((PC[0], audio[0]), (DOOR[0], audio[1]), packet)
with Ordered("digits", CODE, status=None):
    pass
hears("after keys in the client's sound")
check(pulses() == 0 and count_lines("station", "refused output") == 0, "keys in a client's sound are looked at")
attack("events-in-a-client's-sound")
ear.silent("one of our programs sent to somebody else")

# Numbers so high that all that is genuine looks old, in requests that are refused. Who can do that can as well drop our BYE: what ends the call at
# the other side then is that nothing comes any more.
start = mark("station")
for side in (as_door, as_pc):
    for method in ("INFO", "INVITE", "UPDATE"):
        side.send(side.in_dialog(method, plain, cseq=0x7ffffff0))
        side.final(method)
with Ordered("hangup"):
    pass
await_line("station", "visit .*ended, hangup", start, 40)
talk()
hang_up()
attack("far-cseq")
alive("station", "agent")
check(pulses() == 0, "the relay moved")
