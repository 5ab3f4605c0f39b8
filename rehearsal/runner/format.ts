import { styleText } from 'node:util';
import type { Output } from './progress';

export type Paint = (style: 'red' | 'green' | 'yellow' | 'bold' | 'dim', text: string) => string;

/** Colours on a terminal, plain text elsewhere or when NO_COLOR is set. */
export function paintFor(output: Output, env: NodeJS.ProcessEnv): Paint {
  return output.isTTY && !env.NO_COLOR ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/**
 * Rows with columns as wide as their widest cell; the last cell of a row widens nothing, so that it can be a remark of any
 * length. Widths are those of the plain text, so that colours do not shift anything.
 */
export function table(rows: readonly (readonly Cell[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, { text }] of row.slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, text.length);
  return rows.map((row) =>
    row
      .map(({ text, right, shown = text }, i) => {
        const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - text.length));
        return right ? padding + shown : shown + padding;
      })
      .join('   ')
      .trimEnd(),
  );
}

export interface Cell {
  readonly text: string;
  /** The same with colours. */
  readonly shown?: string;
  /** Aligned to the right. */
  readonly right?: boolean;
}

/** `1 stack`, `2 stacks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
