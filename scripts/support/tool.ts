import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { UsageError } from '../../rehearsal/runner/failure';

interface Trouble {
  readonly pattern: RegExp;
  readonly means: string;
}

/** How the programs say that a thing is not there; kubectl without a kubeconfig looks for a cluster on this machine. */
const ABSENT =
  /NOT_FOUND|ResourceNotFoundException|Could not resolve hostname|was not found|not found: 404|HTTP 404|\(404\)|could not be found|not exist|Error from server \(NotFound\)|server localhost:8080 was refused/i;
/** Said of what may well be there; "(or it may not exist)" comes with it. */
const REFUSED =
  /PERMISSION_DENIED|\(AccessDenied(Exception)?\)|(not have|missing|required) .*permission|permission .* denied|HTTP 403|\(403\)|Permission denied \(|Error from server \(Forbidden\)/i;
/** Google's way to say that nobody has enabled its API in the project; a refusal, too. */
const OFF = /API \[\S+\] not enabled|SERVICE_DISABLED|has not been used in project .* or it is disabled/i;
const API = /\b(?!type\.)[a-z][a-z0-9-]*\.googleapis\.com\b/;

/** How a call went. */
type Ended = Pick<SpawnSyncReturns<string>, 'status' | 'signal' | 'stderr'>;

/** Starts a program and waits for its end, as `spawnSync` does. */
export type Start = (program: string, args: readonly string[], input: string | Buffer) => Ended & Pick<SpawnSyncReturns<string>, 'stdout' | 'error'>;

/** What became of a question. */
export type Answer<T> =
  | { readonly is: 'there'; readonly value: T | undefined }
  | { readonly is: 'absent' }
  /** You may not see whether it is there. */
  | { readonly is: 'refused' }
  /** The API that knows it is not enabled in the project. */
  | { readonly is: 'off'; readonly api: string };

/** Nobody is asked anything: gcloud offers to enable an API that is off, and takes its own standard input for the answer. */
const QUIET = { CLOUDSDK_CORE_DISABLE_PROMPTS: '1', AWS_PAGER: '', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '' };

/** Bytes. */
const LARGEST_ANSWER = 2 ** 26;

const startAndWait: Start = (program, args, input) =>
  spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: LARGEST_ANSWER, env: { ...process.env, ...QUIET } });

/** The same, with standard input as a pipe that the program can open by name: it is a socket otherwise, which nobody can open. */
export const throughPipe: Start = (program, args, input) => startAndWait('/bin/sh', ['-c', '/bin/cat | "$0" "$@"', program, ...args], input);

/** Somebody else's command-line program: what it prints is data, and what it refuses becomes one clear message. */
export class Tool {
  constructor(
    private readonly program: string,
    /** How somebody gets it. */
    private readonly install: string,
    /** What its own messages come down to. */
    private readonly troubles: readonly Trouble[],
    private readonly start: Start = startAndWait,
  ) {}

  /** The same program, started in another way. */
  startedBy(start: Start): Tool {
    return new Tool(this.program, this.install, this.troubles, start);
  }

  /** What it says of a thing, as JSON. Reading only: also in a dry run. @throws UsageError when it says nothing of it */
  ask<T>(...args: string[]): Answer<T> {
    const ran = this.spawn(args);
    const { status, stdout, stderr } = ran;
    if (status === 0) return { is: 'there', value: this.parsed<T>(args, stdout) };
    const api = OFF.test(stderr) ? API.exec(stderr)?.[0] : undefined;
    if (api !== undefined) return { is: 'off', api };
    if (REFUSED.test(stderr)) return { is: 'refused' };
    if (ABSENT.test(stderr)) return { is: 'absent' };
    throw this.failure(args, ran);
  }

  /** What it prints, as JSON; undefined when the thing that was asked for is not there. Reading only: also in a dry run. */
  read<T>(...args: string[]): T | undefined {
    return this.json(args, (stderr) => ABSENT.test(stderr) && !REFUSED.test(stderr));
  }

