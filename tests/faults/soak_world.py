# SPDX-License-Identifier: Apache-2.0
# The programs of a soak, and what each of them says and keeps: a station and PCs, their lines read as they come. For soak.py. Nothing of src/ is in here.
import json
import os
import re
import signal
import sqlite3
import subprocess
import threading

WORLD, BUILD = os.environ["WORLD"], os.environ["BUILD"]
NET, NET_NAME = os.environ["NET"], os.environ["NET_NAME"]
PATIENCE_S = 40  # for anything that comes by itself
CLOCK = f"{BUILD}/tests/faults/libshifted-clock.so"


class Trouble(Exception):
    pass


class Watch:
    """One lock for all that programs say; whoever waits is woken by each line."""

    def __init__(self):
        self.changed = threading.Condition()

    def until(self, seen, seconds, what):
        with self.changed:
            if not self.changed.wait_for(seen, seconds):
                raise Trouble(f"{what}: not within {seconds} s")


watch = Watch()


class Program:
    """A program on a host, its lines read as they come and kept in log/NAME.log."""

    def __init__(self, name, host, command, env, take, stream="stderr"):
        self.name, self.take, self.ended = name, take, False
        self.log = open(f"{WORLD}/log/{name}.log", "ab")
        pipes = {stream: subprocess.PIPE, "stdin": subprocess.DEVNULL}
        pipes["stdout" if stream == "stderr" else "stderr"] = subprocess.DEVNULL
        self.process = subprocess.Popen([NET, "exec", NET_NAME, host, *command], env=env, **pipes)
        self.reader = threading.Thread(target=self.read, args=(getattr(self.process, stream),), daemon=True)
        self.reader.start()

    def read(self, pipe):
        for line in pipe:
            self.log.write(line)
            self.log.flush()
            with watch.changed:
                self.take(line.decode(errors="replace").rstrip("\n"))
                watch.changed.notify_all()
        with watch.changed:
            self.ended = True
            watch.changed.notify_all()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self.reader.join(1) # a child of it may still hold the other end
        return code

    def alive(self):
        return self.process.poll() is None


def with_clock(env, host):
    if os.path.exists(CLOCK):
        env = dict(env, LD_PRELOAD=CLOCK, IPDOOR_CLOCK=f"{WORLD}/run/clock-{host}")
        env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return env


def verb(host, env, *words, seconds=PATIENCE_S):
    done = subprocess.run([NET, "exec", NET_NAME, host, *words], env=env, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)
    with open(f"{WORLD}/log/verbs.log", "a") as log:
        log.write(f"{host} {' '.join(words)}: {done.returncode} {done.stdout}{done.stderr}\n")
    return done


class Station:
    LINE = re.compile(r"(visit|command) (\S{22}): (.*)")

    def __init__(self, address):
        self.address, self.state, self.program = address, f"{WORLD}/station", None
        self.ended, self.talks, self.lines = {}, set(), 0

    def take(self, line):
        self.lines += 1
        self.ready = self.ready or " ready: " in line
        found = self.LINE.search(line)
        if found and found[1] == "visit" and found[3].startswith("ended, "):
            self.ended.setdefault(found[2], []).append(found[3][7:].split(",")[0])

    def start(self):
        self.ready = False
        command = ["ipdoor-station", "run", "--state", self.state, "--bind", self.address, "--speaker", "none", "--set", "visit.ring-seconds=30"]
        self.program = Program("station", "door", command, with_clock(dict(os.environ), "door"), self.take)
        watch.until(lambda: self.ready or self.program.ended, PATIENCE_S, "the station is ready")
        if not self.ready:
            raise Trouble("the station did not start")

    def verb(self, *words):
        done = verb("door", dict(os.environ), "ipdoor-station", *words, "--state", self.state, "--json")
        return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else {}

    def pulses(self):
        with open(f"{self.state}/sim/door.relay") as file:
            return [line.split()[2] for line in file if line.split()[1] == "on"]

    def rows(self):
        with sqlite3.connect(f"file:{self.state}/station.db?mode=ro", uri=True, timeout=PATIENCE_S) as db:
            return {row[0]: row[1:] for row in db.execute("SELECT id, outcome, answered_by, opened_by, ended_us FROM visits")}


class Pc:
    def __init__(self, host, name, ui):
        self.host, self.name, self.ui = host, name, ui
        self.address = subprocess.check_output([NET, "addr", NET_NAME, host], text=True).strip()
        self.env = dict(os.environ)
        for folder in ("run", "config", "data", "state", "cache"):
            os.makedirs(f"{WORLD}/{host}/{folder}", mode=0o700, exist_ok=True)
            self.env["XDG_RUNTIME_DIR" if folder == "run" else f"XDG_{folder.upper()}_HOME"] = f"{WORLD}/{host}/{folder}"
        self.visits, self.ready, self.enrolled, self.rung = {}, False, False, set()
        self.agent = self.monitor = None

    def take(self, line):
        self.up = self.up or line.endswith("ready") or " ready" in line

    def hear(self, line):
        event = json.loads(line)
        if event["event"] == "status":
            self.ready, self.enrolled = event["ready"], event["enrolled"]
        elif event["event"] == "visit":
            self.visits.setdefault(event["id"], {}).update(event)

    def start(self):
        self.up = False
        command = ["ipdoor-agent", "--bind", self.address] + (["--ui", self.ui] if self.ui else [])
        self.agent = Program(f"agent-{self.host}", self.host, command, with_clock(self.env, self.host), self.take)
        watch.until(lambda: self.up or self.agent.ended, PATIENCE_S, f"the agent of {self.name} is up")
        self.monitor = Program(f"monitor-{self.host}", self.host, ["ipdoor", "monitor", "--json"], self.env, self.hear, "stdout")

    def kill(self, number=signal.SIGKILL):
        self.agent.stop(number)
        if self.monitor.alive():
            self.monitor.stop()
        self.ready = False
        for visit in self.visits.values():
            visit["state"] = "ended"

    def verb(self, *words):
        return verb(self.host, self.env, "ipdoor", *words)

    def state_of(self, visit):
        return self.visits.get(visit, {}).get("state", "none")

    def windows(self):
        done = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "ipdoor"], capture_output=True, text=True)
        return done.stdout.split() if self.ui is None else []
