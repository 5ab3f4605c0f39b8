#!/bin/bash
# RethinkDB from its own apt repository, trusted by one pinned key: a server with its data, or a proxy that holds none.
#   ROLE            master: starts alone when nobody else is there; member: waits until it has joined somebody; proxy: the same, without data
#   NAME            this server's name; other servers reach it by it
#   PEERS           the other servers, by name; empty for a single one
#   DATA            where a server keeps its data
#   MEMORY_PERCENT  of the machine's memory, for a server's cache
#   RETHINKDB_VERSION, RETHINKDB_REPOSITORY, RETHINKDB_KEY_URL, RETHINKDB_KEY_FINGERPRINT
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
: "${ROLE:?}" "${NAME:?}" "${RETHINKDB_VERSION:?}" "${RETHINKDB_REPOSITORY:?}" "${RETHINKDB_KEY_URL:?}" "${RETHINKDB_KEY_FINGERPRINT:?}"
unit=egf2-rethinkdb.service
keyring=/usr/share/keyrings/rethinkdb.gpg

add_repository() {
  GNUPGHOME=$(mktemp -d)
  export GNUPGHOME
  trap 'rm -rf "$GNUPGHOME"' EXIT
  curl --silent --show-error --fail --location --proto-redir =https --retry 5 --output "$GNUPGHOME/keys" "$RETHINKDB_KEY_URL" ||
    fail "$RETHINKDB_KEY_URL cannot be downloaded"
  gpg --quiet --batch --import "$GNUPGHOME/keys"
  gpg --quiet --batch --list-keys "$RETHINKDB_KEY_FINGERPRINT" >/dev/null 2>&1 ||
    fail "$RETHINKDB_KEY_URL has no key $RETHINKDB_KEY_FINGERPRINT: do not trust it before you know why"
  # Only this key: whatever else the address serves may not sign for us.
  gpg --quiet --batch --yes --output "$keyring" --export "$RETHINKDB_KEY_FINGERPRINT"
  chmod 644 "$keyring"
  echo "deb [signed-by=$keyring] $RETHINKDB_REPOSITORY bookworm main" >/etc/apt/sources.list.d/rethinkdb.list
}

packages ca-certificates curl gnupg iproute2
if [ "$(dpkg-query --show --showformat='${Version}' rethinkdb 2>/dev/null)" != "$RETHINKDB_VERSION" ]; then
  add_repository
  apt-get update --quiet --quiet -o Acquire::Retries=5
  apt-get install --quiet --quiet --yes --no-install-recommends --allow-change-held-packages "rethinkdb=$RETHINKDB_VERSION"
  apt-mark hold rethinkdb >/dev/null # all members change together, by hand
fi

if [ "$ROLE" != proxy ]; then
  : "${DATA:?}" "${MEMORY_PERCENT:?}"
  install --directory --owner=rethinkdb --group=rethinkdb --mode=750 "$DATA"
fi
install --directory /etc/egf2
{
  printf '%s=%q\n' ROLE "$ROLE" NAME "$NAME" PEERS "${PEERS:-}" DATA "${DATA:-}"
  echo "CACHE_MB=$([ "$ROLE" = proxy ] || percent_of_memory "$MEMORY_PERCENT")"
} >/etc/egf2/rethinkdb.env
cat >/etc/systemd/system/$unit <<UNIT
[Unit]
Description=RethinkDB, $ROLE
Wants=network-online.target
After=network-online.target
${DATA:+RequiresMountsFor=$DATA}
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/bash $here/start-rethinkdb.sh
User=rethinkdb
Group=rethinkdb
Restart=always
RestartSec=5
LimitNOFILE=65536
NoNewPrivileges=yes
ProtectSystem=strict
${DATA:+ReadWritePaths=$DATA}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
CapabilityBoundingSet=

[Install]
WantedBy=multi-user.target
UNIT
starts $unit

# Test
wait_for 600 listens 28015 || fail "nothing answers on port 28015: journalctl -u $unit says why"
if [ "$ROLE" != proxy ]; then
  address=$(private_address)
  listens 28015 "$address" || fail "port 28015 is not open on $address, where the services ask"
  if listens 8080 "$address"; then fail "the web UI answers on $address: it must be on localhost only"; fi
fi
joined() { [ -n "$(ss --no-header --tcp --numeric state established '( sport = :29015 or dport = :29015 )')" ]; }
case $ROLE in member | proxy) wait_for 120 joined || fail "it has joined nobody of: ${PEERS:-}" ;; esac
echo "rethinkdb: $RETHINKDB_VERSION, $ROLE $NAME${PEERS:+, with $PEERS}"
