import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { egf2Values } from '../../config/egf2';
import { machinesOf, restartScript, SHARED_MACHINE } from '../../estates/egf2/restart';
import scalableVariant from '../../estates/egf2/variants/scalable.json';
import { UsageError } from '../../rehearsal/runner/failure';
import { awsAccount } from '../../scripts/support/egf2/account';
import { Groups } from '../../scripts/support/egf2/groups';
import { MachineRestart } from '../../scripts/support/egf2/machine';
import { waves } from '../../scripts/support/egf2/order';
import { type Permission, REPLACES, RESTARTS_ON_MACHINE } from '../../scripts/support/egf2/permissions';
import { Replacement } from '../../scripts/support/egf2/replace';
import { SystemsManager } from '../../scripts/support/egf2/systems-manager';
import { aws } from '../../scripts/support/tool';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../services/contracts/egf2-services';
import { filesOf, subsystems } from '../support/egf2-machines';
import { type AwsState, awsAnswer } from '../support/fake-aws';
import { RecordingTools } from '../support/recording-tools';
import { ROOT } from '../support/repository';

const ACCOUNT = '123456789012';
const groups = (machines = 2): AwsState['groups'] => ({
  [SHARED_MACHINE.group]: { DesiredCapacity: 1, DefaultInstanceWarmup: 3600, machines: ['i-shared'] },
  ...Object.fromEntries(
    SERVICE_NAMES.map((name) => [
      `egf2-${name}`,
      { DesiredCapacity: machines, DefaultInstanceWarmup: 600, machines: ['i-1', 'i-2'].slice(0, machines).map((id) => `${id}-${name}`) },
    ]),
  ),
});
const going = { InstanceRefreshId: 'earlier', Status: 'InProgress', StartTime: '2026-05-04T01:50:00+00:00' };

/** An account in which all is well. */
const account = (state: Partial<AwsState> = {}): AwsState => ({
  awsAccount: ACCOUNT,
  groups: groups(),
  refreshes: {},
  course: {},
  agent: true,
  invocations: {},
  commands: [],
  failures: [],
  ...state,
});

/** Somebody who restarts, without a process. */
class Operator {
  readonly calls: string[] = [];
  readonly said: string[] = [];
  readonly aws = aws.startedBy((_, args) => {
    this.calls.push(args.join(' '));
    return { ...awsAnswer(args, this.state), signal: null };
  });
  private readonly common = { groups: new Groups(this.aws, 'us-east-1'), every: 0.001, say: (line: string) => this.heard(line) };

  constructor(
    readonly state: AwsState = account(),
    private readonly hears: (line: string) => void = () => {},
  ) {}

  private heard(line: string): void {
    this.said.push(line);
    this.hears(line);
  }

  replacement(...services: ServiceName[]): Replacement {
    return new Replacement({
      ...this.common,
      waves: waves(services).map((wave) => wave.map((name) => machinesOf(name, scalable))),
      again: (left) => `again ${left.map(({ label }) => label).join(' ')}`,
    });
  }

  onMachine(...services: ServiceName[]): MachineRestart {
    const manager = new SystemsManager(this.aws, 'us-east-1');
    return new MachineRestart({ ...this.common, manager, services, again: (left) => `again ${left.join(' ')}`, replace: 'REPLACE' });
  }

  get text(): string {
    return this.said.join('\n');
  }

  calling(start: string): string[] {
    return this.calls.filter((call) => call.startsWith(start));
  }
}

const scalable = { services: egf2Values.prod.services };
const START = 'autoscaling start-instance-refresh';

describe('the order', () => {
  test('each comes after all that it asks, and who ask each other go together', () => {
    const order = waves(SERVICE_NAMES);
    expect(order).toEqual([['client-data'], ['auth', 'sync', 'pusher', 'scheduler', 'logic', 'job'], ['client-api', 'file']]);
    const at = (name: string) => order.findIndex((wave) => wave.some((other) => other === name));
    for (const name of SERVICE_NAMES)
      for (const asked of Object.keys(SERVICES[name].talksTo).filter((other) => other in SERVICES)) expect(at(asked)).toBeLessThanOrEqual(at(name));
  });

  test('of some: what is not chosen is left out', () => {
    expect(waves(['file', 'pusher'])).toEqual([['pusher'], ['file']]);
    expect(waves(['auth'])).toEqual([['auth']]);
  });
});

