import type { Step } from '../../../constructs/core/first-deploy';
import { type Paint, table } from '../../../rehearsal/runner/format';
import type { Answer } from './answer';
import { shortly } from './command-of';

/** A step, and how it stands. */
export interface Standing {
  readonly step: Step;
  readonly answer: Answer;
}

const COLOURS = { done: 'green', 'to do': 'yellow', 'needs a person': 'red', 'not asked': 'dim' } as const;

function word({ step, answer }: Standing): keyof typeof COLOURS {
  return answer.is !== 'done' && step.does.kind === 'person' ? 'needs a person' : answer.is;
}

/** All steps, in their order. */
export function stepsTable(standings: readonly Standing[], paint: Paint): string {
  const rows = standings.map((standing, i) => {
    const said = word(standing);
    return [
      { text: `${i + 1}`, right: true },
      { text: standing.step.title },
      { text: said, shown: paint(COLOURS[said], said) },
      { text: standing.answer.is === 'done' ? '' : shortly(standing.step) },
    ];
  });
  const remarks = standings.flatMap(({ answer }, i) => (answer.is === 'not asked' && answer.remark ? [`  ${i + 1} was not asked: ${answer.remark}`] : []));
  return [...table(rows).map((line) => `  ${line}`), ...new Set(remarks)].join('\n');
}

/** `34 s`, `12:05 min`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}
