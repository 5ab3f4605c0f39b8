import type { AwsSecretNeed, GoogleSecretNeed, HostSecretNeed, SecretNeed } from '../../../constructs/core/need';
import { type Answer, type Tool, throughPipe } from '../tool';
import { ClusterSecret } from './cluster-secret';

/** Where a secret's value is kept, to ask and to add. */
export interface SecretStore {
  /** Versions that can be read now; none of a secret that has no value. */
  versions(tools: Tools<'ask'>): Answer<string[]>;
  /** By standard input: arguments are seen by every process, files stay. */
  add(value: Buffer, tools: Tools<'write' | 'startedBy'>): void;
  /** Commands that make versions unreadable which nothing uses any more. */
  retire(versions: readonly string[]): string[];
  /** What it takes to ask, and where. */
  readonly viewer: { readonly role: string; readonly on: string };
  /** Why it may not be found. @default its stack is not deployed */
  readonly absence?: string;
}

export type Tools<K extends keyof Tool> = Readonly<Record<'gcloud' | 'aws' | 'ssh' | 'kubectl', Pick<Tool, K>>>;

export function storeOf(need: SecretNeed): SecretStore {
  switch (need.type) {
    case 'gcp':
      return new SecretManager(need);
    case 'aws':
      return new SecretsManager(need);
    case 'host':
      return new HostFile(need);
    case 'kubernetes':
      return new ClusterSecret(need);
  }
}

class SecretManager implements SecretStore {
  readonly viewer;
  private readonly project: string;

  constructor(private readonly need: GoogleSecretNeed) {
    this.project = `--project=${need.project}`;
    this.viewer = { role: 'roles/secretmanager.viewer', on: need.project };
  }

  /** What runs reads the newest, whatever its state: when that is disabled, an older one that is not helps nobody. */
  versions({ gcloud }: Tools<'ask'>): Answer<string[]> {
    // `projects/N/secrets/NAME/versions/3`
    const answer = gcloud.ask<{ name: string; state: string }[]>('secrets', 'versions', 'list', this.need.name, this.project, '--format=json');
    if (answer.is !== 'there') return answer;
    const versions = (answer.value ?? []).map(({ name, state }) => ({ number: Number(name.split('/').at(-1)), state }));
    const newest = versions.reduce((last, one) => (last.number > one.number ? last : one), { number: 0, state: '' });
    const enabled = newest.state === 'ENABLED' ? versions.filter(({ state }) => state === 'ENABLED') : [];
    return { is: 'there', value: enabled.map(({ number }) => `${number}`) };
  }

  add(value: Buffer, { gcloud }: Tools<'write'>): void {
    gcloud.write(['secrets', 'versions', 'add', this.need.name, this.project, '--data-file=-', '--format=none'], value);
  }

  retire(versions: readonly string[]): string[] {
    return versions.map((version) => `gcloud secrets versions disable ${version} --secret=${this.need.name} ${this.project}`);
  }
}

class SecretsManager implements SecretStore {
  readonly viewer;
  private readonly at: readonly string[];

  constructor({ name, region }: AwsSecretNeed) {
    this.at = [`--secret-id=${name}`, `--region=${region}`];
    this.viewer = { role: 'secretsmanager:DescribeSecret', on: name };
  }

  versions({ aws }: Tools<'ask'>): Answer<string[]> {
    type Described = { VersionIdsToStages?: Record<string, string[]>; DeletedDate?: unknown };
    const answer = aws.ask<Described>('secretsmanager', 'describe-secret', ...this.at, '--output=json');
    if (answer.is !== 'there') return answer;
    const { VersionIdsToStages = {}, DeletedDate } = answer.value ?? {};
    if (DeletedDate !== undefined) return { is: 'absent' };
    return { is: 'there', value: Object.entries(VersionIdsToStages).flatMap(([id, stages]) => (stages.includes('AWSCURRENT') ? [id] : [])) };
  }

  add(value: Buffer, { aws }: Tools<'write' | 'startedBy'>): void {
    aws.startedBy(throughPipe).write(['secretsmanager', 'put-secret-value', ...this.at, '--secret-string=file:///dev/stdin', '--output=json'], value);
  }

  /** The one before goes by itself when the next one comes. */
  retire(): string[] {
    return [];
  }
}

/** Options of ssh when nobody is there to answer it. */
export const SSH: readonly string[] = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15', '-o', 'StrictHostKeyChecking=accept-new'];

/** `$1`: the folder that setting the host up has made; `$2`: the file. Prints when that was written, null without a value. */
const LOOK = ['[ -d "$1" ] || { echo "$1 does not exist" >&2; exit 1; }', 'if [ -s "$2" ]; then stat -c %Y "$2"; else echo null; fi'].join('\n');

/** `$1`: the file; `$2`: bytes of its value, because a connection that breaks looks like the end of it. The old value is there until the new one is whole. */
const WRITE = [
  'set -eu',
  'umask 077',
  'mkdir -p "${1%/*}"',
  // hidden: containers that start meanwhile, or after a crash, take every other file of the folder for a secret
  'new=$(mktemp "${1%/*}/.${1##*/}.XXXXXX")',
  'trap \'rm -f "$new"\' EXIT',
  'cat >"$new"',
  '[ "$(wc -c <"$new")" -eq "$2" ] || { echo "the value did not arrive whole" >&2; exit 1; }',
  'chmod 600 "$new"',
  'sync "$new"',
  'mv -f "$new" "$1"',
  'trap - EXIT',
].join('\n');

/** A file with mode 0600, root's. Its value is what its time says: there is no other version of it. */
class HostFile implements SecretStore {
  readonly viewer;
  private readonly file: string;

  constructor(private readonly need: HostSecretNeed) {
    this.file = `${need.folder}/${need.file}`;
    this.viewer = { role: `ssh as ${need.user}`, on: need.host };
  }

  versions({ ssh }: Tools<'ask'>): Answer<string[]> {
    const answer = ssh.ask<number>(...this.asRoot(LOOK, this.need.folder, this.file));
    if (answer.is !== 'there') return answer;
    return { is: 'there', value: typeof answer.value === 'number' ? [`${answer.value}`] : [] };
  }

  add(value: Buffer, { ssh }: Tools<'write'>): void {
    ssh.write(this.asRoot(WRITE, this.file, `${value.length}`), value);
  }

  /** The one before is overwritten. */
  retire(): string[] {
    return [];
  }

  /** ssh hands one line to the shell of whoever logs in. */
  private asRoot(script: string, ...args: readonly string[]): string[] {
    const line = ['sudo', '-n', 'sh', '-c', script, 'sh', ...args].map(quoted).join(' ');
    return [...SSH, `${this.need.user}@${this.need.host}`, line];
  }
}

/** One word of a shell's. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
