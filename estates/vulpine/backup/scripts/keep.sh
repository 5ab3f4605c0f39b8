#!/bin/bash
# On the off-site host, as root: keeps what has come whole, where the host that sent it cannot get at it, and tells people when nothing comes.
# Files of a snapshot are copies, or links to an older snapshot's: never to incoming, where the sender may write into them.
#   VULPINE_OFFSITE   settings (default: /etc/vulpine-offsite/settings)
set -euo pipefail
export LC_ALL=C.UTF-8
umask 077
# shellcheck source=/dev/null
. "${VULPINE_OFFSITE:-/etc/vulpine-offsite/settings}"
: "${FOLDER:?}" "${KEEP_DAYS:?}" "${MAX_AGE_HOURS:?}" "${REPEAT_HOURS:?}"
incoming=$FOLDER/incoming
snapshots=$FOLDER/snapshots
exec 9<"$snapshots"
flock 9
problem=
now=$(date +%s)

# Not those of a time to come, which a wrong clock made: one would be the newest for as long, and all that comes would be new to it.
latest=$(date --utc --date '10 minutes' +%Y%m%dT%H%M%SZ)
names() { find "$snapshots" -mindepth 1 -maxdepth 1 -name '????????T??????Z' -printf '%f\n' | sort | awk -v latest="$latest" '$0 <= latest'; }
seconds() { date --utc --date "${1:0:8} ${1:9:2}:${1:11:2}:${1:13:2}" +%s; }

# Into .new, which has a name of its own when everything in it is what the list says.
take() {
  local new=$snapshots/.new last instance sum dump from
  last=$(names | tail -n 1)
  rm -rf "$new"
  mkdir "$new"
  cp --no-dereference "$incoming/complete" "$new/complete"
  while read -r instance sum dump; do
    [[ "$instance $sum $dump" =~ ^[a-z][a-z0-9]*\ [0-9a-f]{64}\ [0-9]{8}T[0-9]{6}Z\.dump$ ]] || return 1
    from=$incoming/$instance
    [ ! -L "$from" ] && [ ! -L "$from/dumps" ] && [ ! -L "$from/media" ] || return 1
    mkdir "$new/$instance" "$new/$instance/dumps" "$new/$instance/media"
    rsync --times --link-dest="$snapshots/$last/$instance/dumps" "$from/dumps/$dump" "$new/$instance/dumps/" || return 1
    echo "$sum  $new/$instance/dumps/$dump" | sha256sum --check --status || return 1
    # a host without media sends none
    [ ! -d "$from/media" ] || rsync --recursive --times --exclude=.partial --link-dest="$snapshots/$last/$instance/media" "$from/media/" "$new/$instance/media/" || return 1
  done <"$new/complete"
  [ -s "$new/complete" ] || return 1
  sync --file-system "$new"
  mv --no-target-directory "$new" "$snapshots/$(date --utc +%Y%m%dT%H%M%SZ)"
}

# Everything of the last day, then the first of each day. Only after something new has come: what is left stays when nothing comes.
thin() {
  local name age day kept=
  for name in $(names | head -n -3); do
    age=$((now - $(seconds "$name")))
    day=${name:0:8}
    if [ "$age" -gt $((KEEP_DAYS * 86400)) ] || { [ "$age" -gt 86400 ] && [ "$day" = "$kept" ]; }; then rm -rf "${snapshots:?}/$name"; else kept=$day; fi
  done
}

# What the sender has no more goes from incoming; the key may not delete.
tidy() {
  local instance dump
  while read -r instance _ dump; do
    find "$incoming/$instance/dumps" -maxdepth 1 -type f ! -name "$dump" ! -newer "$incoming/$instance/dumps/$dump" -delete
    [ -e "$incoming/$instance/media.list" ] || continue
    (cd "$incoming/$instance/media" && find . -name .partial -prune -o -type f -print0 | sort --zero-terminated |
      comm --zero-terminated -23 - "$incoming/$instance/media.list" | xargs --null --no-run-if-empty rm -f --)
  done <"$1"
  find "$incoming" -path '*/.partial/*' -type f -mtime +2 -delete
}

newest=$(names | tail -n 1)
if [ -f "$incoming/complete" ] && [ ! -L "$incoming/complete" ] && ! cmp --quiet "$incoming/complete" "$snapshots/$newest/complete"; then
  if take; then
    newest=$(names | tail -n 1)
    echo "kept: $newest"
    install -m 644 "$snapshots/$newest/complete" "$FOLDER/status.new"
    mv "$FOLDER/status.new" "$FOLDER/status"
    tidy "$snapshots/$newest/complete"
    thin
  else
    rm -rf "$snapshots/.new"
    problem='what came last is not what its list says'
  fi
fi

if [ -z "$newest" ]; then
  problem=${problem:-nothing has come yet}
else
  while read -r instance _ dump; do
    age=$((now - $(seconds "$dump")))
    if [ "$age" -gt $((MAX_AGE_HOURS * 3600)) ]; then problem="${problem:+$problem; }the newest dump of $instance is $((age / 60)) minutes old"; fi
    if [ "$age" -lt -600 ]; then problem="${problem:+$problem; }a dump of $instance is of a time to come: look at the clocks, then at $dump where it was made"; fi
  done <"$snapshots/$newest/complete"
fi
alert() { WEBHOOK=${WEBHOOK:-} REPEAT_HOURS=$REPEAT_HOURS "$(dirname "$(readlink -f "$0")")/alert.sh" "$FOLDER/alert" "$@"; }
if [ -n "$problem" ]; then
  alert bad "off-site backup: $problem"
  exit 1
fi
alert ok
