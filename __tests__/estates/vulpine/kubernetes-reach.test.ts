import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerName } from '../../../config/vulpine';
import { CONTAINERS } from '../../../estates/vulpine/containers/table';
import { PolicyReach } from '../../support/policy-reach';
import { ROOT } from '../../support/repository';
import { parse, type StackJson, synthEstate } from '../../support/synth';
import { documented, named } from '../../support/vulpine/documents';

const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/vulpine/variants/${name}.json`), 'utf8')).vulpine as object;
const workloads = (name: string, override: object = {}) => {
  const { shared, prod } = variant(name) as { shared: object; prod: object };
  return synthEstate('vulpine', { shared, prod: { ...prod, ...override } }).get('vulpine-workloads-prod') as string;
};
const one = workloads('kubernetes');
const two = workloads('kubernetes-two-instances');

/** Of those who are in one network by the documents, who asks whom, and where. docs/adr/0026-policies-are-exact.md */
const ASKS: Readonly<Record<ContainerName, readonly string[]>> = {
  nginx: ['streaming:4000', 'web:3000'],
  web: ['db:5432', 'es:9200', 'redis:6379'],
  streaming: ['db:5432', 'redis:6379'],
  es: [],
  redis: [],
  db: [],
  sidekiq: ['db:5432', 'es:9200', 'redis:6379'],
  ambassador: ['db:5432'],
  dbbackup: ['db:5432'],
};
/** Every port that anybody has, and some that nobody should. */
const PORTS = [22, 53, 80, 443, 3000, 4000, 5432, 6379, 9099, 9153, 9200, 10_250, 65_535];

const OUTSIDE = ['203.0.113.9', '8.8.8.8', '2001:db8::9', '2606:4700::1'];
const NOT_OUTSIDE = [
  '10.2.0.77', // another pod
  '10.128.0.1', // the cluster's own API
  '192.168.255.10',
  '192.168.130.7', // a node
  '172.31.0.2',
  '100.64.0.1',
  '169.254.169.254', // the metadata service
  '127.0.0.1',
  'fd00:a9fe:a9fe::1', // the metadata service
  'fe80::1',
  '::1',
];

/** The job that sends dumps away, which the documents had on the host. */
const jobsOf = (instances: readonly string[]) => instances.map((instance) => `mastodon-${instance}/backup-1`);

const kindOf = (id: string) => /\/(.+)-\d+$/.exec(id)?.[1] as ContainerName;
const instanceOf = (id: string) => /^mastodon-([^/]+)/.exec(id)?.[1];
/** A pod as the documents name its container, and back. */
const containerOf = (id: string) => (id === 'nginx/nginx-1' ? 'nginx' : id.replace(/^mastodon-([^/]+)\//, '$1-'));
const podOf = (name: string) => (name === 'nginx' ? 'nginx/nginx-1' : name.replace(/^([^-]+)-/, 'mastodon-$1/'));
const podsOf = (of: ContainerName, instance: string) => named(of, instance).map(podOf);

/** All that a cluster lets through, as text. */
function openIn(json: string): string[] {
  const reach = new PolicyReach(json);
  return [
    ...reach.pods.flatMap(({ id }) => [
      ...reach.from(id, PORTS).map((to) => `${id} -> ${to}`),
      ...reach.from(id, [53], 'UDP').map((to) => `${id} -> ${to}/UDP`),
      ...[...OUTSIDE, ...NOT_OUTSIDE].filter((address) => reach.reachesOut(id, address, 443)).map((address) => `${id} -> ${address}`),
    ]),
    ...['default/stranger', 'kube-system/calico-node'].flatMap((id) => reach.from(id, PORTS).map((to) => `${id} -> ${to}`)),
    ...OUTSIDE.flatMap((address) => reach.published(address, PORTS).map((to) => `${address} -> ${to}`)),
  ];
}

describe.each([
  ['one instance', one, ['vulpine']],
  ['two instances in one cluster', two, ['vulpine', 'corsac']],
] as const)('%s', (_title, json, instances) => {
  const reach = new PolicyReach(json);
  const documents = new Map(documented(instances).map((each) => [podOf(each.name), each]));
  const ids = [...documents.keys()].sort();

  test('there is what the documents list, and nothing else', () => {
    expect(reach.pods.map(({ id }) => id).sort()).toEqual([...ids, ...jobsOf(instances)].sort());
  });

  test.each(ids)('%s reaches exactly what it asks, on the ports where that answers', (id) => {
    const [own, of] = [instanceOf(id), kindOf(id)];
    const wanted = ASKS[of].flatMap((ask) => {
      const [other, port] = ask.split(':') as [ContainerName, string];
      return (own === undefined ? instances : [own]).flatMap((instance) => podsOf(other, instance).map((pod) => `${pod}:${port}`));
    });
    const dns = ASKS[of].length > 0 ? ['kube-system/coredns:53'] : [];
    expect(reach.from(id, PORTS)).toEqual([...wanted, ...dns].sort());
    expect(reach.from(id, [...PORTS], 'UDP')).toEqual(dns);
  });

  test.each(ids)('%s reaches nobody whom it does not meet in a network of the documents', (id) => {
    const met = reach.from(id, PORTS).filter((to) => !to.startsWith('kube-system/'));
    for (const to of met) expect(documents.get(id)?.reaches).toContain(containerOf(to.replace(/:\d+$/, '')));
  });

  test('only what the documents have in external_network reaches out, over both protocols, and there only what is outside', () => {
    for (const id of ids) {
      const isOut = documents.get(id)?.isOutward;
      for (const address of OUTSIDE) expect([id, address, reach.reachesOut(id, address, 443)]).toEqual([id, address, isOut]);
      for (const address of NOT_OUTSIDE) expect([id, address, reach.reachesOut(id, address, 443)]).toEqual([id, address, false]);
    }
  });

  test('the Internet reaches nginx on two ports, and a stranger in the cluster no more than that', () => {
    for (const address of OUTSIDE) expect(reach.published(address, PORTS)).toEqual(['nginx/nginx-1:443', 'nginx/nginx-1:80']);
    expect(reach.from('default/stranger', PORTS).filter((to) => !/^(kube-system|default)/.test(to))).toEqual(['nginx/nginx-1:443', 'nginx/nginx-1:80']);
    expect(reach.services.filter(({ type }) => type !== 'ClusterIP').map(({ id }) => id)).toEqual(['nginx/nginx']);
  });

  test('two instances do not reach each other', () => {
    for (const id of ids.filter((each) => instanceOf(each))) {
      const others = reach.from(id, PORTS).flatMap((to) => instanceOf(to) ?? []);
      expect(new Set(others)).toEqual(new Set(others.length > 0 ? [instanceOf(id)] : []));
    }
  });

  test.each(jobsOf(instances))('%s reaches DNS and, outside, ssh and https: no pod, and no other port; nobody reaches it', (id) => {
    expect([reach.from(id, PORTS), reach.from(id, PORTS, 'UDP')]).toEqual([['kube-system/coredns:53'], ['kube-system/coredns:53']]);
    for (const address of OUTSIDE) expect([address, PORTS.filter((port) => reach.reachesOut(id, address, port))]).toEqual([address, [22, 443]]);
    for (const address of NOT_OUTSIDE) expect([address, PORTS.filter((port) => reach.reachesOut(id, address, port))]).toEqual([address, []]);
    for (const other of [...ids, ...jobsOf(instances), 'default/stranger', 'kube-system/calico-node'].filter((one) => one !== id))
      expect(reach.from(other, PORTS).filter((to) => to.startsWith(id))).toEqual([]);
  });

  test.each(instances)('a name of %s stands for its own pods only', (instance) => {
    for (const kind of ['db', 'es', 'redis'] as const) expect(reach.resolve(`mastodon-${instance}/web-1`, kind)).toEqual(podsOf(kind, instance));
    for (const kind of ['web', 'streaming'] as const) expect(reach.resolve('nginx/nginx-1', `fe-${kind}.mastodon-${instance}`)).toEqual(podsOf(kind, instance));
  });

  test('what the table needs, it has, by the names that its variables say', () => {
    for (const id of ids) {
      const { talksTo, environment = {} } = CONTAINERS[kindOf(id)];
      for (const peer of Object.keys(talksTo)) {
        if (peer === 'internet') expect(reach.reachesOut(id, '203.0.113.9', 443)).toBe(true);
        else expect(reach.from(id, PORTS).map((to) => kindOf(to.replace(/:\d+$/, '')))).toContain(peer);
      }
      for (const name of ['DB_HOST', 'REDIS_HOST', 'ES_HOST', 'PGHOST']) if (environment[name]) expect(reach.resolve(id, environment[name])).toHaveLength(1);
    }
  });
});

test('streaming can do without the Internet, and then nothing else changes', () => {
  const [before, after] = [openIn(one), openIn(workloads('kubernetes', { streamingNeedsExternal: false }))];
  expect(after.filter((way) => !before.includes(way))).toEqual([]);
  const gone = before.filter((way) => !after.includes(way));
  expect(gone).toHaveLength(2 * OUTSIDE.length);
  for (const way of gone) expect(way).toMatch(/^mastodon-vulpine\/streaming-\d -> [0-9a-f.:]+$/);
});

test('with an address of the off-site host, the job asks nobody else by ssh', () => {
  const reach = new PolicyReach(workloads('kubernetes', { backup: { offsite: { host: '198.51.100.7', port: 2222 } } }));
  const ways = ['198.51.100.7', ...OUTSIDE].map((address) => [22, 443, 2222].filter((port) => reach.reachesOut('mastodon-vulpine/backup-1', address, port)));
  expect(ways).toEqual([[443, 2222], ...OUTSIDE.map(() => [443])]);
});

/** Mistakes, each with a way that it opens or closes. The model must see every one of them. */
const policyOf = (json: StackJson, name: string, namespace = 'mastodon-vulpine') =>
  Object.entries(json.resource?.kubernetes_network_policy_v1 as unknown as Record<string, PolicyJson>).find(
    ([key, { metadata }]) => metadata.name === name && key.startsWith(`${namespace}_`),
  ) as [string, PolicyJson];
interface PolicyJson {
  metadata: { name: string };
  spec: { policy_types: string[]; egress: Rule[]; ingress: Rule[]; pod_selector: object };
}
interface Rule {
  ports?: object[];
  to?: { ip_block?: { cidr: string; except?: string[] }; namespace_selector?: object; pod_selector?: object }[];
  from?: { namespace_selector?: object; pod_selector?: { match_labels?: object } }[];
}
const outwardEnds = (json: StackJson, name: string, namespace?: string) => policyOf(json, name, namespace)[1].spec.egress.flatMap(({ to = [] }) => to);
const drop = (json: StackJson, ...names: string[]) => {
  for (const name of names) delete json.resource?.kubernetes_network_policy_v1?.[policyOf(json, name)[0]];
};

interface Mistake {
  readonly mistake: string;
  readonly json?: string;
  readonly make: (json: StackJson) => void;
  /** A way that is there then. @default none */
  readonly opens?: RegExp;
  /** One that is not. @default any */
  readonly closes?: RegExp;
}
const MISTAKES: readonly Mistake[] = [
  { mistake: 'the policy of db is gone', make: (json) => drop(json, 'db'), closes: /web-1 -> mastodon-vulpine\/db-1:5432$/ },
  { mistake: 'es has no policy at all', make: (json) => drop(json, 'es', 'deny-all'), opens: /es-1 -> 203\.0\.113\.9$/ },
  {
    mistake: 'redis lets in who asks',
    make: (json) => void delete policyOf(json, 'redis')[1].spec.ingress[0]?.from,
    opens: /default\/stranger -> mastodon-vulpine\/redis-1:6379$/,
  },
  {
    mistake: 'db may ask everybody',
    make: (json) => {
      policyOf(json, 'db')[1].spec.egress = [{}];
    },
    opens: /db-1 -> 169\.254\.169\.254$/,
  },
  {
    mistake: 'nobody says whom db may ask',
    make: (json) => {
      drop(json, 'deny-all');
      policyOf(json, 'db')[1].spec.policy_types = ['Ingress'];
    },
    opens: /db-1 -> 2606:4700::1$/,
  },
  {
    mistake: 'what is private counts as outside',
    make: (json) => {
      for (const { ip_block } of outwardEnds(json, 'web')) delete ip_block?.except;
    },
    opens: /web-1 -> fd00:a9fe:a9fe::1$/,
  },
  {
    mistake: 'the metadata service is forgotten',
    make: (json) => {
      for (const { ip_block } of outwardEnds(json, 'web'))
        if (ip_block?.except) ip_block.except = ip_block.except.filter((network) => network !== '169.254.0.0/16');
    },
    opens: /web-2 -> 169\.254\.169\.254$/,
  },
  {
    mistake: 'IPv6 is forgotten',
    make: (json) => {
      for (const rule of policyOf(json, 'web')[1].spec.egress) rule.to = rule.to?.filter(({ ip_block }) => ip_block?.cidr !== '::/0');
    },
    closes: /web-1 -> 2001:db8::9$/,
  },
  {
    mistake: 'both ends forget the port',
    make: (json) => {
      delete policyOf(json, 'web')[1].spec.ingress[0]?.ports;
      for (const rule of policyOf(json, 'nginx', 'nginx')[1].spec.egress) delete rule.ports;
    },
    opens: /nginx-1 -> mastodon-vulpine\/web-1:22$/,
  },
  {
    mistake: 'any namespace will do',
    json: two,
    make: (json) => {
      for (const rule of policyOf(json, 'db')[1].spec.ingress) for (const end of rule.from ?? []) end.namespace_selector = {};
      for (const end of outwardEnds(json, 'web', 'mastodon-corsac')) if (end.pod_selector) end.namespace_selector = {};
    },
    opens: /mastodon-corsac\/web-1 -> mastodon-vulpine\/db-1:5432$/,
  },
  {
    mistake: 'the job that sends dumps away may ask on any port',
    make: (json) => {
      for (const rule of policyOf(json, 'backup')[1].spec.egress) delete rule.ports;
    },
    opens: /default|backup-1 -> kube-system\/coredns:9153$/,
  },
  {
    mistake: "DNS is any of the cluster's own pods",
    make: (json) => {
      for (const rule of policyOf(json, 'web')[1].spec.egress)
        for (const end of rule.to ?? []) {
          if (!end.namespace_selector) continue;
          delete end.pod_selector;
          delete rule.ports;
        }
    },
    opens: /web-1 -> kube-system\/calico-node:9099$/,
  },
];

test.each(MISTAKES)('seen: $mistake', ({ json = one, make, opens, closes }) => {
  const broken = structuredClone(parse(json));
  make(broken);
  const [before, after] = [openIn(json), openIn(JSON.stringify(broken))];
  const [opened, closed] = [after.filter((way) => !before.includes(way)), before.filter((way) => !after.includes(way))];
  expect([...opened, ...closed]).not.toEqual([]);
  if (opens) expect(opened).toContainEqual(expect.stringMatching(opens));
  else expect(opened).toEqual([]);
  if (closes) expect(closed).toContainEqual(expect.stringMatching(closes));
});

test('seen: a service of db on every node, were db open', () => {
  const broken = structuredClone(parse(one));
  delete policyOf(broken, 'db')[1].spec.ingress[0]?.from;
  const services = broken.resource?.kubernetes_service_v1 as unknown as Record<string, { metadata: { name: string }; spec: { type: string } }>;
  for (const { metadata, spec } of Object.values(services)) if (metadata.name === 'db') spec.type = 'NodePort';
  expect(new PolicyReach(JSON.stringify(broken)).published('203.0.113.9', PORTS)).toContain('mastodon-vulpine/db-1:5432');
});

test('what the model cannot read it does not count as closed', () => {
  const with_ = (change: (json: StackJson) => void) => {
    const json = structuredClone(parse(one));
    change(json);
    return () => openIn(JSON.stringify(json));
  };
  expect(with_((json) => Object.assign(policyOf(json, 'web')[1].spec.pod_selector, { match_expressions: [{ key: 'a', operator: 'Exists' }] }))).toThrow(
    'match_expressions',
  );
  expect(with_((json) => Object.assign(json.resource as object, { kubernetes_manifest: { a: {} } }))).toThrow('kubernetes_manifest');
  expect(with_((json) => Object.assign(json.resource as object, { kubernetes_pod_v1: { a: {} } }))).toThrow('kubernetes_pod_v1');
});
