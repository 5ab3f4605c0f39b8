import { type Paint, table } from '../../../rehearsal/runner/format';
import type { Finding } from './finding';
import { mendsOf } from './mend';

const COLOURS = { ok: 'green', missing: 'red', 'cannot be told': 'yellow' } as const;

/** One estate's findings, as a table. */
export function findingsTable(estate: string, findings: readonly Finding[], paint: Paint): string {
  const rows = findings.map(({ what, state, remark = '' }) => [{ text: what }, { text: state, shown: paint(COLOURS[state], state) }, { text: remark }]);
  return [paint('bold', estate), ...table(rows).map((line) => `  ${line}`)].join('\n');
}

/** What to do, ready to be copied into a shell. */
export function mendReport(findings: readonly Finding[]): string {
  const open = findings.filter(({ state }) => state !== 'ok');
  if (open.length === 0) return 'Nothing is missing.';
  const lines: string[] = [];
  let last = '';
  for (const { command, mends } of mendsOf(open)) {
    const about = mends.map((what) => `# ${what}`);
    if (about.join() !== last) lines.push(...about);
    lines.push(command);
    last = about.join();
  }
  const told = open.filter(({ state }) => state === 'cannot be told').length;
  const counts = [...(open.length > told ? [`${open.length - told} missing`] : []), ...(told > 0 ? [`${told} cannot be told`] : [])].join(', ');
  if (lines.length === 0) return `${counts}: see the remarks.`;
  return `${counts}. These mend it, in this order; then look again:\n\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
