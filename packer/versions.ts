/**
 * Every version that an image installs, with its checksum: the only place to change one. `environment` is what the
 * provisioning script of the same name takes, word for word. Nothing here is looked up when an image is baked.
 */
export interface Pinned {
  /** The script under packer/scripts that takes these variables. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where the values come from, for whoever raises the version. */
  readonly source: string;
}

const PYTHON = '3.11.16';
const NODE = '22.23.3';

export const VERSIONS = {
  /** The newest 3.11: the `moshi` package asks for Python >= 3.11, Debian 11 brings 3.9. */
  python: {
    script: 'install-python.sh',
    environment: {
      PYTHON_VERSION: PYTHON,
      PYTHON_URL: `https://www.python.org/ftp/python/${PYTHON}/Python-${PYTHON}.tar.xz`,
      PYTHON_SHA256: '91bcdebfdde239a003ae93738a7fce0f9230fee5c4bc2b86f6e6e8c6f98aabe8',
    },
    source: "pyenv's definition 3.11.16 and the official python:3.11 container image, which agree; both take the archive from python.org",
  },
  /** Node 22, maintained until April 2027. */
  node: {
    script: 'install-node.sh',
    environment: {
      NODE_VERSION: NODE,
      NODE_URL: `https://nodejs.org/dist/v${NODE}/node-v${NODE}-linux-x64.tar.gz`,
      NODE_SHA256: '1084aa36196bba4c3a5e69a1ee388a6e4ff729dad09445fbcd434b28fe3c24af',
    },
    source: "nodejs.org's SHASUMS256.txt of v22.23.3, as recorded by node-build's definition 22.23.3",
  },
  /**
   * Debian's own engine: signed by the distribution's key and mended by its security team. The upstream version is
   * pinned; Debian's revision after it moves with every security update, and the mirror keeps only the newest.
   */
  dockerOnBookworm: {
    script: 'install-docker.sh',
    environment: { DOCKER_VERSION: '20.10.24' },
    source: 'packages.debian.org, docker.io in bookworm',
  },
  dockerOnBullseye: {
    script: 'install-docker.sh',
    environment: { DOCKER_VERSION: '20.10.5' },
    source: 'packages.debian.org, docker.io in bullseye',
  },
  opsAgent: {
    script: 'install-ops-agent.sh',
    environment: {
      OPS_AGENT_MAJOR: '2',
      OPS_AGENT_REPOSITORY: 'https://packages.cloud.google.com/apt',
      OPS_AGENT_KEY_URL: 'https://packages.cloud.google.com/apt/doc/apt-key.gpg',
      OPS_AGENT_KEY_FINGERPRINT: '35BAA0B33E9EB396F59CA838C0BA5CE6DC6315A3',
    },
    source: "Google's repository signer; apt names its short form C0BA5CE6DC6315A3 for the ops agent's suites (terraform-google-cloud-operations issue 108)",
  },
  moshi: {
    script: 'install-moshi.sh',
    environment: {
      /** Empty: the newest that is published. What prod runs is pinned by the name of its image instead. */
      MOSHI_VERSION: '',
      KEYRING_VERSION: '25.7.0',
      KEYRING_GOOGLE_VERSION: '1.1.2',
    },
    source: 'pypi.org: keyring, keyrings.google-artifactregistry-auth',
  },
} as const satisfies Record<string, Pinned>;
