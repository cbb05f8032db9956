# SPDX-License-Identifier: Apache-2.0
# A working day at one door in little time, drawn from a seed: visitors ring, are answered, let in, ignored; people look out, come and go; and
# programs are killed, networks cut, disks filled and clocks set meanwhile. After each step everything that can be seen must agree: who was rung, what
# the relay did, what each PC and each history says, which windows are open. At the end nothing may have grown. Started by scripts/soak.
import json
import os
import random
import signal
import subprocess
import sys
import time

from soak_world import BUILD, CLOCK, NET, NET_NAME, PATIENCE_S, WORLD, Pc, Station, Trouble, verb, watch

SECONDS, SEED, OUT = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
BACK_S = 60  # for a PC that was away: its registration is tried again at least every 30 s
WINDOW_S = 30  # a window that says how it ended goes by itself after some seconds; on a busy machine it may only be coming
EARLY = 0.3  # of the day: later nobody kills the programs whose growth is measured
CAN_FILL = os.environ.get("SOAK_DISK") == "small"
CAN_CUT = os.environ.get("SOAK_NET") == "namespaces"
SIZES_COUNT = os.environ.get("SOAK_SIZES") == "yes"
ENDED = ("ended",)
RINGS = ("ringing", "previewing")
# What a program may grow by from one quarter of the measured time to the last: what caches of libraries take is in the first.
LIMITS = {"rss_kb": lambda first: max(4096, first * 0.08), "fds": lambda first: 4, "threads": lambda first: 3, "files": lambda first: 4, "children": lambda first: 0,
          "log_bytes_a_step": lambda first: max(500, first)}


