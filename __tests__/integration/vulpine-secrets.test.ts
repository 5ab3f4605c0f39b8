import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mergePatch } from '../../config/merge';
import { vulpineSchema, vulpineValues } from '../../config/vulpine';
import { ofKind } from '../../constructs/core/first-deploy';
import { vulpineNeeds } from '../../estates/vulpine/needs';
import { Planted } from '../support/planted';
import { describeReal } from '../support/real';
import { RepositoryCopy, ROOT } from '../support/repository';
import { variant } from '../support/vulpine/documents';

jest.setTimeout(300_000);

test('a value is found however it is packed', () => {
  const planted = new Planted();
  const value = planted.value('x');
  for (const packed of [value, Buffer.from(`user: ${value}`).toString('base64'), gzipSync(`user: ${value}`).toString('base64')])
    expect(planted.isIn(`{"user_data": "${packed}"}`)).toBe(true);
  expect(planted.isIn('planted-')).toBe(false);
});

describeReal(['terraform'], "values of vulpine's secrets", () => {
  test.each<[string, object]>([
    ['single', {}],
    ['single, two instances', variant('two-instances')],
    ['multi-server', variant('multi-server')],
    ['kubernetes', variant('kubernetes')],
  ])('in topology %s: in no synthesized file, no state, nothing that is printed, and no argument of a process', (_title, override) => {
    const needs = ofKind(vulpineNeeds(vulpineSchema.parse(mergePatch(vulpineValues, override))), 'secret');
    const names = [...new Set(needs.map(({ name }) => name))];
    expect(names.length).toBeGreaterThan(10);
    const planted = new Planted();
    const config = join(planted.folder, 'estates.json');
    writeFileSync(config, JSON.stringify({ vulpine: override }));

    // who has them in the environment deploys
    const real = execFileSync('sh', ['-c', 'command -v terraform'], { encoding: 'utf8' }).trim();
    planted.program('terraform', `'${real}' "$@"; code=$?\n[ "$1" != apply ] || cp -R ../../../.state "$here/seen/states-$$"\nexit $code`);
    const variables = [...names.map((name) => name.split('/')[1] as string), 'LINODE_TOKEN', 'AWS_SESSION_TOKEN'];
    const env = Object.fromEntries(
      variables.flatMap((name) => [name, `TF_VAR_${name}`, `TF_VAR_${name.toLowerCase()}`].map((variable) => [variable, planted.value(name)])),
    );
    const kept = join(planted.folder, 'kept');
    const rehearsed = new RepositoryCopy().run('node', ['--import', 'tsx', 'rehearsal/main.ts', '--estate', 'vulpine', '--keep', kept], {
      ...env,
      ESTATES_CONFIG: config,
      PATH: planted.path,
    });
    expect(rehearsed).toMatchObject({ code: 0 });
    expect(readdirSync(join(planted.folder, 'seen')).filter((name) => name.startsWith('states-')).length).toBeGreaterThan(2);

    // and enters them
    planted.program('ssh', `case "$*" in *'cat >"$new"'*) cat >"$here/received/$$" ;; *) echo null ;; esac`);
    planted.program('kubectl', `case "$1 $2" in 'get namespace') echo '"here"' ;; 'get secret') echo null ;; *) cat >"$here/received/$$" ;; esac`);
    const entered = spawnSync('node', ['--import', 'tsx', join(ROOT, 'scripts/secrets.ts'), '--estate', 'vulpine', '--yes'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, ESTATES_CONFIG: config, PATH: planted.path },
      input: names.map((name) => `${name}=${planted.value(name)}\n`).join(''),
    });
    expect(entered).toMatchObject({ status: 0 });
    // each arrives, or nothing would be found below for another reason
    for (const name of names)
      expect([name, [planted.value(name), Buffer.from(planted.value(name)).toString('base64')].some((value) => planted.received.includes(value))]).toEqual([
        name,
        true,
      ]);

    expect(planted.foundIn(kept)).toEqual([]);
    expect(planted.foundIn(join(planted.folder, 'seen'))).toEqual([]);
    expect(planted.isIn(`${rehearsed.output}${entered.stdout}${entered.stderr}`)).toBe(false);
  });
});
