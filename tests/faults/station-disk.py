# SPDX-License-Identifier: Apache-2.0
# See station-disk, which makes the world.
import contextlib
import faulthandler
import os
import subprocess

from station_world import WORLD, Station, World, address_of, on

STATE = f"{WORLD}/station"
DATABASE = [f"{STATE}/station.db{ending}" for ending in ("", "-wal", "-shm", "-journal")]
WRITES = ("pwrite64", "fdatasync")
AGAIN = "the disk takes records again"


def fill():
    """To the last octet; bounded, should this not be the small disk."""
    with open(f"{STATE}/filler", "wb", buffering=0) as file:
        for size in (65536, 4096, 64):
            with contextlib.suppress(OSError):
                for _ in range(1024):
                    file.write(bytes(size))


def empty():
    os.unlink(f"{STATE}/filler")


def remount(how):
    subprocess.run(["mount", "-o", f"remount,{how}", STATE], check=True)


def told(world, state):
    """Commands whose last word was that."""
    return {command for command, said in world.monitor.commands.items() if said[-1] == state}


def works(world, station):
    """Ring, picture, talk and opening, the open door too. Returns: the commands."""
    world.drain()
    before = told(world, "contact-open")
    world.check(world.visit(station), "ring, talk and opening do not work")
    world.ring_and_open(station)
    world.relay.check_once()
    world.await_event(lambda: len(told(world, "contact-open") - before) == 2)
    made = told(world, "contact-open") - before
    world.check(len(made) == 2 and made <= set(world.relay.pulses()), f"two openings, and the relay moved for {made}")
    return made


def says_so(world, station):
    said = on("door", "ipdoor-station", "status", "--state", STATE)
    world.check("not recorded" in said.stdout, f"status does not say that nothing is recorded: {said.stdout}")
    station.said("not recorded: access")


def is_well(world):
    said = on("door", "ipdoor-station", "status", "--state", STATE)
    world.check("not recorded" not in said.stdout, f"all is well again, and status says: {said.stdout}")


def survives(world, station):
    """What was said is on record, and so it is after the next death."""
    world.check_history()
    station.kill()
    station.start()
    world.relay.check_at_rest(station.started_us)
    world.check_history(nothing_yet=True)
    world.await_registered(station)
    works(world, station)
    world.check_history()


def begin(world, station, *before):
    station.start(*before)
    world.await_registered(station)


# ---- the disk


def full(world, station):
    begin(world, station)
    fill()
    made = works(world, station)
    says_so(world, station)
    recorded = {command for command, _ in world.read_database()[0]}
    world.check(not made & recorded, "the disk was not full, so nothing was tested")
    empty()
    works(world, station)
    survives(world, station)
    station.kill()


def start_on(world, station, spoil, mend, kill):
    begin(world, station)
    works(world, station)
    station.kill() if kill else station.end()
    spoil()
    begin(world, station)
    world.relay.check_at_rest(station.started_us)
    works(world, station)
    says_so(world, station)
    mend()
    station.said(AGAIN, 15)
    is_well(world)
    survives(world, station)
    station.kill()


def full_start(world, station):
    start_on(world, station, fill, empty, kill=False)


def full_start_killed(world, station):
    start_on(world, station, fill, empty, kill=True)


def read_only_start(world, station):
    start_on(world, station, lambda: remount("ro"), lambda: remount("rw"), kill=False)


def read_only_start_killed(world, station):
    start_on(world, station, lambda: remount("ro"), lambda: remount("rw"), kill=True)


def inject(station, calls, how):
    paths = [word for path in DATABASE for word in ("-P", path)]
    return station.trace(station.pid, [*paths, "-e", f"trace={','.join(calls)}", "-e", f"inject={','.join(calls)}:{how}"])


def errors(world, station):
    begin(world, station)
    for how in ("error=EIO", "error=EROFS"):
        tracer = inject(station, WRITES, how)
        works(world, station)
        says_so(world, station)
        tracer.end()
        works(world, station)
        world.check_history()
    survives(world, station)
    station.kill()


def one_error(world, station):
    """One write fails, one sync fails, wherever: the next record takes what waited with it."""
    begin(world, station)
    for call, n in (("fdatasync", 12), ("pwrite64", 60)):
        for when in range(1, n + 1):
            world.now = f"one_error:{call}:{when}"
            tracer = inject(station, (call,), f"error={'EIO' if when % 2 else 'ENOSPC'}:when={when}")
            works(world, station)
            hit = "(INJECTED)" in tracer.end()
            world.check_history()
            if not hit:
                break
            if when % 20 == 0: # before it looks like a client that floods
                survives(world, station)
    survives(world, station)
    station.kill()


# ---- descriptors


def limit(station, n):
    subprocess.run(["prlimit", f"--nofile={n}:", "--pid", str(station.pid)], check=True)


def descriptors(world, station):
    begin(world, station)
    top = max(int(fd) for fd in os.listdir(f"/proc/{station.pid}/fd"))
    limit(station, top + 1)
    world.check(world.verb(station, "pc", "ipdoor", "open"), "without a free descriptor the door does not open")
    world.check(world.verb(station, "pc", "ipdoor", "call", "Main entrance"), "without a free descriptor nobody can look out")
    world.check(world.await_event(lambda: "talking" in world.monitor.visits.values(), station), "looking out shows nothing")
    world.check(world.verb(station, "pc", "ipdoor", "hangup"), "the look-out does not end")
    world.await_event(lambda: "talking" not in world.monitor.visits.values(), station)
    limit(station, top + 4) # for the verb that presses the button
    works(world, station)
    world.check_history()
    limit(station, 4096)
    works(world, station)
    survives(world, station)
    station.kill()


def descriptors_start(world, station):
    done = on("door", "prlimit", "--nofile=40:40", "ipdoor-station", "run", "--state", STATE, "--config", f"{WORLD}/station.conf",
              "--bind", address_of("door"))
    world.check(done.returncode == 1 and "open files" in done.stderr, f"with 40 descriptors: {done.returncode}, {done.stderr}")
    begin(world, station, "prlimit", "--nofile=128:4096")
    works(world, station)
    world.check_history()
    station.kill()


SAMPLE = (full, full_start, errors, descriptors, descriptors_start)
ALL = (full, full_start, full_start_killed, read_only_start, read_only_start_killed, errors, one_error, descriptors, descriptors_start)


def main():
    if "IPDOOR_SWEEP" not in os.environ:
        faulthandler.dump_traceback_later(210, exit=True) # where it hung, before it is ended from outside
    wish = os.environ.get("IPDOOR_SWEEP", "")
    world = World()
    station = Station(world)
    for case in ALL:
        world.now = case.__name__
        if wish in ("full", world.now) or not wish and case in SAMPLE:
            case(world, station)
            print(f"held: {case.__name__}", flush=True)
    begin(world, station)
    world.in_the_end(station)


main()