class Day:
    def __init__(self):
        self.random = random.Random(SEED)
        self.station = Station(subprocess.check_output([NET, "addr", NET_NAME, "door"], text=True).strip())
        self.pcs = [Pc("pc", "Front desk", None), Pc("pc2", "Back office", "media")]
        self.expected, self.commands, self.step_name, self.counts, self.samples, self.steps = {}, 0, "the start", {}, [], []
        self.begun = time.monotonic()

    # ---- what is seen

    def check(self, good, text):
        if not good:
            raise Trouble(text)

    def ready_pcs(self):
        return [pc for pc in self.pcs if pc.ready]

    def all_back(self):
        """Every PC that is enrolled can be rung again."""
        for pc in self.pcs:
            if pc.enrolled:
                watch.until(lambda: pc.ready, BACK_S, f"{pc.name} is ready again")

    def press(self):
        """A visitor: rung is whoever can be, and nobody else."""
        pcs = self.ready_pcs()
        code, said = self.station.verb("press", "1")
        self.check(code == 0, "the button could not be pressed")
        visit = said["visit"]
        self.expected[visit] = {"outcome": None}
        self.check(said["rings"] == len(pcs), f"{said['rings']} are rung, and {len(pcs)} could be")
        for pc in pcs:
            watch.until(lambda: pc.state_of(visit) in RINGS, PATIENCE_S, f"{pc.name} rings")
            pc.rung.add(visit)
        return visit, pcs

    def over(self, visit, outcome, **more):
        """The visit is over for everybody, and for the same reason."""
        self.expected[visit] = dict(more, outcome=outcome)
        watch.until(lambda: visit in self.station.ended, PATIENCE_S, "the station ends the visit")
        for pc in self.pcs:
            if visit in pc.visits:
                watch.until(lambda: pc.state_of(visit) in ENDED, PATIENCE_S, f"{pc.name} ends the visit")
        self.check(self.station.ended[visit] in ([outcome], None), f"the station says {self.station.ended[visit]}, not {outcome}")

    def answer(self, visit, pc):
        self.check(pc.verb("answer").returncode == 0, f"{pc.name} could not answer")
        watch.until(lambda: pc.state_of(visit) == "talking", PATIENCE_S, f"{pc.name} talks")
        for other in self.pcs:
            if other is not pc and visit in other.visits:
                watch.until(lambda: other.state_of(visit) in ENDED, PATIENCE_S, f"{other.name} hears that somebody answered")
                reason = other.visits[visit].get("reason")
                self.check(reason == "answered-elsewhere", f"{other.name} was told “{reason}”")

    def open(self, pc):
        before = len(self.station.pulses())
        done = pc.verb("open")
        self.check(done.returncode == 0, f"{pc.name} could not open: {done.stdout}{done.stderr}")
        self.check(len(self.station.pulses()) == before + 1, "one command did not move the relay once")
        self.commands += 1

    def hang_up(self, visit, pc, outcome="hangup", **more):
        self.check(pc.verb("hangup").returncode == 0, f"{pc.name} could not hang up")
        self.over(visit, outcome, answered_by=pc.name, **more)

    # ---- steps

    def visit_answered(self):
        visit, pcs = self.press()
        pc = self.random.choice(pcs)
        self.answer(visit, pc)
        more = {}
        if self.random.random() < 0.4:
            self.open(pc)
            more = {"opened_by": pc.name}
        if self.random.random() < 0.3:
            self.check(pc.verb("hold").returncode == 0 and pc.verb("resume").returncode == 0, "a talk could not be held and go on")
        self.hang_up(visit, pc, **more)

    def visit_opened(self):
        visit, pcs = self.press()
        pc = self.random.choice(pcs)
        self.open(pc)
        self.over(visit, "opened", opened_by=pc.name)

    def visit_rejected(self):
        visit, pcs = self.press()
        for pc in self.random.sample(pcs, len(pcs)):
            self.check(pc.verb("reject").returncode == 0, f"{pc.name} could not reject")
        self.over(visit, "rejected")

    def visit_missed(self):
        visit, _ = self.press()
        self.over(visit, "missed")

    def look_out(self):
        pc = self.random.choice(self.ready_pcs())
        known = set(pc.visits)
        self.check(pc.verb("call", "Main entrance").returncode == 0, f"{pc.name} could not look out")
        talking = lambda: [v for v in pc.visits if v not in known and pc.state_of(v) == "talking"]
        watch.until(talking, PATIENCE_S, f"{pc.name} sees the door")
        visit = talking()[0]
        self.hang_up(visit, pc)

    def enrolled_anew(self):
        """A licence is removed, and given again: in between that PC is not rung."""
        pc = self.pcs[1]
        client = next(c for c in self.clients() if c["name"] == pc.name)
        code, _ = self.station.verb("licence", "remove", client["id"])
        self.check(code == 0, "the licence could not be removed")
        watch.until(lambda: not pc.ready, BACK_S, f"{pc.name} hears that it may not")
        visit, pcs = self.press()
        self.check(pc not in pcs, "it is ready without a licence")
        self.check(pcs[0].verb("reject").returncode == 0, "the visitor could not be rejected")
        self.over(visit, "rejected")
        self.check(visit not in pc.visits, f"{pc.name} was rung without a licence")
        pc.verb("un-enrol")
        watch.until(lambda: not pc.enrolled, PATIENCE_S, f"{pc.name} has left")
        pc.rung.clear()
        self.enrol(pc)

    def clients(self):
        _, said = self.station.verb("clients")
        return said.get("clients", [])

    def agent_killed(self):
        pc = self.victim()
        other = next(p for p in self.pcs if p is not pc)
        when = self.random.choice(("idle", "ringing", "talking"))
        visit = None
        if when != "idle":
            visit, _ = self.press()
        if when == "talking":
            self.answer(visit, pc)
        if when == "ringing":
            pc.rung.discard(visit) # who dies in the first second of a ring may not know of it: the row is written behind the picture
        pc.kill()
        if when == "ringing":
            self.check(other.verb("reject").returncode == 0, f"{other.name} could not reject")
        pc.start()
        watch.until(lambda: pc.ready, BACK_S, f"{pc.name} is back")
        if when == "ringing" and visit not in self.station.ended:
            watch.until(lambda: pc.state_of(visit) in (*RINGS, "ended") or visit in self.station.ended, PATIENCE_S, f"{pc.name} is rung again")
            pc.verb("reject")
        if when == "ringing":
            watch.until(lambda: visit in self.station.ended, PATIENCE_S, "the visit ends")
            self.over(visit, self.station.ended[visit][0])
        if when == "talking":
            self.over(visit, "hangup", answered_by=pc.name)

    def victim(self):
        """Late in the day the first PC's agent lives on: its growth is measured."""
        return self.random.choice(self.pcs) if self.is_early() else self.pcs[1]

    def is_early(self):
        return time.monotonic() - self.begun < EARLY * SECONDS

    def station_killed(self):
        when = self.random.choice(("idle", "ringing", "talking"))
        visit = None
        if when != "idle":
            visit, pcs = self.press()
        if when == "talking":
            self.answer(visit, pcs[0])
        self.station.program.stop(signal.SIGKILL)
        self.station.start()
        for pc in self.pcs:
            if visit in pc.visits:
                watch.until(lambda: pc.state_of(visit) in ENDED, BACK_S, f"{pc.name} ends a visit whose station has died")
        if when == "ringing":
            del self.expected[visit] # its row is written behind the picture, at the latest after a second
        self.all_back()

    def station_restarted(self):
        code = self.station.program.stop()
        self.check(code == 0, f"the station ended with {code}")
        self.station.start()
        self.all_back()

    def network_cut(self):
        pc = self.random.choice(self.pcs)
        interface = subprocess.check_output([NET, "interface", NET_NAME, pc.host], text=True).strip()
        visit = None
        if self.random.random() < 0.5:
            visit, _ = self.press()
            self.answer(visit, pc)
        verb(pc.host, pc.env, "ip", "link", "set", interface, "down")
        time.sleep(self.random.uniform(0.2, 3)) # how long the network is away is the fault itself
        verb(pc.host, pc.env, "ip", "link", "set", interface, "up")
        self.all_back()
        if visit is not None:
            self.check(pc.state_of(visit) == "talking", f"a talk did not outlive a short cut: {pc.state_of(visit)}")
            self.hang_up(visit, pc)

    def desktop_killed(self):
        pc = self.pcs[0]
        self.await_windows(pc, False)
        visit, _ = self.press()
        talking = self.random.random() < 0.5
        if talking:
            self.answer(visit, pc)
        window = self.await_windows(pc, True)[-1]
        owner = subprocess.run(["xdotool", "getwindowpid", window], capture_output=True, text=True).stdout.strip()
        if owner: # else it has just given way to another one
            os.kill(int(owner), signal.SIGKILL)
        self.check(pc.state_of(visit) in (*RINGS, "talking"), "the visit went with its window")
        self.await_windows(pc, True)
        if talking:
            self.hang_up(visit, pc)
        else:
            self.open(self.random.choice(self.ready_pcs()))
            watch.until(lambda: visit in self.station.ended, PATIENCE_S, "the visit ends")
            self.over(visit, "opened")

    def disk_full(self):
        path = f"{self.station.state}/filler"
        with open(path, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(65536))
            except OSError:
                pass
        try:
            self.visit_answered()
            self.visit_opened()
        finally:
            os.remove(path)
        self.await_rows()

    def await_rows(self):
        """What could not be written is written soon after it can be."""
        until = time.monotonic() + PATIENCE_S
        while not self.expected.keys() <= self.station.rows().keys():
            self.check(time.monotonic() < until, "what the disk did not take is not written when it takes it again")
            time.sleep(0.2) # a database tells nobody of a new row

    def clock_set(self):
        host = self.random.choice(("door", "pc", "pc2"))
        self.set_clock(host, self.random.choice((-86400, -3600, 3600, 86400)))
        self.visit_answered()
        self.set_clock(host, 0)
        self.visit_opened()

    def set_clock(self, host, seconds):
        subprocess.run([f"{BUILD}/tests/faults/set-clock", f"{WORLD}/run/clock-{host}", str(seconds)], check=True)

    # ---- what holds after every step

    def await_windows(self, pc, wanted):
        until = time.monotonic() + WINDOW_S
        windows = pc.windows()
        while pc.ui is None and bool(windows) != wanted:
            if time.monotonic() > until:
                raise Trouble("no window of the visit is on the screen" if wanted else f"windows without a visit: {windows}")
            time.sleep(0.1) # xdotool answers once; nothing tells of a window that goes
            windows = pc.windows()
        return windows

    def settle(self):
        self.all_back()
        for pc in self.pcs:
            self.check(pc.agent.alive(), f"the agent of {pc.name} is gone")
        # A window says for some seconds how its visit ended, and the next visitor need not wait for that.
        self.quiet = self.random.random() < 0.3
        if self.quiet:
            self.await_windows(self.pcs[0], False)
        self.check(self.station.program.alive(), "the station is gone")
        pulses = self.station.pulses()
        self.check(len(pulses) == len(set(pulses)), "a command moved the relay twice")
        self.check(len(pulses) == self.commands, f"{len(pulses)} pulses, {self.commands} commands were accepted")
        _, status = self.station.verb("status")
        self.check(status.get("visit") == "idle", f"a visit goes on at the station: {status.get('visit')}")

    def check_history(self):
        rows = self.station.rows()
        unfinished = [visit for visit, row in rows.items() if row[3] == 0]
        self.check(not unfinished, f"visits go on in the station's history: {unfinished}")
        for visit, known in self.expected.items():
            self.check(visit in rows, f"the station's history does not know visit {visit}")
            outcome, answered_by, opened_by, _ = rows[visit]
            self.check(known["outcome"] in (None, outcome), f"the station's history says “{outcome}” of visit {visit}, it was “{known['outcome']}”")
            self.check(answered_by == known.get("answered_by", answered_by), f"the history says that “{answered_by}” answered visit {visit}")
            self.check(opened_by == known.get("opened_by", opened_by), f"the history says that “{opened_by}” opened in visit {visit}")
        for pc in self.pcs:
            done = pc.verb("history", "--json", "--limit", "1000")
            told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            ids = [row["id"] for row in told]
            self.check(len(ids) == len(set(ids)), f"the history of {pc.name} has a row twice")
            missing = pc.rung - set(ids) if len(ids) < 1000 else set()
            self.check(not missing, f"the history of {pc.name} does not know {sorted(missing)[:3]}")

    # ---- resources

    def programs(self):
        yield "station", self.station.program, self.station.state
        for pc in self.pcs:
            yield f"agent-{pc.host}", pc.agent, f"{WORLD}/{pc.host}"

    def sample(self):
        for name, program, folder in self.programs():
            pid = program.process.pid
            with open(f"/proc/{pid}/status") as file:
                fields = dict(line.split(":", 1) for line in file)
            self.samples.append({"at": time.monotonic() - self.begun, "step": sum(self.counts.values()), "name": name, "pid": pid,
                                 "rss_kb": int(fields["VmRSS"].split()[0]), "threads": int(fields["Threads"]),
                                 "fds": len(os.listdir(f"/proc/{pid}/fd")), "files": sum(len(files) for _, _, files in os.walk(folder)), "children": self.children(pid),
                                 "log_bytes": os.path.getsize(f"{WORLD}/log/{name}.log")})

    @staticmethod
    def children(pid):
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return len(file.read().split())

    def growth(self):
        """From the first quarter to the last of the time that the same process lived at the end."""
        rows = []
        for name, program, _ in self.programs():
            own = [s for s in self.samples if s["name"] == name and s["pid"] == program.process.pid]
            own = own[len(own) // 5:] # a library's first visits fill its caches
            if len(own) < 12:
                continue
            quarter = len(own) // 4
            first, last = own[:quarter], own[-quarter:]
            rows.append((name, "rss_kb", *(sorted(s["rss_kb"] for s in part)[quarter // 2] for part in (first, last))))
            for key in ("fds", "threads", "files", "children"): # they come and go with a visit: what stays is there at the quietest moment, too
                rows.append((name, key, *(min(s[key] for s in part) for part in (first, last))))
            steps = [max(part[-1]["step"] - part[0]["step"], 1) for part in (first, last)]
            octets = [part[-1]["log_bytes"] - part[0]["log_bytes"] for part in (first, last)]
            rows.append((name, "log_bytes_a_step", octets[0] // steps[0], octets[1] // steps[1]))
        return rows

    # ---- the day

    def enrol(self, pc):
        _, said = self.station.verb("enrol-code", "--name", pc.name)
        done = pc.verb("enrol", said["code"], "--station", self.station.address)
        self.check(done.returncode == 0, f"{pc.name} could not enrol")
        watch.until(lambda: pc.ready, PATIENCE_S, f"{pc.name} is ready")

    def begin(self):
        for host in ("door", "pc", "pc2"):
            if os.path.exists(CLOCK):
                self.set_clock(host, 0)
        self.station.start()
        for pc in self.pcs:
            pc.start()
            self.enrol(pc)

    def choices(self):
        steps = [(8, self.visit_answered), (8, self.visit_opened), (4, self.visit_rejected), (4, self.look_out), (1, self.visit_missed),
                 (2, self.enrolled_anew), (2, self.agent_killed), (2, self.desktop_killed)]
        if self.is_early():
            steps += [(2, self.station_killed), (1, self.station_restarted)]
        if CAN_CUT:
            steps.append((2, self.network_cut))
        if CAN_FILL:
            steps.append((2, self.disk_full))
        if os.path.exists(CLOCK):
            steps.append((2, self.clock_set))
        return steps

    def step(self):
        weights, steps = zip(*self.choices())
        chosen = self.random.choices(steps, weights)[0]
        self.step_name = chosen.__name__
        self.steps.append(self.step_name)
        started = time.monotonic()
        chosen()
        played = time.monotonic()
        self.settle()
        with open(f"{WORLD}/log/steps.log", "a") as log:
            log.write(f"{started - self.begun:8.1f} s {self.step_name}: {played - started:.1f} s, then {time.monotonic() - played:.1f} s to settle\n")
        self.counts[self.step_name] = self.counts.get(self.step_name, 0) + 1
        if sum(self.counts.values()) % 10 == 0:
            self.check_history()
        if self.quiet:
            self.sample()

    def run(self):
        self.begin()
        self.begun = time.monotonic()
        while time.monotonic() - self.begun < SECONDS:
            self.step()
        self.step_name = "the end of the day"
        self.await_windows(self.pcs[0], False)
        self.check_history()
        grown = self.growth()
        for name, key, first, last in grown:
            self.check(not SIZES_COUNT or last - first <= LIMITS[key](first), f"{name} has grown: {key} from {first} to {last}")
        return grown

    def stop(self):
        for pc in self.pcs:
            if pc.agent and pc.agent.alive():
                pc.kill(signal.SIGTERM)
        if self.station.program and self.station.program.alive():
            code = self.station.program.stop()
            self.check(code == 0, f"the station ended with {code}")


def report(day, trouble, grown):
    os.makedirs(OUT, exist_ok=True)
    words = {"seed": SEED, "seconds": round(time.monotonic() - day.begun), "trouble": trouble, "steps": day.counts, "visits": len(day.expected),
             "openings": day.commands, "growth": [dict(zip(("program", "what", "first_quarter", "last_quarter"), row)) for row in grown],
             "last_steps": day.steps[-20:]}
    with open(f"{OUT}/report.json", "w") as file:
        json.dump(words, file, indent=1)
        file.write("\n")
    with open(f"{OUT}/samples.jsonl", "w") as file:
        file.writelines(json.dumps(sample) + "\n" for sample in day.samples)
    print(f"{sum(day.counts.values())} steps in {words['seconds']} s, {words['visits']} visits, {day.commands} openings: "
          + ", ".join(f"{name} {n}" for name, n in sorted(day.counts.items())))
    for name, key, first, last in grown:
        print(f"  {name:12} {key:18} {first:8} {last:8}")


def main():
    day, trouble, grown = Day(), None, []
    try:
        grown = day.run()
        day.stop()
    except (Trouble, subprocess.TimeoutExpired, OSError, StopIteration, LookupError, ValueError) as error:
        trouble = f"{day.step_name}: {error!r}"
        grown = day.growth()
    report(day, trouble, grown)
    if trouble:
        print(f"FAILED: seed {SEED}, step {len(day.steps)}, {trouble}", file=sys.stderr)
        sys.exit(1)


main()