describe('an instance refresh', () => {
  test('is started with every machine to be replaced, followed as AWS says it is, and reported', async () => {
    const operator = new Operator();
    const restart = operator.replacement('auth');
    expect(operator.calling(START)).toEqual([]);
    expect(restart.plan()).toBe(
      [
        'service   Auto Scaling group   machines   stay in service   what happens',
        'auth      egf2-auth            2 of 2     90 %              replaced',
        '',
        'About 20 minutes: a machine installs itself, and is given its time to.',
      ].join('\n'),
    );
    expect(await restart.carryOut()).toBe(0);
    expect(operator.calling(START)).toEqual([
      `${START} --auto-scaling-group-name egf2-auth --strategy Rolling --preferences {"MinHealthyPercentage":90,"SkipMatching":false} --region=us-east-1 --output=json`,
    ]);
    expect(operator.said).toEqual([
      'auth: started instance refresh egf2-auth-refresh-1',
      'auth: Pending',
      'auth: InProgress, 50 %, 1 machine left',
      'auth: Successful, 100 %, 0 machines left',
      '\nservice   Auto Scaling group   ended        took\nauth      egf2-auth            Successful   20 min',
    ]);
  });

  test('of the next wave begins when all of the one before have ended well', async () => {
    const operator = new Operator();
    const restart = operator.replacement(...SERVICE_NAMES);
    expect(restart.plan()).toContain('file          egf2-file            2 of 2     90 %              replaced, when all above are');
    expect(await restart.carryOut()).toBe(0);
    const lines = operator.said;
    const first = (text: string) => lines.findIndex((line) => line.startsWith(text));
    expect(first('client-data: Successful')).toBeGreaterThan(-1);
    for (const name of ['auth', 'pusher', 'logic', 'job']) expect(first(`${name}: started`)).toBeGreaterThan(first('client-data: Successful'));
    for (const name of ['auth', 'pusher', 'logic', 'job']) expect(first('file: started')).toBeGreaterThan(first(`${name}: Successful`));
    expect(operator.calling(START)).toHaveLength(SERVICE_NAMES.length);
  });

  test.each(['Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'])(
    'that ends with %s says why and where to look, and what was not begun stays',
    async (Status) => {
      const course = { 'egf2-client-data': [{ Status: 'InProgress' }, { Status, StatusReason: 'i-9 did not pass its health check' }] };
      const operator = new Operator(account({ course }));
      const restart = operator.replacement('client-data', 'auth', 'file');
      (operator.state.groups['egf2-client-data'] as { machines: string[] }).machines = ['i-1-client-data', 'i-9'];
      expect(await restart.carryOut()).toBe(1);
      expect(operator.calling(START)).toHaveLength(1);
      expect(operator.text).toContain(`client-data: ${Status}: i-9 did not pass its health check (egf2-client-data-refresh-1)`);
      expect(operator.text).toContain('aws ec2 get-console-output --instance-id i-9 --latest --output text --region us-east-1');
      expect(operator.text).not.toContain('--instance-id i-1-client-data');
      expect(operator.text).toContain(
        'aws autoscaling describe-scaling-activities --auto-scaling-group-name egf2-client-data --max-items 5 --region us-east-1',
      );
      expect(operator.text).toMatch(/auth +egf2-auth +not begun\n/);
      expect(operator.said.at(-1)).toBe('\nNext, when the reason is mended: again client-data auth file');
    },
  );

  test('one that fails does not keep the others of its wave from being followed to their end', async () => {
    const operator = new Operator(account({ course: { 'egf2-auth': [{ Status: 'Failed', StatusReason: 'no capacity' }] } }));
    expect(await operator.replacement('auth', 'pusher').carryOut()).toBe(1);
    expect(operator.text).toMatch(/pusher +egf2-pusher +Successful/);
    expect(operator.said.at(-1)).toBe('\nNext, when the reason is mended: again auth');
  });

  test('that goes on already is followed; no second one is started', async () => {
    const operator = new Operator(account({ refreshes: { 'egf2-auth': [going] } }));
    const restart = operator.replacement('auth', 'pusher');
    expect(restart.plan()).toMatch(/auth +egf2-auth .* followed: InProgress since 2026-05-04 01:50 UTC\n/);
    expect(restart.plan()).toContain('auth: no second one is started. A document that was changed after 2026-05-04 01:50 UTC: run this again afterwards.');
    expect(await restart.carryOut()).toBe(0);
    expect(operator.said).toContain('auth: follows instance refresh earlier');
    expect(operator.calling(START).map((call) => /egf2-\w+/.exec(call)?.[0])).toEqual(['egf2-pusher']);
    expect(operator.text).toMatch(/auth +egf2-auth +Successful +30 min/);
  });

  test('that somebody starts between the look and the start is followed, too', async () => {
    const operator = new Operator();
    const restart = operator.replacement('auth');
    operator.state.refreshes['egf2-auth'] = [going];
    expect(await restart.carryOut()).toBe(0);
    expect(operator.said[0]).toBe('auth: follows instance refresh earlier');
  });

  test('is waited for through throttling and a network that is away for a while', async () => {
    const throttled = 'An error occurred (Throttling) when calling the DescribeInstanceRefreshes operation (reached max retries: 4): Rate exceeded';
    const operator = new Operator();
    const restart = operator.replacement('auth');
    operator.state.failures = [{ starts: 'autoscaling describe-instance-refreshes', says: throttled, times: 4 }];
    expect(await restart.carryOut()).toBe(0);
    operator.state.failures = [{ starts: 'autoscaling describe-instance-refreshes --auto-scaling-group-name egf2-auth --instance', says: throttled, times: 9 }];
    await expect(operator.replacement('auth').carryOut()).rejects.toThrow(
      /^aws: too many requests for AWS \(throttling\)\. Wait a minute, .*\nIt goes on without us: auth\. To follow it: again auth$/,
    );
    // what is followed afterwards is the same one
    operator.state.failures = [];
    operator.said.length = 0;
    expect(await operator.replacement('auth').carryOut()).toBe(0);
    expect(operator.said[0]).toBe('auth: follows instance refresh egf2-auth-refresh-2');
    expect(operator.calling(START)).toHaveLength(2);
  });

  test('is not given up for failed looks that are not in a row', async () => {
    const state = account();
    const failing = { starts: 'autoscaling describe-instance-refreshes', says: 'An error occurred (Throttling): Rate exceeded', times: 4 };
    const operator = new Operator(state, () => (state.failures = [{ ...failing }]));
    expect(await operator.replacement('auth').carryOut()).toBe(0);
    expect(operator.calling('autoscaling describe-instance-refreshes').length).toBeGreaterThan(12);
  });

  test('that AWS does not let us start says so, and what was started before goes on', async () => {
    const operator = new Operator();
    const restart = operator.replacement('auth', 'pusher');
    const says = `An error occurred (AccessDenied) when calling the StartInstanceRefresh operation: User: arn:aws:iam::${ACCOUNT}:user/me is not authorized to perform: autoscaling:StartInstanceRefresh`;
    operator.state.failures = [{ starts: `${START} --auto-scaling-group-name egf2-pusher`, says, times: 1 }];
    await expect(restart.carryOut()).rejects.toThrow(
      /not authorized to perform: autoscaling:StartInstanceRefresh\nIt goes on without us: auth\. To follow it: again auth pusher$/,
    );
  });

  test('a single machine is warned of: its service is away meanwhile', () => {
    const operator = new Operator(account({ groups: groups(1) }));
    expect(operator.replacement('sync').plan()).toContain('sync: has one machine. It is away until the new one has installed itself, 10 minutes or so.');
    expect(new Operator().replacement('sync').plan()).not.toContain('one machine');
  });

  test('every group that is not there is named, with the way out', () => {
    const { 'egf2-auth': _, 'egf2-job': __, ...there } = groups();
    expect(() => new Operator(account({ groups: there })).replacement(...SERVICE_NAMES)).toThrow(
      "There is no group egf2-auth, egf2-job in us-east-1. Run make deploy STACKS='egf2-services-prod'",
    );
  });
});

