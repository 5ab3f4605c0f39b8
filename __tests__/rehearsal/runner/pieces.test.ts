import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsFor } from '../../../rehearsal/runner/fault';
import { paintFor } from '../../../rehearsal/runner/format';
import { parseOptions } from '../../../rehearsal/runner/options';
import { overridesFor } from '../../../rehearsal/runner/overrides';
import { changesOf, onlyPrevented, preventedIn } from '../../../rehearsal/runner/plan';
import { Progress } from '../../../rehearsal/runner/progress';
import { select, selectSome } from '../../../rehearsal/runner/select';
import { Stack } from '../../../rehearsal/runner/stack';
import { resourcesInState } from '../../../rehearsal/runner/state';
import { standIns } from '../../../rehearsal/runner/variables';

function stack(name: string, dependencies: string[] = [], json: object = {}): Stack {
  const folder = mkdtempSync(join(tmpdir(), 'stack-'));
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify(json));
  return Stack.read(name, folder, dependencies);
}
const stacks = (...list: Stack[]) => new Map(list.map((one) => [one.name, one]));

describe('the choice of stacks', () => {
  const all = stacks(stack('a-data-shared'), stack('a-server-dev', ['a-data-shared']), stack('a-server-prod', ['a-data-shared']), stack('ab-data-shared'));
  const chosen = (patterns: string[], estate?: string) => [...select(all, { patterns, ...(estate && { estate }) }).keys()];

  test('an estate is not another one whose name starts the same', () => expect(chosen([], 'a')).toEqual(['a-data-shared', 'a-server-dev', 'a-server-prod']));
  test('a pattern brings what the chosen ones depend on', () => expect(chosen(['*-dev'])).toEqual(['a-data-shared', 'a-server-dev']));
  test('braces choose between names', () => expect(chosen(['ab-{data,web}-*'])).toEqual(['ab-data-shared']));
  test('a dot is a dot', () => expect(chosen(['a.data.shared'])).toEqual([]));
  test('choosing nothing lists what there is', () => {
    expect(() => selectSome(all, { patterns: ['x'], estate: 'y' })).toThrow("no stack matches estate 'y', 'x'; there is\n  a-data-shared\n  a-server-dev");
  });
});

describe('the override file of a rehearsal', () => {
  const estates = { a: { shared: { protection: 'on', backend: { type: 'gcs' } }, prod: { protection: 'on' }, dev: { size: 1 } } };

  test('keeps what the user overrides, the backend too: a stack is checked for where its state really is', () => {
    const mine = { a: { shared: { project: 'mine', backend: { type: 'gcs' } } } };
    expect(overridesFor(mine, estates)).toEqual(mine);
  });
  test('turns protection off wherever there is one', () => {
    expect(overridesFor({ b: { dev: { size: 2 } } }, estates, { protection: 'off' })).toEqual({
      a: { shared: { protection: 'off' }, prod: { protection: 'off' } },
      b: { dev: { size: 2 } },
    });
  });
});

describe('stand-ins for variables', () => {
  const asked = stack('a', [], {
    variable: {
      token: { type: 'string', sensitive: true },
      size: { type: 'number' },
      names: { type: 'list(string)' },
      tags: { type: 'map( bool )' },
      set: { type: 'string', default: 'x' },
      mine: { type: 'string' },
    },
  });

  test('what has no default gets a value of its type, unless the user gives one', () => {
    expect(standIns(asked, { TF_VAR_mine: 'given' })).toEqual({
      TF_VAR_token: 'rehearsal-token',
      TF_VAR_size: '1',
      TF_VAR_names: '["rehearsal-names"]',
      TF_VAR_tags: '{"rehearsal":true}',
    });
  });
  test('an object has to be given', () => {
    expect(() => standIns(stack('a', [], { variable: { site: { type: 'object({ id = string })' } } }), {})).toThrow('set TF_VAR_site to an example value');
  });
});

describe('a fault on request', () => {
  const all = stacks(
    stack('a-dev', [], {
      resource: { google_pubsub_topic: { calls: { name: 'calls-dev', project: '${var.p}', labels: {}, provider: 'google.x', count: 1 } } },
    }),
    stack('a-prod', [], { resource: { google_pubsub_topic: { calls: { name: 'calls' }, other: {} } } }),
  );

  test('is planted in every stack that has the address, told by its literal arguments', () => {
    expect([...faultsFor('google_pubsub_topic.calls@apply', all)]).toEqual([
      ['a-dev', { type: 'google_pubsub_topic', on: 'apply', where: { name: 'calls-dev' }, label: 'a-dev: google_pubsub_topic.calls' }],
      ['a-prod', { type: 'google_pubsub_topic', on: 'apply', where: { name: 'calls' }, label: 'a-prod: google_pubsub_topic.calls' }],
    ]);
  });
  test('at an unknown address lists similar ones, the most similar first', () => {
    expect(() => faultsFor('google_pubsub_topic.othr@apply', all)).toThrow(
      'no stack has google_pubsub_topic.othr; similar:\n  google_pubsub_topic.calls\n  google_pubsub_topic.other',
    );
  });
  test('in another phase is refused', () => expect(() => faultsFor('google_pubsub_topic.calls@plan', all)).toThrow('expected <type>.<name>@apply'));
});

