#!/bin/bash
# Restores an instance's database from a dump, on its host. The dump goes into a new database, which takes the old one's name when all of it is
# there: until then the old one stays as it is, and afterwards it is there under another name.
#   restore.sh INSTANCE                                   lists its dumps
#   restore.sh [--dry-run] [--replace] INSTANCE DUMP      DUMP: a name of that list, or newest; --replace: the database is not empty
#   restore.sh --take INSTANCE                            a tar of dumps/ and media/ on standard input: puts them where the instance has them
#   VOLUMES   where docker has its volumes (default: its own)
set -euo pipefail
export LC_ALL=C.UTF-8
volumes=${VOLUMES:-/var/lib/docker/volumes}
dry='' replace='' take=''
while [[ ${1:-} == --* ]]; do
  case $1 in
  --dry-run) dry=yes ;;
  --replace) replace=yes ;;
  --take) take=yes ;;
  *) break ;;
  esac
  shift
done
instance=${1:-} dump=${2:-}
owner=mastodon
database=mastodon
fresh=${database}_restoring

fail() {
  echo "restore: $*" >&2
  exit 1
}
mb() { echo "$((($1 + 1048575) / 1048576)) MB"; }

[[ $instance =~ ^[a-z][a-z0-9]+$ ]] || fail 'name an instance: restore.sh INSTANCE [DUMP]'
dumps=$volumes/$instance-dumps/_data
media=$volumes/$instance-media/_data
[ -d "$dumps" ] || fail "$instance is not on this host: $dumps does not exist"

list() { find "$dumps" -maxdepth 1 -name '????????T??????Z.dump' -printf '%f\n' | sort; }

# One at a time: another one would take the half of what this one makes for its own.
alone() {
  exec 9>"$volumes/$instance-dumps/restore.lock"
  flock --nonblock 9 || fail "another restore of $instance goes on: wait until it has ended"
}

if [ -n "$take" ]; then
  alone
  rm -rf "$volumes/$instance-dumps"/take.* # of one that was killed
  new=$(mktemp --directory "$volumes/$instance-dumps/take.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  tar --extract --directory="$new" --no-same-owner --file=-
  [ -e "$new/whole" ] || fail 'it did not arrive whole: nothing was changed'
  mapfile -t taken < <(find "$new/dumps" -maxdepth 1 -type f -name '????????T??????Z.dump' -printf '%f\n' | sort)
  [ ${#taken[@]} -gt 0 ] || fail 'it holds no dump: nothing was changed'
  for file in "${taken[@]}"; do mv "$new/dumps/$file" "$dumps/"; done
  if [ ! -d "$media" ]; then
    echo "media: this host has no place for them; they stay where they are"
  elif [ -d "$new/media" ]; then
    chown --recursive --reference="$media" "$new/media"
    rsync --archive "$new/media/" "$media/"
  fi
  printf 'taken: %s\n' "${taken[@]}" # not the newest here: dbbackup may have made one of its own since
  exit 0
fi

if [ -z "$dump" ]; then
  list
  exit 0
fi
if [ "$dump" = newest ]; then dump=$(list | tail -n 1); fi
file=$dumps/$dump
if [[ ! $dump =~ ^[0-9]{8}T[0-9]{6}Z\.dump$ ]] || [ ! -f "$file" ]; then fail "$instance has no dump ${dump:-at all}. It has: $(list | paste --serial --delimiters=' ')"; fi

db=$instance-db-1
in_db() { docker exec --interactive "$db" "$@"; }
sql() { in_db psql --username="$owner" --dbname="${2:-postgres}" --set=ON_ERROR_STOP=1 --quiet --no-align --tuples-only --command="$1"; }
tables() {
  sql "select count(*) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where relkind in ('r', 'p') and nspname !~ '^(pg_|information_schema)'" "$1"
}

# What must be so before anything is changed
in_db pg_isready --quiet --username="$owner" || fail "$db does not answer: docker start $db, and try again"
expected=$(in_db pg_restore --list <"$file" | awk '$4 == "TABLE" && $5 != "DATA" && $5 != "ATTACH"' | wc -l)
in_db pg_restore --file=/dev/null <"$file" || fail "$dump is not whole: choose another"
[ "$expected" -gt 0 ] || fail "$dump holds no table: choose another"
there=$(sql "select count(*) from pg_database where datname = '$database'")
held=0
current=0
if [ "$there" = 1 ]; then
  held=$(tables "$database")
  current=$(sql "select pg_database_size('$database')")
fi
room=$(df --block-size=1 --output=avail "$volumes/$instance-db" | tail -n 1)
needed=$(($(stat --format=%s "$file") * 4))
if [ "$current" -gt "$needed" ]; then needed=$current; fi
[ "$room" -gt "$needed" ] || fail "it takes about $(mb "$needed") beside the old database, and the disk has $(mb "$room") left"
mapfile -t users < <(docker ps --format '{{.Names}}' | grep --extended-regexp "^$instance-(web|streaming|sidekiq|ambassador|dbbackup)-[0-9]+$" | sort)
before=${database}_before_$(date --utc +%Y%m%dt%H%M%Sz)

cat <<WORDS
Restores the database of $instance from $dump ($(mb "$(stat --format=%s "$file")"), $expected tables):
  - stops ${users[*]:-nothing: nothing that uses it runs} (docker stop: they stay stopped when the host starts again)
  - restores into the new database $fresh, and counts its tables
  - renames $database, which has $held tables, to $before, and $fresh to $database
  - starts what it stopped
Do not deploy the containers meanwhile: Terraform starts again what it finds stopped.
WORDS
if [ "$held" -gt 0 ] && [ -z "$replace" ]; then fail "$database is not empty, and would no longer be what the site uses: say --replace (REPLACE=1). Nothing was changed"; fi
if [ -n "$dry" ]; then
  echo 'Nothing was changed (dry run).'
  exit 0
fi

alone

end() {
  local status=$?
  trap '' INT TERM HUP
  if [ "$status" -ne 0 ]; then
    sql "drop database if exists $fresh" || :
    echo "restore: it failed; the database of $instance is as it was" >&2
  fi
  if [ ${#users[@]} -gt 0 ]; then docker start "${users[@]}" >/dev/null || echo "restore: start them by hand: docker start ${users[*]}" >&2; fi
  exit "$status"
}
trap end EXIT
trap 'exit 130' INT TERM HUP
if [ ${#users[@]} -gt 0 ]; then docker stop "${users[@]}" >/dev/null; fi
echo 'stopped; restores'
sql "drop database if exists $fresh"
sql "create database $fresh template template0 encoding 'UTF8'"
in_db pg_restore --username="$owner" --dbname="$fresh" --exit-on-error --no-owner --no-privileges <"$file"
got=$(tables "$fresh")
[ "$got" = "$expected" ] || fail "$fresh has $got tables, and $dump $expected"
sql analyze "$fresh"
if [ "$there" = 1 ]; then
  sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = '$database'" >/dev/null
  sql "alter database $database rename to $before; alter database $fresh rename to $database"
else
  sql "alter database $fresh rename to $database"
fi
echo "restored: $got tables"
if [ "$there" = 1 ] && [ "$held" = 0 ]; then
  sql "drop database $before"
elif [ "$there" = 1 ]; then
  echo "The database of before is $before. When you do not need it any more: docker exec $db dropdb --username=$owner $before"
fi
