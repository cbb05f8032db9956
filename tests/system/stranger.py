# SPDX-License-Identifier: Apache-2.0
# What attackers are made of, for the scripts attack-* beside it: sockets on any host of the small world (tests/net/net), senders' addresses that
# are made up, SIP, SDP and RTP as text and octets of our own (nothing of src/ is in here), and the logs of the world to look into. Root only.
#
# Every wait is for something that can be seen, and bounded; every attack ends in attack(), which says its name.
import array
import ctypes
import hashlib
import math
import os
import re
import select
import socket
import struct
import subprocess
import sys
import time
import wave

WORLD, NET_NAME = os.environ["WORLD"], os.environ["NET_NAME"]
BUILD, NET = os.environ["BUILD"], os.environ["NET"]
PATIENCE_S = 10
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
TELEPHONE_EVENT, PICTURE = 101, 96
EVENTS = "0123456789*#ABCD"


def fail(text):
    print(f"FAILED: {text}", file=sys.stderr)
    for name in sorted(os.listdir(f"{WORLD}/log")):
        with open(f"{WORLD}/log/{name}", errors="replace") as file:
            print(f"--- the end of {name}\n" + "".join(file.readlines()[-25:]), file=sys.stderr)
    sys.exit(1)


def check(good, text):
    if not good:
        fail(text)


def attack(name):
    print(f"held: {name}", flush=True)


# ---- hosts


def address_of(host):
    return subprocess.check_output([NET, "addr", NET_NAME, host], text=True).strip()


class On:
    """with On(host): sockets that are made inside belong to that host."""

    def __init__(self, host):
        self.path = f"/run/netns/ipd-{NET_NAME}-{host}"

    @staticmethod
    def enter(path):
        with open(path, "rb") as file:
            if LIBC.setns(file.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"setns {path}")

    def __enter__(self):
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.enter(self.path)

    def __exit__(self, *_):
        LIBC.setns(self.home, CLONE_NEWNET)
        os.close(self.home)


def udp(host, port=0):
    with On(host):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((address_of(host), port))
    return made


def receive(made, seconds):
    ready, _, _ = select.select([made], [], [], seconds)
    return made.recvfrom(65535) if ready else (None, None)


class Spoofer:
    """Sends UDP from addresses that are not ours."""

    def __init__(self, host):
        with On(host):
            self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, source, target, octets):
        octets = octets.encode() if isinstance(octets, str) else octets
        length = 28 + len(octets)
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 17, 0, socket.inet_aton(source[0]), socket.inet_aton(target[0]))
        self.raw.sendto(head + struct.pack("!HHHH", source[1], target[1], 8 + len(octets), 0) + octets, (target[0], 0))


class Ear:
    """All UDP that reaches a host from certain others, whatever its port; and that nothing came."""

    def __init__(self, host, senders):
        with On(host):
            self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self.senders = [socket.inet_aton(sender) for sender in senders]

    def heard(self):
        found = []
        while select.select([self.raw], [], [], 0)[0]:
            packet, where = self.raw.recvfrom(65535)
            is_announcement = packet[16:20] == socket.inet_aton("224.0.0.251")
            if where[2] != socket.PACKET_OUTGOING and packet[9] in (6, 17) and packet[12:16] in self.senders and not is_announcement:
                found.append(packet)
        return found

    def silent(self, text):
        heard = self.heard()
        check(not heard, f"{text}: {len(heard)} packets, the first {heard[0][28:108] if heard else b''!r}")


# ---- the world


