/**
 * What EGF2's machines install, with what proves that it is that: a checksum, or the fingerprint of the key that signed the
 * repository. The only place to change one. Nothing here is looked up when a machine starts.
 */
export interface Pinned {
  /** What the installing script takes, word for word. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the values come from, for whoever raises the version. */
  readonly source: string;
}

const NODE = '22.23.3';
const ELASTICSEARCH = '2.4.6';
const ELASTICSEARCH_SITE = 'https://download.elastic.co/elasticsearch/release/org/elasticsearch';

export const VERSIONS = {
  /** Node 22: the framework's restify 4 still starts on it, and the launcher wants 20 at least. */
  node: {
    environment: {
      NODE_VERSION: NODE,
      NODE_URL: `https://nodejs.org/dist/v${NODE}/node-v${NODE}-linux-x64.tar.gz`,
      NODE_SHA256: '1084aa36196bba4c3a5e69a1ee388a6e4ff729dad09445fbcd434b28fe3c24af',
    },
    source: "nodejs.org's SHASUMS256.txt of v22.23.3; the images of this repository take the same",
  },
  ssmAgent: {
    environment: { SSM_AGENT_VERSION: '3.3.3270.0' },
    source: 'the releases of github.com/aws/amazon-ssm-agent; why there is no checksum stands in install-ssm-agent.sh',
  },
  rethinkdb: {
    environment: {
      RETHINKDB_VERSION: '2.4.4~0bookworm',
      RETHINKDB_REPOSITORY: 'https://download.rethinkdb.com/repository/debian-bookworm',
      RETHINKDB_KEY_URL: 'https://download.rethinkdb.com/repository/raw/pubkey.gpg',
      RETHINKDB_KEY_FINGERPRINT: '539A3A8C6692E6E3F69B3FE81D85E93F801BB43F',
    },
    source: 'the Dockerfile of the official image rethinkdb:2.4.4-bookworm-slim: the same repository, version and key',
  },
  /** See docs/adr/0021-egf2-elasticsearch.md. */
  elasticsearch: {
    environment: {
      ELASTICSEARCH_VERSION: ELASTICSEARCH,
      ELASTICSEARCH_URL: `${ELASTICSEARCH_SITE}/distribution/tar/elasticsearch/${ELASTICSEARCH}/elasticsearch-${ELASTICSEARCH}.tar.gz`,
      ELASTICSEARCH_SHA256: '5f7e4bb792917bb7ffc2a5f612dfec87416d54563f795d6a70637befef4cfc6f',
      CLOUD_AWS_URL: `${ELASTICSEARCH_SITE}/plugin/cloud-aws/${ELASTICSEARCH}/cloud-aws-${ELASTICSEARCH}.zip`,
      CLOUD_AWS_SHA256: 'ae8b6da894f06d7d5f9bed1c3ae2d50fc0f01855c584f893b08567b2b2f95b8a',
    },
    source: 'the Maven artifacts org.elasticsearch.distribution.tar:elasticsearch:2.4.6 and org.elasticsearch.plugin:cloud-aws:2.4.6, hashed',
  },
  /** Elasticsearch 2 runs on Java 7 and 8 only; Debian 12 has 17. */
  java: {
    environment: {
      JAVA_VERSION: '1.8.0_492',
      JAVA_URL: 'https://github.com/adoptium/temurin8-binaries/releases/download/jdk8u492-b09/OpenJDK8U-jre_x64_linux_hotspot_8u492b09.tar.gz',
      JAVA_SHA256: '8eef3d4a837bb7a9e45d30a7579d84d5b76a4321f4376573311e6bf89e48f9b0',
    },
    source: 'the Dockerfile of the official image eclipse-temurin:8-jre',
  },
} as const satisfies Record<string, Pinned>;

/** Any of the above at other addresses, such as a mirror of one's own. */
export type Versions = Readonly<Record<keyof typeof VERSIONS, Pinned>>;

/**
 * Dependencies that the services' package.json files name in versions that do not build on this Node: another one is
 * installed where a service asks for them. `microtime` 2 needs a compiler and an older V8; 3 brings its binaries. Keyspaces'
 * login stands in a config document, which `cassandra-driver` reads from 4.2 on.
 */
export const REPLACED_DEPENDENCIES: Readonly<Record<string, string>> = { microtime: '3.1.1', 'cassandra-driver': '4.2.0' };
