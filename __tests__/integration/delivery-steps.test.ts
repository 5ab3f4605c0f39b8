import { spawnSync } from 'node:child_process';
import { describeReal } from '../support/real';
import { onlyResource, synthEstate } from '../support/synth';

const stacks = synthEstate('filmlinkd');
const steps = (['dev', 'prod'] as const).flatMap((environment) => {
  const { build } = onlyResource(stacks.get(`filmlinkd-delivery-${environment}`), 'google_cloudbuild_trigger');
  return (build as { step: { id: string; script: string; env: string[] }[] }).step.map((step) => [`${environment} ${step.id}`, step] as const);
});

/** What shellcheck finds in the script of a step: Cloud Build runs it with bash, and its environment is set. */
function findings({ script, env }: { readonly script: string; readonly env: readonly string[] }): string {
  const names = env.map((value) => value.split('=')[0]);
  const text = ['#!/bin/bash', ...names.map((name) => `: "\${${name}:?}"`), script.replace(/([$%])\1(?=\{)/g, '$1')].join('\n');
  const { stdout, error } = spawnSync('shellcheck', ['--enable=all', '--exclude=SC2250,SC2292', '--format=gcc', '-'], { input: text, encoding: 'utf8' });
  if (error) throw error;
  return stdout;
}

describeReal(['shellcheck'], "the steps of filmlinkd's delivery", () => {
  test.each(steps)('%s: shellcheck has nothing to say', (_, step) => {
    expect(findings(step)).toBe('');
  });

  test('and would say it', () => {
    expect(findings({ script: 'set -eu\ndocker push $IMAGE\n', env: [] })).toMatch(/SC2086[\s\S]*/);
  });
});
