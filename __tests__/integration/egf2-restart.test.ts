import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED_MACHINE } from '../../estates/egf2/restart';
import scalableVariant from '../../estates/egf2/variants/scalable.json';
import { AwsFront } from '../support/aws-front';
import { AWS_ENVIRONMENT, Moto } from '../support/moto';
import { describeReal } from '../support/real';
import { RecordingTools } from '../support/recording-tools';

/** moto's account. */
const ACCOUNT = '123456789012';

describeReal(['aws', 'moto_server'], 'make egf2-restart through the real AWS CLI', () => {
  let moto: Moto;
  let front: AwsFront;

  beforeAll(async () => {
    moto = await Moto.start();
    front = await AwsFront.before(moto.endpoint);
    const ask = (service: string, version: string, request: string) => moto.ask(service, `Action=${request}&Version=${version}`);
    const images = await ask('ec2', '2016-11-15', 'DescribeImages');
    const [, image] = /<imageId>(ami-\w+)</.exec(images) ?? [];
    await ask('autoscaling', '2011-01-01', `CreateLaunchConfiguration&LaunchConfigurationName=one&InstanceType=t3.micro&ImageId=${image}`);
    for (const [name, machines] of [['egf2-auth', 2] as const, [SHARED_MACHINE.group, 1] as const]) {
      const size = `MinSize=${machines}&MaxSize=4&DesiredCapacity=${machines}`;
      const place = 'LaunchConfigurationName=one&AvailabilityZones.member.1=us-east-1a';
      await ask('autoscaling', '2011-01-01', `CreateAutoScalingGroup&AutoScalingGroupName=${name}&${size}&${place}`);
    }
  });
  afterAll(async () => {
    await front?.close();
    await moto?.stop();
  });
  afterEach(() => front.errors.clear());

  const run = (args: readonly string[], override: object = scalableVariant.egf2, accountId = ACCOUNT) => {
    const tools = new RecordingTools({}, ['aws']);
    writeFileSync(join(tools.root, 'estates.json'), JSON.stringify({ egf2: { ...override, shared: { accountId } } }));
    const env = { ...AWS_ENVIRONMENT, PATH: `${join(tools.root, 'bin')}:${process.env.PATH}`, AWS_ENDPOINT_URL: front.endpoint, AWS_MAX_ATTEMPTS: '1' };
    return tools.runBeside('egf2-restart', ['--yes', '--every', '0.1', ...args], env);
  };

  test('starts an instance refresh as AWS is to have it, and follows it', async () => {
    const { code, output } = await run(['--service', 'auth']);
    expect(output).toMatch(/auth +egf2-auth +2 of 2 +90 % +replaced\n/);
    expect(output).toMatch(/auth: InProgress, 50 %, 1 machine left: Waiting for instances to warm up\.\nauth: Successful, 100 %, 0 machines left\n/);
    expect(output).toMatch(/auth +egf2-auth +Successful +20 min\n/);
    expect(code).toBe(0);
    const [request] = front.started;
    expect(Object.fromEntries(request ?? [])).toMatchObject({
      AutoScalingGroupName: 'egf2-auth',
      Strategy: 'Rolling',
      'Preferences.MinHealthyPercentage': '90',
      'Preferences.SkipMatching': 'false',
    });
  });

  test('follows one that goes on', async () => {
    front.begin();
    const before = front.started.length;
    const { code, output } = await run(['--service', 'auth']);
    expect([code, front.started.length]).toEqual([0, before]);
    expect(output).toContain('auth: follows instance refresh 08b91cf7');
  });

  test('restarts a unit on the machine of small mode', async () => {
    const { code, output } = await run(['--service', 'auth'], {});
    expect(output).toMatch(/auth +egf2-auth\.service +i-[0-9a-f]+\n[\s\S]*auth +restarted\n/);
    expect(code).toBe(0);
  });

  test.each([
    [
      'InstanceRefreshInProgress for none that is there',
      'StartInstanceRefresh',
      'InstanceRefreshInProgress',
      {},
      /^egf2-auth: AWS says that an instance refresh goes on, and shows none\. Run the same command again$/m,
      2,
    ],
    ['an expired login', 'GetCallerIdentity', 'ExpiredToken', {}, /^aws: not logged in, or not any more\. Run aws configure sso, or log in as you do$/, 2],
    ['throttling', 'DescribeAutoScalingGroups', 'Throttling', {}, /^aws: too many requests for AWS \(throttling\)\./, 2],
    ['a machine without agent', 'SendCommand', 'InvalidInstanceId', { small: true }, /Systems Manager does not reach i-\w+: /, 2],
    ['no permission', 'StartInstanceRefresh', 'AccessDenied', {}, /\(AccessDenied\) when calling the StartInstanceRefresh operation: as it says/, 2],
  ] as const)('%s is understood as the CLI says it', async (_, action, errorCode, { small = false }: { small?: boolean }, says, code) => {
    front.errors.set(action, { code: errorCode, message: 'as it says' });
    const ran = await run(['--service', 'auth'], small ? {} : scalableVariant.egf2);
    expect(ran.output.trimEnd()).toMatch(says);
    expect(ran.code).toBe(code);
  });

  test('another account, and a group that is not there, are refused', async () => {
    expect(await run(['--service', 'all'], {}, '999999999999')).toMatchObject({ code: 2, output: expect.stringContaining(`logged in to account ${ACCOUNT}`) });
    const { code, output } = await run(['--service', 'auth job']);
    expect([code, output]).toEqual([2, "There is no group egf2-job in us-east-1. Run make deploy STACKS='egf2-services-prod'\n"]);
  });
});
