/** What container `dbbackup` does. In here, and not in a file beside: commands need the table of containers wherever they run. */
export const DUMPS = `#!/bin/sh
# Dumps the database once an hour, and at once on USR1. A dump has its name when it is whole: written, read back and on disk. What went wrong
# stands in FAILED until a dump is whole again. Old ones go when a new one has come, never because of their age.
#   PGHOST, PGUSER, PGDATABASE   as PostgreSQL's programs take them
#   FOLDER, PASSWORD_FILE        where dumps and the password are
#   KEEP                         how many dumps stay
#   EVERY, RETRY                 seconds from one dump to the next, and after one that failed
set -eu
umask 077
: "\${FOLDER:=/dumps}" "\${PASSWORD_FILE:=/run/secrets/database/DB_PASS}" "\${KEEP:=24}" "\${EVERY:=3600}" "\${RETRY:=300}"
PGPASSWORD=$(cat "$PASSWORD_FILE")
export PGPASSWORD LC_ALL=C
cd "$FOLDER"

child=
trap 'kill "$child" 2>/dev/null || :; exit 143' TERM INT
trap 'asked=yes' USR1

# A signal ends \`wait\`, and not the program.
run() {
  "$@" &
  child=$!
  while :; do
    status=0
    wait "$child" || status=$?
    kill -0 "$child" 2>/dev/null || return "$status"
  done
}

said() { tr -s '\\n\\t ' ' ' <error | cut -c 1-300; }
failed() {
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*" >FAILED
  echo "no dump: $*" >&2
  rm -f ./*.new
  return 1
}

dumps() { find . -maxdepth 1 -name '????????T??????Z.dump' | sort -r; }
size() { wc -c <"$1"; }
free() { df -Pk . | awk 'NR == 2 { printf "%.0f\\n", $4 * 1024 }'; }

# The database is on the same disk: it must not fill up. The three newest stay in any case.
make_room() {
  newest=$(dumps | head -n 1)
  [ -n "$newest" ] || return 0
  needed=$(($(size "$newest") * 2))
  for old in $(dumps | tail -n +4 | sort); do
    [ "$(free)" -lt "$needed" ] || return 0
    rm -f "$old"
  done
  [ "$(free)" -ge "$needed" ]
}

dump() {
  rm -f ./*.new
  make_room || failed "the disk has less room than two dumps take" || return 1
  name=$(date -u +%Y%m%dT%H%M%SZ).dump
  run pg_dump --format=custom --file="$name.new" 2>error || failed "pg_dump: $(said)" || return 1
  # the list stands in front and says nothing of what comes behind: only reading everything does
  run pg_restore --file=/dev/null "$name.new" 2>error || failed "pg_restore does not read it: $(said)" || return 1
  pg_restore --list "$name.new" 2>error | grep -q ' TABLE DATA ' || failed "it holds no table" || return 1
  sync "$name.new" || failed "it did not get to the disk" || return 1
  mv "$name.new" "$name" || failed "it does not get its name" || return 1
  rm -f FAILED error
  dumps | tail -n +$((KEEP + 1)) | xargs rm -f
  echo "dumped: $name, $(size "$name") bytes"
}

while :; do
  asked=
  next=$(($(date +%s) + EVERY))
  dump || next=$(($(date +%s) + RETRY))
  while [ -z "$asked" ] && [ "$(date +%s)" -lt "$next" ]; do
    sleep $((next - $(date +%s))) &
    child=$!
    wait "$child" || :
  done
  kill "$child" 2>/dev/null || :
done
`;

/** Whether it does it: the last dump did not fail, and there is one of the last two hours. */
export const DUMPS_HEALTH = "[ ! -e /dumps/FAILED ] && find /dumps -name '*.dump' -mmin -120 | grep -q .";
