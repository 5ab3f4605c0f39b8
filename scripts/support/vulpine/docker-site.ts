import type { ContainerName, VulpineConfig } from '../../../config/vulpine';
import { type Kind, type Place, placesOnHosts, startWithSecrets } from '../../../estates/vulpine/operations';
import { UsageError } from '../../../rehearsal/runner/failure';
import { RemoteHost } from './host';
import { byHost } from './places';
import type { Site } from './site';

/** How a container is: what the engine says of it, and what its health check said last. */
export interface Condition {
  readonly place: Place;
  /** `running`, `exited`, `missing`. */
  readonly state: string;
  /** `healthy`, `starting`, `unhealthy`; empty: it does not run. */
  readonly health: string;
  readonly said: string;
}

/** Docker on a host, or on several. */
export class DockerSite implements Site {
  private readonly hosts = new Map<string, RemoteHost>();

  constructor(private readonly config: VulpineConfig) {}

  places(instance: string, ...kinds: readonly Kind[]): Place[] {
    return placesOnHosts(this.config, instance).filter(({ of }) => kinds.includes(of));
  }

  /** The host on which something runs. */
  hostOf({ on }: Pick<Place, 'on'>): RemoteHost {
    const host = this.hosts.get(on) ?? new RemoteHost(on);
    this.hosts.set(on, host);
    return host;
  }

  /** Stacks of what runs, for `make deploy`. */
  get stacks(): string {
    return this.config.prod.topology === 'single' ? 'vulpine-containers-prod' : 'vulpine-containers-*';
  }

  inside(place: Place, words: readonly string[], input?: string): string {
    return this.hostOf(place).run(['docker', 'exec', ...(input === undefined ? [] : ['--interactive']), place.name, ...words], input);
  }

  asItsProgram(place: Place, kind: ContainerName, words: readonly string[], file: string): Promise<number> {
    return this.hostOf(place).feed(['docker', 'exec', '--interactive', '--user', 'root', place.name, ...startWithSecrets(kind), ...words], file);
  }

  /** In the order of the places. */
  conditions(places: readonly Place[]): Condition[] {
    const found = new Map([...byHost(places).values()].flatMap((here) => this.conditionsOn(here).map((one) => [one.place, one])));
    return places.map((place) => found.get(place) as Condition);
  }

  start(places: readonly Place[]): void {
    this.tell('start', places);
  }

  /** They stay stopped when their host starts again. */
  stop(places: readonly Place[]): void {
    this.tell('stop', places);
  }

  restart(places: readonly Place[]): void {
    this.tell('restart', places);
  }

  makingRoom({ on }: Place): string[] {
    return [
      `ssh ${on} sudo du --human-readable --max-depth=1 /var/lib/docker/volumes   what is big`,
      `ssh ${on} docker image prune --all                                        images that nothing uses`,
    ];
  }

  /** Every host is told, also when one of them refuses. */
  private tell(verb: string, places: readonly Place[]): void {
    const problems: string[] = [];
    for (const here of byHost(places).values()) {
      const [first] = here;
      try {
        if (first) this.hostOf(first).run(['docker', verb, ...here.map(({ name }) => name)]);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        problems.push(`${first?.on}: ${error.message}`);
      }
    }
    if (problems.length > 0) throw new UsageError(problems.join('\n'));
  }

  private conditionsOn(places: readonly Place[]): Condition[] {
    const host = this.hostOf(places[0] as Place);
    // the engine says nothing at all of the others when one is missing
    const there = new Set(host.run(['docker', 'ps', '--all', '--format', '{{.Names}}']).split('\n'));
    const known = places.filter(({ name }) => there.has(name)).map(({ name }) => name);
    const said = known.length === 0 ? [] : (JSON.parse(host.run(['docker', 'inspect', '--type', 'container', ...known])) as Inspected[]);
    const byName = new Map(said.map((one) => [one.Name.replace(/^\//, ''), one.State]));
    return places.map((place) => {
      const state = byName.get(place.name);
      if (!state) return { place, state: 'missing', health: '', said: '' };
      return { place, state: state.Status, health: state.Health?.Status ?? '', said: state.Health?.Log?.at(-1)?.Output.trim() ?? '' };
    });
  }
}

/** What `docker inspect` prints, as far as it is needed. */
interface Inspected {
  readonly Name: string;
  readonly State: { readonly Status: string; readonly Health?: { readonly Status: string; readonly Log?: readonly { readonly Output: string }[] } };
}
