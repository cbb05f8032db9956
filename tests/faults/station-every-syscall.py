# SPDX-License-Identifier: Apache-2.0
# See station-every-syscall, which makes the world.
#
# A point is THREAD:CALL:K: the thread's K-th such call from the press on, which never happens since the station is dead before it. strace counts for
# each thread apart, and traces one thread when it is asked for one; so each point is a place in the code and not a moment. Threads that are born
# during the visit (streaming, workers) have no name yet at the press: they are "any", the first of all threads that gets to its K-th call.
import faulthandler
import os
import re
from collections import Counter

from station_world import Station, World

CALLS = ("write", "writev", "pwrite64", "fdatasync", "fsync", "ftruncate", "rename", "renameat", "renameat2", "unlink", "unlinkat", "openat", "sendto",
         "sendmsg", "sendmmsg", "socket", "connect", "bind", "close")
# Not futex, poll, read and recvmsg: they change nothing that anybody else can see, so dying before them is dying after the call before.
SAMPLE = (("main", 3), ("ipdoor-sip", 1), ("any", 1))


def dry_run(world, station):
    """How many of each call each thread makes: {(thread, call): n}; and the calls of main as they came, [(call, text)]."""
    tracers = {name: station.trace(thread, ["-e", "trace=" + ",".join(CALLS)]) for name, thread in station.threads().items()}
    world.check(world.visit(station), "the visit without any fault does not work")
    counts, main_calls = Counter(), []
    for name, tracer in tracers.items():
        calls = re.findall(r"^(\w+)(\(.*)", tracer.end(), re.M)
        counts.update((name, call) for call, _ in calls)
        main_calls = calls if name == "main" else main_calls
    return counts, main_calls


def points_at_the_door(calls):
    """Before and after the relay goes on, and before it goes off: the places where a death could cost most."""
    on, off = ([i for i, (call, text) in enumerate(calls) if call == "write" and re.search(rf'"\d+ {state} ', text)][0] for state in ("on", "off"))
    counts, names = Counter(), []
    for call, _ in calls:
        counts[call] += 1
        names.append(f"main:{call}:{counts[call]}")
    return [names[i] for i in (on, on + 1, off)]


def dry_run_of_newborn(world, station):
    known = set(station.threads().values())
    tracer = station.trace(None, ["-e", "trace=" + ",".join(CALLS)])
    world.check(world.visit(station), "the visit without any fault does not work under strace")
    each = Counter((call, thread) for thread, call in re.findall(r"^(\d+) +(\w+)\(", tracer.end(), re.M) if int(thread) not in known)
    counts = {}
    for (call, _), n in each.items():
        counts["any", call] = max(n, counts.get(("any", call), 0))
    return counts


def points_of(world, station):
    world.ring_and_open(station) # as in each life that is played: what is loaded once is loaded then
    counts, main_calls = dry_run(world, station)
    counts.update(dry_run_of_newborn(world, station))
    return [f"{thread}:{call}:{k}" for (thread, call), n in sorted(counts.items()) for k in range(1, n + 1)], points_at_the_door(main_calls)


def spread(points, n):
    return [points[(2 * i + 1) * len(points) // (2 * n)] for i in range(min(n, len(points)))]


def chosen(points, at_the_door):
    wish, part = os.environ.get("IPDOOR_SWEEP", ""), os.environ.get("IPDOOR_PART", "0/1").split("/")
    if wish == "full":
        return [point for point in points if int(point.rsplit(":", 1)[1]) % int(part[1]) == int(part[0])]
    if wish.isdigit():
        return [points[int(wish) % len(points)]]
    if wish:
        return [wish] if wish.count(":") == 2 else [point for point in points if point.startswith(wish + ":")]
    return at_the_door + [point for thread, n in SAMPLE for point in spread([p for p in points if p.startswith(thread + ":")], n)]


def play(world, station, point):
    """One death and the life after it. Returns: whether the point was reached."""
    thread, call, k = point.split(":")
    world.now = point
    tracer = station.trace(station.threads().get(thread), ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={k}"])
    world.visit(station)
    reached = station.is_dead()
    tracer.end()
    station.kill()
    world.after_death(station)
    return reached


def main():
    if "IPDOOR_SWEEP" not in os.environ:
        faulthandler.dump_traceback_later(210, exit=True) # where it hung, before it is ended from outside
    world = World()
    station = Station(world)
    station.start()
    world.await_registered(station)
    points, at_the_door = points_of(world, station)
    plan = chosen(points, at_the_door)
    print(dict(Counter(point.rsplit(":", 1)[0] for point in points)), flush=True)
    reached = 0
    for point in plan:
        reached += play(world, station, point)
        print(f"held: {point}", flush=True)
    world.in_the_end(station)
    print(f"{len(plan)} of {len(points)} points, {reached} deaths at the call itself, the others after the visit")
    world.check(world.repeated > 0 or len(plan) == 1, "no command was sent once more")
    world.check(reached * 2 >= len(plan), "most points were never reached: what was counted is not what was played")


main()
