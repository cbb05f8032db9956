# SPDX-License-Identifier: Apache-2.0
# See attack-gate, which makes the world.
import re

from stranger import (Caller, Ear, Ordered, address_of, alive, attack, await_line, check, count_lines, header, headers,
                      ipdoor, mark, port_in, press, pulses, receive, sdp, status_of, token, udp)

PC = (address_of("pc"), 5060)
VICTIM = address_of("victim")
RINGING = r'"state" ?: ?"ringing"'
TALKING = r'"state" ?: ?"talking"'
ENDED = r'"state" ?: ?"ended"'


class Gate(Caller):
    def __init__(self, host, port=5060):
        super().__init__(host, PC, port, user="gate")
        self.audio, self.video = udp(host), udp(host)

    def sdp(self, address=None, **how):
        return sdp(address or self.address, self.audio.getsockname()[1], self.video.getsockname()[1], **how)

    def call(self, body=None, call_id=None, contact=None, more=""):
        self.call_id = call_id or token()
        self.sent = (self.start("INVITE", f"sip:pc@{PC[0]}", contact) + f"From: <sip:gate@{self.address}>;tag={token()}\r\nTo: <sip:pc@{PC[0]}>\r\n"
                     f"Call-ID: {self.call_id}\r\n{more}" + self.body(self.sdp() if body is None else body))
        self.send(self.sent)

    def refused(self, text, **how):
        self.call(**how)
        answer = self.final("INVITE")
        self.dialog_of(self.sent, answer) if header(answer, "Contact") else None
        check(status_of(answer) in (403, 486, 488), f"{text} is answered {status_of(answer)}")

    def rings(self, **how):
        start = mark("monitor")
        self.call(**how)
        self.expect(r"SIP/2\.0 18")
        await_line("monitor", RINGING, start)

    def cancel(self):
        start = mark("monitor")
        via = headers(self.sent, "Via")[0]
        self.send(f"CANCEL sip:pc@{PC[0]} SIP/2.0\r\n{via}Max-Forwards: 70\r\nFrom: {header(self.sent, 'From')}\r\nTo: {header(self.sent, 'To')}\r\n"
                  f"Call-ID: {self.call_id}\r\nCSeq: {header(self.sent, 'CSeq').split()[0]} CANCEL\r\nContent-Length: 0\r\n\r\n")
        await_line("monitor", ENDED, start)
        self.drain()

    def talks(self, **how):
        """Rings and is answered by a person's hand."""
        self.rings(**how)
        start = mark("monitor")
        with Ordered("answer"):
            answer = self.expect(r"SIP/2\.0 200(?s:.*)CSeq: \d+ INVITE")
            self.dialog_of(self.sent, answer)
            self.acknowledge(answer)
        await_line("monitor", TALKING, start)
        check(receive(self.audio, 10)[0] is not None, "nothing is heard at the gate")
        self.there = (PC[0], port_in(answer, "audio"))
        return answer

    def hears(self, text):
        for _ in range(3000): # what has come before
            if receive(self.audio, 0)[0] is None:
                break
        check(receive(self.audio, 10)[0] is not None, f"nothing is heard at the gate {text}")

    def hung_up(self):
        """The user hangs up; the gate is told."""
        start = mark("monitor")
        with Ordered("hangup"):
            self.reply(self.expect("BYE "), 200)
        await_line("monitor", ENDED, start)
        self.drain()


def genuine_ring():
    """Our own station still rings here, and it is refused here."""
    start = mark("monitor")
    press()
    await_line("monitor", RINGING, start)
    check(ipdoor("reject").returncode == 0, "the ring could not be rejected")
    await_line("monitor", ENDED, start)


gate = Gate("gate")
ear = Ear("victim", [PC[0]])
genuine_ring()
gate.talks()
gate.hung_up()

# ---- who may ring

before = count_lines("monitor", RINGING)
atk = Gate("atk")
atk.refused("a call of an unnamed address")
atk.refused("a call of an unnamed address that says it is the gate", contact=f"<sip:gate@{gate.address}>", more=f"Record-Route: <sip:{gate.address};lr>\r\n",
            body=gate.sdp())
check(count_lines("monitor", RINGING) == before, "an unnamed address rang")
attack("unnamed-address")

seen = gate.call_id
gate.refused("a call with a Call-ID that was seen", call_id=seen)
gate.sip.sendto(gate.sent.encode(), PC)
check(status_of(gate.final("INVITE")) == 403, "a copy of an INVITE is not refused")
check(count_lines("monitor", RINGING) == before, "a copied INVITE rang")
attack("copied-call-id")

for name, body in (("c=", gate.sdp(VICTIM)), ("c= of the sound", gate.sdp(more="", direction=f"sendrecv\r\nc=IN IP4 {VICTIM}").replace("a=sendrecv\r\nc=", "c=")),
                   ("c= of the sound", re.sub(r"(m=audio [^\r]*\r\n)", rf"\1c=IN IP4 {VICTIM}\r\n", gate.sdp())),
                   ("c= of the picture", re.sub(r"(m=video [^\r]*\r\n)", rf"\1c=IN IP4 {VICTIM}\r\n", gate.sdp())),
                   ("broadcast", gate.sdp("255.255.255.255")), ("multicast", gate.sdp("224.1.1.1")), ("the PC itself", gate.sdp(PC[0])),
                   ("loopback", gate.sdp("127.0.0.1")), ("a name", gate.sdp("victim.example"))):
    gate.refused(f"SDP with media at others ({name})", body=body)
