import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { App, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { Backend } from '../../../constructs/core/backend';
import { EstateStack } from '../../../constructs/core/estate-stack';
import { EstatesApp } from '../../../constructs/core/estates-app';
import { nameSeenFrom } from '../../../constructs/core/name-seen-from';
import { google, googleOf } from '../../../constructs/gcp/provider';
import { parse, synth, testApp } from '../../support/synth';

const backendOf = (backend: Backend) => parse(synth(() => {}, { backend })).terraform;
const place = google({ project: 'test-project', region: 'us-central1', zone: 'us-central1-a' });
const base = { estate: 'test', environment: 'dev', protection: 'off', backend: { type: 'local' }, providers: [place] } as const;

describe('state', () => {
  test('stays on this machine outside cdktf.out by default', () => {
    expect(backendOf({ type: 'local' }).backend).toEqual({ local: { path: '../../../.state/test-unit-prod.tfstate' } });
  });

  test('is a named workspace on Terraform Cloud', () => {
    expect(backendOf({ type: 'cloud', organization: 'acme' }).cloud).toEqual({ organization: 'acme', workspaces: { name: 'test-unit-prod' } });
    expect(backendOf({ type: 'cloud', organization: 'acme', hostname: 'tfe.example' }).cloud).toMatchObject({ hostname: 'tfe.example' });
  });

  test('is an object of its own in a bucket, locked', () => {
    expect(backendOf({ type: 'gcs', bucket: 'state', prefix: 'estates' }).backend).toEqual({ gcs: { bucket: 'state', prefix: 'estates/test-unit-prod' } });
    expect(backendOf({ type: 's3', bucket: 'state', region: 'us-east-1', prefix: 'estates' }).backend).toEqual({
      s3: { bucket: 'state', region: 'us-east-1', key: 'estates/test-unit-prod.tfstate', encrypt: true, use_lockfile: true },
    });
  });
});

describe('what one stack publishes for another', () => {
  function pair(backend: Backend) {
    const app = testApp();
    const producer = new EstateStack(app, 'data', { ...base, backend });
    const published = producer.publish('DATABASE', 'the value', 'Where the data is');
    const consumer = new EstateStack(app, 'compute', { ...base, backend });
    consumer.output('FIRST', consumer.read(published), 'for the test');
    consumer.output('SECOND', consumer.read(published), 'for the test');
    expect(app.validate()).toEqual([]);
    return { producer, consumer, json: parse(JSON.stringify(consumer.toTerraform())) };
  }

  test('has a name of its own, which renaming a construct does not change', () => {
    const { producer } = pair({ type: 'local' });
    expect(parse(JSON.stringify(producer.toTerraform())).output).toMatchObject({ DATABASE: { value: 'the value', description: 'Where the data is' } });
  });

  test("is read from the producer's state, once, and orders the two", () => {
    const { producer, consumer, json } = pair({ type: 'local' });
    expect(json.data?.terraform_remote_state).toEqual({
      'state-of-test-data-dev': expect.objectContaining({ backend: 'local', config: { path: '../../../.state/test-data-dev.tfstate' } }),
    });
    expect(json.output?.FIRST?.value).toBe('${data.terraform_remote_state.state-of-test-data-dev.outputs.DATABASE}');
    expect(json.output?.SECOND?.value).toBe(json.output?.FIRST?.value);
    expect(consumer.dependencies).toEqual([producer]);
  });

  test.each<[Backend, object]>([
    [
      { type: 'cloud', organization: 'acme' },
      { backend: 'remote', config: { organization: 'acme', workspaces: { name: 'test-data-dev' } } },
    ],
    [
      { type: 'gcs', bucket: 'state', prefix: 'estates' },
      { backend: 'gcs', config: { bucket: 'state', prefix: 'estates/test-data-dev' } },
    ],
    [
      { type: 's3', bucket: 'state', region: 'us-east-1', prefix: 'estates' },
      { backend: 's3', config: { bucket: 'state', region: 'us-east-1', key: 'estates/test-data-dev.tfstate' } },
    ],
  ])('is read from %j too', (backend, expected) => {
    const [state] = Object.values(pair(backend).json.data?.terraform_remote_state ?? {});
    expect(state).toMatchObject(expected);
  });
});

test('every resource carries the labels of its stack', () => {
  expect(parse(synth(() => {})).provider?.google?.[0]).toMatchObject({ default_labels: { estate: 'test', environment: 'prod', stack: 'unit' } });
});

test('development has names of its own; production and what is shared have the plain ones', () => {
  const app = testApp();
  const named = (environment: 'dev' | 'prod' | 'shared') => new EstateStack(app, 'server', { ...base, environment }).named('moshi-srv');
  expect(['dev', 'prod', 'shared'].map((environment) => named(environment as 'dev'))).toEqual(['moshi-srv-dev', 'moshi-srv', 'moshi-srv']);
});

test('inside a stack things are named by reference, across stacks by plain name', () => {
  const app = testApp();
  const [one, two] = ['one', 'two'].map((id) => new EstateStack(app, id, base)) as [EstateStack, EstateStack];
  const [owner, neighbour, stranger] = [new Construct(one, 'owner'), new Construct(one, 'neighbour'), new Construct(two, 'stranger')];
  expect(nameSeenFrom(neighbour, owner, 'reference', 'plain')).toBe('reference');
  expect(nameSeenFrom(stranger, owner, 'reference', 'plain')).toBe('plain');
});

describe('wrong use stops with the construct and the remedy', () => {
  test('a construct in a plain TerraformStack', () => {
    const stack = new TerraformStack(new App(), 'plain');
    expect(() => EstateStack.of(new Construct(stack, 'thing'))).toThrow('plain/thing: stands in a plain TerraformStack; derive the stack from EstateStack');
  });

  test('a Google construct in a stack without Google', () => {
    const stack = new EstateStack(testApp(), 'bare', { ...base, providers: [] });
    expect(() => googleOf(new Construct(stack, 'thing'))).toThrow('test-bare-dev/thing: its stack has no google provider; add google(');
  });

  test('two stacks that need each other', () => {
    const app = testApp();
    const [one, two] = ['one', 'two'].map((id) => new EstateStack(app, id, base)) as [EstateStack, EstateStack];
    one.read(two.publish('A', 'a', 'a'));
    expect(() => two.read(one.publish('B', 'b', 'b'))).toThrow(/depend/);
  });
});

test.each(['on', 'off'] as const)('the state tells that protection was deployed %s', (protection) => {
  expect(parse(synth(() => {}, { protection })).output?.PROTECTION?.value).toBe(protection);
});

describe('synth', () => {
  const openBucket = (stack: EstateStack, id: string) => new StorageBucket(stack, id, { name: `test-${id}`, location: 'US' });

  test('lists the problems of all stacks, and writes nothing', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
    const app = new EstatesApp({ outdir });
    for (const id of ['one', 'two']) openBucket(new EstateStack(app, id, base), 'bucket');
    expect(() => app.synth()).toThrow(/test-one-dev\/bucket: \[gcp-bucket-private\][\s\S]*test-two-dev\/bucket: \[gcp-bucket-private\]/);
    expect(readdirSync(join(outdir, 'stacks'))).toEqual([]);
  });

  test('a suppression with a reason lets one resource pass', () => {
    const build = (suppressed: boolean) => () =>
      synth(
        (stack) => {
          const bucket = openBucket(stack, 'bucket');
          for (const rule of suppressed ? ['gcp-bucket-private', 'gcp-bucket-versioned'] : []) stack.suppress(rule, bucket, 'a reason');
        },
        { protection: 'off' },
      );
    expect(build(false)).toThrow('[gcp-bucket-private]');
    expect(build(true)).not.toThrow();
  });
});
