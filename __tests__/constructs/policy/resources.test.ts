import { ComputeBackendService } from '@cdktf/provider-google/lib/compute-backend-service';
import { ComputeInstanceTemplate } from '@cdktf/provider-google/lib/compute-instance-template';
import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { synthesizedResources } from '../../../constructs/policy';
import { blocks, valueAt } from '../../../constructs/policy/blocks';

function synthesized(fill: (stack: TerraformStack) => void) {
  const stack = new TerraformStack(new App(), 'stack');
  fill(stack);
  return synthesizedResources(stack.toTerraform());
}

test('a resource has its construct path, type, address and arguments', () => {
  const [resource, ...rest] = synthesized((stack) => {
    new StorageBucket(new Construct(stack, 'assets'), 'resource', { name: 'moshi-3', location: 'US', lifecycle: { preventDestroy: true } });
    new TerraformOutput(stack, 'output', { value: 'not a resource' });
  });
  expect(rest).toEqual([]);
  expect(resource).toEqual({
    path: 'stack/assets/resource',
    type: 'google_storage_bucket',
    address: expect.stringMatching(/^google_storage_bucket\.assets_resource_[0-9A-F]{8}$/),
    config: { name: 'moshi-3', location: 'US', lifecycle: { prevent_destroy: true } },
  });
});

test('a data source has its type prefixed', () => {
  const resources = synthesized((stack) => new DataGoogleProject(stack, 'project', { projectId: 'p' }));
  expect(resources).toEqual([{ path: 'stack/project', type: 'data.google_project', address: 'data.google_project.project', config: { project_id: 'p' } }]);
});

test('every provider block is listed, aliases too', () => {
  const resources = synthesized((stack) => {
    new GoogleProvider(stack, 'google', { project: 'p', defaultLabels: { estate: 'moshi' } });
    new GoogleProvider(stack, 'other', { project: 'q', alias: 'other' });
  });
  expect(resources).toEqual([
    { path: 'stack/google', type: 'provider.google', config: { project: 'p', default_labels: { estate: 'moshi' } } },
    { path: 'stack/other', type: 'provider.google', config: { project: 'q', alias: 'other' } },
  ]);
});

test('a stack without anything has no resources', () => {
  expect(synthesizedResources({})).toEqual([]);
  expect(synthesized(() => undefined)).toEqual([]);
});

describe('blocks', () => {
  test('as cdktf writes them, single or listed, come out as a list', () => {
    const [service, template] = synthesized((stack) => {
      new ComputeBackendService(stack, 'service', { name: 'a', logConfig: { enable: true } });
      new ComputeInstanceTemplate(stack, 'template', {
        machineType: 'e2-micro',
        disk: [{ sourceImage: 'a' }, { sourceImage: 'b' }],
        networkInterface: [{ accessConfig: [{}] }],
      });
    });
    expect(blocks(service?.config ?? {}, 'log_config')).toEqual([{ enable: true }]);
    expect(blocks(template?.config ?? {}, 'disk')).toHaveLength(2);
    expect(blocks(template?.config ?? {}, 'network_interface', 'access_config')).toHaveLength(1);
  });

  test('dynamic ones count as what they repeat', () => {
    const config = { dynamic: { ingress: { for_each: '${var.all}', content: { cidr_blocks: ['0.0.0.0/0'] } } } };
    expect(blocks(config, 'ingress')).toEqual([{ cidr_blocks: ['0.0.0.0/0'] }]);
  });

  test('left out, unknown or empty ones are none', () => {
    expect([{}, { a: null }, { a: '${var.a}' }, { a: [] }].flatMap((config) => blocks(config, 'a', 'b'))).toEqual([]);
  });

  test('a value is found inside them', () => {
    expect(valueAt({ a: [{ b: { c: 1 } }] }, 'a.b.c')).toBe(1);
    expect(valueAt({ a: 1 }, 'a')).toBe(1);
    expect(valueAt({ a: 1 }, 'a.b')).toBeUndefined();
  });
});
