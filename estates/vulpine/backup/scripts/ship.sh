#!/bin/bash
# Ships the newest dump and the media of each instance to the off-site host, which this host's key can neither read nor delete there.
# The list `complete` goes last: the other side keeps what it names, with these checksums, and nothing before it came.
#   VULPINE_BACKUP   settings (default: /opt/vulpine-backup/settings)
set -euo pipefail
export LC_ALL=C.UTF-8
# shellcheck source=/dev/null
. "${VULPINE_BACKUP:-/opt/vulpine-backup/settings}"
: "${INSTANCES:?}" "${OFFSITE:?}" "${PORT:?}" "${FOLDER:?}" "${KNOWN_HOSTS:?}" "${VOLUMES:?}" "${STATE:?}"

fail() {
  echo "backup: $*" >&2
  exit 1
}

mkdir -p "$STATE"
exec 9>"$STATE/lock"
flock --nonblock 9 || fail 'another run goes on'
rm -rf "$STATE"/run.* # of one that was killed
list=$(mktemp -d "$STATE/run.XXXXXX")
trap 'rm -rf "$list"' EXIT
[ -s "$FOLDER/key" ] || fail "$FOLDER/key is not there: make vulpine-host-setup makes it"

rsh="ssh -F none -i $FOLDER/key -p $PORT -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=$KNOWN_HOSTS \
-o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=8"

# What was sent of a file is there for the next run; a file has its name when it is whole.
ship() {
  local status=0
  rsync --rsh="$rsh" --recursive --times --omit-dir-times --partial-dir=.partial --mkpath --timeout=300 "$@" || status=$?
  # 24: a file went while we looked, because its owner deleted it
  [ "$status" -eq 0 ] || [ "$status" -eq 24 ] || fail "rsync ended with $status"
}

without=
# one of a time to come, which a wrong clock made, would be the newest for as long
latest=$(date --utc --date '10 minutes' +%Y%m%dT%H%M%SZ.dump)
for instance in $INSTANCES; do
  dumps=$VOLUMES/$instance-dumps/_data
  media=$VOLUMES/$instance-media/_data
  dump=$(find "$dumps" -maxdepth 1 -name '????????T??????Z.dump' -printf '%f\n' | sort | awk -v latest="$latest" '$0 <= latest' | tail -n 1)
  if [ -z "$dump" ]; then
    echo "backup: $instance has no dump in $dumps" >&2
    without=yes
    continue
  fi
  sum=$(sha256sum "$dumps/$dump")
  ship "$dumps/$dump" "$OFFSITE:$instance/dumps/"
  # where web containers are on other hosts, this one has no media, and what came of them before stays there as it is
  if [ -d "$media" ]; then
    # what Mastodon keeps of other instances can be fetched from there again
    (cd "$media" && find . -path ./cache -prune -o -type f -print0 | sort --zero-terminated) >"$list/media.list"
    ship --exclude=/cache/ "$media/" "$OFFSITE:$instance/media/"
    ship --checksum "$list/media.list" "$OFFSITE:$instance/"
  fi
  echo "$instance ${sum%% *} $dump" >>"$list/complete"
done
[ -e "$list/complete" ] || fail 'there is nothing to ship'
ship --checksum "$list/complete" "$OFFSITE:./"
echo "shipped: $(paste --serial --delimiters=, "$list/complete" | cut -d ' ' -f 1,3)"
[ -z "$without" ]
