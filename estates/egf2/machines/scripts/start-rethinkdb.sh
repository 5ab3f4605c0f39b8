#!/bin/bash
# Starts RethinkDB, at every start anew, with the servers to join that answer now: a server that comes back, or gets a new
# address, finds the others whatever its role, and the master of a cluster that is not there yet starts alone.
set -euo pipefail
# shellcheck source=/dev/null
. "${CONFIG:-/etc/egf2/rethinkdb.env}"
: "${ROLE:?}" "${NAME:?}"
read -ra peers <<<"${PEERS:-}"

# shellcheck disable=SC2016
answers() { timeout 3 bash -c ': <"/dev/tcp/$1/29015"' answers "$1" 2>/dev/null; }

joins=()
while :; do
  for peer in "${peers[@]}"; do
    if answers "$peer"; then joins+=(--join "$peer:29015"); fi
  done
  [ "${#joins[@]}" -gt 0 ] || [ "$ROLE" = master ] && break
  echo "waits for one of: ${peers[*]}" >&2
  sleep "${POLL_SECONDS:-5}"
done

address=$(ip -4 route get 192.0.2.1 | sed -nE 's/.* src ([0-9.]+).*/\1/p')
if [ "$ROLE" = proxy ]; then
  # Only this machine asks it; the servers connect back to it.
  exec rethinkdb proxy --no-update-check --no-http-admin --bind-driver 127.0.0.1 --bind-cluster "$address" "${joins[@]}"
fi
exec rethinkdb --no-update-check --directory "${DATA:?}/rethinkdb_data" --server-name "${NAME//[^A-Za-z0-9_]/_}" --canonical-address "$NAME" \
  --cache-size "${CACHE_MB:?}" --bind-driver "$address" --bind-cluster "$address" --bind-http 127.0.0.1 --http-port 8080 "${joins[@]}"
