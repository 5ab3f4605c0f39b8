import { count, type Paint } from '../../../rehearsal/runner/format';
import type { Adoptable } from './adoptable';

/** One stack: what of it may run already. */
export function stackReport(all: readonly Adoptable[], paint: Paint): string {
  const [first] = all;
  if (!first) return '';
  const possible = all.filter(({ id }) => id !== undefined);
  const head = `${paint('bold', first.stack)}   ids go to ${first.config}`;
  return [head, ...possible.map((one) => entry(one, paint)), ...impossible(all)].join('\n');
}

function entry({ path, type, id = '', find = '', remark, named }: Adoptable, paint: Paint): string {
  const lines = [`  ${path}   ${paint('dim', type)}`, `      id    ${id}`, `      find  ${find}`];
  if (remark) lines.push(`      note  ${remark}`);
  if (named !== undefined) lines.push(`      ${paint('green', 'named')} ${named}${remarkOn(named, id)}`);
  return lines.join('\n');
}

/** An object by another name is not what the stack describes: its plan will replace it. */
function remarkOn(named: string, id: string): string {
  return id.includes('<') || id === named ? '' : '   not what the stack calls it: a plan would replace the object, see the runbook';
}

/** By type: there is nothing to decide. */
function impossible(all: readonly Adoptable[]): string[] {
  const types = new Map(all.filter(({ id }) => id === undefined).map(({ type, remark = '' }) => [type, remark]));
  return [...types].map(([type, remark]) => `  not ${type}: ${remark}`);
}

/** How much there is, and what to do with it. */
export function nextSteps(estate: string, all: readonly Adoptable[]): string {
  const possible = all.filter(({ id }) => id !== undefined);
  const named = possible.filter((one) => one.named !== undefined);
  const example = possible.find((one) => one.named === undefined) ?? possible[0];
  const counts = `${count(possible.length, 'resource')} can be taken over, ${named.length} named in config, ${all.length - possible.length} cannot be.`;
  if (!example) return counts;
  const stacks = [...new Set((named.length > 0 ? named : [example]).map(({ stack }) => stack))];
  return [
    counts,
    '',
    'Next: name what runs in estates.json, for example',
    '',
    `  ${JSON.stringify(nested(`${example.config}`.split('.'), { [example.path]: example.id }))}`,
    '',
    `then make plan STACKS='${stacks.join(' ')}', which must import it, and make and destroy nothing in its place. docs/runbooks/adopting.md has it step by step.`,
    ...(named.length === 0 ? [`Nothing of ${estate} runs yet? Then there is nothing to name.`] : []),
  ].join('\n');
}

function nested([first, ...rest]: readonly string[], value: unknown): unknown {
  return first === undefined ? value : { [first]: nested(rest, value) };
}