describe('on the machine that all services share', () => {
  test('units are restarted one after the other, each tested before the next', async () => {
    const operator = new Operator();
    const restart = operator.onMachine('client-data', 'auth');
    expect(restart.plan()).toMatch(/^service +unit +on machine\nclient-data +egf2-client-data\.service +i-shared\nauth +egf2-auth\.service +i-shared\n/);
    expect(await restart.carryOut()).toBe(0);
    expect(operator.state.commands).toEqual(['restart client-data', 'restart auth']);
    const sent = operator.calling('ssm send-command')[1] ?? '';
    expect(sent).toContain('--instance-ids i-shared --document-name AWS-RunShellScript');
    expect(JSON.parse(/--parameters (\{.*\}) --region/.exec(sent)?.[1] ?? '').commands).toEqual(restartScript('auth'));
    expect(operator.calling(START)).toEqual([]);
    expect(operator.said).toEqual([
      'client-data: command command-1 on i-shared',
      'client-data: InProgress',
      'client-data: client-data: runs',
      'auth: command command-2 on i-shared',
      'auth: InProgress',
      'auth: auth: runs',
      '\nservice       ended\nclient-data   restarted\nauth          restarted',
    ]);
  });

  test('what runs there is what the machine has: its test, its unit, its shell', () => {
    const files = [...filesOf(subsystems()).keys()];
    for (const name of SERVICE_NAMES) {
      const script = restartScript(name);
      const [, unit] = /^systemctl restart (\S+)$/m.exec(script.join('\n')) ?? [];
      const [, check] = /(\/opt\S+\.sh)$/.exec(script.at(-1) ?? '') ?? [];
      expect(files).toEqual(expect.arrayContaining([`/etc/systemd/system/${unit}`, check]));
      const { status, stderr } = spawnSync('sh', ['-n'], { input: script.join('\n'), encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
    expect(restartScript('pusher').at(-1)).toBe("SERVICE=pusher PORTS='2017 2000' WAIT_SECONDS=300 /opt/egf2-machine/check-service.sh");
  });

  test.each(['Failed', 'TimedOut', 'Cancelled'])('%s ends it: says why, and leaves the rest', async (Status) => {
    const says = 'egf2: noise\ncheck-service: client-data does not run: launcher: config/client-data.json: NoSuchKey';
    const operator = new Operator(account({ invocations: { 'restart client-data': [{ Status, StatusDetails: Status, StandardErrorContent: says }] } }));
    expect(await operator.onMachine('client-data', 'auth').carryOut()).toBe(1);
    expect(operator.state.commands).toEqual(['restart client-data']);
    expect(operator.text).toMatch(new RegExp(`client-data +${Status}: check-service: client-data does not run: launcher: .*NoSuchKey\nauth +not begun\n`));
    expect(operator.text).toContain('aws ec2 get-console-output --instance-id i-shared --latest --output text --region us-east-1');
    expect(operator.said.at(-1)).toContain('Next, when the reason is mended: again client-data auth');
  });

  test.each<[string, Partial<AwsState>, RegExp]>([
    [
      'being replaced',
      { refreshes: { [SHARED_MACHINE.group]: [going] } },
      /is being replaced since 2026-05-04 01:50 UTC: the new one reads every document\. To follow that: REPLACE$/,
    ],
    [
      'installing itself',
      { groups: { ...groups(), [SHARED_MACHINE.group]: { DesiredCapacity: 1, machines: [] } } },
      /^egf2-subsystems has no machine in service/,
    ],
    ['not deployed', { groups: {} }, /^There is no group egf2-subsystems in us-east-1\. Run make deploy/],
  ])('that is %s, nothing is restarted', (_, state, says) => {
    expect(() => new Operator(account(state)).onMachine('auth')).toThrow(says);
  });

  test('without its agent, the way out is a new machine', async () => {
    const operator = new Operator(account({ agent: false }));
    await expect(operator.onMachine('auth').carryOut()).rejects.toThrow(/^Systems Manager does not reach i-shared: .* Nothing was restarted\.\n.* REPLACE$/);
  });

  test('a command that stays unknown is not waited for for ever', async () => {
    const operator = new Operator(account({ invocations: { 'restart auth': ['unknown'] } }));
    await expect(operator.onMachine('auth').carryOut()).rejects.toThrow(
      /does not know of command command-1 on i-shared\nThe restart of auth goes on without us/,
    );
  });
});

describe('what aws says of itself is one clear line', () => {
  const LOGIN = 'aws: not logged in, or not any more. Run aws configure sso, or log in as you do';
  test.each([
    ['An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired', LOGIN],
    ['An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token is invalid.', LOGIN],
    ['Error when retrieving token from sso: Token has expired and refresh failed', LOGIN],
    ['Error loading SSO Token: Token for https://example.awsapps.com/start does not exist', LOGIN],
    ['Unable to locate credentials. You can configure credentials by running "aws configure".', LOGIN],
    [
      'An error occurred (Throttling) when calling the GetCallerIdentity operation (reached max retries: 4): Rate exceeded',
      'aws: too many requests for AWS (throttling). Wait a minute, then run the same command again',
    ],
    ['Could not connect to the endpoint URL: "https://sts.us-east-1.amazonaws.com/"', 'aws: AWS cannot be reached. Is there a network?'],
  ])('%s', (says, line) => {
    const operator = new Operator(account({ failures: [{ starts: 'sts', says, times: 1 }] }));
    expect(() => awsAccount(operator.aws, { region: 'us-east-1' })).toThrow(new UsageError(line));
  });
});

describe('what the operator may do', () => {
  const actionOf = (call: string) => {
    const [service = '', verb = ''] = call.split(' ');
    return `${service}:${verb.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}`;
  };
  const called = ({ calls }: Operator) => [...new Set(calls.map(actionOf))].sort();
  const allowed = (permissions: readonly Permission[]) => [...new Set(permissions.map(({ action }) => action))].sort();

  test('is what the command calls, no more and no less', async () => {
    const replaces = new Operator();
    awsAccount(replaces.aws, { region: 'us-east-1' });
    await replaces.replacement('auth').carryOut();
    expect(called(replaces)).toEqual(allowed(REPLACES));
    const restarts = new Operator();
    awsAccount(restarts.aws, { region: 'us-east-1' });
    await restarts.onMachine('auth').carryOut();
    expect(called(restarts)).toEqual(allowed(RESTARTS_ON_MACHINE));
  });

  test('changes only what is of this estate', () => {
    for (const { action, on, tagged } of [...REPLACES, ...RESTARTS_ON_MACHINE].filter(({ action }) => !/:(Get|Describe)/.test(action)))
      expect([action, on.includes('*') || (on[0]?.includes(':instance/*') && !tagged)]).toEqual([action, false]);
    for (const name of SERVICE_NAMES) expect(machinesOf(name, scalable).group).toMatch(/^egf2-/);
  });
});

describe('make egf2-restart', () => {
  /** At a shell; of the scalable mode, unless told otherwise. */
  const shell = (state: Partial<AwsState> = {}, override: object = { ...scalableVariant.egf2, shared: { accountId: ACCOUNT } }) => {
    const tools = new RecordingTools(account(state));
    writeFileSync(join(tools.root, 'estates.json'), JSON.stringify({ egf2: override }));
    return tools;
  };
  const quick = ['--every', '0.01'];

  test('says what it will do, does it, and ends with what to do next', () => {
    const { code, output, calls } = shell().run('egf2-restart', ['--service', 'auth', '--yes', ...quick]);
    expect([code, calls[0]?.command]).toEqual([0, 'aws sts get-caller-identity --region=us-east-1 --output=json']);
    expect(output).toMatch(/^Will restart, egf2 \(scalable mode\) in us-east-1, account 123456789012:\n\nservice +Auto Scaling group/);
    expect(output).toMatch(
      /auth: Successful[\s\S]*Next: see that it answers, 401 without a token:\n {2}curl .*https:\/\/api\.egf2\.example\.org\/v1\/graph\n$/,
    );
  });

  test('a dry run, and nobody to ask, start nothing', () => {
    const dry = shell().run('egf2-restart', ['--service', 'auth', '--dry-run']);
    expect([dry.code, dry.calls.filter(({ command }) => command.includes('start-'))]).toEqual([0, []]);
    expect(dry.output).toMatch(/^Would restart[\s\S]*Nothing was changed \(dry run\)\.\n$/);
    const asked = shell().run('egf2-restart', ['--service', 'auth']);
    expect([asked.code, asked.calls.filter(({ command }) => command.includes('start-'))]).toEqual([2, []]);
    expect(asked.output).toContain('pass --yes');
  });

  const STUCK = { course: { 'egf2-client-data': [{ Status: 'InProgress', PercentageComplete: 0, InstancesToUpdate: 2 }] } };
  const args = ['--service', 'client-data file', '--yes', ...quick];
  /** Ends the command by a signal when it waits. */
  const ended = (tools: RecordingTools, signal: NodeJS.Signals) => {
    let isSent = false;
    return tools.runBeside('egf2-restart', args, {}, (said, child) => {
      if (!isSent && said.includes('InProgress')) isSent = child.kill(signal);
    });
  };

  test('Ctrl-C says that AWS goes on, with the commands that follow and cancel it', async () => {
    const { code, output } = await ended(shell(STUCK), 'SIGINT');
    expect(code).toBe(130);
    const says = 'SIGINT: stops watching. It goes on without us: client-data\nNot begun, and will not be: file\nTo go on: ';
    expect(output).toContain(`\n${says}make egf2-restart SERVICE='client-data file'\n`);
    expect(output).toContain('  aws autoscaling cancel-instance-refresh --auto-scaling-group-name egf2-client-data --region us-east-1\n');
  });

  test('killed, and run again: it follows what goes on, and begins the rest', async () => {
    const tools = shell(STUCK);
    expect((await ended(tools, 'SIGKILL')).code).toBeNull();
    tools.change({ course: {} });
    const { code, output, calls } = tools.run('egf2-restart', args);
    expect(code).toBe(0);
    expect(output).toContain('client-data: follows instance refresh egf2-client-data-refresh-1\n');
    const started = calls.filter(({ command }) => command.includes('start-'));
    expect(started.map(({ command }) => /egf2-[a-z-]+(?= --strategy)/.exec(command)?.[0])).toEqual(['egf2-file']);
  });

  test('Ctrl-C in small mode says what goes on there', async () => {
    const { code, output } = await ended(shell({ invocations: { 'restart client-data': [{ Status: 'InProgress' }] } }, {}), 'SIGINT');
    expect(code).toBe(130);
    expect(output).toContain('It goes on without us: the restart of client-data on i-shared\nNot begun, and will not be: file\n');
    expect(output).toContain('  aws ssm cancel-command --command-id command-1 --region us-east-1\n');
  });

  test('in small mode it restarts units, or with --replace the machine', () => {
    const units = shell({}, {}).run('egf2-restart', ['--service', 'pusher,auth', '--yes', ...quick]);
    expect([units.code, units.output.match(/command-\d on i-shared/g)]).toEqual([0, ['command-1 on i-shared', 'command-2 on i-shared']]);
    const machine = shell({}, {}).run('egf2-restart', ['--replace', '--yes', ...quick]);
    expect(machine.code).toBe(0);
    expect(machine.output).toContain('all services: has one machine. It is away until the new one has installed itself, 60 minutes or so.');
    expect(machine.calls.find(({ command }) => command.includes('start-'))?.command).toContain(
      'egf2-subsystems --strategy Rolling --preferences {"MinHealthyPercentage":0,',
    );
  });

  test.each<[string, Partial<AwsState>, string[], RegExp]>([
    [
      'a service that is none',
      {},
      ['--service', 'auth autth'],
      /^SERVICE: autth is none\. The nine are client-api, client-data, auth, sync, pusher, scheduler, logic, file, job; .*$/,
    ],
    ['nobody named: not all of them by mistake', {}, [], /^SERVICE: names none\. The nine are .*; or all$/],
    ['another environment', {}, ['--env', 'dev'], /^ENV: egf2 has prod only, not "dev"$/],
    ['--replace in scalable mode', {}, ['--replace'], /^REPLACE=1 is for small mode: .*$/],
    [
      'another account',
      { awsAccount: '999999999999' },
      ['--service', 'all'],
      /^aws: logged in to account 999999999999 \(arn:.*\), and egf2 is in 123456789012 .* Nothing was changed\.$/,
    ],
  ])('%s: one clear line, and nothing is changed', (_, state, args, line) => {
    const { code, output, calls } = shell(state).run('egf2-restart', ['--yes', ...args]);
    expect([code, calls.filter(({ command }) => command.includes('start-'))]).toEqual([2, []]);
    expect(output.trimEnd()).toMatch(line);
  });

  test('loads no cdktf: it would take a second', () => {
    const entryPoints = [join(ROOT, 'scripts/egf2-restart.ts')];
    const { metafile } = buildSync({ entryPoints, bundle: true, platform: 'node', write: false, metafile: true, logLevel: 'error' });
    expect(Object.keys(metafile.inputs).filter((file) => /node_modules\/(cdktf|constructs|@cdktf)\//.test(file))).toEqual([]);
  });

  test('the runbook restarts by it, and by no instance refresh of its own', () => {
    const runbook = readFileSync(join(ROOT, 'docs/runbooks/egf2.md'), 'utf8');
    expect(runbook).toContain('make egf2-restart SERVICE=auth');
    expect(runbook).not.toContain('start-instance-refresh');
  });
});
