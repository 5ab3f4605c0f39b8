import { Machines } from '../../../services/rollout/machines';
import { GoogleRest, type Transport } from '../../../services/runtime/google/rest';
import { SteppingClock } from '../../support/simulation/virtual-clock';

const clock = new SteppingClock('2026-11-21T12:00:00.000Z');
const version = { instanceTemplate: 'template-1', name: 'release-1' };
const healthy = { instance: 'zones/z/instances/shard-1-x1', currentAction: 'NONE', version, instanceHealth: [{ detailedHealthState: 'HEALTHY' }] };
const stable = { isStable: true, versionTarget: { isReached: true } };
const group = { targetSize: 1, versions: [version], status: stable };

function machines(answers: { readonly group?: object; readonly managed?: readonly object[]; readonly patch?: (body: unknown) => object }): Machines {
  const transport: Transport = async (method, url, body) => {
    if (method === 'PATCH') return { status: 200, body: answers.patch?.(body) ?? {} };
    return {
      status: 200,
      body: url.includes('/operations/')
        ? { name: 'operation-1', status: 'RUNNING' }
        : url.endsWith('/listManagedInstances')
          ? { managedInstances: answers.managed ?? [healthy] }
          : { ...group, ...answers.group },
    };
  };
  return new Machines(new GoogleRest({ root: '', clock, transport, trySeconds: 1 }), 'projects/p/zones/z', clock);
}

test('a machine is well when its group is settled, it is what it should be, and its health check says so', async () => {
  expect(await machines({}).stateOf('shard-1')).toEqual({ release: 'release-1', well: true, says: 'shard-1-x1, healthy', unfit: undefined });
});

test('of the same template, whatever form its link has', async () => {
  const template = 'projects/p/global/instanceTemplates/template-1';
  const of = (instanceTemplate: string) => ({ ...version, instanceTemplate });
  const machine = { ...healthy, version: of(`https://www.googleapis.com/compute/v1/${template}`) };
  const state = (link: string) => machines({ group: { versions: [of(link)] }, managed: [machine] }).stateOf('shard-1');
  expect(await state(`https://compute.googleapis.com/compute/v1/${template}?uniqueId=4711`)).toMatchObject({ well: true });
  expect(await state(`https://www.googleapis.com/compute/v1/${template}0?uniqueId=4711`)).toMatchObject({ well: false });
});

test.each([
  ['the group is not stable', { status: { ...stable, isStable: false } }, [healthy], 'shard-1-x1, healthy'],
  ['the group has not reached its version', { status: { ...stable, versionTarget: { isReached: false } } }, [healthy], 'shard-1-x1, healthy'],
  ['the group says nothing of itself', { status: undefined }, [healthy], 'shard-1-x1, healthy'],
  ['it is still the old one', {}, [{ ...healthy, version: { ...version, name: 'release-0' } }], 'shard-1-x1, is still the old one, healthy'],
  ['it is of another template', {}, [{ ...healthy, version: { ...version, instanceTemplate: 'template-0' } }], 'shard-1-x1, is still the old one, healthy'],
  ['something happens to it', {}, [{ ...healthy, currentAction: 'VERIFYING' }], 'shard-1-x1, verifying, healthy'],
  ['its health is unknown, as just after it was made', {}, [{ ...healthy, instanceHealth: [{ detailedHealthState: 'UNKNOWN' }] }], 'shard-1-x1, unknown'],
  ['nobody has asked it yet', {}, [{ ...healthy, instanceHealth: [] }], 'shard-1-x1, health not known yet'],
  [
    'one of two health checks fails',
    {},
    [{ ...healthy, instanceHealth: [...healthy.instanceHealth, { detailedHealthState: 'TIMEOUT' }] }],
    'shard-1-x1, healthy, timeout',
  ],
  ['there is none', {}, [], 'it has no machine'],
  ['there are two', {}, [healthy, { ...healthy, instance: 'i/shard-1-x2' }], 'shard-1-x1, healthy; shard-1-x2, healthy'],
  [
    'it cannot be made',
    {},
    [{ instance: 'i/shard-1-x2', currentAction: 'CREATING', lastAttempt: { errors: { errors: [{ code: 'QUOTA_EXCEEDED', message: 'CPUS' }] } } }],
    'shard-1-x2, creating, health not known yet, QUOTA_EXCEEDED: CPUS',
  ],
])('it is not well when %s', async (_, changes, managed, says) => {
  expect(await machines({ group: changes, managed }).stateOf('shard-1')).toMatchObject({ well: false, says });
});

test('the old machine goes before the new one comes', async () => {
  const bodies: unknown[] = [];
  const patch = (body: unknown) => {
    bodies.push(body);
    return { name: 'operation-1', status: 'DONE' };
  };
  expect(await machines({ group: { fingerprint: 'abc=' }, patch }).replace('shard-1', 'release-2')).toBe(true);
  expect(bodies).toEqual([
    {
      fingerprint: 'abc=',
      versions: [{ instanceTemplate: 'template-1', name: 'release-2' }],
      updatePolicy: { type: 'PROACTIVE', minimalAction: 'REPLACE', maxSurge: { fixed: 0 }, maxUnavailable: { fixed: 1 } },
    },
  ]);
});

test('what it has been given before is not given again', async () => {
  expect(await machines({}).replace('shard-1', 'release-1')).toBe(false);
});

test('an operation that fails, or never ends, is said', async () => {
  const failed = () => ({ name: 'operation-1', status: 'DONE', error: { errors: [{ code: 'INVALID_USAGE', message: 'no such template' }] } });
  await expect(machines({ patch: failed }).replace('shard-1', 'release-2')).rejects.toThrow('INVALID_USAGE: no such template');
  const endless = machines({ patch: () => ({ name: 'operation-1', status: 'RUNNING' }) });
  await expect(endless.replace('shard-1', 'release-2')).rejects.toThrow('TIMEOUT: the operation operation-1 is still RUNNING after 300 seconds');
});
