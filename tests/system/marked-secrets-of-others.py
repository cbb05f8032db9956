# SPDX-License-Identifier: Apache-2.0
# See marked-secrets-of-others, which makes the world.
import base64
import os
import re
import socket
import subprocess
import threading

from phone import Phone, secret_of
from stranger import (NET_NAME, TELEPHONE_EVENT, WORLD, Caller, On, Ordered, address_of, await_line, check, ipdoor, mark, press, receive, sdp)

PC = (address_of("pc"), 5060)
CODE, GATE_CODE, TYPED, PASSWORD = "73519462", "86427531", "19283746", "marked-password"
BASIC = base64.b64encode(f"marked-user:{PASSWORD}".encode()).decode()
RINGING, TALKING, ENDED = (rf'"state" ?: ?"{state}"' for state in ("(ringing|previewing)", "talking", "ended"))
seen = []


def look():
    """At what everybody who can list processes sees of those of the PC and of the station."""
    for host in ("pc", "door"):
        for pid in subprocess.check_output(["ip", "netns", "pids", f"ipd-{NET_NAME}-{host}"], text=True).split():
            for name in ("cmdline", "environ"):
                try:
                    with open(f"/proc/{pid}/{name}", "rb") as file:
                        seen.append(file.read().replace(b"\0", b"\n").decode(errors="replace"))
                except OSError:
                    pass # it has ended meanwhile


class Web(threading.Thread):
    """Looks at the processes while each request waits for its answer."""

    def __init__(self, host):
        super().__init__(daemon=True)
        with On(host):
            self.socket = socket.socket()
        self.socket.bind((address_of(host), 8080))
        self.socket.listen(8)
        self.requests, self.shown = [], threading.Event()
        self.start()

    def run(self):
        while True:
            connection = self.socket.accept()[0]
            with connection:
                self.requests.append(connection.recv(65536).decode(errors="replace"))
                look()
                if "image.cgi" in self.requests[-1]:
                    self.shown.set()
                if "Authorization" in self.requests[-1]:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                else:
                    connection.sendall(b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="gate"\r\nContent-Length: 0\r\n\r\n')


class Gate(Caller):
    def talks(self, until=None):
        """Rings until then, and is answered."""
        start = mark("monitor")
        self.audio = self.audio if hasattr(self, "audio") else udp_of(self.host)
        invite = (self.start("INVITE", f"sip:pc@{PC[0]}") + f"From: <sip:gate@{self.address}>;tag=a\r\nTo: <sip:pc@{PC[0]}>\r\nCall-ID: {os.urandom(8).hex()}\r\n"
                  + self.body(sdp(self.address, self.audio.getsockname()[1], 0)))
        self.send(invite)
        self.expect(r"SIP/2\.0 18")
        await_line("monitor", RINGING, start)
        check(until is None or until.wait(10), "its picture was not asked for")
        with Ordered("answer"):
            answer = self.expect(r"SIP/2\.0 200(?s:.*)CSeq: \d+ INVITE")
            self.dialog_of(invite, answer)
            self.acknowledge(answer)
        await_line("monitor", TALKING, start)

    def keys(self, n):
        """Until so many keys came."""
        pressed = {}
        while len(pressed) < n:
            packet, _ = receive(self.audio, 10)
            check(packet is not None, f"only {len(pressed)} of {n} keys came")
            if packet[1] & 0x7f == TELEPHONE_EVENT:
                pressed[packet[4:8]] = packet[12]

    def over(self):
        start = mark("monitor")
        with Ordered("hangup"):
            self.reply(self.expect("BYE ", 15), 200)
        await_line("monitor", ENDED, start)


def udp_of(host):
    with On(host):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((address_of(host), 0))
    return made


# The phone.
kitchen = Phone("kitchen", "kitchen")
check(kitchen.register(secret="a-guess-that-is-marked")[0] == 401 and kitchen.register()[0] == 200, "the phone could not register")
for way in ("sound", "sip"):
    start = mark("station")
    kitchen.drain()
    press()
    kitchen.ring()
    kitchen.preview()
    kitchen.answer()
    look()
    if way == "sound":
        kitchen.keys("0#" + CODE)
    else:
        for digit in "0#" + CODE:
            kitchen.info(digit)
    await_line("station", "door actuated, phone Kitchen", start)
    kitchen.hang_up()
    await_line("station", "visit .*ended", start)

# The station with a web server: the picture while it rings, and the opening.
web, gate = Web("doorbird"), Gate("doorbird", PC, 5060, user="gate")
gate.talks(web.shown)
check(ipdoor("open", "doorbird").returncode == 0, "the station was not opened by HTTP")
check(any("open-door" in request for request in web.requests), "nobody was asked to open")
gate.over()

# The station that is opened by digits, and keys that the user types.
gate = Gate("generic", PC, 5060, user="gate")
gate.talks()
check(ipdoor("digits", TYPED).returncode == 0, "no keys could be pressed")
gate.keys(len(TYPED))
look()
with Ordered("open", "generic", status=None):
    gate.keys(len(GATE_CODE))
gate.over()

# ---- nothing of it is to be read anywhere. What the user typed on the command line is the user's.

secrets = [CODE, GATE_CODE, TYPED, PASSWORD, BASIC, secret_of("kitchen"), "a-guess-that-is-marked"]
secrets += re.findall(r'response="([0-9a-f]{32})', "".join(kitchen.seen))
names = [name for name in os.listdir(f"{WORLD}/log") if name != "cli.log"]
texts = {"a process list": "\n".join(seen)}
for name in names:
    with open(f"{WORLD}/log/{name}", errors="replace") as file:
        texts[name] = file.read()
check("ipdoor-http-helper" in texts["a process list"] and "ipdoor-media" in texts["a process list"], "the processes could not be read")
check("DEBUG" in texts["agent.log"], "the debug output is off")
for name, text in texts.items():
    for secret in secrets:
        check(secret not in text, f"a secret ({secret[:4]}…) is in {name}")
for name in ("agent.log", "station.log"):
    keys = re.findall(r"(?i)\b(?:digit|key|signal|event|dtmf)s?\b\W{0,4}[0-9*#]\b", texts[name])
    check(not keys, f"single keys are in {name}: {keys[:5]}")
print("held: marked-secrets-of-others")
