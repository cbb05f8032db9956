# SPDX-License-Identifier: Apache-2.0
# What the row scripts of this folder have in common. Each is run by scripts/bench with SOURCE and BUILD set, makes a world of its own
# (tests/system/world.sh), measures from outside and calls `row`. By hand: SOURCE=$PWD BUILD=$PWD/build bench/idle
#
#   row NAME VALUE [P99 [N [PEER=VALUE...]]]   one JSON object on standard output; everything else goes to standard error.
#                                              NAME is in bench/rows.table, which has unit and budget; "" = not known.
#   note TEXT                                  a remark for the table: what a peer had, why it has no figure
#   median, p99                                of the numbers on standard input, one a line
#   phones                                     the peers in a station's configuration, with $SECRET
#   tree PID                                   a process and all its descendants
#
# A script that fails costs its own rows only. It says why in its last line on standard error: world_fail does, or `die`.
. "$SOURCE/tests/system/world.sh"
exec {ROWS_FD}>&1 1>&2

median () { sort -n | awk '{ v[NR] = $1 } END { if (NR) print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
p99 () { sort -n | awk '{ v[NR] = $1 } END { i = int(NR * 0.99 + 0.999999); if (i > NR) i = NR; if (NR) print v[i] }'; }

SECRET=fourteen-of-them-is-too-few
phones () { printf '[phone %s]\nname=%s\nsecret=%s\n' baresip baresip "$SECRET" linphone linphone "$SECRET"; }
tree () { local pid; echo "$1"; for pid in $(cat "/proc/$1/task"/*/children 2>/dev/null); do tree "$pid"; done; }

die () { printf 'FAILED: %s\n' "$1"; exit 1; }
note () { printf 'note: %s\n' "$1"; }

# The ratio is ours to the best peer's; for all rows less is better.
row () {
  awk -v name="$1" -v value="$2" -v p99="${3:-}" -v n="${4:-1}" -v peers="${*:5}" '
    function number (x) { return x == "" ? "null" : x }
    /^#/ || $2 != name { next }
    {
      unit = $3; ok = value != ""
      if ($4 != "-") { budget = $4; ok = ok && value + 0 <= $4 }
      if ($5 != "-") { if (budget == "") budget = $5; ok = ok && p99 != "" && p99 + 0 <= $5 }
      found = 1
    }
    END {
      if (!found) { print "bench/rows.table has no row " name > "/dev/stderr"; exit 1 }
      count = split(peers, pair, " ")
      for (i = 1; i <= count; i++) {
        split(pair[i], part, "=")
        if (part[2] == "") continue
        list = list (list == "" ? "" : ", ") "\"" part[1] "\": " part[2]
        if (best == "" || part[2] + 0 < best) best = part[2] + 0
      }
      ratio = best > 0 && value != "" ? sprintf("%.2f", value / best) : "null"
      printf "{\"name\": \"%s\", \"unit\": \"%s\", \"value\": %s, \"p99\": %s, \"n\": %d, \"peers\": {%s}, \"ratio\": %s, \"budget\": %s, \"ok\": %s}\n",
        name, unit, number(value), number(p99), n, list, ratio, number(budget), ok ? "true" : "false"
    }' "$SOURCE/bench/rows.table" >&"$ROWS_FD" || die "the row $1 could not be written"
}
