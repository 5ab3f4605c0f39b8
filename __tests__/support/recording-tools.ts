import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync, transformSync } from 'esbuild';
import { ROOT } from './repository';

const bundles = new Map<string, string>();

/** The script as one JavaScript file, made once: starting it takes a tenth of what tsx takes. */
function bundle(script: string): string {
  const outfile = bundles.get(script) ?? join(mkdtempSync(join(tmpdir(), 'bundle-')), `${script}.js`);
  if (!bundles.has(script)) {
    buildSync({ entryPoints: [join(ROOT, `scripts/${script}.ts`)], bundle: true, platform: 'node', target: 'node20', outfile, logLevel: 'error' });
    bundles.set(script, outfile);
  }
  return outfile;
}

/** How one of the programs was called: its name and arguments, and what came by standard input. */
export interface Call {
  readonly command: string;
  readonly input: string;
}

export interface Run {
  readonly code: number | null;
  readonly output: string;
  /** Of `output`, what goes into a file when somebody redirects it. */
  readonly stdout: string;
  readonly calls: Call[];
}

/** A stand-in program: answers from `state.json`, which its writes change, and notes every call. `answer` sees args, state, input and fail(stderr). */
const program = (name: string, answer: string) => `#!${process.execPath}
const { appendFileSync, readFileSync, readSync, writeFileSync } = require('node:fs');
const here = ${JSON.stringify('HERE')};
const args = process.argv.slice(2);
const given = [];
// an empty pipe that nobody has closed yet says EAGAIN; who never closes it gives nothing
for (let length = 1, patience = 100; !process.stdin.isTTY && length > 0 && patience > 0; ) {
  const piece = Buffer.alloc(65536);
  try {
    length = readSync(0, piece);
    given.push(piece.subarray(0, length));
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
    patience -= 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}
const input = Buffer.concat(given).toString();
appendFileSync(here + '/calls', JSON.stringify({ command: [${JSON.stringify(name)}, ...args].join(' '), input }) + '\\n');
const state = JSON.parse(readFileSync(here + '/state.json', 'utf8'));
const text = args.join(' ');
const option = (key) => (args.find((arg) => arg.startsWith('--' + key + '=')) ?? '').split('=').slice(1).join('=');
const print = (value) => process.stdout.write(typeof value === 'string' ? value : JSON.stringify(value));
const fail = (message, code = 1) => { process.stderr.write(message + '\\n'); process.exit(code); };
if (state.fails && text.startsWith(state.fails)) fail(state.says ?? 'ERROR: it went wrong');
${answer}
writeFileSync(here + '/state.json', JSON.stringify(state));
`;

