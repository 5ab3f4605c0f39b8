import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { RepositoryCopy } from '../support/repository';

const copy = new RepositoryCopy();
const made = copy.tree('.gen/providers');
rmSync(join(copy.root, '.gen')); // a link to ours
const bindings = () => copy.run('node', ['--import', 'tsx', 'scripts/bindings.ts'], { PATH: join(process.execPath, '..') });

test('the same schema gives the same bytes, without Terraform, and nothing else is left', () => {
  expect(bindings()).toEqual({ code: 0, output: '' });
  const again = copy.tree('.gen');
  expect(again.size).toBeGreaterThan(130);
  expect(again).toEqual(new Map([...made].map(([file, text]) => [`providers/${file}`, text])));
});

test('a provider that is not recorded is refused, and nothing is taken away', () => {
  copy.replace('cdktf.json', 'linode@3.12.0', 'linode@3.13.0');
  const { code, output } = bindings();
  expect([code, output]).toEqual([2, expect.stringContaining('linode/linode@3.13.0 is not recorded')]);
  expect(copy.tree('.gen').size).toBeGreaterThan(130);
  copy.replace('cdktf.json', 'linode/linode@3.13.0', 'linode');
  expect(bindings().output).toContain('expected <namespace>/<provider>@<version>');
});