check(count_lines("monitor", RINGING) == before, "a call whose media is elsewhere rang")
gate.talks(contact=f"<sip:gate@{VICTIM}:5060>", more=f"Record-Route: <sip:{VICTIM}:5060;lr>\r\n",
           body=gate.sdp(more=f"a=rtcp:4005 IN IP4 {VICTIM}\r\n"))
with Ordered("hold"):
    gate.reply(gate.expect("INVITE "), 200, gate.sdp(direction="inactive"), contact=f"<sip:gate@{VICTIM}:5060>")
    gate.expect("ACK ")
with Ordered("resume", status=None):
    gate.reply(gate.expect("INVITE "), 200, gate.sdp(VICTIM), contact=f"<sip:gate@{VICTIM}:5060>")
    gate.expect("ACK ")
gate.hung_up()
ear.silent("a station's call made the PC send to somebody else")
attack("media-and-contact-elsewhere")

# ---- inside a talk

gate.talks()
for body in (gate.sdp(VICTIM), gate.sdp("0.0.0.0") + f"a=rtcp:9 IN IP4 {VICTIM}\r\n"):
    gate.ask("INVITE", body)
    gate.ask("UPDATE", body, contact=f"<sip:gate@{VICTIM}:5060>")
check(status_of(gate.ask("INVITE", gate.sdp())) == 200, "a good offer is refused")
gate.hears("after offers that point elsewhere")
attack("offer-elsewhere")

atk.dialog_of(gate.sent, f"To: {gate.remote}\r\nContact: <{gate.uri}>\r\n")
atk.call_id, atk.local, atk.cseq = gate.call_id, gate.local, 5000
for method in ("INVITE", "UPDATE", "INFO", "BYE"):
    body = "" if method == "BYE" else atk.sdp()
    check(status_of(atk.ask(method, body)) >= 400, f"a stranger's {method} in the gate's dialog is taken")
gate.cseq = 10000
check(status_of(gate.ask("INVITE", gate.sdp())) == 200, "a stranger ended the talk, or spoilt it")
gate.hears("after a stranger's requests in its dialog")
check(receive(atk.audio, 0)[0] is None, "a stranger is sent the sound")
attack("copied-dialog")

start = mark("monitor")
for i in range(300):
    status = status_of(gate.ask("INVITE", gate.sdp(direction="inactive" if i % 2 == 0 else "sendrecv")))
    check(status in (200, 491, 500), f"a hold in a flood is answered {status}")
check(status_of(gate.ask("INVITE", gate.sdp())) == 200, "the talk cannot be resumed after a flood")
gate.hears("after a flood of holds")
alive("agent")
gate.hung_up()
genuine_ring()
attack("hold-flood")

# Both offer at the same time, again and again: 491 to each of ours, until ours is left alone.
gate.talks()
crossed = 0
with Ordered("hold", status=None):
    while crossed < 20:
        offer = gate.next("INVITE ", 5)
        if offer is None:
            break
        crossed += 1
        gate.send(gate.in_dialog("INVITE", gate.sdp(direction="inactive")))
        gate.reply(offer, 491)
check(crossed < 12, f"{crossed} offers of the PC crossed with the gate's")
alive("agent")
gate.drain()
gate.hung_up()
attack("glare-storm")

# ---- challenges: to our offer, our BYE, and our INVITE of a look out; and redirection

gate.talks()
challenge = f'WWW-Authenticate: Digest realm="ipdoor", nonce="{token()}"\r\nProxy-Authenticate: Basic realm="gate"\r\n'
with Ordered("hold", status=None):
    gate.reply(gate.expect("INVITE "), 401, more=challenge)
start = mark("monitor")
with Ordered("hangup"):
    gate.reply(gate.expect("BYE "), 407, more=challenge)
await_line("monitor", ENDED, start)
for status, how in ((401, {"more": challenge}), (407, {"more": challenge}), (302, {"contact": f"<sip:gate@{VICTIM}:5060>"})):
    with Ordered("call", "Gate", status=None):
        gate.reply(gate.expect("INVITE "), status, **how)
        gate.expect("ACK ")
check(not any(re.search("^(Proxy-)?Authorization:", message, re.M | re.I) for message in gate.seen), "credentials were sent to a station that asked for them in a call")
ear.silent("a redirection made the PC send to somebody else")
attack("challenge-and-redirect")

# ---- rings without end

gate.drain()
before = count_lines("monitor", RINGING)
for _ in range(400):
    gate.call()
answers = [status_of(message) for message in iter(lambda: gate.next(r"SIP/2\.0 [1-6]", 1), None)]
rung = count_lines("monitor", RINGING) - before
check(rung <= 2, f"400 INVITEs rang {rung} times")
check(sum(status in (403, 486, 503) for status in answers) >= 200, f"most of the flood was not refused: {sorted(set(answers))}")
alive("agent")
genuine_ring()
attack("ring-flood")
check(pulses() == 0, "the relay of our own station moved")
ear.silent("the PC sent to somebody who is no station")