describe('a plan', () => {
  const change = (address: string, actions: string[], more: object = {}, changes: object = {}) => ({
    address,
    type: 't',
    mode: 'managed',
    ...more,
    change: { actions, ...changes },
  });

  test('is read as what happens to each resource', () => {
    const plan = {
      resource_changes: [
        change('t.new', ['create']),
        change('t.same', ['no-op']),
        change('t.edited', ['update']),
        change('t.lost', ['delete']),
        change('t.swapped', ['delete', 'create'], {}, { replace_paths: [['zone'], ['disk', 0, 'size']] }),
        change('t.swapped_first', ['create', 'delete']),
        change('t.renamed', ['no-op'], { previous_address: 't.old' }),
        change('t.left', ['forget']),
        change('t.found', ['no-op'], {}, { importing: { id: 'x' } }),
        change('data.t.read', ['read'], { mode: 'data' }),
      ],
    };
    expect(changesOf(plan).map(({ kind, address, detail }) => [kind, address, detail].filter(Boolean).join(' '))).toEqual([
      'created t.new',
      'changed t.edited',
      'destroyed t.lost',
      'replaced t.swapped because of zone, disk.0.size',
      'replaced t.swapped_first',
      'moved t.renamed from t.old',
      'forgotten t.left',
      'imported t.found x',
    ]);
  });

  test('that prevent_destroy stopped names the resource, however Terraform breaks the line', () => {
    const text = 'Error: Instance cannot be destroyed\n\nResource\ngoogle_x.a_long_name["k"]\nhas lifecycle.prevent_destroy set, but the plan';
    expect(preventedIn(text)).toEqual(['google_x.a_long_name["k"]']);
    expect(onlyPrevented(text)).toBe(true);
    expect(onlyPrevented(`${text}\n\nError: Cycle: a, b`)).toBe(false);
  });
});

test('a state lists managed instances by their addresses', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'state-')), 'x.tfstate');
  writeFileSync(
    file,
    JSON.stringify({
      resources: [
        { mode: 'managed', type: 't', name: 'one', instances: [{}] },
        { mode: 'managed', type: 't', name: 'each', instances: [{ index_key: 'a' }, { index_key: 1 }] },
        { mode: 'managed', module: 'module.m', type: 't', name: 'in', instances: [{}] },
        { mode: 'data', type: 't', name: 'read', instances: [{}] },
      ],
    }),
  );
  expect(resourcesInState(file).map(({ address }) => address)).toEqual(['t.one', 't.each["a"]', 't.each[1]', 'module.m.t.in']);
  expect(resourcesInState(`${file}.missing`)).toEqual([]);
});

describe('options', () => {
  test('empty values of make are not set', () => expect(parseOptions(['--estate', '', '--from', ''])).toEqual({ patterns: [], help: false }));
  test('stacks may be repeated', () => expect(parseOptions(['--stack', 'a', '--stack=b']).patterns).toEqual(['a', 'b']));
  test('an unknown one is refused', () => expect(() => parseOptions(['--form', 'x'])).toThrow('--help lists the options'));
  test('a fault in an upgrade is refused', () =>
    expect(() => parseOptions(['--from', 'x', '--fail', 'y'])).toThrow('--fail is for a rehearsal without --from'));
});

describe('output', () => {
  const written: string[] = [];
  const output = (isTTY: boolean) => ({ isTTY, columns: 57, write: (text: string) => written.push(text) });
  beforeEach(() => written.splice(0));

  test('has colours on a terminal only, and not with NO_COLOR', () => {
    expect(paintFor(output(true), {})('red', 'x')).toBe('\x1b[31mx\x1b[39m');
    expect(paintFor(output(true), { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(paintFor(output(false), {})('red', 'x')).toBe('x');
  });
  test('of progress is a line for each finished stack in a pipe', () => {
    const progress = new Progress(output(false));
    progress.begin('deploying', 1);
    progress.at('a', 'plan');
    progress.done('a', 'applied');
    progress.clear();
    expect(written).toEqual(['a: applied\n']);
  });
  test('of progress is one line on a terminal, no wider than it, and goes away', () => {
    const progress = new Progress(output(true));
    progress.begin('deploying', 2);
    progress.at('a-stack-with-a-long-name', 'apply');
    progress.at('another', 'validate');
    progress.clear();
    expect(written).toEqual([
      '\r\x1b[Kdeploying 0/2  a-stack-with-a-long-name apply',
      '\r\x1b[Kdeploying 0/2  a-stack-with-a-long-name apply, another v',
      '\r\x1b[K',
    ]);
  });
});
