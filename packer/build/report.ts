import { type Cell, count, type Paint, table } from '../../rehearsal/runner/format';
import { logOf, type Result } from './bake';
import type { Wanted } from './plan';

/** What a run is about to do: a line for each image. */
export function planReport(images: readonly Wanted[], kept: ReadonlyMap<string, string>): string {
  const rows = images.map(({ name, family, project, base }): Cell[] => {
    const image = kept.get(name);
    const from = !base ? '' : images.some((each) => each.name === base) ? `after ${base}` : `from the newest ${base}`;
    return [{ text: name }, { text: `family ${family}` }, { text: `project ${project}` }, { text: image ? `kept: ${image}` : from }];
  });
  const resumed = kept.size > 0 ? ['', 'The last run did not finish. What it baked is kept; --fresh (FRESH=1) bakes it again.'] : [];
  return [...table(rows).map((row) => `  ${row}`), ...resumed].join('\n');
}

const STYLES = { baked: 'green', kept: 'dim', failed: 'red', interrupted: 'yellow', 'not started': 'yellow' } as const;

/** How it went: a line for each image, what Packer said of those that failed, and what to do next. */
export function resultReport(results: readonly Result[], scratch: string, paint: Paint): string {
  const rows = results.map(({ name, outcome, text, seconds }): Cell[] => [
    { text: name },
    { text: outcome, shown: paint(STYLES[outcome], outcome) },
    { text: seconds === undefined ? '' : duration(seconds), right: true },
    { text },
  ]);
  const failures = results.flatMap(({ name, outcome, text, said = [] }) =>
    outcome === 'failed' ? ['', paint('red', `${name}: ${text}`), ...said.map((line) => `  ${line}`), `  all of it: ${logOf(scratch, name)}`] : [],
  );
  return [...table(rows), ...failures, '', ending(results)].join('\n');
}

function ending(results: readonly Result[]): string {
  const done = results.filter(({ outcome }) => outcome === 'baked' || outcome === 'kept').map(({ name }) => name);
  if (done.length < results.length) {
    const mend = results.some(({ outcome }) => outcome === 'failed') ? 'Mend what is named above and run' : 'Run';
    return `${done.length} of ${count(results.length, 'image')}. ${mend} the same command again: it bakes only what is missing.`;
  }
  const next = done.includes('moshi-srv') ? ['make cycle'] : done.some((name) => name.endsWith('-python3')) ? ['make bake'] : [];
  return [`${count(done.length, 'image')}. Machines that follow a family start from these from now on.`, ...next.map((each) => `\nNext: ${each}`)].join('\n');
}

function duration(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
