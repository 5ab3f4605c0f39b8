import type { ComparedCost, Cost, CostComparison, CostEstimate } from '../../constructs/core/cost';
import { type Cell, table } from '../../rehearsal/runner/format';

/** What an estate costs, as text. */
export function costReport(name: string, cost: CostEstimate | CostComparison): string {
  return 'setups' in cost ? comparison(name, cost) : estimate(name, cost);
}

function estimate(name: string, { items, beside = [], notCounted }: CostEstimate): string {
  const total = items.reduce((sum, { monthly = 0 }) => sum + monthly, 0);
  const isWhole = items.every(({ monthly }) => monthly !== undefined);
  const rows = [...items.map(row), row({ what: isWhole ? 'together' : 'together, without what has no price', monthly: total })];
  const compare = beside.length > 0 ? `\n  beside it\n${indented(beside.map(row))}` : '';
  return `${name}\n${indented(rows)}${compare}\n  Not counted: ${notCounted}.`;
}

function comparison(name: string, { setups, configured, lines, byUse, notes, notCounted }: CostComparison): string {
  const head = [text(''), right('each'), ...setups.flatMap((setup) => [text(''), right(setup === configured ? `* ${setup}` : setup)]), text('')];
  const isPriced = (part: readonly ComparedCost[]) => part.some(({ each }) => each !== undefined);
  const sum = (part: readonly ComparedCost[]) => setups.map((_, i) => part.reduce((total, { each = 0, amounts }) => total + each * (amounts[i] as number), 0));
  const totals = (what: string, part: readonly ComparedCost[]) => [
    text(part.every(({ each }) => each !== undefined) ? what : `${what}, without what has no price`),
    text(''),
    ...sum(part).flatMap((total) => [text(''), right(isPriced(part) ? total.toFixed(2) : '?')]),
    text(''),
  ];
  const rows = [
    head,
    ...lines.map(comparedRow),
    totals('all month', lines),
    head.map(() => text('')),
    ...byUse.map(comparedRow),
    totals('by use, as assumed', byUse),
    head.map(() => text('')),
    totals('together', [...lines, ...byUse]),
  ];
  return [`${name} (* as configured)`, indented(rows), ...notes.map((note) => `  ${note}`), `  Not counted: ${notCounted}.`].join('\n');
}

function comparedRow({ what, each, amounts, remark = '' }: ComparedCost): Cell[] {
  const cells = amounts.flatMap((amount) =>
    amount === 0 ? [text(''), right('-')] : [right(figure(amount)), right(each === undefined ? '?' : (each * amount).toFixed(2))],
  );
  return [text(what), right(each === undefined ? 'no price noted' : price(each)), ...cells, text(remark)];
}

/** Cents, or what is less than that. */
function price(each: number): string {
  const exact = String(Number(each.toPrecision(3)));
  return each >= 1 || exact.length < each.toFixed(2).length ? each.toFixed(2) : exact;
}

/** A count, or a quantity with one digit where it is not whole. */
function figure(amount: number): string {
  return String(Number(amount.toFixed(1)));
}

function row({ what, monthly, remark = '' }: Cost): Cell[] {
  return [text(what), right(monthly === undefined ? 'no price noted' : monthly.toFixed(2)), text(remark)];
}

function text(value: string): Cell {
  return { text: value };
}

function right(value: string): Cell {
  return { text: value, right: true };
}

function indented(rows: readonly (readonly Cell[])[]): string {
  return table(rows)
    .map((line) => `    ${line}`.trimEnd())
    .join('\n');
}