  /** The same for what is hidden from those who may not see it: a refusal says no more than absence. */
  readVisible<T>(...args: string[]): T | undefined {
    return this.json(args, (stderr) => ABSENT.test(stderr) || REFUSED.test(stderr));
  }

  /** Changes something. What goes to its standard input is seen by no other process. Returns what it printed. */
  write(args: readonly string[], input?: string | Buffer): string {
    const ran = this.spawn(args, input);
    if (ran.status !== 0) throw this.failure(args, ran);
    return ran.stdout;
  }

  /** What it prints, or undefined when it refuses with `reason`. It may change something. */
  unless(reason: RegExp, ...args: string[]): string | undefined {
    const ran = this.spawn(args);
    if (ran.status !== 0 && !reason.test(ran.stderr)) throw this.failure(args, ran);
    return ran.status === 0 ? ran.stdout : undefined;
  }

  /** Whether it exits with 0; what it prints is nobody's business. */
  succeeds(...args: string[]): boolean {
    return this.spawn(args).status === 0;
  }

  /** With our terminal: it may ask or open a browser, and has said itself what went wrong. */
  talk(...args: string[]): void {
    const { status, error } = spawnSync(this.program, args, { stdio: 'inherit' });
    if (error) throw this.missing(error);
    if (status !== 0) throw new UsageError(`${this.program} ${args.join(' ')} did not finish`);
  }

  private json<T>(args: readonly string[], isAbsent: (stderr: string) => boolean): T | undefined {
    const ran = this.spawn(args);
    const { status, stdout, stderr } = ran;
    if (status === 0) return this.parsed<T>(args, stdout);
    if (isAbsent(stderr)) return undefined;
    throw this.failure(args, ran);
  }

  private parsed<T>(args: readonly string[], stdout: string): T | undefined {
    return stdout.trim() === '' ? undefined : (parsedOf(this.call(args), stdout) as T);
  }

  private call(args: readonly string[]): string {
    return `${this.program} ${args.slice(0, 4).join(' ')}`;
  }

  private spawn(args: readonly string[], input: string | Buffer = '') {
    const result = this.start(this.program, args, input);
    if (result.error) throw this.missing(result.error);
    return result;
  }

  private missing(error: Error): Error {
    const code = 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return new UsageError(`${this.program} is not on PATH: ${this.install}`);
    return code === 'ENOBUFS' ? new UsageError(`${this.program} answered more than ${LARGEST_ANSWER / 2 ** 20} MiB`) : error;
  }

  private failure(args: readonly string[], { status, signal, stderr }: Ended): UsageError {
    const known = this.troubles.find(({ pattern }) => pattern.test(stderr));
    if (known) return new UsageError(`${this.program}: ${known.means}`);
    const call = this.call(args);
    if (signal) return new UsageError(`${call} was interrupted (${signal})`);
    return new UsageError(`${call} failed:\n${stderr.trim() || `exit code ${status}, and it said nothing`}`);
  }
}

/** What a program printed, as JSON with these keys: something between us and the cloud may have answered in its place. @throws UsageError */
export function answerOf<T extends object>(call: string, stdout: string, ...keys: readonly (keyof T & string)[]): T {
  const value = parsedOf(call, stdout);
  if (typeof value !== 'object' || value === null || keys.some((key) => !Object.hasOwn(value, key)))
    throw new UsageError(`${call} answered without ${keys.join(' and ')}. Is something between here and the cloud, such as a proxy?`);
  return value as T;
}

function parsedOf(call: string, stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    const [first = ''] = stdout.trim().split('\n');
    throw new UsageError(`${call} answered what is no JSON: ${first === '' ? 'nothing' : JSON.stringify(first.slice(0, 60))}`);
  }
}

export const gcloud = new Tool('gcloud', 'install the Google Cloud CLI, https://cloud.google.com/sdk/docs/install', [
  { pattern: /do not currently have an active account|gcloud auth login|Reauthentication|invalid_grant|not logged in/i, means: 'not logged in. Run make auth' },
]);

