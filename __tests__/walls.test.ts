import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT, repositoryFiles } from './support/repository';

/**
 * Who may import whom, by path prefix; the longest prefix of a file decides. Imports run downward only, and nothing
 * imports main.ts.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['config/', 'constructs/', 'estates/'],
  'config/': ['config/', 'services/contracts/'],
  'constructs/core/': ['constructs/core/', 'constructs/policy/'],
  'constructs/policy/': ['constructs/policy/'],
  'constructs/': ['constructs/', 'packer/images/', 'services/contracts/', '.gen/providers/'],
  'estates/index.ts': ['estates/', 'constructs/core/'],
  'estates/cost.ts': ['estates/', 'constructs/core/'],
  'estates/': ['config/', 'constructs/', 'packer/images/', 'services/contracts/'], // and itself, see below
  'packer/': ['packer/', 'config/'],
  'packer/build/': ['packer/', 'rehearsal/runner/'], // order, progress and tables of a command
  'services/contracts/': ['services/contracts/'],
  'services/': ['services/contracts/', 'services/runtime/', 'services/letterboxd/'], // and itself
  'rehearsal/': ['rehearsal/', 'config/', 'estates/index.ts', 'constructs/policy/', 'packer/images/'],
  'scripts/': [
    'scripts/',
    'config/',
    'constructs/core/cost.ts',
    'constructs/core/estate-stack.ts',
    'constructs/core/estate.ts',
    'constructs/core/estates-app.ts',
    'constructs/core/first-deploy.ts',
    'constructs/core/naming.ts',
    'constructs/core/need.ts',
    'constructs/core/picture.ts',
    'constructs/policy/import-syntax/',
    'constructs/policy/resources.ts',
    'estates/index.ts',
    'estates/cost.ts',
    'estates/egf2/restart.ts', // plain data
    'estates/filmlinkd/rollout-variables.ts', // plain data
    'estates/vulpine/compose/',
    'estates/vulpine/host/setups.ts', // plain data
    'estates/vulpine/images.ts',
    'estates/vulpine/operations.ts', // plain data
    'packer/',
    'rehearsal/',
    'services/',
  ],
  'bench/worker/': ['bench/worker/', '__tests__/support/'],
  'bench/pipeline/': ['bench/', 'services/runtime/', 'services/contracts/', 'services/testbench/'],
  'bench/': ['bench/', 'config/', 'constructs/', 'estates/', 'rehearsal/'],
};

/** Packages by the folder that may use them; what is not named here may be used anywhere but in `services/contracts`. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'config/': /^(croner|zod|node:)/,
  'constructs/core/': /^(cdktf|constructs|fflate|zod|node:)/,
  'constructs/policy/': /^node:/,
  'constructs/gcp/': /^(cdktf|constructs|node:|@cdktf\/provider-google\/lib\/)/,
  'constructs/': /^(cdktf|constructs|node:|@cdktf\/provider-[a-z]+\/lib\/)/,
  'estates/': /^(cdktf|constructs|croner|fflate|zod|node:)/,
  'services/contracts/': /^zod/,
  'services/': /^(?!cdktf|constructs|@cdktf\/)/,
};

const BARREL = /^(@cdktf\/provider-[a-z]+|(\.\.\/)+\.gen\/providers\/[a-z]+)$/;

function decides<T>(table: Readonly<Record<string, T>>, file: string): T | undefined {
  const prefix = Object.keys(table)
    .filter((key) => file.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  return prefix === undefined ? undefined : table[prefix];
}

/** Module specifiers of static, dynamic, type and CommonJS imports. */
function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*|\brequire\(\s*)(['"])([^'"\n]+)\1/g)].map((match) => match[2] as string);
}

/** What is wrong with one file's imports. */
function breaches(file: string, source: string): string[] {
  return importsOf(source).flatMap((specifier) => {
    if (BARREL.test(specifier)) return [`${file} imports the barrel ${specifier}: import by path`];
    if (!specifier.startsWith('.')) {
      const allowed = decides(PACKAGES, file);
      return allowed && !allowed.test(specifier) ? [`${file} imports the package ${specifier}, which its folder may not use`] : [];
    }
    const target = normalize(join(dirname(file), specifier));
    if (target === 'estates') return [`${file} imports ${specifier}: write ${specifier}/index, or an estates.json beside the folder wins`];
    const own = /^(estates|services)\/[^/]+\//.exec(file)?.[0];
    const allowed = [...(decides(MAY_IMPORT, file) ?? []), ...(own ? [own] : [])];
    return allowed.some((prefix) => `${target}.ts`.startsWith(prefix) || `${target}/`.startsWith(prefix))
      ? []
      : [`${file} imports ${target}, which is not below it`];
  });
}

const sources = repositoryFiles().filter((file) => file.endsWith('.ts') && !file.startsWith('__tests__/') && !file.startsWith('bench/template/'));

test('imports run downward only', () => {
  expect(sources.length).toBeGreaterThan(40);
  expect(sources.flatMap((file) => breaches(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test.each([
  ['constructs/gcp/bucket.ts', "import { moshi } from '../../estates/moshi';", 'imports estates/moshi'],
  ['constructs/gcp/bucket.ts', "import type { MoshiConfig } from '../../config/moshi';", 'imports config/moshi'],
  ['constructs/gcp/bucket.ts', "import { storageBucket } from '@cdktf/provider-google';", 'imports the barrel @cdktf/provider-google'],
  ['constructs/gcp/bucket.ts', "import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';", 'imports the package @cdktf/provider-aws/lib/s3-bucket'],
  ['constructs/linode/host.ts', "import { instance } from '../../.gen/providers/linode';", 'imports the barrel ../../.gen/providers/linode'],
  ['estates/vulpine/host.ts', "import { Instance } from '../../.gen/providers/linode/instance';", 'imports .gen/providers/linode/instance'],
  ['constructs/core/estate-stack.ts', "import { Bucket } from '../gcp/bucket';", 'imports constructs/gcp/bucket'],
  ['estates/vulpine/index.ts', "import { MoshiDns } from '../moshi/dns';", 'imports estates/moshi/dns'],
  ['services/worker/main.ts', "import { App } from 'cdktf';", 'imports the package cdktf'],
  ['services/worker/main.ts', "const { TopicProps } = await import('../../constructs/gcp/topic');", 'imports constructs/gcp/topic'],
  ['services/shard/main.ts', "import { FakeDiscord } from '../testbench/discord/discord';", 'imports services/testbench/discord/discord'],
  ['services/testbench/discord/world.ts', "import { post } from '../../shard/post';", 'imports services/shard/post'],
  ['services/contracts/messages.ts', "import pino from 'pino';", 'imports the package pino'],
  ['config/moshi.ts', "import { readFileSync } from 'node:fs';\nimport { moshi } from '../estates/moshi';", 'imports estates/moshi'],
  ['scripts/deploy.ts', "require('../main')", 'imports main'],
  ['scripts/deploy.ts', "import { estates } from '../estates';", 'write ../estates/index'],
])('%s must not hold %s', (file, source, expected) => {
  expect(breaches(file, source)).toEqual([expect.stringContaining(expected)]);
});
