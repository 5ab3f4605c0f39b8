#!/bin/bash
# Looks how old the newest dumps are, here and off-site, and tells people when one is too old. When all is well it asks the heartbeat's URL:
# who keeps that URL tells people when nobody asks it any more, as when this host is dead.
#   VULPINE_BACKUP   settings (default: /opt/vulpine-backup/settings)
set -euo pipefail
export LC_ALL=C.UTF-8
settings=${VULPINE_BACKUP:-/opt/vulpine-backup/settings}
# shellcheck source=/dev/null
. "$settings"
: "${INSTANCES:?}" "${OFFSITE:?}" "${PORT:?}" "${FOLDER:?}" "${KNOWN_HOSTS:?}" "${VOLUMES:?}" "${STATE:?}" "${MAX_AGE_HOURS:?}" "${REPEAT_HOURS:?}"
mkdir -p "$STATE"
problems=()
now=$(date +%s)

# Of a dump by its name, which is the time when it began: files may get new times on the way.
check_age() {
  local where=$1 name=$2 age
  if [[ ! $name =~ ^([0-9]{8})T([0-9]{2})([0-9]{2})([0-9]{2})Z\.dump$ ]]; then
    problems+=("$where has no dump")
    return
  fi
  age=$((now - $(date --utc --date "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}:${BASH_REMATCH[3]}:${BASH_REMATCH[4]}" +%s)))
  if [ "$age" -gt $((MAX_AGE_HOURS * 3600)) ]; then problems+=("the newest dump of $where is $((age / 60)) minutes old"); fi
  # made by a wrong clock, it would be the newest for as long, and hide that no other one comes
  if [ "$age" -lt -600 ]; then problems+=("a dump of $where is of a time to come: look at the clock, then delete or rename $name"); fi
}

# One look that fails says nothing yet: what was seen last gets older by itself.
if ssh -F none -n -i "$FOLDER/key" -p "$PORT" -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$KNOWN_HOSTS" \
  -o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no -o ConnectTimeout=20 -o ServerAliveInterval=15 "$OFFSITE" status >"$STATE/offsite.new"; then
  mv "$STATE/offsite.new" "$STATE/offsite"
else
  echo '<4>the off-site host does not say what it keeps' >&2
  rm -f "$STATE/offsite.new"
fi

for instance in $INSTANCES; do
  dumps=$VOLUMES/$instance-dumps/_data
  check_age "$instance here" "$(find "$dumps" -maxdepth 1 -name '????????T??????Z.dump' -printf '%f\n' | sort | tail -n 1)"
  if [ -s "$dumps/FAILED" ]; then echo "<4>the last dump of $instance failed: $(tail -n 1 "$dumps/FAILED")" >&2; fi
  check_age "$instance off-site" "$(awk -v instance="$instance" '$1 == instance { print $3 }' "$STATE/offsite" 2>/dev/null)"
done

alert() { WEBHOOK=${WEBHOOK:-} REPEAT_HOURS=$REPEAT_HOURS "$(dirname "$(readlink -f "$0")")/alert.sh" "$STATE/alert" "$@"; }
if [ ${#problems[@]} -gt 0 ]; then
  message=$(printf '; %s' "${problems[@]}")
  alert bad "backup: ${message#; }"
  exit 1
fi
alert ok
# told by what found it; the heartbeat says that all is well
for other in ${ALSO_WRONG:-}; do
  [ ! -e "$other" ] || {
    echo "<3>no heartbeat: $other says what is wrong" >&2
    exit 1
  }
done
[ -s "$FOLDER/HEARTBEAT_URL" ] || {
  echo "<3>$FOLDER/HEARTBEAT_URL is empty, so that nobody hears when this host is dead: make secrets ESTATE=vulpine" >&2
  exit 1
}
printf 'url = "%s"\n' "$(cat "$FOLDER/HEARTBEAT_URL")" |
  curl --silent --show-error --fail --max-time 30 --retry 2 --output /dev/null --config -
