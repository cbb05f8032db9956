# SPDX-License-Identifier: Apache-2.0
"""Visits over whatever network there is, seen from outside: when it rang, when the first picture was decoded, how long pictures
stood still, how much of a tone was heard. Prints one JSON object. Called by impaired-cell, with programs that run already.

usage: impaired.py CALLS WORLD "NET NAME" STATION-PID AGENT-PID KIND...     KINDs of calls, in turn: ring, talk, open, look-out
"""
import json
import math
import os
import re
import selectors
import statistics
import struct
import subprocess
import sys
import time

PATIENCE_S = 12  # a transaction is given up after 8 s
TALK_S = 3
STILL_S = 0.2  # a picture that stands longer is frozen: five were due
VISITOR_HZ = 440
WINDOW_S = 0.02

calls, world, net, station_pid, agent_pid = int(sys.argv[1]), sys.argv[2], sys.argv[3].split(), sys.argv[4], sys.argv[5]
plan = sys.argv[6:]


class Lines:
    """What several programs say, with the moment at which it was read."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.children = []
        self.waiting = {"nobody": []}  # of each source, what was not looked at

    def follow(self, source, command):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.children.append(child)
        self.waiting[source] = []
        self.selector.register(child.stdout, selectors.EVENT_READ, [source, b""])

    def read(self, seconds):
        for key, _ in self.selector.select(max(0, seconds)):
            data = os.read(key.fd, 65536)
            if not data:
                self.selector.unregister(key.fileobj)
            source, rest = key.data
            *whole, key.data[1] = (rest + data).split(b"\n")
            self.waiting[source] += [(time.monotonic(), line.decode(errors="replace")) for line in whole]

    def await_line(self, source, pattern, seconds=PATIENCE_S):
        """When it was said; None if it is not. What the source said before it is looked at and gone."""
        deadline = time.monotonic() + seconds
        while True:
            while self.waiting[source]:
                at, line = self.waiting[source].pop(0)
                if re.search(pattern, line):
                    return at
            if time.monotonic() >= deadline:
                return None
            self.read(deadline - time.monotonic())

    def end(self):
        for child in self.children:
            child.terminate()
            child.wait()


def on(host, *command):
    return subprocess.run([*net[:1], "exec", net[1], host, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=100)


def memory_kb(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s*(\d+)", status.read()).group(1))


def pulses():
    with open(f"{world}/station/sim/door.relay") as relay:
        return sum(1 for line in relay if re.search(r"\bon\b", line))


def frame_times(visit):
    try:
        with open(f"{world}/frames/{visit}/frames.log") as log:
            return [int(line.split()[0]) / 1e6 for line in log]
    except (FileNotFoundError, IndexError, ValueError):
        return []


def frozen_share(times, until):
    """Of the time from the first picture on."""
    if not times or until <= times[0]:
        return None
    gaps = [b - a for a, b in zip(times, times[1:] + [until])]
    return sum(gap for gap in gaps if gap > STILL_S) / (until - times[0])


def tone_share(visit):
    """Of the windows from the first one with the visitor's tone on: how many are mostly that tone."""
    with open(f"{world}/frames/{visit}.wav", "rb") as file:
        head = file.read(44)
        octets = file.read()
    rate = struct.unpack_from("<I", head, 24)[0]
    n = int(rate * WINDOW_S)
    samples = struct.unpack(f"<{len(octets) // 2}h", octets[: len(octets) // 2 * 2])
    clear = [is_tone(samples[i : i + n], rate) for i in range(0, len(samples) - n, n)]
    if True not in clear:
        return 0.0
    heard = clear[clear.index(True) :]
    return sum(heard) / len(heard)


def is_tone(samples, rate):
    energy = sum(s * s for s in samples)
    if energy / len(samples) < 100 * 100:
        return False
    w = 2 * math.pi * VISITOR_HZ / rate
    x = sum(s * math.cos(w * i) for i, s in enumerate(samples))
    y = sum(s * math.sin(w * i) for i, s in enumerate(samples))
    return 2 * (x * x + y * y) / len(samples) / energy > 0.7


class Tally:
    def __init__(self):
        self.tried, self.failed = {}, []
        self.pictures, self.frozen, self.tones = [], [], []
        self.no_picture, self.opens = 0, 0

    def note(self, what, ok, visit):
        self.tried[what] = self.tried.get(what, 0) + 1
        if not ok:
            self.failed.append(f"{what} of visit {visit}")
        return ok


lines = Lines()
tally = Tally()


def see(visit, since, seconds):
    """The first picture after `since`, as who decoded it says."""
    at = lines.await_line("agent", f"visit {visit}: first-frame", seconds)
    if at:
        tally.pictures.append(at - since)
    else:
        tally.no_picture += 1


def finish(visit):
    for name in "station", "agent":
        lines.await_line(name, f"visit {visit}: ended", 30)


def talk(visit):
    lines.await_line("nobody", "^$", TALK_S)
    until = time.monotonic()
    on("pc", "ipdoor", "hangup")
    finish(visit)
    share = frozen_share([t for t in frame_times(visit) if t < until], until)
    if share is not None:
        tally.frozen.append(share)
    tally.tones.append(tone_share(visit))


def ring(what):
    since = time.monotonic()
    pressed = on("door", "ipdoor-station", "press", "1", "--state", f"{world}/station")
    match = re.search(r"Visit (\S+)", pressed.stdout)
    if not match or "rings" not in pressed.stdout:
        tally.note("press", False, pressed.stdout.strip())
        return
    visit = match.group(1)
    rang = lines.await_line("monitor", f'"id":"{visit}".*"state":"(ringing|previewing)"')
    if not tally.note("ring", rang, visit):
        on("door", "true")
        lines.await_line("station", f"visit {visit}: ended", 60)
        return
    see(visit, since, PATIENCE_S)
    if what == "open":
        tally.opens += 1
        opened = on("pc", "ipdoor", "open")
        tally.note("open", "actuated" in opened.stdout or "open" in opened.stdout and opened.returncode == 0, visit)
        finish(visit)
    elif what == "talk":
        on("pc", "ipdoor", "answer")
        if tally.note("answer", lines.await_line("monitor", f'"id":"{visit}".*"state":"talking"'), visit):
            talk(visit)
        else:
            finish(visit)
    else:
        on("pc", "ipdoor", "reject")
        finish(visit)


def look_out():
    since = time.monotonic()
    called = on("pc", "ipdoor", "call", "Main entrance")
    match = re.search(r"^(\S+) .*talking", called.stdout, re.MULTILINE)
    if not tally.note("look-out", match, called.stdout.strip()):
        on("pc", "ipdoor", "hangup")
        return
    see(match.group(1), since, PATIENCE_S)
    on("pc", "ipdoor", "hangup")
    finish(match.group(1))


def in_ms(values, share):
    values = sorted(values)
    return round(1000 * values[min(len(values) - 1, int(share * len(values)))]) if values else None


lines.follow("monitor", [*net[:1], "exec", net[1], "pc", "ipdoor", "monitor", "--json"])
for name in "station", "agent":
    lines.follow(name, ["tail", "-n", "0", "-F", f"{world}/log/{name}.log"])
lines.await_line("monitor", '"event":"status"')
before = None
began = pulses()
for i in range(calls):
    what = plan[i % len(plan)]
    if what == "look-out":
        look_out()
    else:
        ring(what)
    if i == min(4, calls // 2):
        before = memory_kb(station_pid) + memory_kb(agent_pid)
lines.end()

rings = {}
with open(f"{world}/log/agent.log") as log:
    for visit in re.findall(r"visit (\S+): ring from", log.read()):
        rings[visit] = rings.get(visit, 0) + 1
print(
    json.dumps(
        {
            "calls": calls,
            "setups": sum(tally.tried.values()),
            "failed": tally.failed,
            "first_picture_ms": {"n": len(tally.pictures), "median": in_ms(tally.pictures, 0.5), "p99": in_ms(tally.pictures, 0.99), "all": [round(1000 * t) for t in tally.pictures]},
            "no_picture": tally.no_picture,
            "frozen": round(statistics.mean(tally.frozen), 3) if tally.frozen else None,
            "tone": round(statistics.mean(tally.tones), 3) if tally.tones else None,
            "rings_twice": sum(1 for n in rings.values() if n > 1),
            "opens": tally.opens,
            "pulses": pulses() - began,
            "grown_kb": memory_kb(station_pid) + memory_kb(agent_pid) - before,
        }
    )
)
