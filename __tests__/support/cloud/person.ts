import type { StateBucketNeed } from '../../../constructs/core/need';
import { type BakedImage, FAMILIES } from '../../../packer/images/families';
import { bucketSteps, surveyBucket } from '../../../scripts/support/state/bucket';
import {
  aws as realAws,
  gcloud as realGcloud,
  git as realGit,
  kubectl as realKubectl,
  ssh as realSsh,
  type Start,
  type Tool,
} from '../../../scripts/support/tool';
import { parse, type StackJson } from '../stack-json';
import { aws } from './aws';
import { fail, gcloud, type Printed, print } from './gcloud';
import { kubectl } from './kubectl';
import { type CloudState, nothing, type Project } from './project';
import { ssh } from './ssh';

/** A person at a shell in front of a stand-in cloud, who types what a command printed. Every step has its real conditions. */
export class Person {
  readonly gcloudCalls: string[] = [];
  readonly gcloud: Tool;
  readonly aws: Tool;
  readonly git: Tool;
  readonly ssh: Tool;
  readonly kubectl: Tool;

  constructor(
    public state: CloudState = nothing(),
    private readonly stacks: ReadonlyMap<string, string> = new Map(),
    /** What other commands do. */
    private readonly more: Readonly<Record<string, (state: CloudState) => void>> = {},
  ) {
    this.gcloud = realGcloud.startedBy(this.starts((args, input) => gcloud(args, input, this.state)));
    this.git = realGit.startedBy(this.starts((args) => (this.state.closed?.includes(args[3] ?? '') ? fail('could not read Username') : print())));
    this.ssh = realSsh.startedBy(this.starts((args) => ssh(args, this.state)));
    this.kubectl = realKubectl.startedBy(this.starts((args) => kubectl(args, this.state)));
    this.aws = realAws.startedBy(this.starts((args, input) => aws(args, input, this.state)));
  }

  private starts(answer: (args: readonly string[], input: string) => Printed): Start {
    return (program, args, input) => {
      this.gcloudCalls.push([program, ...args].join(' '));
      return { ...answer(args, `${input}`), signal: null };
    };
  }

  /** Of the shell that they type in. */
  get env(): NodeJS.ProcessEnv {
    return this.state.env ?? {};
  }

  /** What the world says of domains. */
  get nameServers(): ReadonlyMap<string, readonly string[]> {
    return new Map(Object.entries(this.state.delegated ?? {}));
  }

  /** The account that the stacks are for, if they say so. */
  private get ownAccount(): string {
    const [account] = [...this.stacks.values()].flatMap((json) =>
      (parse(json).provider?.aws ?? []).flatMap(({ allowed_account_ids = [] }) => allowed_account_ids),
    );
    return `${account ?? '123456789012'}`;
  }

