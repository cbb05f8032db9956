# SPDX-License-Identifier: Apache-2.0
# See attack-drivers, which makes the world.
import base64
import re
import select
import socket
import struct
import threading
import time
import urllib.parse

from stranger import (TELEPHONE_EVENT, Caller, Ear, On, Ordered, address_of, alive, attack, check, header, headers,
                      memory_kb, receive, sdp, token, udp)

PC, VICTIM = address_of("pc"), address_of("victim")
USER, PASSWORD = 'ad"min&x=1', 'Pass/word"<{user}>%41+7f3a'
NAMES, PORT = ("axis", "doorbird", "fanvil", "bas-ip"), 8080
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
ENDLESS = 64 << 20


def plain(status, body="", more=""):
    return f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body)}\r\n{more}\r\n{body}".encode()


class Server(threading.Thread):
    """The web server of a gate; what it does with a request is exchanged for each attack. It keeps all that it was sent."""

    def __init__(self, host):
        super().__init__(daemon=True)
        with On(host):
            self.socket = socket.socket()
        self.socket.bind((address_of(host), PORT))
        self.socket.listen(8)
        self.requests, self.does = [], None
        self.start()

    def run(self):
        while True:
            with self.socket.accept()[0] as connection:
                self.serve(connection)

    def serve(self, connection):
        connection.settimeout(20)
        request = b""
        try:
            while b"\r\n\r\n" not in request:
                got = connection.recv(65536)
                if not got:
                    return
                request += got
            self.requests.append(request.decode(errors="replace"))
            self.does(connection, self.requests[-1])
        except OSError:
            pass # the other side has had enough


servers = {name: Server(name.replace("-", "")) for name in NAMES}
callers = {name: Caller(name.replace("-", ""), (PC, 5060), 5060, user="gate") for name in NAMES}
gate = callers["axis"]
ear = Ear("victim", [PC])


def opens(name, does, text, status=None, longest=15):
    """The user opens at NAME. Returns what the server was sent."""
    server = servers[name]
    server.requests, server.does = [], does
    start = time.monotonic()
    with Ordered("open", name, status=None) as order:
        pass
    check(time.monotonic() - start < longest, f"opening takes {time.monotonic() - start:.0f} s: {text}")
    if status is not None:
        check((order.process.returncode == 0) == status, f"“open” ended with {order.process.returncode} ({order.said}): {text}")
    return server.requests


def not_tried_again(requests, n, text):
    check(len(requests) == n, f"{len(requests)} requests instead of {n}: {text}")
    for caller in callers.values():
        check(caller.next("INVITE ", 0) is None, f"another way was tried: {text}")


def digest_first(challenge):
    def does(connection, request):
        connection.sendall(plain(200, "ok") if "\r\nAuthorization: Digest " in request else plain(401, more=challenge))
    return does


def says(octets):
    return lambda connection, request: connection.sendall(octets)


def no_password(requests, text):
    for request in requests:
        for secret in (PASSWORD, urllib.parse.quote(PASSWORD, safe=""), BASIC[6:], "7f3a"):
            check(secret not in request, f"the password was sent {text}")


digest = f'WWW-Authenticate: Digest realm="gate", nonce="{token()}", qop="auth"\r\n'
requests = opens("axis", digest_first(digest), "the genuine one", True)
check(len(requests) == 2 and "Digest username=" in requests[1], "Digest is not answered")
requests = opens("doorbird", says(plain(200, "{}")), "the genuine one", True)
check(len(requests) == 1 and f"Authorization: {BASIC}\r\n" in requests[0], "Basic is not said")

# ---- credentials

for challenge in ('WWW-Authenticate: Basic realm="gate"\r\n', 'WWW-Authenticate: Basic realm="other"\r\nWWW-Authenticate: Negotiate\r\n',
                  'WWW-Authenticate: NTLM\r\n', 'WWW-Authenticate: Bearer realm="gate"\r\n', 'Proxy-Authenticate: Basic realm="gate"\r\n'):
    for status in (401, 407):
        requests = opens("axis", says(plain(status, more=challenge)), f"asked for {challenge}", False)
        no_password(requests, f"to who answered {status} {challenge}")
        check(not any("uthorization:" in request for request in requests), f"credentials were sent to who asked for {challenge}")
attack("basic-where-digest-is-wanted")

requests = opens("axis", digest_first('WWW-Authenticate: Basic realm="gate"\r\n' + digest.replace("\r\n", f', domain="http://{VICTIM}/"\r\n')), "both were offered", True)
no_password(requests, "though Digest was offered too")
ear.silent("the domain of a challenge is followed")
requests = opens("axis", says(plain(401, more=digest.replace("\r\n", ", stale=true\r\n"))), "every nonce is stale", False)
check(len(requests) <= 4, f"{len(requests)} tries at a server that never believes")
attack("challenge-without-end")

