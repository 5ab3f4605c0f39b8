import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filledIn, IMPORT_SYNTAX } from '../../constructs/policy/import-syntax';
import { inOrder } from '../../rehearsal/runner/order';
import { type Outcome, run } from '../../rehearsal/runner/process';
import { AWS_ENVIRONMENT } from '../support/moto';
import { describeReal, find } from '../support/real';

const WORDS: Readonly<Record<string, string>> = {
  region: 'us-east-1',
  zone: 'us-central1-a',
  location: 'us-central1',
  service_account_id: 'a@p-123456.iam.gserviceaccount.com',
};
const home = mkdtempSync(join(tmpdir(), 'home-'));
const calm = new AbortController().signal;

/** The table's commands of one program, with words for what only a stack knows; by type. */
function commandsOf(program: string): ReadonlyMap<string, string> {
  const commands = Object.entries(IMPORT_SYNTAX).flatMap(([type, row]) => ('find' in row ? [[type, row.find] as const] : []));
  const own = commands.filter(([, command]) => command.startsWith(`${program} `));
  return new Map(own.map(([type, command]) => [type, filledIn(command, (argument) => WORDS[argument] ?? 'a-name')]));
}

/** Those that the program does not take, each with what it says. Its start takes a second: two at a time. */
async function refused(commands: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv, isTaken: (outcome: Outcome) => boolean): Promise<string[]> {
  const wrong: string[] = [];
  const alone = new Map([...commands.keys()].map((type) => [type, []]));
  await inOrder(alone, 2, async (type) => {
    const outcome = await run('sh', ['-c', commands.get(type) as string], { cwd: home, env: { PATH: process.env.PATH, HOME: home, ...env }, signal: calm });
    if (!isTaken(outcome)) wrong.push(`${type}: ${commands.get(type)}\n${outcome.stderr}`);
    return true;
  });
  return wrong;
}

describeReal(['gcloud'], 'the real gcloud', () => {
  const nowhere = { CLOUDSDK_PROXY_TYPE: 'http', CLOUDSDK_PROXY_ADDRESS: '127.0.0.1', CLOUDSDK_PROXY_PORT: '1', NO_GCE_CHECK: 'true' };
  const quiet = { CLOUDSDK_CORE_DISABLE_PROMPTS: '1', CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1', CLOUDSDK_CORE_CHECK_GCE_METADATA: '0' };
  const env = { CLOUDSDK_CONFIG: join(home, 'gcloud'), ...nowhere, ...quiet };
  // nobody is logged in: what it understands ends there, before the network
  const isTaken = ({ stderr }: Outcome) => /NoActiveAccount|do not currently have an active account/.test(stderr);

  test('understands every command that finds an id, and no other', async () => {
    const commands = commandsOf('gcloud');
    expect(commands.size).toBeGreaterThan(45);
    const nonsense = `${find('gcloud')} pubsub topics list --projct=p`;
    expect(await refused(new Map([...commands, ['nonsense', nonsense]]), env, isTaken)).toEqual([expect.stringContaining('--projct')]);
  });
});

describeReal(['aws'], 'the real aws', () => {
  // of some commands its own sample of an answer does not pass its own check: that comes after what was asked has passed
  const isTaken = ({ code, stderr }: Outcome) => code === 0 || /^\s*Parameter validation failed:(\nInvalid [^\n]*\[0\][^\n]*)+\s*$/.test(stderr);

  test('understands every command that finds an id, and no other', async () => {
    const commands = new Map([...commandsOf('aws')].map(([type, command]) => [type, `${command} --generate-cli-skeleton=output`]));
    expect(commands.size).toBeGreaterThan(55);
    const nonsense = "aws ec2 describe-vpcs --query='Vpcs[].[VpcId' --generate-cli-skeleton=output";
    expect(await refused(new Map([...commands, ['nonsense', nonsense]]), { ...AWS_ENVIRONMENT, AWS_DEFAULT_REGION: 'us-east-1' }, isTaken)).toEqual([
      expect.stringContaining('--query'),
    ]);
  });
});
