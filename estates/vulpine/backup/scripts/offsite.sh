#!/bin/bash
# Sets this host up to keep backups of another one. As root, on Debian; may be run again at any time.
set -euo pipefail
[ "$(id -u)" = 0 ] || {
  echo 'offsite: run it as root' >&2
  exit 1
}
if ! command -v rrsync >/dev/null || ! command -v curl >/dev/null; then
  apt-get update --quiet --quiet
  DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends curl python3 rsync
fi
if ! id -u "$ACCOUNT" >/dev/null 2>&1; then useradd --system --create-home --home-dir "/var/lib/$ACCOUNT" --shell /bin/sh "$ACCOUNT"; fi

# The account adds to incoming and reads the state; snapshots are root's.
install -d -m 755 "$FOLDER"
install -d -m 700 -o "$ACCOUNT" -g "$ACCOUNT" "$FOLDER/incoming"
install -d -m 700 "$FOLDER/snapshots"
# its files of ssh are root's: who comes by the key cannot give himself another
install -d -m 755 "/var/lib/$ACCOUNT" "/var/lib/$ACCOUNT/.ssh"
chown root:root "/var/lib/$ACCOUNT" "/var/lib/$ACCOUNT/.ssh"
printf 'restrict,command="/opt/vulpine-offsite/receive.sh %s" %s\n' "$FOLDER" "$PUBLIC_KEY" >"/var/lib/$ACCOUNT/.ssh/authorized_keys.new"
chmod 644 "/var/lib/$ACCOUNT/.ssh/authorized_keys.new"
mv "/var/lib/$ACCOUNT/.ssh/authorized_keys.new" "/var/lib/$ACCOUNT/.ssh/authorized_keys"
systemctl daemon-reload
systemctl --quiet enable --now "$UNIT.timer"

# Test
systemctl --quiet is-active "$UNIT.timer"
[ "$(stat --format='%U %a' "$FOLDER/snapshots")" = 'root 700' ]
echo "off-site host: keeps what comes by the key of $ACCOUNT in $FOLDER/snapshots"
