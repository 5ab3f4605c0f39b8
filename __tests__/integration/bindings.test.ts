import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describeReal } from '../support/real';
import { RepositoryCopy, ROOT } from '../support/repository';

const UNCHECKED = '// @ts-nocheck\n';

describeReal(['terraform'], "cdktf's own command for provider classes", () => {
  test('writes what make wrote, and make then checks none of it', () => {
    const copy = new RepositoryCopy();
    const ours = copy.tree('.gen/providers');
    rmSync(join(copy.root, '.gen')); // a link to ours
    const schema = JSON.parse(gunzipSync(readFileSync(join(ROOT, 'rehearsal/schemas/linode-3.12.0.json.gz'))).toString());
    const cache = join(copy.root, '.cache/schemas');
    mkdirSync(cache);
    const said = { ...schema, provider_versions: { 'registry.terraform.io/linode/linode': '3.12.0' } };
    writeFileSync(join(cache, 'linode@3.12.0.json'), JSON.stringify(said));

    const { code, output } = copy.run('node_modules/.bin/cdktf', ['get'], {
      CI: '1',
      CHECKPOINT_DISABLE: '1',
      CDKTF_EXPERIMENTAL_PROVIDER_SCHEMA_CACHE_PATH: cache,
    });
    expect([code, output]).toEqual([0, expect.stringContaining('Generated typescript constructs in the output directory: .gen')]);
    const theirs = copy.tree('.gen/providers');
    expect([...theirs.keys()]).toEqual([...ours.keys()]);
    for (const [file, text] of theirs) expect([file, file.endsWith('.ts') ? `${UNCHECKED}${text}` : text]).toEqual([file, ours.get(file)]);

    utimesSync(join(copy.root, '.gen/constraints.json'), new Date(), new Date(Date.now() + 1000));
    expect(copy.run('make', ['.gen/providers/linode/index.ts']).code).toBe(0);
    expect(copy.tree('.gen/providers')).toEqual(ours);
  });
});
