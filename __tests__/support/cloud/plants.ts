import type { Need } from '../../../constructs/core/need';
import type { CloudState, Project } from './project';

/** How a need can be unmet: what happens to the cloud, and what is said of it. */
export interface Plant {
  readonly how: string;
  readonly plant: (state: CloudState) => void;
  readonly says: RegExp;
  /** Others are unmet with it. @default only this one */
  readonly also?: boolean;
}

/** Every finding that a need can have. */
export function plantsOf(need: Need): Plant[] {
  const inProject =
    (change: (project: Project) => unknown) =>
    ({ projects }: CloudState) =>
      void change(projects['project' in need ? need.project : ''] as Project);
  const set = (part: Partial<CloudState>) => (state: CloudState) => void Object.assign(state, part);
  switch (need.kind) {
    case 'project':
      return [
        { how: 'is not there', plant: ({ projects }) => without(projects, need.project), says: /there is none, or you may not see it/, also: true },
        { how: 'is not paid for', plant: inProject((project) => Object.assign(project, { billing: false })), says: /nobody pays/ },
      ];
    case 'aws-account':
      return [
        { how: 'is nobody’s login', plant: (state) => without(state, 'awsAccount'), says: /not logged in/, also: true },
        ...(need.accountId ? [{ how: 'is another', plant: set({ awsAccount: '999999999999' }), says: /another account, 9999/, also: true }] : []),
      ];
    case 'token':
      return [{ how: 'is not set', plant: set({ env: {} }), says: /it is not set/ }];
    case 'terraform-login':
      return [{ how: 'is not there', plant: set({ env: {} }), says: /there is no token/ }];
    case 'state-bucket':
      return [
        { how: 'is not there', plant: ({ buckets }) => remove(buckets, need.bucket), says: /not there/ },
        { how: 'is as anybody makes one', plant: set({ bucketFacts: { [need.bucket]: [] } }), says: /opened to the public;.* old versions are not kept/ },
        {
          how: 'keeps no old versions',
          plant: set({ bucketFacts: { [need.bucket]: ALL_FACTS.filter((fact) => !fact.includes('versioning')) } }),
          says: /^old versions are not kept$/,
        },
      ];
    case 'api':
      return [{ how: 'is off', plant: inProject(({ services }) => remove(services, need.api)), says: /it is off/ }];
    case 'repository-connection': {
      const { connection, repository } = need;
      const own = (change: (connection: Project['connections'][string]) => unknown) =>
        inProject(({ connections }) => change(connections[connection] as Project['connections'][string]));
      return [
        { how: 'has no connection', plant: inProject(({ connections }) => without(connections, connection)), says: /no connection/ },
        { how: 'waits for the consent', plant: own((it) => Object.assign(it, { stage: 'PENDING_USER_OAUTH' })), says: /Please authorize/ },
        { how: 'waits for the installation', plant: own((it) => Object.assign(it, { stage: 'PENDING_INSTALL_APP' })), says: /the connection waits/ },
        { how: 'is not linked', plant: own(({ repositories }) => without(repositories, repository)), says: /not linked/ },
        {
          how: 'is another',
          plant: own(({ repositories }) => Object.assign(repositories, { [repository]: 'https://other/' })),
          says: /linked to https:..other/,
        },
      ];
    }
    case 'source':
      return need.commit ? [{ how: 'wants a login', plant: set({ closed: [need.repository] }), says: /cannot be cloned/ }] : [];
    case 'image': {
      const isIt = (image: Project['images'][number]) => (need.name === undefined ? image.family === need.family : image.name === need.name);
      const unbaked = inProject((project) => Object.assign(project, { images: project.images.filter((image) => !isIt(image)) }));
      const bare = inProject((project) => Object.assign(project, { images: [], registries: {} }));
      const obsolete = inProject(({ images }) => Object.assign(images.find(isIt) as object, { deprecated: { state: 'OBSOLETE' } }));
      return [
        { how: 'is not baked', plant: unbaked, says: /not baked/, also: true },
        { how: 'is not baked, nor what it is baked from', plant: bare, says: /not baked/, also: true },
        ...(need.name === undefined ? [] : [{ how: 'is obsolete', plant: obsolete, says: /OBSOLETE/, also: true }]),
      ];
    }
    case 'secret': {
      if (need.type === 'host') {
        return [
          { how: 'is on no host', plant: set({ hosts: {} }), says: /stack is not deployed/, also: true },
          { how: 'has no value', plant: set({ hosts: { [need.host]: [`${need.folder}/${need.file}`] } }), says: /has no value/ },
        ];
      }
      if (need.type === 'kubernetes') {
        return [
          { how: 'is in no cluster', plant: set({ namespaces: {} }), says: /stack is not deployed, or KUBECONFIG/, also: true },
          { how: 'has no value', plant: set({ namespaces: { [need.namespace]: [`${need.secret}/${need.key}`] } }), says: /has no value/ },
        ];
      }
      if (need.type === 'aws') {
        const own = (change: (secrets: Record<string, string[]>) => unknown) => (state: CloudState) => void change(state.awsSecrets ?? {});
        return [
          { how: 'is not made', plant: own((secrets) => without(secrets, need.name)), says: /stack is not deployed/ },
          { how: 'has no value', plant: own((secrets) => Object.assign(secrets, { [need.name]: [] })), says: /has no value/ },
        ];
      }
      const has = (...versions: Project['secrets'][string]) => inProject(({ secrets }) => Object.assign(secrets, { [need.name]: versions }));
      return [
        { how: 'is not made', plant: inProject(({ secrets }) => without(secrets, need.name)), says: /stack is not deployed/ },
        { how: 'has no value', plant: has(), says: /has no value/ },
        { how: 'has a disabled value', plant: has({ state: 'DISABLED', value: 'x' }), says: /has no value/ },
        {
          how: 'has a newest value that is disabled',
          plant: has({ state: 'ENABLED', value: 'x' }, { state: 'DISABLED', value: 'y' }),
          says: /has no value/,
        },
      ];
    }
    case 'container-image': {
      const place = `${need.region}/${need.repository}`;
      const pushed = inProject(({ registries }) => remove(registries[place] as string[], `${need.image}@${need.tag}`));
      return [
        { how: 'was not pushed', plant: pushed, says: /nobody has pushed/ },
        ...(need.stack === undefined
          ? []
          : [{ how: 'has no repository', plant: inProject(({ registries }) => without(registries, place)), says: /nobody has pushed/, also: true }]),
      ];
    }
    case 'delegation':
      return [
        ...(need.nameServers ? [] : [{ how: 'has no zone', plant: set({ zones: {} }), says: /stack is not deployed/ }]),
        { how: 'is unknown to the world', plant: set({ delegated: {} }), says: /nobody in the world/ },
        {
          how: 'is with somebody else',
          plant: set({ delegated: { [need.domain]: ['NS1.elsewhere.net.'] } }),
          says: /the world asks ns1\.elsewhere\.net$/,
        },
      ];
  }
}

/** At Google and at Amazon. */
const ALL_FACTS = [
  ...['--public-access-prevention', '--uniform-bucket-level-access', '--soft-delete-duration=7d', '--versioning'],
  ...['public-access-block', 'bucket-versioning', 'bucket-encryption', 'bucket-policy'],
];

function without<T extends object>(record: T, key: keyof T & string): void {
  delete record[key];
}

function remove(list: string[], gone: string): void {
  list.splice(0, list.length, ...list.filter((one) => one !== gone));
}
