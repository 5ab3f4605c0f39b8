import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { containerImageName, type Need, placeOf } from '../../../constructs/core/need';
import { parse, type StackJson } from '../synth';

/** What stacks need that they do not make, as their JSON names it. */
function neededBy(stacks: ReadonlyMap<string, string>): Set<string> {
  const found = new Set<string>();
  const all = (json: string, pattern: RegExp, name: (match: RegExpExecArray) => string) => {
    for (const match of json.matchAll(pattern)) found.add(name(match));
  };
  for (const [stack, json] of stacks) {
    const { provider, resource, terraform } = parse(json);
    const projects = new Set((provider?.google ?? []).map(({ project }) => `${project}`));
    for (const project of projects) found.add(`project ${project}`);
    for (const { secret_id } of Object.values(resource?.google_secret_manager_secret ?? {})) found.add(`secret ${[...projects]}/${secret_id} of ${stack}`);
    for (const { region, allowed_account_ids } of provider?.aws ?? []) {
      found.add(`AWS account${allowed_account_ids ? ` ${allowed_account_ids}` : ''}`);
      for (const { name } of Object.values(resource?.aws_secretsmanager_secret ?? {})) found.add(`secret ${region}/${name} of ${stack}`);
    }
    for (const { name, vpc } of Object.values(resource?.aws_route53_zone ?? {})) if (!vpc) found.add(`delegation ${name} of ${stack}`);
    if (provider?.linode) found.add('token LINODE_TOKEN');
    for (const { domain } of Object.values(resource?.linode_domain ?? {})) found.add(`delegation ${domain} of ${stack}`);
    for (const { mounts = [] } of Object.values(resource?.docker_container ?? {}))
      for (const { source, target } of mounts as { source: string; target: string }[])
        if (target.startsWith('/run/secrets/')) found.add(`secrets in ${source}`);
    for (const { metadata } of Object.values(resource?.linode_instance ?? {}))
      for (const { user_data } of metadata as { user_data: string }[]) {
        // settings of programs on the host, which name what is theirs only
        const text = gunzipSync(Buffer.from(user_data, 'base64')).toString();
        all(text, /='(\/etc\/vulpine\/(?:backup|linode-dns))(?:\/[A-Z_]+)?'/g, ([, folder]) => `secrets in ${folder}`);
      }
    for (const one of podSecrets(parse(json))) found.add(`secrets in ${one}`);
    const { gcs, s3 } = terraform.backend ?? {};
    if (gcs) found.add(`bucket gcs ${gcs.bucket}`);
    if (s3) found.add(`bucket s3 ${s3.bucket} ${s3.region}`);
    for (const project of projects) // others' images, such as Google's own, are there without us
      all(json, new RegExp(`projects/${project}/global/images/((family/)?[a-z0-9-]+)`, 'g'), ([, name]) => `image ${project}/${name}`);
    all(
      json,
      /projects\/([^/"\\]+)\/locations\/([^/"\\]+)\/connections\/([^/"\\]+)\/repositories\/([^/"\\]+)/g,
      ([, ...names]) => `repository ${names.join(' ')}`,
    );
    all(json, /[a-z0-9-]+-docker\.pkg\.dev(\/[a-z0-9._-]+){3,}((:|@sha256:)[A-Za-z0-9_.-]+)+/g, ([name]) => `container image ${name.replace(/:[^@/]+@/, '@')}`);
  }
  return found;
}

/** Secrets that pods mount where their programs look for them: `namespace/secret`. */
function podSecrets({ resource = {} }: StackJson): string[] {
  const names = new Map(
    Object.entries(resource.kubernetes_namespace_v1 ?? {}).map(([key, { metadata }]) => [
      `\${kubernetes_namespace_v1.${key}.metadata[0].name}`,
      (metadata as { name: string }).name,
    ]),
  );
  type Workload = { metadata: { namespace: string }; spec: { template: { spec: { volume?: { secret?: { secret_name: string } }[] } } } };
  type Scheduled = Pick<Workload, 'metadata'> & { spec: { job_template: Pick<Workload, 'spec'> } };
  const of = <T>(type: string) => Object.values(resource[type] ?? {}) as unknown as T[];
  const scheduled = of<Scheduled>('kubernetes_cron_job_v1').map(({ metadata, spec }) => ({ metadata, spec: spec.job_template.spec }));
  const workloads = ['kubernetes_deployment_v1', 'kubernetes_stateful_set_v1'].flatMap((type) => of<Workload>(type));
  return [...workloads, ...scheduled].flatMap(({ metadata, spec }) =>
    (spec.template.spec.volume ?? []).flatMap(({ secret }) => (secret ? [`${names.get(metadata.namespace)}/${secret.secret_name}`] : [])),
  );
}

/** The same of a need. An API stands in no stack that needs it to be on. */
function named(need: Need): string[] {
  switch (need.kind) {
    case 'project':
      return [`project ${need.project}`];
    case 'state-bucket':
      return [need.type === 'gcs' ? `bucket gcs ${need.bucket}` : `bucket s3 ${need.bucket} ${need.region}`];
    case 'aws-account':
      return [`AWS account${need.accountId ? ` ${need.accountId}` : ''}`];
    case 'token':
      return [`token ${need.variable}`];
    case 'terraform-login': // of no service
    case 'api':
    case 'source': // it is in user data, compressed
      return [];
    case 'repository-connection':
      return [`repository ${[need.project, need.region, need.connection, need.repository].join(' ')}`];
    case 'image':
      return [`image ${need.project}/${need.name ?? `family/${need.family}`}`];
    case 'secret':
      if (need.type === 'host') return [`secrets in ${dirname(`${need.folder}/${need.file}`)}`];
      if (need.type === 'kubernetes') return [`secrets in ${need.namespace}/${need.secret}`];
      return [`secret ${placeOf(need)}/${need.name} of ${need.stack}`];
    case 'container-image':
      return [`container image ${containerImageName(need)}`];
    case 'delegation':
      return [`delegation ${need.domain} of ${need.stack}`];
  }
}

/** Where stacks and needs do not agree. */
export function driftOf({ stacks, needs }: { readonly stacks: ReadonlyMap<string, string>; readonly needs: readonly Need[] }): string[] {
  const wanted = neededBy(stacks);
  const declared = new Set(needs.flatMap(named));
  return [
    ...[...wanted].filter((one) => !declared.has(one)).map((one) => `${one}: in a stack, but no need`),
    ...[...declared].filter((one) => !wanted.has(one)).map((one) => `${one}: a need, but in no stack`),
    ...needs.flatMap((need) => (need.kind === 'container-image' && need.stack ? withoutRegistry(need.stack, need.repository, stacks) : [])),
  ];
}

function withoutRegistry(stack: string, repository: string, stacks: ReadonlyMap<string, string>): string[] {
  const made = Object.values(parse(stacks.get(stack)).resource?.google_artifact_registry_repository ?? {});
  return made.some(({ repository_id }) => repository_id === repository) ? [] : [`repository ${repository} is not made by ${stack}`];
}
