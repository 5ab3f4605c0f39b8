import type { VulpineConfig } from '../../../config/vulpine';
import { copiesOf, namespaceOf } from '../../../estates/vulpine/operations';
import { quoted } from '../secrets/store';

/** Before a program that asks the database. */
const PASSWORD = 'PGPASSWORD=$(cat /run/secrets/database/DB_PASS)';

/** Into a new database, by the pod that has the dumps; `$1`: the dump. The old one stays under another name. */
const RESTORE_IN_POD = [
  'set -eu',
  'fail() { echo "restore: $*" >&2; exit 1; }',
  `${PASSWORD}; export PGPASSWORD`,
  'sql() { psql --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname="$1" --command="$2"; }',
  'pg_restore --file=/dev/null "/dumps/$1" || fail "$1 is not whole: choose another. Nothing was changed"',
  'expected=$(pg_restore --list "/dumps/$1" | awk \'$4 == "TABLE" && $5 != "DATA" && $5 != "ATTACH"\' | wc -l)',
  '[ "$expected" -gt 0 ] || fail "$1 holds no table: choose another. Nothing was changed"',
  // refuses while another restore is connected to it
  'dropdb --if-exists mastodon_restoring',
  'createdb --template=template0 --encoding=UTF8 mastodon_restoring',
  'end() { dropdb --if-exists mastodon_restoring || :; echo "restore: it failed; the database is as it was" >&2; }',
  'trap end EXIT',
  'pg_restore --dbname=mastodon_restoring --exit-on-error --no-owner --no-privileges "/dumps/$1"',
  'got=$(sql mastodon_restoring "select count(*) from pg_class join pg_namespace on pg_namespace.oid = relnamespace',
  "  where relkind in ('r', 'p') and not nspname ~ '^(pg_|information_schema)'\")",
  '[ "$got" -eq "$expected" ] || fail "it has $got tables, and $1 $expected"',
  'sql mastodon_restoring analyze',
  'before=mastodon_before_$(date -u +%Y%m%dt%H%M%Sz)',
  // the dump of each hour is one session, and there may be others: no database with one gets another name
  "sql postgres \"select pg_terminate_backend(pid) from pg_stat_activity where datname = 'mastodon';",
  '  alter database mastodon rename to $before; alter database mastodon_restoring rename to mastodon" >/dev/null',
  'trap - EXIT',
  'echo "restored: $got tables. The database of before is $before"',
].join('\n');

/** Puts a dump that comes by standard input to the others when it is whole; `$1`: its name. Until then it has one that the loop there does not know. */
const TAKE_IN_POD = [
  'set -eu',
  'umask 077',
  'case $1 in [0-9]*T[0-9]*Z.dump) ;; *) echo "take: $1 is no name of a dump" >&2; exit 1 ;; esac',
  'new=/dumps/$1.arriving',
  'trap \'rm -f "$new"\' EXIT',
  'cat >"$new"',
  'pg_restore --file=/dev/null "$new" || { echo "take: $1 did not arrive whole: nothing was changed" >&2; exit 1; }',
  'sync "$new"',
  'mv "$new" "/dumps/$1"',
  'echo "taken: $1"',
].join('\n');

/** What a person does in a cluster. @param from A login at the off-site host */
export function inCluster(config: VulpineConfig, instance: string, from?: string): string {
  const kubectl = `kubectl --namespace=${namespaceOf(instance)}`;
  const inPod = `${kubectl} exec statefulset/dbbackup --`;
  const users = ['web', 'streaming', 'sidekiq', 'ambassador'].map((name) => `deployment/${name}`).join(' ');
  return [
    ...fromOffsite(config, instance, from),
    'There, with DUMP a name of the first list that the second command reads to its end, and nobody deploying meanwhile:',
    `${inPod} ls /dumps`,
    `${inPod} pg_restore --file=/dev/null /dumps/DUMP`,
    `${kubectl} scale --replicas=0 ${users}`,
    `${kubectl} wait --for=delete pod --selector='app.kubernetes.io/name in (web, streaming, sidekiq, ambassador)' --timeout=5m`,
    `${inPod} /bin/sh -c ${quoted(RESTORE_IN_POD)} restore DUMP`,
    "make deploy STACKS='vulpine-workloads-prod'",
    "When nobody needs the database of before any more, with BEFORE its name, which the restore's last line says:",
    `${inPod} /bin/sh -c ${quoted(`${PASSWORD} dropdb "$1"`)} drop BEFORE`,
  ].join('\n');
}

/** How a dump comes back that the cluster has lost: the job's key reads nothing there, a person's login does. */
function fromOffsite(config: VulpineConfig, instance: string, from?: string): string[] {
  const copies = copiesOf(config, instance);
  if (copies === undefined) return [];
  const there = (command: string) => `ssh ${from ?? `you@${copies.host}`} ${quoted(`sudo -n ${command}`)}`;
  const snapshots = `${copies.folder}/snapshots`;
  const dumps = `${snapshots}/COPY/${instance}/dumps`;
  return [
    'First, when dbbackup has no right dump any more, one from off-site, with COPY a name of the first list and DUMP that of the second:',
    there(`ls ${snapshots}`),
    there(`ls ${dumps}`),
    `${there(`cat ${dumps}/DUMP`)} |`,
    `  kubectl --namespace=${namespaceOf(instance)} exec --stdin statefulset/dbbackup -- /bin/sh -c ${quoted(TAKE_IN_POD)} take DUMP`,
  ];
}
