import { mergePatch } from '../../../config/merge';
import { estates } from '../../../estates/index';
import { committedSettings } from '../../../packer/images/settings';
import { chosenNeeds } from '../../../scripts/support/chosen-needs';
import { baseImage } from '../../../scripts/support/preflight/base-image';
import { nameOf } from '../../../scripts/support/preflight/look';
import { mendsOf } from '../../../scripts/support/preflight/mend';
import { preflight } from '../../../scripts/support/preflight/preflight';
import { mendReport } from '../../../scripts/support/preflight/report';
import { type Case, DIGEST, FILMS, REAL_CASES } from '../../support/cloud/estates';
import { gcloud } from '../../support/cloud/gcloud';
import { Person } from '../../support/cloud/person';
import { plantsOf } from '../../support/cloud/plants';
import { type CloudState, newProject, type Project } from '../../support/cloud/project';

const settings = committedSettings();
const cases = REAL_CASES;

function look({ estate, needs }: Pick<Case, 'estate' | 'needs'>, { gcloud, aws, ssh, kubectl, git, nameServers, env }: Person) {
  return preflight([{ estate, needs }], { gcloud, aws, ssh, kubectl, git, nameServers, baseOf: (family) => baseImage(family, settings), env });
}

const open = (findings: ReturnType<typeof look>) => findings.filter(({ state }) => state !== 'ok');

/** What the people of `make preflight` do: look, type what it printed, look again. */
function mendAll(one: Case, person: Person): string[] {
  const typed: string[] = [];
  for (let round = 0; round < 8; round++) {
    const mends = mendsOf(open(look(one, person)));
    if (mends.length === 0) return typed;
    for (const { command } of mends) {
      const line = command.replace('ACCOUNT_ID', '0A');
      person.types(line);
      typed.push(line);
    }
  }
  throw new Error(`there is no end to it:\n${typed.join('\n')}`);
}

/** Somebody else's, which no command of ours makes. */
const TOOLS = { ...newProject(), services: ['artifactregistry.googleapis.com'], registries: { 'europe/others': [`tools/clean@${DIGEST}`] } };

const complete = new Map<Case, CloudState>();
/** All that the estate needs is there: mended from nothing, once. */
function completeState(one: Case): CloudState {
  const known = complete.get(one);
  if (known) return structuredClone(known);
  const person = new Person(undefined, one.stacks, one.commands);
  person.types('make auth');
  person.state.projects['our-tools'] = structuredClone(TOOLS);
  mendAll(one, person);
  complete.set(one, structuredClone(person.state));
  return person.state;
}

const standing = (one: Case, state: CloudState): Person => new Person(state, one.stacks, one.commands);

test.each(cases)('$title: from nothing at all, its commands in their order lead to a cloud where nothing is missing', (one) => {
  const person = standing(one, completeState(one));
  expect(open(look(one, person))).toEqual([]);
  const logins = one.needs.some(({ kind }) => kind === 'project') ? 2 : 0; // gcloud's, and Terraform's
  expect(look(one, person).length).toBe(one.needs.length + logins);
});

const planted = cases.flatMap((one) =>
  one.needs.flatMap((need) => plantsOf(need).map((plant) => ({ one, need, ...plant, title: `${one.title}: ${nameOf(need)} ${plant.how}` }))),
);

test.each(planted)('$title: is reported, and its commands mend it', ({ one, need, plant, says, also }) => {
  const person = standing(one, completeState(one));
  plant(person.state);
  const found = open(look(one, person));
  const finding = found.find(({ what }) => what === nameOf(need));
  expect(finding).toMatchObject({ estate: one.estate, state: 'missing', remark: expect.stringMatching(says) });
  expect(finding?.mend.length).toBeGreaterThan(0);
  if (!also) expect(found).toHaveLength(1);
  if (need.kind === 'container-image' && need.tag === DIGEST) return; // nobody but who has it can push it again
  mendAll(one, person);
  expect(open(look(one, person)).filter(({ what }) => what === nameOf(need))).toEqual([]);
});