const GCLOUD = `
const needs = /^iam |^projects (get|add)-iam/.exec(text) && (text.startsWith('iam ') ? 'iam' : 'cloudresourcemanager') + '.googleapis.com';
if (needs && !state.services.includes(needs)) fail('ERROR: (gcloud) PERMISSION_DENIED: API [' + needs + '] has not been used in project 7 before or it is disabled.');
const bind = (policy) => policy.bindings.push({ role: option('role'), members: [option('member')] });
if (text.startsWith('auth list')) print(state.account ? [{ account: state.account }] : []);
else if (text.startsWith('auth application-default print-access-token')) state.adc ? print('TOKEN') : fail('ERROR: no credentials');
else if (text === 'auth application-default login') state.adc = true;
else if (text === 'auth login') state.account = 'me@example.org';
else if (!state.account) fail('ERROR: You do not currently have an active account selected. Please run: $ gcloud auth login');
else if (text.startsWith('projects describe')) state.project ? print({ projectId: args[2] }) : fail('ERROR: [me] does not have permission to access projects instance [x] (or it may not exist)');
else if (text.startsWith('billing projects describe')) print(state.billing ? { billingEnabled: true, billingAccountName: state.billing } : { billingEnabled: false });
else if (text.startsWith('billing accounts list')) print(state.billingAccounts.filter(({ open = true }) => open || option('filter') !== 'open=true'));
else if (text.startsWith('billing projects link')) state.billing = 'billingAccounts/' + option('billing-account');
else if (text.startsWith('services list')) print(state.services.map((name) => ({ config: { name } })));
else if (text.startsWith('services enable')) state.services.push(...args.slice(2).filter((arg) => !arg.startsWith('--')));
else if (text.startsWith('iam service-accounts list')) print(state.accounts.filter((email) => option('filter') === 'email=' + email).map((email) => ({ email })));
else if (text.startsWith('iam service-accounts create')) state.accounts.push(args[3] + '@' + option('project') + '.iam.gserviceaccount.com');
else if (text.startsWith('projects get-iam-policy')) print(state.policy);
else if (text.startsWith('projects add-iam-policy-binding')) bind(state.policy);
else if (text.startsWith('iam service-accounts get-iam-policy')) print(state.lent);
else if (text.startsWith('iam service-accounts add-iam-policy-binding')) bind(state.lent);
else if (text.startsWith('iam service-accounts keys list')) print([...state.keys, ...(option('managed-by') === 'user' ? [] : ['googles-own'])].map((id) => ({ name: 'projects/p/serviceAccounts/a/keys/' + id })));
else if (text.startsWith('iam service-accounts keys create')) { state.made += 1; state.keys.push('key' + state.made); print({ private_key_id: 'key' + state.made, private_key: 'HUSH' }); }
else if (text.startsWith('iam service-accounts keys delete')) state.keys = state.keys.filter((id) => id !== args[4]);
else if (text.startsWith('artifacts print-settings python')) print('# Insert the following snippet into your .pypirc\\n');
else if (text.startsWith('compute instance-groups managed describe')) state.group ? print(state.group) : fail("ERROR: Could not fetch resource: - The resource 'x' was not found");
else if (text.startsWith('compute instance-templates describe')) print({ properties: { disks: [{ boot: true, initializeParams: { sourceImage: state.image } }] } });
else if (text.startsWith('compute instance-groups managed rolling-action replace')) state.group.rolled = true;
else if (text.startsWith('compute instance-groups managed wait-until')) state.unstable ? fail('ERROR: Timeout while waiting for group to become stable.') : print('Group is stable');
else if (text.startsWith('builds triggers describe')) state.trigger ? print({ name: args[3] }) : fail('ERROR: (gcloud.builds.triggers.describe) NOT_FOUND: Requested entity was not found.');
else if (text.startsWith('builds triggers run')) print({ name: 'operations/build/p/1', metadata: { build: { id: 'b-1', status: 'QUEUED', logUrl: 'https://console.cloud.google.com/b-1' } } });
else if (text.startsWith('builds describe')) { const build = state.builds.length > 1 ? state.builds.shift() : state.builds[0]; build ? print(build) : fail('ERROR: (gcloud.builds.describe) UNAVAILABLE'); }
else fail('the stand-in gcloud does not know: ' + text);
`;

const GH = `
if (!state.github) fail('You are not logged into any GitHub hosts. To log in, run: gh auth login', 4);
else if (text === 'auth status') print('Logged in');
else if (text.startsWith('secret list')) print(Object.keys(state.secrets).map((name) => ({ name })));
else if (text.startsWith('secret set')) state.secrets[args[2]] = input;
else if (text.startsWith('api user')) print({ id: 7 });
else if (text.startsWith('api --method=PUT')) state.environment = { protection_rules: [{ type: 'required_reviewers' }] };
else if (/^api repos\\/[^/]+\\/[^/]+$/.test(text)) state.repository ? print({ id: 1 }) : fail('gh: Not Found (HTTP 404)');
else if (text.startsWith('api repos/')) state.environment ? print(state.environment) : fail('gh: Not Found (HTTP 404)');
else fail('the stand-in gh does not know: ' + text);
`;

const TERRAFORM = `state.outputs ? print(state.outputs) : fail('Error: Backend initialization required, please run "terraform init"');`;

