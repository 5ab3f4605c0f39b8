import type { ContainerName, VulpineConfig } from '../../../config/vulpine';
import type { Kind, Place } from '../../../estates/vulpine/operations';
import { UsageError } from '../../../rehearsal/runner/failure';
import { ClusterSite } from './cluster-site';
import { DockerSite } from './docker-site';

/** Where what runs, and how one gets at it. */
export interface Site {
  /** What an instance has of these kinds; at least one, or it is an error of the config. */
  places(instance: string, ...kinds: readonly Kind[]): Place[];
  /** What a program prints there. */
  inside(place: Place, words: readonly string[], input?: string): string;
  /** The same with the secrets of that container, as its own program has them, and a file as standard input. Returns the exit code. */
  asItsProgram(place: Place, kind: ContainerName, words: readonly string[], file: string): Promise<number>;
  restart(places: readonly Place[]): void;
  /** Commands that show what fills the disk of a place, or make it bigger. */
  makingRoom(place: Place): string[];
}

/** The site that the config describes. */
export function siteOf(config: VulpineConfig): Site {
  return config.prod.topology === 'kubernetes' ? new ClusterSite(config) : new DockerSite(config);
}

/** The same where it has to be hosts. @throws UsageError in a cluster, with what to do there instead */
export function hostsOf(config: VulpineConfig, insteadInCluster: string): DockerSite {
  if (config.prod.topology === 'kubernetes') throw new UsageError(`This is for hosts, and the config has topology "kubernetes". ${insteadInCluster}`);
  return new DockerSite(config);
}

/** The first of one kind: of what there is once, or where one of several is as good as another. */
export function onlyOne(site: Pick<Site, 'places'>, instance: string, kind: Kind): Place {
  const [place] = site.places(instance, kind);
  if (!place) throw new UsageError(`${instance} has no ${kind}: vulpine.prod gives it none`);
  return place;
}