test.each([
  ['projects describe', /^project /, /roles\/browser/],
  ['billing', /^project /, /roles\/viewer/],
  ['services list', /^API /, /roles\/serviceusage\.serviceUsageViewer on filmlinkd/],
  ['builds', /^repository /, /roles\/cloudbuild\.connectionViewer on filmlinkd/],
  ['secrets', /^secret /, /roles\/secretmanager\.viewer on filmlinkd/],
  ['artifacts', /^container image /, /roles\/artifactregistry\.reader on filmlinkd/],
])('who may not call %s is told which role it takes, and the rest is looked for', (denied, what, role) => {
  const person = standing(FILMS, { ...completeState(FILMS), denied: [denied] });
  const found = open(look(FILMS, person));
  expect(found.length).toBeGreaterThan(0);
  for (const finding of found) expect(finding).toMatchObject({ what: expect.stringMatching(what), remark: expect.stringMatching(role) });
  if (denied !== 'projects describe') expect(found.map(({ state }) => state)).toEqual(found.map(() => 'cannot be told'));
});

test.each([
  ['storage', REAL_CASES.find(({ title }) => title.includes('Google')), /roles\/storage\.bucketViewer on docker-worker/],
  ['compute', REAL_CASES.find(({ title }) => title.includes('Google')), /roles\/compute\.viewer on docker-worker/],
  ['s3api', REAL_CASES.find(({ title }) => title.includes('Amazon')), /s3:ListBucket on our-states/],
])('the same for %s', (denied, one, role) => {
  const person = standing(one as Case, { ...completeState(one as Case), denied: [denied] });
  expect(open(look(one as Case, person))).toEqual([expect.objectContaining({ state: 'cannot be told', remark: expect.stringMatching(role), mend: [] })]);
});

test('an API that is off hides nothing: what it would hold is missing', () => {
  const state = completeState(FILMS);
  (state.projects.filmlinkd as Project).services = ['serviceusage.googleapis.com'];
  const found = open(look(FILMS, standing(FILMS, state)));
  expect(found.map(({ remark }) => remark)).toEqual([
    ...Array(2).fill('it is off'),
    ...Array(5).fill('its API secretmanager.googleapis.com is off'),
    'its API cloudbuild.googleapis.com is off',
    ...Array(4).fill('its API artifactregistry.googleapis.com is off'),
  ]);
  expect(found[2]?.mend).toEqual(["make deploy STACKS='filmlinkd-data-shared'", 'make secrets ESTATE=filmlinkd']);
});

test('who is not logged in is told so once, and asked to log in', () => {
  const found = look(FILMS, standing(FILMS, { ...completeState(FILMS), account: undefined }));
  expect(mendsOf(found)).toEqual([{ command: 'make auth', mends: ["gcloud's login"] }]);
  expect(found.slice(1).every(({ state, remark }) => state === 'cannot be told' && remark === 'nobody is logged in to look')).toBe(true);
});

const EGF2 = REAL_CASES.find(({ title }) => title.includes('big data')) as Case;

test('in another account nothing is looked for', () => {
  const person = standing(EGF2, { ...completeState(EGF2), awsAccount: '999999999999' });
  const found = open(look(EGF2, person));
  expect(found.map(({ what, state }) => [what.split(' ')[0], state])).toEqual([
    ["AWS's", 'missing'],
    ['state', 'cannot be told'],
    ['delegation', 'cannot be told'],
    ['secret', 'cannot be told'],
  ]);
  expect(mendsOf(found).map(({ command }) => command)).toEqual(['aws configure sso']);
});

test.each([
  ['route53 list', /^delegation /, /route53:ListHostedZonesByName on the account/],
  ['route53 get', /^delegation /, /route53:GetHostedZone on egf2/],
  ['secretsmanager describe', /^secret /, /secretsmanager:DescribeSecret on egf2.keyspaces/],
])('at Amazon, who may not call %s is told what it takes', (denied, what, role) => {
  const person = standing(EGF2, { ...completeState(EGF2), denied: [denied] });
  expect(open(look(EGF2, person))).toEqual([
    expect.objectContaining({ what: expect.stringMatching(what), state: 'cannot be told', remark: expect.stringMatching(role), mend: [] }),
  ]);
});

