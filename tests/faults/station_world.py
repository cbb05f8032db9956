# SPDX-License-Identifier: Apache-2.0
# A station that dies, and what everybody else can see of it: the relay's file, the database as another program reads it, the client's monitor, the wire.
# For station-every-syscall.py and station-disk.py. Nothing of src/ is in here.
import base64
import contextlib
import json
import os
import re
import select
import socket
import sqlite3
import subprocess
import time

from stranger import NET, NET_NAME, WORLD, On, address_of, await_line, mark, on, receive, status_of, token, udp
from stranger import fail as stranger_fail

PATIENCE_S = 10  # what the issue gives a station: registered and reachable again
REST_S = 1  # and a relay: at rest after the start
RANK = {"requested": 0, "interrupted": 1, "accepted": 1, "actuated": 2, "contact-open": 3, "contact-timeout": 3, "refused": 3}
IPV4_PACKETS = 0x0800


def wait_readable(fds, until):
    ready, _, _ = select.select(fds, [], [], max(until - time.monotonic(), 0))
    return ready


class Monitor:
    """ipdoor monitor --json: what the client says, in order."""

    def __init__(self, world):
        self.world, self.rest = world, b""
        self.visits, self.commands, self.talks = {}, {}, set()
        self.log = open(f"{WORLD}/log/monitor.log", "ab")
        self.process = subprocess.Popen([NET, "exec", NET_NAME, "pc", "ipdoor", "monitor", "--json"], stdout=subprocess.PIPE)
        self.fd = self.process.stdout.fileno()

    def take(self):
        octets = os.read(self.fd, 65536)
        self.world.check(octets, "the agent is gone")
        self.log.write(octets)
        self.log.flush()
        *lines, self.rest = (self.rest + octets).split(b"\n")
        for line in lines:
            self.take_event(json.loads(line))

    def take_event(self, event):
        if event["event"] == "visit":
            self.visits[event["id"]] = event["state"]
            if event["state"] == "talking":
                self.talks.add(event["id"])
        elif event["event"] == "command":
            self.commands.setdefault(event["id"], []).append(event["state"])


class Tracer:
    def __init__(self, station, thread, options):
        self.station, self.path = station, f"{WORLD}/strace.{thread or 'all'}"
        target = ["-p", str(thread)] if thread is not None else ["-f", "-p", str(station.pid)]
        self.process = subprocess.Popen(["strace", "-o", self.path, *target, *options], stderr=subprocess.PIPE)
        until = time.monotonic() + PATIENCE_S
        while wait_readable([self.process.stderr], until): # "strace: Process 1 attached", a line for each thread, before anything is traced
            said = os.read(self.process.stderr.fileno(), 65536)
            if b"attached" in said or not said:
                return
        station.world.fail("strace did not attach")

    def end(self):
        """Lets a living station go on untraced; one that died has ended its tracer. Returns: what was seen."""
        if not self.station.is_dead():
            self.process.terminate()
        self.process.communicate(timeout=PATIENCE_S)
        with open(self.path, errors="replace") as file:
            return file.read()


class Relay:
    """The simulated driver's own record: each movement, when, and for which command."""

    def __init__(self, world, path=f"{WORLD}/station/sim/door.relay"):
        self.world, self.path = world, path

    def movements(self):
        with open(self.path) as file:
            return [(int(us), state, cause) for us, state, cause in (line.split() for line in file)]

    def pulses(self):
        return [cause for _, state, cause in self.movements() if state == "on"]

    def check_once(self):
        pulses = self.pulses()
        self.world.check(len(pulses) == len(set(pulses)), f"a command moved the relay twice: {pulses[-4:]}")

    def check_at_rest(self, started_us):
        """What a station does with the outputs at its very start, whatever left them on."""
        movements = self.movements()
        took = next((us - started_us for us, state, _ in movements if us >= started_us and state == "off"), None)
        self.world.check(movements[-1][1] == "off", "the relay is on although nobody asked")
        self.world.check(took is not None and took <= REST_S * 1_000_000, f"the relay was put to rest {took} us after the start, more than {REST_S} s")


class Tap:
    """Commands as they went over the wire, to be sent once more by whoever kept them."""

    def __init__(self):
        with On("door"): # outgoing packets are shown to nobody who asks for IPv4 only
            self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(IPV4_PACKETS))
        self.raw.setsockopt(socket.SOL_SOCKET, 33, 16 << 20) # SO_RCVBUFFORCE: nobody reads while a scenario runs
        self.station = (address_of("door"), 5060)
        self.sip = udp("pc")

    def commands(self):
        """{command id: MESSAGE} of what passed since the last time."""
        found = {}
        while select.select([self.raw], [], [], 0)[0]:
            packet, where = self.raw.recvfrom(65535)
            if where[2] == socket.PACKET_HOST and packet[28:40] == b"MESSAGE sip:":
                text = packet[28:].decode(errors="replace")
                payload = re.search(r"v4\.public\.([\w-]+)", text).group(1)
                members = json.JSONDecoder().raw_decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode(errors="replace"))[0]
                if members["t"] == "command":
                    found[members["id"]] = text
        return found

    def send_again(self, text):
        """The same token in a transaction of its own. Returns: whether it was taken (200)."""
        port = self.sip.getsockname()[1]
        text = re.sub(r"(?mi)^(v|via) *:.*?\r$", f"Via: SIP/2.0/UDP {address_of('pc')}:{port};rport;branch=z9hG4bK{token()}\r", text, count=1)
        text = re.sub(r"(?mi)^(i|call-id) *:.*?\r$", f"Call-ID: {token()}\r", text, count=1)
        for wait in (0.5, 1, 2, 4):
            self.sip.sendto(text.encode(), self.station)
            answer, _ = receive(self.sip, wait)
            if answer is not None:
                return status_of(answer.decode(errors="replace")) == 200
        return False


