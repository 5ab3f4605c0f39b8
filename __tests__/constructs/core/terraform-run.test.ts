import { shortName } from '../../../constructs/core/short-name';
import { subjectOf } from '../../../constructs/core/terraform-run';

test('a name that fits stays, one that does not is cut and told apart', () => {
  expect(shortName('moshi-server-prod', 17)).toBe('moshi-server-prod');
  const cut = ['docker-worker-functions-prod', 'docker-worker-functions-dev'].map((name) => shortName(name, 20));
  for (const name of cut) expect(name).toMatch(/^docker-worker-[0-9a-f]{6}$/);
  expect(new Set(cut).size).toBe(2);
  for (let max = 8; max < 30; max++) expect(shortName('docker-worker-functions-production', max).length).toBeLessThanOrEqual(max);
});

test('what separates the parts of a subject stands in none of them', () => {
  const run = { organization: 'example-org', project: 'moshi', workspace: 'moshi-server-prod', phase: 'plan' } as const;
  expect(subjectOf(run)).toBe('organization:example-org:project:moshi:workspace:moshi-server-prod:run_phase:plan');
  for (const part of ['organization', 'project', 'workspace'] as const) {
    for (const name of ['a:b', 'a b', 'a/b', '*', '']) expect(() => subjectOf({ ...run, [part]: name })).toThrow('cannot be part');
  }
});
