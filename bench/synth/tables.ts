import type { Comparison } from './comparison';
import type { Growth } from './growth';

export function comparisonTable({ ours, template, floor }: Comparison): string {
  const rows = [
    ['ours: make synth', ours],
    ["cdktf's template", template],
    ['floor: modules loaded', floor],
  ] as const;
  return table([
    ['way', 'wall s', 'fastest', 'slowest', 'peak MB', 'time to ours', 'memory to ours'],
    ...rows.map(([name, { seconds, fastest, slowest, peakMb }]) => [
      name,
      ...[seconds, fastest, slowest].map((value) => value.toFixed(2)),
      peakMb.toFixed(0),
      (seconds / ours.seconds).toFixed(2),
      (peakMb / ours.peakMb).toFixed(2),
    ]),
  ]);
}

/** The ratio is to 1,000 resources with the same layout: spread over stacks, or all in one. */
export function growthTable(sizes: readonly Growth[]): string {
  return table([
    ['resources', 'stacks', 'synth s', 'ms per resource', 'to 1,000', 'process s', 'peak MB'],
    ...sizes.map(({ resources, stacks, seconds, msPerResource, process }) => {
      const base = sizes.find((size) => size.resources === 1_000 && (size.stacks === 1) === (stacks === 1 && resources >= 1_000));
      const ratio = msPerResource / (base?.msPerResource ?? Number.NaN);
      return [
        resources.toLocaleString('en'),
        stacks.toLocaleString('en'),
        seconds.toFixed(2),
        msPerResource.toFixed(3),
        ratio.toFixed(2),
        process.seconds.toFixed(2),
        process.peakMb.toFixed(0),
      ];
    }),
  ]);
}

/** Aligned columns, two blanks apart: what starts with a letter to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const isText = (column: number) => rows.slice(1).some((row) => /^[a-z]/i.test(row[column] ?? ''));
  const line = (row: readonly string[]) => row.map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return rows.map((row) => `  ${line(row).join('  ')}`.trimEnd()).join('\n');
}
