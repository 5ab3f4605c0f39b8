import * as z from 'zod';
import type { Place } from '../../../estates/vulpine/operations';
import { UsageError } from '../../../rehearsal/runner/failure';
import { answerOf } from '../tool';
import type { Site } from './site';

const URL = 'http://localhost:9200';
/** Percent of the disk from which on Elasticsearch moves data away, unless its settings say another; above the next mark it writes nothing. */
const HIGH = 90;
const BLOCK = 'index.blocks.read_only_allow_delete';

const nodes = z.array(z.object({ node: z.string(), 'disk.percent': z.nullable(z.string()) }));

/** How an instance's Elasticsearch stands, asked in its container: nobody else reaches it. */
export class Search {
  constructor(
    private readonly site: Pick<Site, 'inside'>,
    private readonly place: Place,
  ) {}

  /** Indices that may not be written to. */
  blocked(): string[] {
    type Settings = Record<string, { readonly settings: Readonly<Record<string, string>> }>;
    const all = this.ask<Settings>(`_all/_settings/${BLOCK}?flat_settings=true&expand_wildcards=all`);
    return Object.keys(all)
      .filter((index) => all[index]?.settings[BLOCK] === 'true')
      .sort();
  }

  /** Percent of the disk that is used, and from where on it is too much. */
  disk(): { readonly used: number; readonly high: number } {
    const { success, data } = nodes.safeParse(this.ask('_cat/allocation?format=json&h=node,disk.percent'));
    const used = success ? data.flatMap((node) => node['disk.percent'] ?? []).map(Number) : [];
    if (used.length === 0 || used.some(Number.isNaN)) throw new UsageError(`${this.place.name} does not say how full its disk is: look at its log`);
    const settings = this.ask<object>(
      '_cluster/settings?include_defaults=true&flat_settings=true&filter_path=*.cluster.routing.allocation.disk.watermark.high',
    );
    const [, percent] = /"cluster\.routing\.allocation\.disk\.watermark\.high":"(\d+(?:\.\d+)?)%"/.exec(JSON.stringify(settings)) ?? [];
    return { used: Math.max(...used), high: Number(percent ?? HIGH) };
  }

  /** All may be written to. */
  unblock(): void {
    const body = JSON.stringify({ [BLOCK]: null });
    const url = `${URL}/_all/_settings?expand_wildcards=all`;
    const args = ['curl', '--silent', '--show-error', '--fail-with-body', '--max-time', '60', '--request', 'PUT', '--header', 'Content-Type: application/json'];
    const answer = this.site.inside(this.place, [...args, '--data', body, url]);
    if (answerOf<{ acknowledged: boolean }>('PUT _all/_settings', answer, 'acknowledged').acknowledged !== true)
      throw new UsageError(`Elasticsearch did not do it: ${answer}`);
  }

  private ask<T>(path: string): T {
    const answer = this.site.inside(this.place, ['curl', '--silent', '--show-error', '--fail-with-body', '--max-time', '60', `${URL}/${path}`]);
    return answerOf<T & object>(`GET ${path.split('?')[0]}`, answer) as T;
  }
}
