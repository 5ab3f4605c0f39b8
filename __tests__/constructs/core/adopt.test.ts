import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import { LoggingMetric } from '@cdktf/provider-google/lib/logging-metric';
import { ProjectService } from '@cdktf/provider-google/lib/project-service';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Construct } from 'constructs';
import type { Adoption } from '../../../constructs/core/adopt';
import { EstateStack } from '../../../constructs/core/estate-stack';
import type { EstatesApp } from '../../../constructs/core/estates-app';
import { google } from '../../../constructs/gcp/provider';
import { parse, testApp } from '../../support/synth';

const ID = 'projects/shop-1/topics/orders';
const each = { estate: 'shop', environment: 'prod', protection: 'off', backend: { type: 'local' } } as const;

/** An app with two stacks, in which somebody wants to take something over. */
function adopting(...adoptions: readonly Partial<Adoption>[]): EstatesApp {
  const app = testApp();
  for (const id of ['base', 'web']) {
    const stack = new EstateStack(app, id, { ...each, providers: [google({ project: 'shop-1', region: 'us-central1', zone: 'us-central1-a' })] });
    const orders = new Construct(stack, 'orders');
    new PubsubTopic(orders, 'resource', { name: 'orders' });
    new PubsubTopic(orders, 'letters', { name: 'letters' });
    new PubsubTopic(orders, 'many', { name: 'many', count: 2 });
    new ComputeSubnetwork(stack, 'subnet', { name: 'subnet', network: 'n', ipCidrRange: '10.0.0.0/24', project: 'shared-1' });
    new LoggingMetric(stack, 'metric', { name: 'orders', filter: 'x' });
    new ProjectService(stack, 'api', { service: 'pubsub.googleapis.com', disableOnDestroy: false });
    new StorageBucketObject(stack, 'object', { bucket: 'b', name: 'o', source: 's' });
    new DataGoogleProject(stack, 'project');
    new Vpc(stack, 'vpc');
    new S3Bucket(stack, 'films', { bucket: 'films' });
    new StorageBucket(stack, 'stills', { name: 'stills', location: 'EU' });
  }
  app.adopt(adoptions.map((one) => ({ estate: 'shop', environment: 'prod', stack: 'base', path: 'orders/resource', id: ID, ...one })));
  return app;
}

function jsonOf(app: EstatesApp, stack: string): Record<string, unknown> {
  const found = app.node.findChild(stack) as EstateStack;
  return parse(JSON.stringify(found.toTerraform())) as unknown as Record<string, unknown>;
}

const problemsOf = (...adoptions: readonly Partial<Adoption>[]) =>
  adopting(...adoptions)
    .validate()
    .filter((problem) => problem.includes('.adopt.'));

test('a stack carries the import blocks of what it takes over, and no other stack does', () => {
  const app = adopting({ path: 'orders/resource' }, { path: 'orders/letters', id: 'projects/shop-1/topics/letters' });
  app.validate();
  expect(jsonOf(app, 'shop-base-prod').import).toEqual([
    { id: 'projects/shop-1/topics/letters', to: expect.stringMatching(/^google_pubsub_topic\.orders_letters_\w+$/) },
    { id: ID, to: expect.stringMatching(/^google_pubsub_topic\.orders_resource_\w+$/) },
  ]);
  expect(jsonOf(app, 'shop-web-prod')).not.toHaveProperty('import');
  const plain = adopting();
  plain.validate();
  expect(jsonOf(app, 'shop-base-prod').resource).toEqual(jsonOf(plain, 'shop-base-prod').resource);
});

test('the order in the config does not matter', () => {
  const [a, b] = [{ path: 'orders/resource' }, { path: 'orders/letters', id: 'projects/shop-1/topics/letters' }];
  const texts = [adopting(a, b), adopting(b, a)].map((app) => {
    app.validate();
    return JSON.stringify(jsonOf(app, 'shop-base-prod'));
  });
  expect(texts[0]).toBe(texts[1]);
});

