#!/bin/bash
# Whether a service runs: it answers on its ports or, when it has none, goes on for a while without being started again.
# What it needs may be on its way, so this waits; systemd starts it again and again meanwhile, and afterwards.
#   SERVICE  its name
#   PORTS    its ports; empty for one that only consumes events
#   WAIT_SECONDS, STEADY_SECONDS  (default: 600, 30)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${SERVICE:?}"
unit=egf2-$SERVICE.service

runs() {
  local port restarts
  systemctl --quiet is-active "$unit" || return 1
  for port in ${PORTS:-}; do listens "$port" || return 1; done
  [ -n "${PORTS:-}" ] && return
  restarts=$(systemctl show --property NRestarts "$unit")
  sleep "${STEADY_SECONDS:-30}"
  systemctl --quiet is-active "$unit" && [ "$(systemctl show --property NRestarts "$unit")" = "$restarts" ]
}

wait_for "${WAIT_SECONDS:-600}" runs || fail "$SERVICE does not run: $(journalctl --quiet --unit "$unit" --lines 1 --output cat 2>/dev/null || true)"
echo "$SERVICE: runs${PORTS:+, answers on $PORTS}"
