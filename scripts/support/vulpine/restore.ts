import type { ContainerName } from '../../../config/vulpine';
import { namespaceOf, type Place } from '../../../estates/vulpine/operations';
import { quoted } from '../secrets/store';
import type { DockerSite } from './docker-site';
import { listed } from './places';
import { onlyOne } from './site';

/** What has the database open all the time. What of it is on the database's own host, restore.sh there stops. */
const USERS: readonly ContainerName[] = ['web', 'streaming', 'sidekiq', 'ambassador', 'dbbackup'];

/** Codes after which nobody knows whether it goes on over there: ssh lost its host, or was interrupted. */
const UNKNOWN: readonly number[] = [255, 130];

/** A restore on the database's host, with what uses the database stopped on all others. */
export class Restoring {
  /** What uses the database on other hosts, and runs. */
  readonly elsewhere: readonly Place[];
  private readonly db: Place;

  constructor(
    private readonly site: Pick<DockerSite, 'places' | 'conditions' | 'stop' | 'start'>,
    instance: string,
  ) {
    this.db = onlyOne(site, instance, 'db');
    const others = site.places(instance, ...USERS).filter(({ on }) => on !== this.db.on);
    this.elsewhere = site
      .conditions(others)
      .filter(({ state }) => state !== 'missing' && state !== 'exited' && state !== 'created')
      .map(({ place }) => place);
  }

  /** Stops, restores, and starts again what it stopped, unless the restore may still go on. Returns the restore's exit code. */
  async around(restore: () => Promise<number>): Promise<number> {
    // ssh hears of an interruption, too: what it left behind is to be said
    const heard = () => undefined;
    process.on('SIGINT', heard);
    try {
      try {
        this.site.stop(this.elsewhere);
      } catch (error) {
        this.site.start(this.elsewhere);
        throw error;
      }
      const code = await restore();
      if (this.elsewhere.length > 0 && UNKNOWN.includes(code)) this.sayWhatIsLeft();
      else this.site.start(this.elsewhere);
      return code;
    } finally {
      process.off('SIGINT', heard);
    }
  }

  private sayWhatIsLeft(): void {
    console.error(`\nIt may go on there. Stays stopped: ${listed(this.elsewhere)}. When this finds nothing any more, make vulpine-start:`);
    console.error(`  ssh ${this.db.on} pgrep --full vulpine-backup/restore.sh`);
  }
}

/** Into a new database, by the pod that has the dumps; `$1`: the dump. The old one stays under another name. */
export const RESTORE_IN_POD = [
  'set -eu',
  'PGPASSWORD=$(cat /run/secrets/database/DB_PASS); export PGPASSWORD',
  'dropdb --if-exists mastodon_restoring',
  'createdb --template=template0 --encoding=UTF8 mastodon_restoring',
  'pg_restore --dbname=mastodon_restoring --exit-on-error --no-owner --no-privileges "/dumps/$1"',
  'psql --quiet --dbname=mastodon_restoring --command=analyze',
  'psql --quiet --dbname=postgres --set=ON_ERROR_STOP=1 --single-transaction \\',
  '  --command="alter database mastodon rename to mastodon_before" --command="alter database mastodon_restoring rename to mastodon"',
].join('\n');

/** What a person does in a cluster. */
export function inCluster(instance: string): string {
  const kubectl = `kubectl --namespace=${namespaceOf(instance)}`;
  const users = ['web', 'streaming', 'sidekiq', 'ambassador'].map((name) => `deployment/${name}`).join(' ');
  return [
    'There, with DUMP a name of the first list, and nobody deploying meanwhile:',
    `${kubectl} exec statefulset/dbbackup -- ls /dumps`,
    `${kubectl} scale --replicas=0 ${users}`,
    `${kubectl} wait --for=delete pod --selector='app.kubernetes.io/name in (web, streaming, sidekiq, ambassador)' --timeout=5m`,
    `${kubectl} exec statefulset/dbbackup -- /bin/sh -c ${quoted(RESTORE_IN_POD)} restore DUMP`,
    "make deploy STACKS='vulpine-workloads-prod'",
    `${kubectl} exec statefulset/dbbackup -- /bin/sh -c 'PGPASSWORD=$(cat /run/secrets/database/DB_PASS) dropdb mastodon_before'   when nobody needs it any more`,
  ].join('\n');
}
