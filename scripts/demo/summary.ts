import { type Cell, count, type Paint, table } from '../../rehearsal/runner/format';
import type { Reckoning } from './reckoning';

/** What the demo has counted, each where it happens. */
export interface Figures extends Reckoning {
  /** Entries that appeared at Letterboxd. */
  readonly logged: number;
  /** The scrapers' own count. */
  readonly found: number;
  /** Entries on the topic, and how often one came there again. */
  readonly published: { readonly first: number; readonly again: number };
  /** The scrapers' own count of entries that are in every channel. */
  readonly closed: number;
  /** Entry by channel. */
  readonly expected: number;
  /** Messages that Discord has. */
  readonly posted: number;
  /** Sends that Discord answered with the first message; entries in channels that a bot knew from the store. */
  readonly deduplicated: { readonly byDiscord: number; readonly byBots: number };
  /** Bots that were killed between Discord's accept and their record. */
  readonly kills: number;
  readonly poison: { readonly sent: number; readonly parked: number };
  readonly commands: { readonly given: number; readonly answered: number };
  /** docker-worker's tasks: none without a Docker engine. */
  readonly tasks: { readonly run: number; readonly succeeded: number };
}

/** Everything that does not add up; nothing: it does. */
export function discrepancies(figures: Figures): string[] {
  const { logged, found, published, closed, expected, posted, lost, twice, astray, deduplicated, kills, poison, commands, tasks } = figures;
  const problems: string[] = [];
  const same = (what: string, number: number, should: string, other: number) => {
    if (number !== other) problems.push(`${what}: ${number}, but ${should}: ${other}`);
  };
  same('entries found', found, 'logged at Letterboxd', logged);
  same('entries published', published.first, 'found', found);
  same('entries done with', closed, 'published', published.first);
  same('messages posted', posted, 'expected, less those lost, with those twice and astray', expected - lost.length + twice.length + astray.length);
  if (lost.length > 0) problems.push(`${count(lost.length, 'post')} lost`);
  if (twice.length > 0) problems.push(`${count(twice.length, 'post')} there twice`);
  if (astray.length > 0) problems.push(`${count(astray.length, 'post')} where nobody follows`);
  if (deduplicated.byDiscord < kills)
    problems.push(`bots killed after an accept: ${kills}, but sends that Discord answered with the first message: ${deduplicated.byDiscord}`);
  same('poison messages parked', poison.parked, 'sent', poison.sent);
  same('commands answered', commands.answered, 'given', commands.given);
  same('tasks of docker-worker that succeeded', tasks.succeeded, 'run', tasks.run);
  return problems;
}

/** The table, and a sentence that says what it means. */
export function summary(figures: Figures, problems: readonly string[], paint: Paint): string {
  const { logged, found, published, closed, expected, posted, lost, twice, astray, deduplicated, poison, commands, tasks } = figures;
  const bad = (number: number): Cell => ({ text: String(number), right: true, ...(number > 0 && { shown: paint('red', String(number)) }) });
  const row = (of: string, what: string, figure: number | Cell, remark = ''): Cell[] => [
    { text: of },
    { text: what },
    typeof figure === 'number' ? { text: String(figure), right: true } : figure,
    { text: remark, ...(remark !== '' && { shown: paint('dim', remark) }) },
  ];
  const rows = [
    row('entries', 'logged at Letterboxd', logged),
    row('', 'found by the scrapers', found),
    row('', 'published first', published.first),
    row('', 'published again', published.again, 'not known to be in every channel after a second or two'),
    row('', 'done with', closed, 'in every channel that follows'),
    row('posts', 'expected', expected, 'entry x channels that follow'),
    row('', 'posted', posted),
    row('', 'deduplicated by Discord', deduplicated.byDiscord, 'sent again: answered with the first message'),
    row('', 'deduplicated by the bots', deduplicated.byBots, 'published again: they knew it was there'),
    row('', 'lost', bad(lost.length)),
    row('', 'twice', bad(twice.length)),
    row('', 'astray', bad(astray.length), 'where nobody follows'),
    row('messages', 'poison sent', poison.sent),
    row('', 'parked', poison.parked),
    row('commands', 'given', commands.given),
    row('', 'answered', commands.answered),
    row('tasks', 'run', tasks.run, "docker-worker's"),
    row('', 'succeeded', tasks.succeeded),
  ];
  const verdict = problems.length > 0 ? `It does not add up:\n${problems.map((problem) => `  ${problem}`).join('\n')}` : sentence(figures);
  return `${table(rows).join('\n')}\n\n${paint(problems.length > 0 ? 'red' : 'green', verdict)}`;
}

function sentence({ logged, expected, kills }: Figures): string {
  if (logged === 0) return 'Nothing was logged: nothing was to be posted, and nothing was.';
  const though = kills > 0 ? `, though a bot was killed ${count(kills, 'time')} between Discord's accept and its own record` : '';
  return `It adds up: ${logged === 1 ? '1 entry' : `${logged} entries`} came to all ${expected} places where they are followed, each once${though}.`;
}
