#!/bin/bash
# Sets this machine up: runs the steps in steps.sh, in their order, until one fails. Everything goes to the console. May be
# run again at any time, by hand too: what is there already stays. Ends with 0 when every step's own test passed.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
state=${STATE_FOLDER:-/var/lib/egf2-machine}
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
on_failure=stay

mkdir -p "$state"
exec 9>"$state/lock"
if ! flock --nonblock 9; then
  echo 'egf2-machine: another run is under way' >&2
  exit 1
fi
rm -f "$state/ready"
if [ -e "$state/failed" ]; then
  shutdown -c 2>/dev/null
  rm -f "$state/failed"
fi

say() { echo "egf2-machine: $*"; }

# step SCRIPT OF [VARIABLE=VALUE...]
step() {
  local script=$1 of=$2 began=$SECONDS code
  shift 2
  say "step=$script${of:+ of=$of} starts"
  env -- "$@" /bin/bash "$here/$script.sh" 9>&-
  code=$?
  if [ "$code" = 0 ]; then
    say "step=$script${of:+ of=$of} done seconds=$((SECONDS - began))"
    return
  fi
  say "step=$script${of:+ of=$of} FAILED code=$code: see the line above; mend it and run $here/run.sh again" >&2
  printf 'step=%s of=%s code=%s\n' "$script" "$of" "$code" >"$state/failed"
  # Health checks replace what does not answer, but they see nothing of a machine that only consumes events. A group would
  # start the next one at once: ten minutes are what somebody has to look at it, and keep a lasting fault from costing much.
  if [ "$on_failure" = shutdown ] && [ "$script" != check-service ]; then
    shutdown -h +10 "egf2-machine: $script failed; shutdown -c keeps the machine" || true
  fi
  exit 1
}

# shellcheck source=/dev/null
. "$here/steps.sh"
touch "$state/ready"
say "ready seconds=$SECONDS"
