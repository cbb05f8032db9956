# SPDX-License-Identifier: Apache-2.0
"""What the cells of the grid of bad networks must keep, and their table. usage: impaired-judge.py RESULTS CELL..."""
import json
import re
import sys

BUSY_MS = 800  # a first picture over a good network takes some 150
FAR_MS = 250  # with losses, one way: beyond it a packet that is sent again comes too late for the next picture
MILD_MS = 20  # one way, the mildest cell: what is further away may take its trips longer


def option(cell, name):
    match = re.search(rf"--{name} ([0-9.]+)", cell["options"])
    return float(match.group(1)) if match else 0.0


def is_busy(cell):
    """A machine that shows no flowing picture and no clean sound over a good network cannot judge a bad one."""
    return any(
        good["no_picture"] > 0 or max(good["first_picture_ms"]["all"], default=0) > BUSY_MS or (good["frozen"] or 0) > 0.05 or (good["tone"] or 0) < 0.95
        for good in cell["good"]
    )


def faults(cell):
    """Sentences about what was not kept."""
    quiet = not is_busy(cell)
    loss, calls = option(cell, "loss"), cell["calls"]
    near = loss == 0 or loss <= 10 and option(cell, "delay") <= FAR_MS
    late_ms = max(0, option(cell, "delay") + option(cell, "jitter") - MILD_MS)
    picture = cell["first_picture_ms"]
    clean = loss == 0 and option(cell, "reorder") == 0
    # The limits are the network's: what the machine takes on a good one is no part of them.
    machine_ms = max(ms for good in cell["good"] for ms in good["first_picture_ms"]["all"] or [BUSY_MS + 1])
    limit_ms = machine_ms + (3 * late_ms + 1000 if clean else 6 * late_ms + 3000)
    seen_late = sum(1 for ms in picture["all"] if ms > limit_ms)
    # Where one in a hundred may fail, one call of up to a hundred may: the SIP of a ring can lose the same request three times.
    rules = [
        (len(cell["failed"]) > cell["setups"] * (0.01 if loss <= 10 else 0.05), f"set-ups failed: {', '.join(cell['failed'])}"),
        (near and cell["no_picture"] > 0, f"{cell['no_picture']} calls without a picture"),
        (quiet and clean and seen_late > 0 or quiet and near and seen_late > (calls + 99) // 100, f"{seen_late} first pictures came after {limit_ms:.0f} ms: {picture['all']}"),
        (cell["rings_twice"] > 0, f"{cell['rings_twice']} visits rang twice"),
        (cell["pulses"] > cell["opens"], f"{cell['opens']} openings moved the relay {cell['pulses']} times"),
        (loss <= 10 and cell["pulses"] < cell["opens"], f"{cell['opens']} openings moved the relay {cell['pulses']} times"),
        (quiet and loss <= 5 and cell["tone"] is not None and cell["tone"] < 0.9, f"only {cell['tone']:.2f} of the tone was heard"),
        (quiet and loss == 0 and cell["frozen"] is not None and cell["frozen"] > 0.1, f"the picture stood still for {cell['frozen']:.2f} of the time"),
        (quiet and loss <= 10 and late_ms == 0 and cell["frozen"] is not None and cell["frozen"] > 0.35, f"the picture stood still for {cell['frozen']:.2f} of the time"),
        (cell["grown_kb"] > 8192, f"station and agent grew by {cell['grown_kb']} kB"),
    ]
    return [f"cell {cell['cell']} ({cell['options']}): {words}" for broken, words in rules if broken]


def row(cell):
    picture = cell["first_picture_ms"]
    share = 100 * (1 - len(cell["failed"]) / cell["setups"])
    frozen = "" if cell["frozen"] is None else f"{100 * cell['frozen']:.0f} %"
    tone = "" if cell["tone"] is None else f"{100 * cell['tone']:.0f} %"
    name = cell["options"].replace("--", "").strip()
    return f"| {name} | {cell['setups']} | {share:.1f} % | {picture['median']} ms | {max(picture['all'], default=0)} ms | {cell['no_picture']} | {frozen} | {tone} |"


def main():
    cells = []
    for path in sys.argv[2:]:
        with open(path) as file:
            cells.append(json.load(file))
    cells.sort(key=lambda cell: (option(cell, "duplicate"), option(cell, "delay"), option(cell, "jitter"), option(cell, "burst"), option(cell, "loss")))
    with open(sys.argv[1], "w") as file:
        json.dump({"cells": cells}, file, indent=1)
    print("| network | set-ups | succeeded | first picture, median | longest | none | stood still | tone heard |\n|---|---|---|---|---|---|---|---|")
    for cell in cells:
        print(row(cell))
    for cell in filter(is_busy, cells):
        print(f"cell {cell['cell']}: this machine is too busy for pictures and sound even over a good network; only calls, rings and openings are judged")
    broken = [words for cell in cells for words in faults(cell)]
    for words in broken:
        print(f"FAILED: {words}", file=sys.stderr)
    sys.exit(1 if broken else 0)


main()