export const gh = new Tool('gh', 'install the GitHub CLI, https://cli.github.com', [
  { pattern: /gh auth login|not logged in|HTTP 401|Bad credentials/i, means: 'not logged in. Run gh auth login' },
]);

export const aws = new Tool('aws', 'install the AWS CLI, https://docs.aws.amazon.com/cli', [
  {
    pattern: /Unable to locate credentials|(Expired|Invalid)\w*Token|RequestExpired|Token has expired|UnrecognizedClient|AuthFailure|SSO Token|sso login/i,
    means: 'not logged in, or not any more. Run aws configure sso, or log in as you do',
  },
  {
    pattern: /Throttling|RequestLimitExceeded|Rate exceeded/i,
    means: 'too many requests for AWS (throttling). Wait a minute, then run the same command again',
  },
  { pattern: /Could not connect to the endpoint|Connect timeout on endpoint/i, means: 'AWS cannot be reached. Is there a network?' },
]);

/** How git says that nobody answered: nothing about the repository. */
export const UNREACHED =
  /Could not resolve|Failed to connect|Couldn't connect|timed out|Connection re(set|fused)|unreachable|SSL|TLS|certificate|returned error: 5\d\d/i;

/** Asks nobody for a password: a repository that wants one is refused. */
export const git = new Tool('git', 'install git', [{ pattern: UNREACHED, means: 'the repository cannot be reached. Is there a network?' }]);

/** Asks nobody anything: a password, or whether a host is the one it was, is for a person to find out. */
export const ssh = new Tool('ssh', "install OpenSSH's client: apt-get install openssh-client", [
  {
    pattern: /Connection (timed out|refused)|Operation timed out|No route to host/i,
    means: 'the host does not answer. Is your address among its admins, and is it set up?',
  },
  {
    pattern: /Host key verification failed|HOST IDENTIFICATION HAS CHANGED/i,
    means: 'the host is not the one that your known_hosts knows: find out why before you forget that one',
  },
]);

export const kubectl = new Tool('kubectl', 'install kubectl, https://kubernetes.io/docs/tasks/tools', [
  { pattern: /Unauthorized|provide credentials|must be logged in/i, means: 'the cluster does not know you (any more). Get its kubeconfig again' },
  {
    pattern: /Unable to connect to the server|was refused|i\/o timeout|no route to host/i,
    means: 'the cluster does not answer. Is your address among its admins, and is KUBECONFIG its own?',
  },
]);

export const terraform = new Tool('terraform', 'install Terraform 1.11 or newer', [
  {
    pattern: /Backend initialization required|terraform init|Required plugins are not installed/i,
    means: 'the stack was not deployed from this folder. Run make deploy for it first',
  },
]);

/** Says nothing of itself but what is asked for. */
export const curl = new Tool('curl', 'install curl: apt-get install curl', []);

/** Targets of this repository, in a dry run; `env` is their environment. */
export const make = (env: NodeJS.ProcessEnv) =>
  new Tool('make', 'install GNU make', [], (program, args, input) => spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: LARGEST_ANSWER, env }));

/** The account that gcloud acts as. None is an error: every command starts with this question. */
export function googleAccount(tool: Tool = gcloud): string {
  const [active] = tool.read<{ account: string }[]>('auth', 'list', '--filter=status:ACTIVE', '--format=json') ?? [];
  if (!active) throw new UsageError('gcloud: not logged in. Run make auth');
  return active.account;
}

/** Whose the login at Amazon is. None is an error. */
export function awsCaller(region: string, tool: Pick<Tool, 'write'> = aws): { readonly Account: string; readonly Arn: string } {
  // not `read`: an SSO token that does not exist is no missing answer
  const text = tool.write(['sts', 'get-caller-identity', `--region=${region}`, '--output=json']);
  return answerOf<{ Account: string; Arn: string }>('aws sts get-caller-identity', text, 'Account', 'Arn');
}

/** Stops when gh is missing or knows nobody. */
export function githubLogin(): void {
  gh.write(['auth', 'status']);
}