def follow(name, pattern, start=0, seconds=PATIENCE_S):
    """The first line of log/NAME.log from line START on that matches, now or within the time."""
    with subprocess.Popen(["tail", "-n", f"+{start + 1}", "-F", f"{WORLD}/log/{name}.log"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as tail:
        rest, until, found = b"", time.monotonic() + seconds, None
        while found is None and time.monotonic() < until:
            if not select.select([tail.stdout], [], [], until - time.monotonic())[0]:
                break
            rest += os.read(tail.stdout.fileno(), 65536)
            *lines, rest = rest.split(b"\n")
            found = next((line.decode(errors="replace") for line in lines if re.search(pattern.encode(), line)), None)
        tail.kill()
    return found


def await_line(name, pattern, start=0, seconds=PATIENCE_S):
    line = follow(name, pattern, start, seconds)
    check(line is not None, f"no line like '{pattern}' in the log of {name} within {seconds} s")
    return line


def lines_of(name):
    with open(f"{WORLD}/log/{name}.log", errors="replace") as file:
        return file.readlines()


def mark(name):
    return len(lines_of(name))


def count_lines(name, pattern):
    return sum(1 for line in lines_of(name) if re.search(pattern, line))


def on(host, *command, seconds=40):
    done = subprocess.run([NET, "exec", NET_NAME, host, *command], capture_output=True, text=True, timeout=seconds, check=False)
    with open(f"{WORLD}/log/cli.log", "a") as file:
        file.write(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def ipdoor(*words):
    return on("pc", "ipdoor", *words)


class Ordered:
    """with Ordered(WORD...): the PC's user says so, and meanwhile the other side does its part; then it is done, with that exit status."""

    def __init__(self, *words, status=0):
        self.words, self.status = words, status

    def __enter__(self):
        self.process = subprocess.Popen([NET, "exec", NET_NAME, "pc", "ipdoor", *self.words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.process.kill()
        self.said = self.process.communicate(timeout=40)[0]
        with open(f"{WORLD}/log/cli.log", "a") as file:
            file.write(f"{self.words}: {self.process.returncode}\n{self.said}")
        if kind is None and self.status is not None:
            check(self.process.returncode == self.status, f"“{' '.join(self.words)}” ended with {self.process.returncode}: {self.said}")


def press():
    check(on("door", "ipdoor-station", "press", "1", "--state", f"{WORLD}/station").returncode == 0, "the button could not be pressed")


def pulses(output="door"):
    try:
        with open(f"{WORLD}/station/sim/{output}.relay") as file:
            return sum(" on" in line for line in file)
    except FileNotFoundError:
        return 0


def alive(*pids):
    for name in pids:
        check(os.path.exists(f"/proc/{os.environ['PID_' + name]}/cmdline"), f"{name} is gone")


def memory_kb(name):
    with open(f"/proc/{os.environ['PID_' + name]}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def is_sanitized():
    with open(f"{BUILD}/src/agent/ipdoor-agent", "rb") as file:
        return b"__asan_init" in file.read()


# ---- SIP


def header(message, name):
    found = re.search(rf"^{name}[ \t]*:[ \t]*(.*?)\r$", message, re.M | re.I)
    return found.group(1) if found else None


def headers(message, name):
    return re.findall(rf"^({name}[ \t]*:.*?\r\n)", message, re.M | re.I)


def status_of(message):
    return int(message.split(" ")[1]) if message.startswith("SIP/2.0 ") else 0


def uri_of(value):
    return re.search(r"<([^>]*)>", value).group(1)


def token():
    return os.urandom(8).hex()


class Caller:
    """A SIP socket on a host that speaks to one other, whatever it is told elsewhere."""

    def __init__(self, host, target, port=0, user="stranger"):
        self.host, self.address, self.user, self.target = host, address_of(host), user, target
        self.sip = udp(host, port)
        self.port = self.sip.getsockname()[1]
        self.cseq, self.waiting, self.seen, self.known = 0, [], [], set()

    def send(self, text):
        self.sip.sendto(text.encode() if isinstance(text, str) else text, self.target)

    def start(self, method, uri, contact=None):
        self.cseq += 1
        contact = contact or f"<sip:{self.user}@{self.address}:{self.port}>"
        return (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {self.address}:{self.port};rport;branch=z9hG4bK{token()}\r\n"
                f"Max-Forwards: 70\r\nContact: {contact}\r\nCSeq: {self.cseq} {method}\r\n")

    @staticmethod
    def body(body="", kind="application/sdp"):
        kind = f"Content-Type: {kind}\r\n" if body else ""
        return f"{kind}Content-Length: {len(body.encode())}\r\n\r\n{body}"

    def next(self, wanted, seconds=PATIENCE_S):
        """The next message that begins so; others are kept for who asks for them."""
        for i, message in enumerate(self.waiting):
            if re.match(wanted, message):
                return self.waiting.pop(i)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            octets, _ = receive(self.sip, max(until - time.monotonic(), 0))
            if octets is None:
                return None
            message = octets.decode(errors="replace")
            self.seen.append(message)
            if re.match(wanted, message):
                return message
            self.waiting.append(message)
        return None

    def expect(self, wanted, seconds=PATIENCE_S):
        message = self.next(wanted, seconds)
        check(message is not None, f"{self.user}@{self.host} got nothing that begins with {wanted}")
        return message

    def final(self, method="", seconds=PATIENCE_S):
        for _ in range(32):
            answer = self.expect(r"SIP/2\.0 ", seconds)
            if status_of(answer) >= 200 and header(answer, "CSeq").endswith(method):
                return answer
        return fail("too many answers")

    def exchange(self, text, method):
        """A request and its final answer; repeated as RFC 3261 §17.1.2 says, since datagrams get lost in a flood."""
        for wait in (0.5, 0.5, 1, 2, 4):
            self.send(text)
            answer = self.next(rf"SIP/2\.0 [2-6](?s:.*)CSeq: {header(text, 'CSeq').split()[0]} {method}\r", wait)
            if answer is not None:
                return answer
        return fail(f"{self.user}@{self.host}: no answer to {method}")

    def drain(self):
        """Nobody is interested in what came so far."""
        while (octets := receive(self.sip, 0)[0]) is not None:
            self.waiting.append(octets.decode(errors="replace"))
        self.known |= {header(message, "Call-ID") for message in self.waiting if message.startswith("INVITE ")}
        self.waiting.clear()

    def new_invite(self):
        """Not one that is repeated since nobody answered it."""
        while True:
            invite = self.expect("INVITE ")
            if header(invite, "Call-ID") not in self.known:
                self.known.add(header(invite, "Call-ID"))
                return invite

    # What was asked of us.

    def reply(self, request, status, body="", contact=None, more=""):
        to = header(request, "To")
        to += "" if ";tag=" in to or status == 100 else f";tag=t{self.port}"
        contact = contact or f"<sip:{self.user}@{self.address}:{self.port}>"
        self.send(f"SIP/2.0 {status} Whatever\r\n" + "".join(headers(request, "Via") + headers(request, "Record-Route"))
                  + f"From: {header(request, 'From')}\r\nTo: {to}\r\nCall-ID: {header(request, 'Call-ID')}\r\n"
                  + f"CSeq: {header(request, 'CSeq')}\r\nContact: {contact}\r\n{more}" + self.body(body))

    # A dialog: what was asked by the other side (invite), or by us with the answer to it.

    def dialog_of(self, invite, answer=None):
        if answer is None:
            self.remote, self.local = header(invite, "From"), header(invite, "To")
            self.local += "" if ";tag=" in self.local else f";tag=t{self.port}"
            self.uri = uri_of(header(invite, "Contact"))
        else:
            self.remote, self.local = header(answer, "To"), header(invite, "From")
            self.uri = uri_of(header(answer, "Contact"))
        self.call_id = header(invite, "Call-ID")

    def in_dialog(self, method, body="", kind="application/sdp", cseq=None, contact=None, more=""):
        text = self.start(method, self.uri, contact)
        if cseq is not None:
            text = re.sub(r"CSeq: \d+", f"CSeq: {cseq}", text)
        return text + f"From: {self.local}\r\nTo: {self.remote}\r\nCall-ID: {self.call_id}\r\n{more}" + self.body(body, kind)

    def ask(self, method, body="", kind="application/sdp", **how):
        answer = self.exchange(self.in_dialog(method, body, kind, **how), method)
        if method == "INVITE":
            self.acknowledge(answer)
        return answer

    def acknowledge(self, answer):
        cseq = header(answer, "CSeq").split()[0]
        text = self.in_dialog("ACK", cseq=cseq).replace(f"CSeq: {cseq} INVITE", f"CSeq: {cseq} ACK")
        self.cseq -= 1
        if status_of(answer) >= 300: # belongs to the same transaction
            text = re.sub(r"Via: .*\r\n", headers(answer, "Via")[0].replace("\\", ""), text, count=1)
        self.send(text)

    def info(self, digit, ms=160):
        return status_of(self.ask("INFO", f"Signal={digit}\r\nDuration={ms}\r\n", "application/dtmf-relay"))


def challenge_value(message, name):
    found = re.search(rf'{name}="?([^",]*)', header(message, "WWW-Authenticate") or "")
    return found.group(1) if found else None


def md5(*words):
    return hashlib.md5(":".join(words).encode()).hexdigest()


def authorization(challenge, method, uri, user, secret, nc=1):
    realm, nonce = challenge_value(challenge, "realm"), challenge_value(challenge, "nonce")
    response = md5(md5(user, realm, secret), nonce, f"{nc:08x}", "c0ffee", "auth", md5(method, uri))
    return (f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}", '
            f'algorithm=MD5, qop=auth, nc={nc:08x}, cnonce="c0ffee"\r\n')


# ---- SDP and RTP


def sdp(address, audio, video=0, more="", direction="sendrecv", profile="RTP/AVP"):
    video = f"m=video {video} {profile} 97\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 profile-level-id=42e01f\r\n" if video is not None else ""
    return (f"v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            f"m=audio {audio} {profile} 0 101\r\na=rtpmap:101 telephone-event/8000\r\na={direction}\r\n{more}{video}")


def port_in(body, media):
    found = re.search(rf"^m={media} (\d+)", body, re.M)
    return int(found.group(1)) if found else 0


def rtp(payload_type, sequence, timestamp, ssrc, payload, marker=False, first=0x80):
    return struct.pack("!BBHII", first, payload_type | (0x80 if marker else 0), sequence & 0xffff, timestamp & 0xffffffff, ssrc) + payload


class Stream:
    """Sound and keys of one sender."""

    def __init__(self, ssrc=None):
        self.ssrc = ssrc if ssrc is not None else int.from_bytes(os.urandom(4), "big")
        self.sequence, self.timestamp = 1000, 160000

    def packet(self, payload_type, payload, marker=False, first=0x80):
        self.sequence += 1
        return rtp(payload_type, self.sequence, self.timestamp, self.ssrc, payload, marker, first)

    def sound(self, octets=b"\xff" * 160):
        self.timestamp += 160
        return self.packet(0, octets)

    def press(self, digit, duration=640, n=6, payload_type=TELEPHONE_EVENT):
        """Packets of one key, the end three times, as phones send it."""
        packets = []
        for i in range(1, n + 1):
            end = 0x80 if i > n - 3 else 0
            ticks = min(duration * min(i, n - 2) // (n - 2), 0xffff)
            packets.append(self.packet(payload_type, struct.pack("!BBH", EVENTS.index(digit), end | 10, ticks), i == 1))
        self.timestamp += max(duration, 160) + 800
        return packets


class Tap:
    """All UDP that passes a host, both ways: SIP as texts, and who sent sound to whom, by ports."""

    def __init__(self, host):
        with On(host):
            self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0003))
        self.raw.setsockopt(socket.SOL_SOCKET, 33, 16 << 20) # SO_RCVBUFFORCE
        self.texts, self.sound = [], {}

    def take(self, seconds):
        if not select.select([self.raw], [], [], seconds)[0]:
            return False
        packet = self.raw.recv(65535)
        if len(packet) < 40 or packet[0] != 0x45 or packet[9] != 17:
            return True
        source, target = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
        ports = struct.unpack("!HH", packet[20:24])
        if packet[28] >> 6 == 2 and packet[29] & 0x7f not in range(64, 96): # those are RTCP
            if packet[29] & 0x7f != PICTURE:
                self.sound.setdefault((source, target), []).append(ports)
        elif 5060 in ports:
            self.texts.append(packet[28:].decode(errors="replace"))
        return True

    def read(self):
        """What has passed so far."""
        while self.take(0):
            pass
        return self.texts

    def drain(self):
        self.read()
        self.texts.clear()
        self.sound.clear()

    def await_sound(self, source, target, seconds=PATIENCE_S):
        until = time.monotonic() + seconds
        while time.monotonic() < until and len(self.sound.get((source, target), [])) < 20:
            self.take(until - time.monotonic())
        return len(self.sound.get((source, target), [])) >= 20


# ---- tones

ROWS, COLUMNS, KEYS = (697, 770, 852, 941), (1209, 1336, 1477, 1633), "123A456B789C*0#D"


def tones(keys, rate, ms=110):
    """Samples of the two tones of each key, with gaps as long."""
    samples = []
    for key in keys:
        at = KEYS.index(key)
        pair = ROWS[at // 4], COLUMNS[at % 4]
        samples += [int(sum(9000 * math.sin(2 * math.pi * hz * i / rate) for hz in pair)) for i in range(rate * ms // 1000)]
        samples += [0] * (rate * ms // 1000)
    return samples


def share(samples, hz, rate):
    """How much of their energy is at HZ (Goertzel)."""
    energy = sum(sample * sample for sample in samples)
    coefficient, before, last = 2 * math.cos(2 * math.pi * hz / rate), 0.0, 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = last * last + before * before - coefficient * last * before
    return 2 * power / (len(samples) * energy) if energy > len(samples) * 1000 else 0


def keys_in(samples, rate):
    """Which keys a detector would hear, in steps of 40 ms."""
    heard, step = set(), rate // 25
    for start in range(0, len(samples) - step, step):
        part = samples[start : start + step]
        row, column = (max(some, key=lambda hz: share(part, hz, rate)) for some in (ROWS, COLUMNS))
        if share(part, row, rate) > 0.25 and share(part, column, rate) > 0.25:
            heard.add(KEYS[ROWS.index(row) * 4 + COLUMNS.index(column)])
    return heard


def to_ulaw(sample):
    sign, value = (0x80, -sample) if sample < 0 else (0, sample)
    value = min(value, 32635) + 132
    exponent = value.bit_length() - 8
    return ~(sign | exponent << 4 | value >> (exponent + 3) & 15) & 0xff


def from_ulaw(octet):
    octet = ~octet & 0xff
    value = (((octet & 15) << 3) + 132 << (octet >> 4 & 7)) - 132
    return -value if octet & 0x80 else value


def write_wav(path, samples, rate):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array.array("h", samples).tobytes())


def read_wav(path, seconds):
    """The newest seconds of a file that grows, whatever its header says, and its rate."""
    with open(path, "rb") as file:
        head = file.read(44)
        rate = int.from_bytes(head[24:28], "little")
        octets = file.read()
    newest = array.array("h")
    newest.frombytes(octets[: len(octets) // 2 * 2])
    return list(newest[-rate * seconds :]), rate