  /** Types one line. @throws when it fails */
  types(line: string): void {
    const [, domain = '', servers = ''] = /^# who holds the parent of (\S+) adds NS records: (.*)$/.exec(line) ?? [];
    if (domain) this.state.delegated = { ...this.state.delegated, [domain]: servers.split(' ') };
    const [, variable] = /^# .*; then: export (\w+)=\.\.\.$/.exec(line) ?? [];
    if (variable) this.state.env = { ...this.state.env, [variable]: 'x' };
    if (/^# estates\.json: \S+ names a repository/.test(line)) this.state.closed = []; // another one, which is open
    if (/^#(?!.*: https:)/.test(line)) return;
    const words = [...line.replace(/^#.*: (https:)/, 'browser $1').matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/['"]/g, ''));
    const environment = words.filter((word, i) => /^[A-Za-z_]+=/.test(word) && i === 0);
    const [program = '', ...args] = words.slice(environment.length);
    const { status, stderr } = this.runs(program, args, /^PKR_VAR_version=(.*)$/.exec(environment[0] ?? '')?.[1]);
    if (status !== 0) throw new Error(`${line}\n${stderr}`);
  }

  private runs(program: string, args: readonly string[], version: string | undefined): Printed {
    const own = this.more[[program, ...args].join(' ')];
    if (own) own(this.state);
    else if (program === 'gcloud') return gcloud(args, '', this.state);
    else if (program === 'aws' && args[0] === 'configure') this.state.awsAccount = this.ownAccount;
    else if (program === 'aws') return aws(args, '', this.state);
    else if (program === 'docker') return this.docker(args);
    else if (program === 'browser') return this.consents();
    else if (program === 'make') return this.make(args, version);
    else return fail(`nobody knows ${program}`);
    return print();
  }

  private docker(args: readonly string[]): Printed {
    if (args[0] === 'tag') return print();
    const [, region, project = '', repository, image, tag] = /^(.*)-docker\.pkg\.dev\/([^/]+)\/([^/]+)\/(.+):([^:]+)$/.exec(args[1] ?? '') ?? [];
    const registry = this.state.projects[project]?.registries[`${region}/${repository}`];
    registry?.push(`${image}@${tag}`);
    return registry ? print() : fail(`name unknown: repository ${repository} not found`);
  }

  /** First to the app, then to its installation. */
  private consents(): Printed {
    for (const { connections } of Object.values(this.state.projects)) {
      for (const connection of Object.values(connections)) connection.stage = connection.stage === 'PENDING_USER_OAUTH' ? 'PENDING_INSTALL_APP' : 'COMPLETE';
    }
    return print();
  }

  private make(args: readonly string[], version = `${Date.now()}`): Printed {
    const [target, value = ''] = [args[0], args[1]?.split('=').slice(1).join('=')];
    const all = Object.values(this.state.projects);
    if (target === 'bootstrap') return this.bootstraps();
    if (target === 'auth') Object.assign(this.state, { account: 'me@example.org', adc: true });
    else if (target === 'deploy') return this.deploys(value);
    else if (target === 'secrets') {
      for (const host of Object.keys(this.state.hosts ?? {})) this.state.hosts = { ...this.state.hosts, [host]: [] };
      for (const namespace of Object.keys(this.state.namespaces ?? {})) this.state.namespaces = { ...this.state.namespaces, [namespace]: [] };
      for (const versions of Object.values(this.state.awsSecrets ?? {})) versions.push('x');
      for (const { secrets } of all) for (const versions of Object.values(secrets)) fill(versions);
    } else if (target === 'images') return this.bakes(value, version);
    else if (target === 'bake') return this.bakes('moshi-srv', version);
    else if (target === 'publish') return this.publishes();
    else if (target === 'new-project-setup') {
      const project = this.state.projects['moshi-3'];
      if (!project) return fail('there is no project moshi-3');
      project.billing = true;
      for (const api of ['serviceusage', 'cloudresourcemanager', 'iam', 'iamcredentials']) project.services.push(`${api}.googleapis.com`);
    } else return fail(`nobody knows make ${target}`);
    return print();
  }

  /** The real steps, for the buckets that the stacks name. */
  private bootstraps(): Printed {
    for (const json of this.stacks.values()) {
      const { terraform, provider } = parse(json);
      const { gcs, s3 } = (terraform?.backend ?? {}) as Record<string, { bucket: string; region?: string } | undefined>;
      const common = { kind: 'state-bucket', environment: 'shared' } as const;
      const project = `${provider?.google?.[0]?.project}`;
      const need: StateBucketNeed | undefined =
        (gcs && { ...common, type: 'gcs', bucket: gcs.bucket, project, location: 'x' }) ??
        (s3 && { ...common, type: 's3', bucket: s3.bucket, region: `${s3.region}` });
      if (!need) continue;
      const found = surveyBucket(need, this);
      for (const { run } of bucketSteps(need, found.is === 'there' ? found.value : undefined, this)) run();
    }
    return print();
  }

  /** What of the stack the needs are about, after the APIs that its estate enables. */
  private deploys(stack: string): Printed {
    const apis = [...this.stacks].filter(([, json]) => parse(json).resource?.google_project_service).map(([name]) => name);
    for (const name of new Set([...apis, ...stack.split(' ')])) {
      const json: StackJson = parse(this.stacks.get(name));
      if (json.provider?.docker) continue; // containers, which nothing asks for
      if (json.provider?.linode) {
        if (!this.env.LINODE_TOKEN) return fail(`${name}: there is no LINODE_TOKEN`);
        for (const { rdns } of Object.values(json.resource?.linode_rdns ?? {})) this.state.hosts = { ...this.state.hosts, [`${rdns}`]: 'nothing has a value' };
        continue;
      }
      if (json.provider?.kubernetes) {
        this.makesInCluster(json);
        continue;
      }
      if (json.provider?.aws) {
        this.makesAtAmazon(json);
        continue;
      }
      const { project: id } = (json.provider?.google?.[0] ?? {}) as { project: string };
      const project = this.state.projects[id];
      if (!project?.billing || !project.services.includes('serviceusage.googleapis.com')) return fail(`${name}: the project ${id} is not ready`);
      const of = (type: string) => Object.values(json.resource?.[type] ?? {}) as Record<string, string>[];
      for (const { service = '' } of of('google_project_service')) project.services.push(service);
      for (const { secret_id = '' } of of('google_secret_manager_secret')) project.secrets[secret_id] ??= [];
      for (const { location, repository_id } of of('google_artifact_registry_repository')) project.registries[`${location}/${repository_id}`] ??= [];
    }
    return print();
  }

  private makesInCluster({ resource }: StackJson): void {
    for (const { metadata } of Object.values(resource?.kubernetes_namespace_v1 ?? {}))
      this.state.namespaces = { ...this.state.namespaces, [(metadata as { name: string }).name]: 'nothing has a value' };
  }

  private makesAtAmazon({ resource }: StackJson): void {
    for (const { name, vpc } of Object.values(resource?.aws_route53_zone ?? {})) {
      if (!vpc) this.state.zones = { ...this.state.zones, [`${name}`]: ['ns-2.awsdns-02.net', 'ns-1.awsdns-01.com'] };
    }
    for (const { name } of Object.values(resource?.aws_secretsmanager_secret ?? {})) this.state.awsSecrets = { ...this.state.awsSecrets, [`${name}`]: [] };
  }

  private bakes(image: string, version: string): Printed {
    const family = FAMILIES[image as BakedImage];
    const project = this.state.projects[family === 'docker-worker' ? family : 'moshi-3'];
    const hasPackage = Object.values(project?.registries ?? {}).some((packages) => packages.some((one) => one.startsWith('moshi@')));
    if (!project?.services.includes('compute.googleapis.com')) return fail('the Compute Engine API is off');
    if (family === 'moshi-srv' && !project.images.some((image) => image.family === 'python3')) return fail('the base is not baked');
    if (family === 'moshi-srv' && !hasPackage) return fail('401: no package');
    project.images.push({ name: `${family}-${version}`, family });
    return print();
  }

  private publishes(): Printed {
    const registry = this.state.projects['moshi-3']?.registries['us-central1/pypi'];
    registry?.push('moshi@0.1.0');
    return registry ? print() : fail('404: no such repository');
  }
}

function fill(versions: Project['secrets'][string]): void {
  if (versions.at(-1)?.state !== 'ENABLED') versions.push({ state: 'ENABLED', value: 'x' });
}
