import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filledIn, IMPORT_SYNTAX } from '../../constructs/policy/import-syntax';
import { Moto } from '../support/moto';
import { describeReal, find } from '../support/real';

/** The commands of the table that find ids, of one program, each with some words for what only the stack knows. */
function commandsOf(program: string): [type: string, command: string][] {
  const word = (argument: string) => ({ region: 'us-east-1', zone: 'us-central1-a', location: 'us-central1', service_account_id: 'a@p-123456.iam.gserviceaccount.com' })[argument] ?? 'a-name';
  return Object.entries(IMPORT_SYNTAX).flatMap(([type, row]) =>
    'find' in row && row.find.startsWith(`${program} `) ? [[type, filledIn(row.find, word)] as [string, string]] : [],
  );
}

describeReal(['gcloud'], 'the real gcloud', () => {
  const home = mkdtempSync(join(tmpdir(), 'gcloud-'));
  const nowhere = { CLOUDSDK_PROXY_TYPE: 'http', CLOUDSDK_PROXY_ADDRESS: '127.0.0.1', CLOUDSDK_PROXY_PORT: '1', NO_GCE_CHECK: 'true' };
  const quiet = { CLOUDSDK_CORE_DISABLE_PROMPTS: '1', CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1', CLOUDSDK_CORE_CHECK_GCE_METADATA: '0' };
  const env = { PATH: process.env.PATH, HOME: home, CLOUDSDK_CONFIG: join(home, 'gcloud'), ...nowhere, ...quiet };
  // nobody is logged in: what it understands ends there, before the network
  const said = (command: string) => spawnSync('sh', ['-c', command.replace(/^gcloud/, `${find('gcloud')}`)], { env, encoding: 'utf8', input: '' }).stderr;
  const MISUNDERSTOOD = /unrecognized arguments|Invalid choice|argument .*(: Must be|required|invalid|Bad value)|usage:|not valid|Expected/i;

  test('would say what it does not understand', () => {
    expect(said('gcloud pubsub topics lst --project=p')).toMatch(MISUNDERSTOOD);
  });

  // its start takes a second: all of them in a few processes
  test('understands every command that finds an id', () => {
    const wrong = commandsOf('gcloud').flatMap(([type, command]) => {
      const answer = said(command);
      return MISUNDERSTOOD.test(answer) || !/credentialed|log in|auth login/i.test(answer) ? [`${type}: ${command}\n${answer}`] : [];
    });
    expect(wrong).toEqual([]);
  });
});
