#!/bin/bash
# Tells people that something is wrong, once, again every REPEAT_HOURS, and once when it is well again. It always says it in the journal.
#   alert.sh STATE ok
#   alert.sh STATE bad MESSAGE
#   WEBHOOK        file with the URL that gets a POST of {"text": "..."}; empty: nobody is asked to be
#   REPEAT_HOURS
set -euo pipefail
state=$1
now=$(date +%s)
: "${REPEAT_HOURS:?}"

# The URL is a secret: it is in no argument.
tell() {
  echo "<4>$1" >&2
  [ -n "${WEBHOOK:-}" ] || return 0
  local text
  text=$(tr -cd '[:alnum:] .,:;()/@_-' <<<"$(hostname): $1")
  printf 'url = "%s"\n' "$(cat "$WEBHOOK")" |
    curl --silent --show-error --fail --max-time 30 --output /dev/null --config - --header 'Content-Type: application/json' --data "{\"text\":\"$text\"}"
}

since=$now
told=0
was=ok
# one that a full disk or a crash has cut short says nothing: people are told once too often
if [[ "$(cat "$state" 2>/dev/null)" =~ ^(bad)\ ([0-9]+)\ ([0-9]+)$ ]]; then
  was=${BASH_REMATCH[1]} since=${BASH_REMATCH[2]} told=${BASH_REMATCH[3]}
fi

case $2 in
bad)
  echo "<3>$3" >&2
  if [ "$was" = bad ] && [ $((now - told)) -lt $((REPEAT_HOURS * 3600)) ]; then exit 0; fi
  [ "$was" = bad ] || since=$now
  # not told: the next run tries again
  if tell "$3"; then told=$now; else echo "<3>nobody was told: the webhook does not take it" >&2; fi
  echo "bad $since $told" >"$state.new"
  mv "$state.new" "$state"
  ;;
ok)
  [ "$was" = bad ] || exit 0
  tell "well again, after $(((now - since) / 60)) minutes"
  rm -f "$state"
  ;;
*) exit 2 ;;
esac
