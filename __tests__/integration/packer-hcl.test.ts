import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { block } from '../../packer/hcl/body';
import { Heredoc, Template, type Value } from '../../packer/hcl/value';
import { writeHcl } from '../../packer/hcl/write';
import { attributes, data, heredocs, MISCOMPOSED, templates, text } from '../packer/hcl/arbitrary';
import { describeReal } from '../support/real';

const X = '$x{"';

function packer(args: readonly string[], input = ''): { code: number | null; output: string } {
  const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
  const { status, stdout, stderr } = spawnSync('packer', args, { input, env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { code: status, output: stdout + stderr };
}

function write(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'hcl-')), 'test.pkr.hcl');
  writeFileSync(file, text);
  return file;
}

/** What Packer makes of the values: each evaluated, wrapped in a function, all as JSON. */
function evaluated(values: readonly Value[], wrap: (reference: string) => string): unknown[] {
  const variable = block('variable', 'x', { default: X });
  const locals = Object.fromEntries(values.map((value, i) => [`v${i}`, value]));
  const file = write(writeHcl([variable, block('locals', [], locals)]));
  const { code, output } = packer(['console', file], `jsonencode([${values.map((_, i) => wrap(`local.v${i}`)).join(', ')}])\n`);
  if (code !== 0) throw new Error(output);
  return JSON.parse(output);
}

function expected(value: Value): unknown {
  if (value instanceof Template || value instanceof Heredoc) {
    return value.parts
      .map((part) => (typeof part === 'string' ? part.normalize('NFC') : X))
      .join('')
      .normalize('NFC');
  }
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) return value.map(expected);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, expected(each)]));
  return value === 0 ? 0 : value; // HCL has no negative zero
}

describeReal(['packer'], 'HCL as Packer reads it', () => {
  test('strings, templates and heredocs evaluate to what was written', () => {
    const whole = fc.oneof(text, templates, heredocs).filter((each) => !MISCOMPOSED.test(String(expected(each))));
    const values = fc.array(whole, { minLength: 60, maxLength: 80, size: 'max' });
    // Bytes: Packer composes the letters of its JSON as well, and a combining mark after an escape spoils that.
    const decoded = (each: readonly Value[]) =>
      evaluated(each, (local) => `base64encode(${local})`).map((value) => Buffer.from(String(value), 'base64').toString());
    fc.assert(
      fc.property(values, (each) => expect(decoded(each)).toEqual(each.map(expected))),
      { numRuns: 10 },
    );
  });

  test('data evaluates to what was written', () => {
    const values = fc.array(
      data.filter((each) => !/\p{M}/u.test(JSON.stringify(each))),
      { minLength: 20, maxLength: 40, size: 'max' },
    );
    fc.assert(
      fc.property(values, (each) => expect(evaluated(each, String)).toEqual(each.map(expected))),
      { numRuns: 10 },
    );
  });

  test('packer fmt finds nothing to change', () => {
    const blocks = fc.array(attributes, { minLength: 10, maxLength: 20, size: 'max' });
    fc.assert(
      fc.property(blocks, (all) => {
        const nested = all.map((each) => block('inner', [], each));
        const file = write(writeHcl([...all.map((each, i) => block('outer', `label ${i}`, each, nested.slice(0, i % 3)))], 'head'));
        expect(packer(['fmt', '-check', '-diff', file])).toEqual({ code: 0, output: '' });
      }),
      { numRuns: 15 },
    );
  });
});