test.each<[string, Partial<Adoption>, string]>([
  ['a stack that there is not', { stack: 'bsae' }, 'shop.prod.adopt.bsae.orders/resource: there is no stack shop-bsae-prod; nearest: base, web'],
  ['one of another environment', { environment: 'dev' }, 'shop.dev.adopt.base.orders/resource: there is no stack shop-base-dev: base is in prod'],
  [
    'a construct that there is not',
    { path: 'order/resource' },
    'shop.prod.adopt.base.order/resource: shop-base-prod has no such construct; nearest: orders/resource, orders/letters, orders/many',
  ],
  [
    'a construct of several resources',
    { path: 'orders' },
    'shop.prod.adopt.base.orders: that is not a resource; in it there is orders/resource, orders/letters, orders/many',
  ],
  ['what is only read', { path: 'project' }, 'shop.prod.adopt.base.project: that is not a resource that Terraform makes: it only reads'],
  [
    'an id of another form',
    { id: 'orders' },
    'shop.prod.adopt.base.orders/resource: "orders" is no id of a google_pubsub_topic, which looks like projects/<project>/topics/<name>',
  ],
  [
    'an object of another project',
    { id: 'projects/other/topics/orders' },
    'shop.prod.adopt.base.orders/resource: projects/other/topics/orders is in project other, the stack says shop-1',
  ],
  [
    'one of another project than the resource says, and of another region',
    { path: 'subnet', id: 'projects/shop-1/regions/europe-west1/subnetworks/subnet' },
    'shop.prod.adopt.base.subnet: projects/shop-1/regions/europe-west1/subnetworks/subnet is in project shop-1, the stack says shared-1; in region europe-west1, the stack says us-central1',
  ],
  [
    'an id that somebody still has to complete',
    { id: 'projects/shop-1/topics/<name>' },
    'shop.prod.adopt.base.orders/resource: "projects/shop-1/topics/<name>" still has <name> in it: put there what it is called',
  ],
  ['an id of what begins with a vowel', { path: 'vpc', id: 'main' }, 'shop.prod.adopt.base.vpc: "main" is no id of an aws_vpc, which looks like vpc-<hex>'],
  [
    'several objects in one',
    { path: 'orders/many' },
    'shop.prod.adopt.base.orders/many: stands for several objects, which config cannot tell apart: use terraform import',
  ],
  [
    'what cannot be imported',
    { path: 'object' },
    'shop.prod.adopt.base.object: a google_storage_bucket_object cannot be taken over: the provider cannot import it; the deployment uploads the object again, under its name',
  ],
])('%s is a problem', (_, adoption, expected) => {
  expect(problemsOf(adoption)).toEqual([expected]);
});

test('a resource says itself where it is, before its provider does; a name may differ', () => {
  expect(problemsOf({ path: 'subnet', id: 'projects/shared-1/regions/us-central1/subnetworks/of-old' })).toEqual([]);
});

test('an object cannot be two resources, of one stack or of two; what only the stack tells apart can', () => {
  const says = 'projects/shop-1/topics/orders is shop.prod.adopt.base.orders/resource already: one of them is another object';
  expect(problemsOf({}, { path: 'orders/letters' })).toEqual([`shop.prod.adopt.base.orders/letters: ${says}`]);
  expect(problemsOf({}, { stack: 'web' })).toEqual([`shop.prod.adopt.web.orders/resource: ${says}`]);
  expect(problemsOf({ path: 'metric', id: 'orders' }, { stack: 'web', path: 'metric', id: 'orders' })).toEqual([]);
  for (const [path, id] of Object.entries({ vpc: 'vpc-0a1b', films: 'films', stills: 'stills' })) {
    const there = `shop.prod.adopt.base.${path} already: one of them is another object`;
    expect(problemsOf({ path, id }, { stack: 'web', path, id })).toEqual([`shop.prod.adopt.web.${path}: ${id} is ${there}`]);
  }
  const api = { path: 'api', id: 'shop-1/pubsub.googleapis.com' }; // on for all
  expect(problemsOf(api, { ...api, stack: 'web' })).toEqual([]);
});

test('all of them come at once, with what else is wrong, and nothing is written', () => {
  const app = adopting({ stack: 'none' }, { path: 'none' }, { id: 'none' });
  app.node.addValidation({ validate: () => ['never asked'] });
  (app.node.findChild('shop-web-prod') as EstateStack).node.addValidation({ validate: () => ['something else'] });
  expect(app.validate().filter((problem) => problem.includes('.adopt.'))).toHaveLength(3);
  expect(app.validate()).toContain('something else');
  expect(() => app.synth()).toThrow(/problems, nothing was written:\n {2}shop\.prod\.adopt\.none/);
});
