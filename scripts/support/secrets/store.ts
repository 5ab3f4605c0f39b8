import type { AwsSecretNeed, GoogleSecretNeed, SecretNeed } from '../../../constructs/core/need';
import { type Answer, type Tool, throughPipe } from '../tool';

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
}

type Tools<K extends keyof Tool> = Readonly<Record<'gcloud' | 'aws', Pick<Tool, K>>>;

export function storeOf(need: SecretNeed): SecretStore {
  return need.type === 'gcp' ? new SecretManager(need) : new SecretsManager(need);
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
