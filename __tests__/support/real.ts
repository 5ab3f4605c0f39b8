import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { awsMirror } from './plugin-mirror';

/** Programs that tests use for real, and how somebody gets a missing one. */
const COMPONENTS = {
  terraform: { install: 'install Terraform 1.11 or newer and put it on PATH' },
  packer: { install: 'install Packer 1.12 or newer with its googlecompute plugin: PATH="$(.ci/packer/install):$PATH"' },
  actionlint: { install: 'build it from its Go module: PATH="$(.ci/actionlint/install):$PATH"' },
  pebble: { install: 'build it from its Go module: PATH="$(.ci/pebble/install):$PATH"' },
  certbot: { install: 'run .ci/debian, or: apt-get install certbot python3-certbot-dns-linode' },
  shellcheck: { install: 'run .ci/debian, or: apt-get install shellcheck' },
  script: { install: 'run .ci/debian, or: apt-get install bsdutils' },
  shfmt: { install: 'run .ci/debian, or: apt-get install shfmt' },
  chromium: { install: 'run .ci/debian, or: apt-get install chromium fonts-liberation' },
  debootstrap: { install: 'as root: run .ci/debian, or: apt-get install debootstrap' },
  gcloud: {
    install: 'install the Google Cloud CLI with its beta command and both emulators: gcloud components install beta pubsub-emulator cloud-firestore-emulator',
  },
  java: { install: 'install a Java runtime 17 or newer: apt-get install default-jre-headless' },
  dockerd: { install: 'as root: run .ci/debian, or: apt-get install docker.io' },
  'docker-compose': { install: 'run .ci/debian, or: apt-get install docker-compose' },
  'dockerd-28': { install: 'as root, build it from its Go module: PATH="$(.ci/dockerd/install):$PATH"' },
  'docker-registry': { install: 'run .ci/debian, or: apt-get install docker-registry' },
  busybox: { install: 'run .ci/debian, or: apt-get install busybox-static' },
  'cloud-init': { install: 'run .ci/debian, or: apt-get install cloud-init' },
  'systemd-analyze': { install: 'run .ci/debian, or: apt-get install systemd' },
  openssl: { install: 'run .ci/debian, or: apt-get install openssl' },
  sshd: { install: 'run .ci/debian, or: apt-get install openssh-server openssh-client' },
  kubectl: { install: 'install it from https://kubernetes.io/docs/tasks/tools, or run .ci/debian, or: apt-get install kubernetes-client' },
  setpriv: { install: 'run .ci/debian, or: apt-get install util-linux' },
  unshare: { install: 'run .ci/debian, or: apt-get install util-linux' },
  moto_server: { install: "run .ci/debian, or: pip install 'moto[server]==5.2.1'" },
  aws: { install: 'run .ci/debian, or: pip install awscli' },
  postgres: { install: 'run .ci/debian, or: apt-get install postgresql' },
  'redis-server': { install: 'run .ci/debian, or: apt-get install redis-server' },
  rsync: { install: 'run .ci/debian, or: apt-get install rsync' },
  curl: { install: 'run .ci/debian, or: apt-get install curl' },
  nginx: { install: 'run .ci/debian, or: apt-get install nginx-light' },
  ngx_stream_module: { install: 'run .ci/debian, or: apt-get install libnginx-mod-stream' },
  'pypi-server': { install: 'run .ci/debian, or: pip install pypiserver passlib' },
  'terraform-provider-aws': { install: 'name a mirror of providers that has it, or fill one from the registry: export TF_PLUGIN_MIRROR="$(.ci/aws-provider)"' },
  'spark-submit': { install: 'run .ci/debian, or: pip install pyspark==3.5.6' },
  root: { install: 'run the tests as root: only root becomes somebody else' },
} as const;

export type Component = keyof typeof COMPONENTS;

/** Where Debian has it. */
const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** Where Debian has PostgreSQL's programs: beside each other by version, and not on PATH. */
export function postgresFolder(): string | undefined {
  const all = '/usr/lib/postgresql';
  const newest = existsSync(all) ? readdirSync(all).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  return newest && join(all, newest, 'bin');
}

/** The program's full path, or undefined when it is not on PATH; of a provider, the folder of the mirror that has it; of a module, its file; of root, its folder. */
export function find(component: Component): string | undefined {
  if (component === 'terraform-provider-aws') return awsMirror();
  if (component === 'root') return process.getuid?.() === 0 ? '/' : undefined;
  if (component === 'ngx_stream_module') return existsSync(STREAM_MODULE) ? STREAM_MODULE : undefined;
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...(component === 'postgres' ? [postgresFolder() ?? ''] : [])]) {
    const file = join(folder, component);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not here: look in the next folder
    }
  }
  return undefined;
}

/**
 * A `describe` that needs real programs. The reporter reads the title to say at the end which ones were exercised.
 * A missing one skips the suite; with REQUIRE_REAL=1 it fails instead.
 */
export function describeReal(components: readonly Component[], title: string, body: () => void): void {
  const missing = components.filter((component) => !find(component));
  const name = `[real: ${components.join(', ')}] ${title}`;
  if (missing.length === 0) {
    describe(name, body);
  } else if (process.env.REQUIRE_REAL) {
    describe(name, () => {
      test.each(missing)('%s is present', (component) => {
        throw new Error(`${component} is missing and REQUIRE_REAL is set: ${COMPONENTS[component].install}`);
      });
    });
  } else {
    describe.skip(`${name} (missing: ${missing.map((component) => `${component}: ${COMPONENTS[component].install}`).join('; ')})`, body);
  }
}

/** First line of the program's version output, for messages. */
export function version(component: Component): string {
  return execFileSync(component, ['version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
}