/** Its answers are in a file of their own, which tests ask without a process, too. */
const AWS = `
${transformSync(readFileSync(join(ROOT, '__tests__/support/fake-aws.ts'), 'utf8'), { loader: 'ts', format: 'cjs' }).code}
const answered = module.exports.awsAnswer(args, state);
print(answered.stdout);
process.stderr.write(answered.stderr);
process.exitCode = answered.status;
`;

const PROGRAMS: Readonly<Record<string, string>> = { aws: AWS, gcloud: GCLOUD, gh: GH, terraform: TERRAFORM };

/** Somebody who is logged in everywhere, in front of a project in which nothing is set up. */
const EMPTY = {
  account: 'me@example.org',
  awsAccount: '123456789012',
  groups: {},
  refreshes: {},
  course: {},
  agent: true,
  invocations: {},
  commands: [],
  failures: [],
  github: true,
  repository: true,
  project: true,
  billingAccounts: [{ name: 'billingAccounts/0A', displayName: 'Ours' }],
  services: [] as string[],
  accounts: [] as string[],
  policy: { bindings: [] as object[] },
  lent: { bindings: [] as object[] },
  keys: [] as string[],
  made: 0,
  secrets: {} as Record<string, string>,
};

/** A working folder with aws, gcloud, gh and terraform on PATH that change nothing but a file, and write down how they were called. */
export class RecordingTools {
  readonly root = mkdtempSync(join(tmpdir(), 'tools-'));

  constructor(state: object = {}, without: readonly string[] = []) {
    this.change({ ...EMPTY, ...state });
    for (const [name, answer] of Object.entries(PROGRAMS).filter(([name]) => !without.includes(name))) {
      this.executable(name, program(name, answer).replace('"HERE"', JSON.stringify(this.root)));
    }
    writeFileSync(join(this.root, 'cdktf.json'), '{}'); // scripts run in the root only
    // nothing else on PATH: a missing program is missing, wherever this runs
    this.executable('node', `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
  }

  /** What the stand-ins know now. */
  get state(): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.root, 'state.json'), 'utf8'));
  }

  /** Changes made behind the script's back. */
  change(state: object): void {
    const before = existsSync(join(this.root, 'state.json')) ? this.state : {};
    writeFileSync(join(this.root, 'state.json'), JSON.stringify({ ...before, ...state }));
  }

  /** Runs a script of scripts/; returns also the calls of this run. */
  run(script: string, args: readonly string[] = [], env: Record<string, string> = {}): Run {
    writeFileSync(join(this.root, 'calls'), '');
    const { status, stdout, stderr } = spawnSync(process.execPath, [bundle(script), ...args], { ...this.options(env), encoding: 'utf8', input: '' });
    return { code: status, output: stdout + stderr, stdout, calls: this.calls() };
  }

  /** The same, while this process goes on: it may be the server that the script asks, or `heard` kills the script for what it has said so far. */
  async runBeside(
    script: string,
    args: readonly string[] = [],
    env: Record<string, string> = {},
    heard: (output: string, child: ChildProcess) => void = () => {},
  ): Promise<Run> {
    writeFileSync(join(this.root, 'calls'), '');
    const child = spawn(process.execPath, [bundle(script), ...args], { ...this.options(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
        heard(output, child);
      });
    child.stdout.on('data', (text) => (stdout += text));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, output, stdout, calls: this.calls() };
  }

  private options(env: Record<string, string> = {}) {
    return { cwd: this.root, env: { PATH: join(this.root, 'bin'), HOME: this.root, TMPDIR: process.env.TMPDIR, ...env } };
  }

  private calls(): Call[] {
    const lines = readFileSync(join(this.root, 'calls'), 'utf8').trim();
    return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line));
  }

  /** Calls of programs that read nothing only. */
  static writes(calls: readonly Call[]): string[] {
    const reads = / (auth (list|status)|[a-z -]*(describe|list|get-iam-policy|print-settings|wait-until)\b|secret list|api (user|repos)|.*output -json)/;
    return calls.map(({ command }) => command).filter((command) => !reads.test(command));
  }

  private executable(name: string, text: string): void {
    const file = join(this.root, 'bin', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
}