for name, n in (("axis", 1), ("doorbird", 1), ("fanvil", 1)):
    for status in (301, 302, 303, 307, 308):
        place = f"Location: http://{VICTIM}:{PORT}/open\r\n"
        not_tried_again(opens(name, says(plain(status, more=place)), f"{name} redirected by {status}", False), n, f"{name} redirected by {status}")
ear.silent("a redirection is followed")
attack("redirect")

# ---- answers that do not end

before_kb = memory_kb("agent")


def endless(octets, head):
    def does(connection, request):
        connection.sendall(head)
        for _ in range(ENDLESS // len(octets)):
            connection.sendall(octets)
    return does


chunk = b"x" * 65536
for text, does in (("a body without end", endless(chunk, b"HTTP/1.1 200 OK\r\n\r\n")),
                   ("a body that is said to be huge", endless(chunk, b"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n")),
                   ("chunks without end", endless(b"10000\r\n" + chunk + b"\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")),
                   ("a header without end", endless(chunk, b"HTTP/1.1 200 OK\r\nX: ")),
                   ("headers without end", endless(b"X: y\r\n" * 10000, b"HTTP/1.1 200 OK\r\n")),
                   ("100 without end", endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 2000, b""))):
    not_tried_again(opens("doorbird", does, text), 1, text)
alive("agent")
check(memory_kb("agent") - before_kb < 30000, f"the agent grew from {before_kb} to {memory_kb('agent')} kB")
attack("endless-answers")


def slow(connection, request):
    for octet in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 15:
        connection.sendall(bytes([octet]))
        if select.select([connection], [], [], 1)[0]: # it has gone
            return


def silent(connection, request):
    select.select([connection], [], [], 20)


def broken(connection, request):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half(connection, request):
    connection.sendall(b"HTTP/1.1 200")


for name, does in (("slow", slow), ("silent", silent), ("broken", broken), ("half an answer", half)):
    not_tried_again(opens("doorbird", does, name, False), 1, name)
    not_tried_again(opens("fanvil", does, name, False), 1, name)
attack("open-twice-by-time-out")

# ---- what goes into a request, and what is taken out of an answer

requests = opens("fanvil", says(plain(200, "ok")), "a code with signs in it", True)
check(requests[0].startswith("GET /cgi-bin/ConfigManApp.com?key=F_LOCK&code=1%26x%3D2%7Bpassword%7D%23 HTTP/1.1\r\n"), f"a code became more than a value: {requests[0]}")
attack("template-injection")


def login(value):
    def does(connection, request):
        connection.sendall(plain(200, '{"token": "%s"}' % value if "/login?" in request else "{}"))
    return does


for value in ("abc\\r\\nX-Evil: 1\\r\\n\\r\\nGET /evil HTTP/1.1", "{password}", "{MD5:password}", "\\u0000\\n", "a" * 60000):
    requests = opens("bas-ip", login(value), f"token {value[:20]}")
    said = [header(request, "Authorization") or "" for request in requests]
    no_password([text for text in said if not text.startswith("Basic ")], "as a token") # its last way is Basic
    check(not any(re.search("^(X-Evil|GET /evil)", request, re.M) for request in requests), "what was taken out of an answer became a header")
    callers["bas-ip"].drain()
attack("taken-values")

# ---- the next way, in which nothing is repeated either: a second call whose answer comes three times

sound = udp("axis")
servers["axis"].does = says(plain(404))
pressed = {}
with Ordered("open", "axis", status=None):
    invite = gate.expect("INVITE ")
    for _ in range(3):
        gate.reply(invite, 200, sdp(gate.address, sound.getsockname()[1], None))
    gate.expect("ACK ")
    while True:
        packet, _ = receive(sound, 3)
        if packet is None:
            break
        if packet[1] & 0x7f == TELEPHONE_EVENT:
            pressed[packet[4:8]] = packet[12]
    gate.reply(gate.expect("BYE "), 200)
check("".join(str(pressed[at]) for at in sorted(pressed)) == "13579", f"the code was sent as {list(pressed.values())}")
check(gate.next("INVITE ", 0) is None or header(gate.seen[-1], "Call-ID") == header(invite, "Call-ID"), "there was a second call")
attack("open-twice-by-repeated-answers")
ear.silent("the PC sent to somebody who is no station")
alive("agent", "station")
