import type { ContainerName } from '../../../config/vulpine';
import type { Place } from '../../../estates/vulpine/operations';
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