test('who may not log in at a host is told so', () => {
  const one = REAL_CASES.find(({ estate }) => estate === 'vulpine') as Case;
  const found = open(look(one, standing(one, { ...completeState(one), denied: ['ssh'] })));
  expect(found.length).toBeGreaterThan(10);
  for (const finding of found) {
    expect(finding).toMatchObject({
      what: expect.stringMatching(/^secret (vulpine|backup)\//),
      state: 'cannot be told',
      remark: expect.stringMatching(/it takes ssh as admin on smithwicks\.vulpine\.club/),
    });
  }
});

test("a secret's value that is about to be deleted is none", () => {
  const person = standing(EGF2, completeState(EGF2));
  person.state.deleted = ['egf2/keyspaces'];
  expect(open(look(EGF2, person))).toEqual([expect.objectContaining({ state: 'missing', remark: 'its stack is not deployed' })]);
});

test("Terraform's login is another one, which the environment can hold too", () => {
  const person = standing(FILMS, { ...completeState(FILMS), adc: false });
  expect(open(look(FILMS, person))).toEqual([expect.objectContaining({ what: "Terraform's login at Google", mend: ['make auth'] })]);
  const world = {
    gcloud: person.gcloud,
    aws: person.aws,
    ssh: person.ssh,
    kubectl: person.kubectl,
    git: person.git,
    nameServers: person.nameServers,
    baseOf: () => undefined,
    env: { GOOGLE_OAUTH_ACCESS_TOKEN: 'x' },
  };
  expect(open(preflight([FILMS], world))).toEqual([]);
});

test('what gcloud says beside absence and refusal is told, and stops nothing', () => {
  const person = standing(FILMS, completeState(FILMS));
  const crashed = { status: 1, signal: null, stdout: '', stderr: 'ERROR: gcloud crashed (SSLError): certificate verify failed' };
  const broken = person.gcloud.startedBy((_, args) => (args[0] === 'secrets' ? crashed : { ...gcloud(args, '', person.state), signal: null }));
  const found = look(FILMS, Object.assign(person, { gcloud: broken })).filter(({ what }) => what.startsWith('secret '));
  expect(found).toHaveLength(5);
  for (const finding of found) expect(finding).toMatchObject({ state: 'cannot be told', remark: expect.stringContaining('certificate verify failed') });
});

test('only looks', () => {
  for (const one of cases) {
    const person = standing(one, completeState(one));
    person.gcloudCalls.length = 0;
    look(one, person);
    const reads =
      /^kubectl get | (auth (list|application-default print-access-token)|[a-z0-9 -]*(describe|describe-from-family|list|head-bucket|get-public-access-block|get-bucket-[a-z]+|ls-remote|get-caller-identity|get-hosted-zone|list-hosted-zones-by-name|describe-secret)\b)/;
    const looksAtFile = (call: string) => call.startsWith('ssh ') && call.includes('stat -c %Y') && !/>(?!&2)|\b(mv|rm|cat|mktemp|chmod)\b/.test(call);
    expect(person.gcloudCalls.filter((call) => !reads.test(call) && !looksAtFile(call))).toEqual([]);
  }
});

test('commands stand once, and after what anyone of their findings wants first', () => {
  const finding = (what: string, ...mend: string[]) => ({ what, state: 'missing' as const, mend });
  expect(mendsOf([finding('b', 'fill'), finding('a', 'make', 'fill'), finding('c', 'make', 'push')])).toEqual([
    { command: 'make', mends: ['a', 'c'] },
    { command: 'fill', mends: ['b', 'a'] },
    { command: 'push', mends: ['c'] },
  ]);
});

describe('chosen needs', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });
  const config = { shared: { backend: { type: 'gcs', bucket: 'our-states' } } };
  const buckets = () => chosenNeeds(patched, {}).flatMap(({ needs }) => needs.filter(({ kind }) => kind === 'state-bucket'));
  const patched = estates.map((estate) => (estate.name === 'docker-worker' ? { ...estate, values: mergePatch(estate.values, config) } : estate));

  test('hold no bucket where Terraform Cloud keeps the state', () => {
    delete process.env.TF_CLOUD_ORGANIZATION;
    expect(buckets()).toHaveLength(1);
    process.env.TF_CLOUD_ORGANIZATION = 'ours';
    expect(buckets()).toEqual([]);
  });
});

test('what one command mends is told line by line, once', () => {
  const finding = (what: string, ...mend: string[]) => ({ what, state: 'missing' as const, mend });
  expect(
    mendReport([finding('a', 'deploy', 'fill'), finding('b', 'deploy', 'fill')])
      .split('\n')
      .slice(2),
  ).toEqual(['  # a', '  # b', '  deploy', '  fill']);
});
