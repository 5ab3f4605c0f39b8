import type { ReadStream } from 'node:tty';
import type { SecretNeed } from '../../../constructs/core/need';
import { HiddenInput } from './hidden-input';
import type { Fillable } from './survey';
import { readValueLines, refusal } from './value-lines';

/** Gives a value for each of `wanted`, as long as there are any; `none` of those that standard input does not name. */
export type Values = AsyncIterable<{ readonly secret: Fillable; readonly value: Buffer }>;

/** From somebody at the terminal, one after the other; what several hosts need is one value, asked for once. @throws Interrupted */
export async function* typedValues(wanted: readonly Fillable[], terminal: ReadStream, output: NodeJS.WritableStream): Values {
  const input = new HiddenInput(terminal, output);
  const entered = new Map<string, Buffer>();
  input.open();
  try {
    for (const secret of wanted) {
      const { type, name, is, from, keys } = secret.need;
      const before = type === 'host' ? entered.get(name) : undefined;
      if (before) {
        yield { secret, value: before };
        continue;
      }
      const shape = keys ? `\n  on one line: {${keys.map((key) => `"${key}": "..."`).join(', ')}}` : '';
      output.write(`\n${name}: ${is}\n  ${from}${shape}\n`);
      const value = await typed(input, secret.need, output);
      entered.set(name, value);
      yield { secret, value };
    }
  } finally {
    input.close();
  }
}

async function typed(input: HiddenInput, need: SecretNeed, output: NodeJS.WritableStream): Promise<Buffer> {
  for (;;) {
    const value = Buffer.from(await input.ask(`  ${need.name} (hidden; Ctrl-C ends): `));
    const reason = refusal(value, need);
    if (reason === undefined) return value;
    output.write(`  It ${reason}.\n`);
  }
}

/** From `NAME=value` lines. All are read before the first is given. @throws UsageError when one is wrong */
export async function* pipedValues(wanted: readonly Fillable[], secrets: readonly SecretNeed[], input: AsyncIterable<Buffer>): Values {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(chunk);
  const values = readValueLines(Buffer.concat(chunks), secrets);
  for (const secret of wanted) {
    const value = values.get(secret.need.name);
    if (value) yield { secret, value };
  }
}
