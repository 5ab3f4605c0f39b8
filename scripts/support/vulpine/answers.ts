import type { VulpineConfig } from '../../../config/vulpine';
import { OUT_OF_TABLES, type Place } from '../../../estates/vulpine/operations';
import type { Site } from './site';

/** A web server without an answer, and what it says: `500`, or `000` when it says nothing. */
export interface Silent {
  readonly place: Place;
  readonly status: string;
}

export interface Asked {
  readonly config: VulpineConfig;
  readonly site: Pick<Site, 'places' | 'inside'>;
  readonly instances: readonly string[];
}

/** `$1`: the domain; `$2`: the path. Asks as nginx does: to another name, or without TLS before it, Mastodon answers something else. */
const ASK = `curl -s -o /dev/null -m 20 -w '%{http_code}' --noproxy localhost -H "Host: $1" -H 'X-Forwarded-Proto: https' "localhost:3000$2" || true`;

/** Web servers that have no answer out of their database. All of them can be well by their own check, which asks nothing of it. */
export function withoutAnswer({ config, site, instances }: Asked): Silent[] {
  return instances.flatMap((instance) =>
    site
      .places(instance, 'web')
      .map((place) => ({
        place,
        status: site.inside(place, ['/bin/sh', '-c', ASK, 'sh', config.prod.instances[instance]?.domain ?? '', OUT_OF_TABLES]).trim(),
      }))
      .filter(({ status }) => status !== '200'),
  );
}
