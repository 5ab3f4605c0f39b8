import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { templateText } from '../../constructs/core/template-text';
import { describeReal } from '../support/real';

describeReal(['terraform'], 'template text', () => {
  test('Terraform passes any text through unchanged', () => {
    const folder = mkdtempSync(join(tmpdir(), 'text-'));
    const texts = [
      ...fc.sample(fc.string({ unit: fc.constantFrom('$', '%', '{', '}', '~', 'a', '\\', '"', '\n', 'é') }), { numRuns: 400, seed: 1 }),
      '#!/bin/sh\necho "${HOME:-/root}" $((1+1)) 100% %{ if true }\n',
    ];
    const output = Object.fromEntries(texts.map((text, index) => [`t${index}`, { value: templateText(text) }]));
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ output }));
    const terraform = (...args: string[]) =>
      execFileSync('terraform', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, TF_CLI_CONFIG_FILE: '' }, maxBuffer: 1e8 });
    terraform('init');
    terraform('apply', '-auto-approve');
    const values: Record<string, { value: string }> = JSON.parse(terraform('output', '-json'));
    expect(texts.map((_, index) => values[`t${index}`]?.value)).toEqual(texts);
  });
});