class Station:
    def __init__(self, world, *options):
        self.world, self.options, self.process = world, options, None

    def start(self, *before):
        """@before: words in front of the program, such as prlimit's."""
        self.line = mark("station")
        log = open(f"{WORLD}/log/station.log", "ab")
        # As "net exec" does, without a shell that would be part of the second that a relay has.
        command = ["nsenter", f"--net=/run/netns/ipd-{NET_NAME}-door", "--", *before, "ipdoor-station", "run", "--state", f"{WORLD}/station", "--config", f"{WORLD}/station.conf",
                   "--bind", address_of("door"), *self.options]
        self.started_us = time.monotonic_ns() // 1000
        self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        self.pid = self.process.pid
        self.pidfd = os.pidfd_open(self.pid)
        await_line("station", ": ready", self.line)

    def said(self, pattern, seconds=PATIENCE_S):
        return await_line("station", pattern, self.line, seconds)

    def writes_before_it_dies(self, pattern, path, line=0):
        """To its log, or to its driver's file."""
        with subprocess.Popen(["tail", "-n", f"+{line + 1}", "-F", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tail:
            said, until, found = b"", time.monotonic() + PATIENCE_S, False
            while not found and tail.stdout in (ready := wait_readable([tail.stdout, self.pidfd], until)):
                said += os.read(tail.stdout.fileno(), 65536)
                found = re.search(pattern.encode(), said) is not None
            tail.kill()
        self.world.check(found or self.pidfd in ready, f"the station lives and does not write “{pattern}”")
        return found

    def is_dead(self):
        return bool(wait_readable([self.pidfd], 0))

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_S)
        os.close(self.pidfd)

    def end(self):
        self.process.terminate()
        self.world.check(self.process.wait(PATIENCE_S) == 0, "the station does not end")
        os.close(self.pidfd)

    def threads(self):
        """{name: thread}, of names that are there once; the first is main."""
        names = {}
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{thread}/comm") as file:
                names.setdefault(file.read().strip(), []).append(int(thread))
        once = {name.replace(":", "-"): threads[0] for name, threads in names.items() if len(threads) == 1 and not name.startswith("pool")}
        once = {name: thread for name, thread in once.items() if thread != self.pid}
        return {"main": self.pid, **once}

    def trace(self, thread, options):
        return Tracer(self, thread, options)


class World:
    def __init__(self):
        self.now = "before the first fault"
        self.monitor, self.relay, self.tap = Monitor(self), Relay(self), Tap()
        self.to_repeat, self.repeated = {}, 0

    def fail(self, text):
        stranger_fail(f"{self.now}: {text}")

    def check(self, good, text):
        if not good:
            self.fail(text)

    # ---- verbs of people

    def run(self, host, *words):
        return subprocess.Popen([NET, "exec", NET_NAME, host, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def await_event(self, condition, station=None, seconds=PATIENCE_S):
        """Until the client says so. Returns: whether it did, within the time and the station's life."""
        until = time.monotonic() + seconds
        fds = [self.monitor.fd] + ([station.pidfd] if station is not None else [])
        while not condition():
            ready = wait_readable(fds, until)
            if not ready or ready == fds[1:]:
                return False
            if self.monitor.fd in ready:
                self.monitor.take()
        return True

    def drain(self):
        while wait_readable([self.monitor.fd], 0):
            self.monitor.take()

    def verb(self, station, host, *words):
        """Returns: whether it is done with success, and before the station died."""
        process = self.run(host, *words)
        fds = [process.stdout, station.pidfd]
        until = time.monotonic() + PATIENCE_S
        said = b""
        while (ready := wait_readable(fds, until)) and process.stdout in ready:
            octets = os.read(process.stdout.fileno(), 4096)
            said += octets
            if not octets:
                break
        if ready and station.pidfd in ready and process.stdout not in ready or not ready:
            process.kill() # it waits for the word of a dead station, or of nobody
        process.communicate()
        self.said = said.decode(errors="replace")
        with open(f"{WORLD}/log/cli.log", "ab") as file:
            file.write(f"{words}: {process.returncode}\n".encode() + said)
        return process.returncode == 0

    def press(self, station):
        """Returns: the visit, once it rings at the client."""
        if not self.verb(station, "door", "ipdoor-station", "press", "1", "--json", "--state", f"{WORLD}/station"):
            return None
        visit = json.loads(self.said)["visit"]
        return visit if self.await_event(lambda: visit in self.monitor.visits, station) else None

    def visit(self, station):
        """Ring, preview, answer, talk, open, contact, hang-up. Returns: whether all of it happened."""
        visit = self.press(station)
        if visit is None:
            return False
        commands = len(self.monitor.commands)

        def opened():
            return len(self.monitor.commands) > commands and list(self.monitor.commands.values())[-1][-1] == "contact-open"

        return (self.verb(station, "pc", "ipdoor", "answer", visit)
                and self.await_event(lambda: self.monitor.visits[visit] == "talking", station)
                and self.verb(station, "pc", "ipdoor", "open")
                and self.await_event(opened, station)
                and self.verb(station, "pc", "ipdoor", "hangup", visit)
                and self.await_event(lambda: self.monitor.visits[visit] == "ended", station)
                and station.writes_before_it_dies(f" off {list(self.monitor.commands)[-1]}", self.relay.path)
                and station.writes_before_it_dies(f"visit {visit}: ended", f"{WORLD}/log/station.log", station.line))

    def ring_and_open(self, station):
        visit = self.press(station)
        self.check(visit is not None, "the next press does not ring")
        self.check(self.verb(station, "pc", "ipdoor", "open"), "the next visitor finds a closed door")
        self.check(self.await_event(lambda: self.monitor.visits[visit] == "ended"), "the visit does not end with the opening")

    def await_registered(self, station):
        station.said("registered from")

    # ---- what has to hold

    def after_death(self, station):
        self.drain()
        self.to_repeat.update(self.tap.commands())
        station.start()
        self.relay.check_at_rest(station.started_us)
        self.check_history(nothing_yet=True)
        self.await_registered(station)
        for text in self.to_repeat.values():
            self.check(self.tap.send_again(text), "a command that is sent once more is not taken in")
        self.repeated += len(self.to_repeat)
        self.to_repeat.clear()
        idle = self.await_event(lambda: all(state == "ended" for state in self.monitor.visits.values()))
        self.check(idle, "the client still rings or talks for a visit of a station that died")
        self.ring_and_open(station)
        self.relay.check_once()
        self.check_history()
        spent = time.monotonic_ns() // 1000 - station.started_us
        self.check(spent <= PATIENCE_S * 1_000_000, f"ready, registered, rung and opened only after {spent} us")

    def read_database(self):
        with contextlib.closing(sqlite3.connect(f"file:{WORLD}/station/station.db?mode=ro", uri=True)) as database:
            health = database.execute("PRAGMA integrity_check").fetchone()[0]
            self.check(health == "ok", f"the database is damaged: {health}")
            return (database.execute("SELECT id, state FROM accesses").fetchall(), database.execute("SELECT id, ended_us FROM visits").fetchall())

    def check_history(self, nothing_yet=False):
        """All that the client was told is on record once, nothing else is claimed, and the relay's own record agrees."""
        self.drain()
        rows, visits = self.read_database()
        history = dict(rows)
        pulses = self.relay.pulses()
        self.check(len(rows) == len(history), "a command is twice in the history")
        for command, said in self.monitor.commands.items():
            told = [state for state in said if state not in ("requested", "no-answer")]
            self.check(not told or command in history, f"{command} was {told} and is not in the history")
            for state in told:
                self.check(RANK[history[command]] >= RANK[state], f"{command} was {state} and the history says {history[command]}")
        for command in pulses:
            self.check(command in history, f"the relay moved for {command}, which is not in the history")
            self.check(history[command] != "refused", f"the relay moved for {command}, and the history says refused")
        for command, state in history.items():
            moved = state in ("actuated", "contact-open", "contact-timeout")
            self.check(not moved or command in pulses, f"{command} is {state}, and the relay never moved for it")
            self.check(state not in ("requested", "accepted"), f"{command} is {state} for ever")
        for visit in self.monitor.talks:
            ends = [ended for known, ended in visits if known == visit]
            self.check(len(ends) == 1, f"the visit {visit}, in which somebody talked, is {len(ends)} times in the history")
        going_on = [visit for visit, ended in visits if ended == 0]
        self.check(not nothing_yet or not going_on, f"the history says that {going_on} go on, and nobody rings or talks")

    def in_the_end(self, station):
        """Every command has an end at the client too, and no file was put aside."""
        # Whose relay moved waits for its contact, up to half a minute: its last word is true as it is.
        final = ("actuated", "contact-open", "contact-timeout", "refused", "interrupted", "no-answer")
        done = self.await_event(lambda: all(said[-1] in final for said in self.monitor.commands.values()))
        self.check(done, f"a command has no end at the client: {[said for said in self.monitor.commands.values() if said[-1] not in final]}")
        aside = [name for name in os.listdir(f"{WORLD}/station") if "corrupt" in name]
        self.check(not aside, f"a database was put aside: {aside}")
        station.end()
