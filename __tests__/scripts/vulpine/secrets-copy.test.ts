import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { mergePatch } from '../../../config/merge';
import { vulpineSchema, vulpineValues } from '../../../config/vulpine';
import type { HostSecretNeed } from '../../../constructs/core/need';
import { vulpineNeeds } from '../../../estates/vulpine/needs';
import multi from '../../../estates/vulpine/variants/multi-server.json';
import multiTwo from '../../../estates/vulpine/variants/multi-server-two-instances.json';
import { readValueLines } from '../../../scripts/support/secrets/value-lines';
import { OperationsBench } from '../../support/operations-bench';

/** What a shell, its `echo` or a format would make something else of. */
const AWKWARD = [
  'a\\tb\\c d',
  '-n',
  '\\',
  ' blanks at both ends ',
  'it\'s "$HOME" `id` $(id)',
  '100%s\\n%d',
  'ü😀==',
  '\\0101\\x41',
  '*',
  '-e x\\\\',
  '#',
  '~;&|<>',
  '!!',
] as const;

/** The lines that the runbook has for it. */
const DOCUMENTED = [...readFileSync('docs/runbooks/vulpine.md', 'utf8').matchAll(/^ *```sh\n([\s\S]*?)```/gm)]
  .map(([, text = '']) => text)
  .filter((text) => text.includes('gpg --encrypt')) as [string];

describe.each([
  ['single', {}],
  ['single, certificates by DNS', { prod: { certificates: { challenge: 'dns' } } }],
  ['multi-server', multi.vulpine],
  ['multi-server, two', multiTwo.vulpine],
])('the copy of the secrets that the runbook makes of topology %s', (_topology, override) => {
  const config = vulpineSchema.parse(mergePatch(mergePatch(vulpineValues, override), { prod: { backup: { alert: { webhook: true } } } }));
  const needs = vulpineNeeds(config).filter((need): need is HostSecretNeed => need.kind === 'secret' && need.type === 'host');
  const names = [...new Set(needs.map(({ name }) => name))].sort();
  const values = new Map(names.map((name, i) => [name, AWKWARD[i % AWKWARD.length] as string]));
  let bench: OperationsBench;

  beforeEach(() => {
    bench = new OperationsBench();
    const file = (host: string, name: string, content: string) => {
      mkdirSync(dirname(bench.at(`hosts/admin@${host}/${name}`)), { recursive: true });
      writeFileSync(bench.at(`hosts/admin@${host}/${name}`), content);
    };
    for (const need of needs) {
      file(need.host, need.file, values.get(need.name) as string);
      // what is no secret of ours, or not yet
      file(need.host, `${need.file.replace(/[^/]*$/, '')}.${need.name.replace('/', '-')}.x1Y2z3`, 'half of one');
      file(need.host, 'vulpine/smtp/NOT_YET', '');
      for (const other of ['key', 'key.pub', 'known_hosts']) file(need.host, `backup/${other}`, `${other}\nof the host's own\n`);
    }
    bench.program('remote/sudo', 'exec "$@"');
    bench.program('remote/sh', 'exec /bin/dash "$@"'); // Debian's
    bench.program('bin/gpg', 'for word; do case $word in --output=*) exec cat >"${word#--output=}" ;; esac; done\nexec cat vulpine-secrets.gpg');
  });

  test.each(['/bin/bash', '/bin/dash'])('has every value as it is, by a person with %s', (shell) => {
    const hosts = [...new Set(needs.map(({ host }) => host.split('.')[0]))].join(' ');
    const text = DOCUMENTED[0].replace('for host in smithwicks;', `for host in ${hosts};`).replace('cd /etc/vulpine', `cd "${bench.root}/hosts/$LOGIN"`);
    const { status, stdout, stderr } = spawnSync(shell, ['-c', text], {
      cwd: bench.root,
      env: { PATH: `${bench.at('bin')}:/usr/bin:/bin`, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toEqual(names);
    const copied = readValueLines(readFileSync(bench.at('vulpine-secrets.gpg')), needs);
    expect(Object.fromEntries([...copied].map(([name, value]) => [name, value.toString()]))).toEqual(Object.fromEntries(values));
    // no value in an argument
    expect(readFileSync(bench.at('ssh-calls'), 'utf8')).toMatch(/^(admin@\w+\.vulpine\.club sudo sh -s \w+\n)+$/);
  });
});
