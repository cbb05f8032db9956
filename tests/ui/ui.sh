# SPDX-License-Identifier: Apache-2.0
# What the tests of the desktop share: a screen, a bus, the fake agent, and a desktop that follows it. Sourced.
#
#   BUILD, SOURCE   as for tests/system/world.sh
#   UI_LANGUAGE     en (default) or it          UI_DARK   1: dark          UI_TEXT_PERCENT   size of letters, default 100
set -u
. "$SOURCE/tests/system/world.sh"

ui_begin () {
  local tool
  for tool in Xvfb openbox xdotool dbus-daemon; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed" >&2; exit 77; }
  done
  world_begin
  export LC_ALL=C.UTF-8 LOCPATH=$BUILD/tests GDK_BACKEND=x11 IPDOOR_TRACE=1
  [ "${UI_LANGUAGE:-en}" != it ] || export LC_ALL=it_IT.UTF-8
  unset LANGUAGE
  mkdir -p "$XDG_CONFIG_HOME/gtk-4.0"
  printf '[Settings]\ngtk-application-prefer-dark-theme=%s\ngtk-font-name=Sans %d\n' "${UI_DARK:-0}" \
    "$((10 * ${UI_TEXT_PERCENT:-100} / 100))" >"$XDG_CONFIG_HOME/gtk-4.0/settings.ini"
  ui_screen
  world_bus
}

ui_screen () {
  local number=$WORLD/run/display
  mkfifo "$number"
  world_spawn xvfb Xvfb -displayfd 5 -screen 0 1280x800x24 -nolisten tcp -noreset 5<>"$number"
  DISPLAY=:$(timeout 20 head -n 1 "$number") || world_fail "Xvfb did not start"
  export DISPLAY
  unset WAYLAND_DISPLAY
  world_spawn openbox openbox --sm-disable
}

# ui_agent [OPTION...]: lines for it by ui_say, its words in log/agent.log.
ui_agent () {
  mkfifo "$WORLD/run/script"
  "$BUILD/tests/fake-agent/ipdoor-fake-agent" --socket "$WORLD/run/agent.sock" "$@" \
    <"$WORLD/run/script" >"$WORLD/log/agent.log" 2>&1 &
  WORLD_PIDS+=($!)
  exec 9>"$WORLD/run/script"
  world_await agent ready 20
}

ui_say () { printf '%s\n' "$*" >&9; }

# ui_visit ID STATE [MORE MEMBERS]: a visit of the main entrance, or what changed in it.
ui_visit () { ui_say "visit {'id': <'$1'>, 'state': <'$2'>${3:+, ${3:-}}}"; }

UI_ONE_DOOR="'outputs': <[('door', 'Front door', 'lock', true)]>"
ui_ring () { # ui_ring ID [NAME] [OUTPUTS]
  ui_visit "$1" previewing "'device': <'s1'>, 'device-name': <'${2:-Main entrance}'>, 'direction': <'in'>, \
'encrypted': <true>, 'started': <int64 $(date +%s)000000>, ${3:-$UI_ONE_DOOR}"
}

# ui_desktop VISIT: until its window is mapped.
ui_desktop () {
  world_spawn "desktop-$1" "$BUILD/src/desktop/ipdoor-desktop" --visit "$1" --socket "$WORLD/run/agent.sock"
  world_await "desktop-$1" ' mapped$' 20
}

ui_pid () { local name=PID_desktop_$1; printf '%s' "${!name}"; }

# ui_sees TEXT: somewhere in a window of ours, as assistive technology reads it.
ui_sees () { "$OBSERVE/observe-widget" --text "$1" --timeout 10 >/dev/null || world_fail "nowhere to be read: $1"; }
ui_click () { "$OBSERVE/observe-widget" --name "$1" --click --timeout 10 >/dev/null || world_fail "no button: $1"; }

# ui_heard LINE: the agent was asked for that.
ui_heard () { world_await agent "^$1\$" 10; }
ui_not_heard () { ! grep -Eq "^$1" "$WORLD/log/agent.log" || world_fail "the agent was asked: $(grep -E "^$1" "$WORLD/log/agent.log")"; }

# The X window of a visit's desktop.
ui_window () { timeout 10 xdotool search --sync --onlyvisible --pid "$(ui_pid "$1")" | head -n 1; }

ok () { printf 'ok: %s\n' "$1"; }
