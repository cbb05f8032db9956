# SPDX-License-Identifier: Apache-2.0
# Sourced by the linters. A linter takes the source root, prints each finding as FILE:LINE: TEXT and fails when there was one.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # used by those who source this
table="$here/layers.table"
findings=0

finding() {
  echo "$*"
  findings=$((findings + 1))
}

verdict() {
  if [ "$findings" -gt 0 ]; then
    echo "$findings finding(s)"
    exit 1
  fi
  exit 0
}

# Sources of ours in the tree under $1: what git knows when it is a checkout, every file otherwise.
files_of() {
  if git -C "$1" rev-parse --is-inside-work-tree >/dev/null 2>&1 && [ -e "$1/.git" ]; then
    git -C "$1" ls-files --cached --others --exclude-standard | while read -r f; do [ -f "$1/$f" ] && echo "$f"; done
  else
    (cd "$1" && find . -type f -not -path './build*' | sed 's,^\./,,')
  fi
}
