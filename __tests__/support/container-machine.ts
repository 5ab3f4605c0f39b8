import { parse } from 'yaml';
import type { EstateStack } from '../../constructs/core/estate-stack';
import { ContainerMachine, type ContainerMachineProps, type ContainerProps } from '../../constructs/gcp/container-machine';
import { Network } from '../../constructs/gcp/network';
import { Secret } from '../../constructs/gcp/secret';
import { ServiceIdentity } from '../../constructs/gcp/service-identity';
import { onlyResource, resourcesOf, synth } from './synth';

/** Containers as a test says them: secrets by name. */
export type TestContainer = Partial<Omit<ContainerProps, 'secrets'>> & { readonly secrets?: Readonly<Record<string, string>> };

export interface MachineFiles {
  readonly userData: string;
  /** What cloud-init writes, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly commands: readonly string[];
}

/** A stack with one machine, as JSON. */
export function machineStack(containers: readonly TestContainer[], props: Partial<ContainerMachineProps> = {}): string {
  return synth((stack) => addMachine(stack, containers, props));
}

function addMachine(stack: EstateStack, containers: readonly TestContainer[], props: Partial<ContainerMachineProps>): void {
  const identity = new ServiceIdentity(stack, 'identity', { accountId: 'bot-scraper', purpose: 'scraper machines' });
  identity.grantOnProject('roles/logging.logWriter');
  const secrets = new Map<string, Secret>();
  const secretOf = (name: string) => {
    const found = secrets.get(name) ?? new Secret(stack, `secret-${name.toLowerCase()}`, { name });
    secrets.set(name, found);
    return found;
  };
  new ContainerMachine(stack, 'scraper-1', {
    name: 'bot-scraper-1',
    machineType: 'e2-micro',
    network: new Network(stack, 'network', { stem: 'bot', cidr: '10.0.0.0/24' }),
    tags: ['allow-health-checks'],
    identity,
    containers: containers.map(({ secrets: names = {}, ...container }) => ({
      name: 'scraper',
      image: 'us-central1-docker.pkg.dev/test-project/bot/scraper:prod',
      memoryMb: 300,
      variables: {},
      ...container,
      secrets: Object.fromEntries(Object.entries(names).map(([variable, name]) => [variable, secretOf(name)])),
    })),
    ...props,
  });
}

/** What the machine of that stack finds in its metadata, with Terraform's escapes resolved. */
export function machineFiles(json: string): MachineFiles {
  return filesOf(onlyResource(json, 'google_compute_instance_template'));
}

/** The same of every machine in a stack, by the machine's name. */
export function machinesIn(json: string | undefined): ReadonlyMap<string, MachineFiles> {
  return new Map(resourcesOf(json, 'google_compute_instance_template').map((template) => [String(template.name_prefix).replace(/-$/, ''), filesOf(template)]));
}

function filesOf(template: Record<string, unknown>): MachineFiles {
  const { metadata } = template as { metadata: Record<string, string> };
  const userData = (metadata['user-data'] ?? '').replace(/([$%])\1\{/g, '$1{');
  const { write_files, runcmd } = parse(userData) as { write_files: { path: string; content: string }[]; runcmd: string[] };
  return { userData, files: new Map(write_files.map(({ path, content }) => [path, content])), commands: runcmd };
}

/** A container as its machine will start it. */
export interface FoundContainer {
  readonly machine: string;
  readonly name: string;
  readonly image: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Where each secret is, by the variable that gets its value. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** Every container of every machine in a stack, read from what the machines find in their metadata. */
export function containersIn(json: string | undefined): FoundContainer[] {
  return [...machinesIn(json)].flatMap(([machine, { files }]) => {
    const linesOf = (path: string) => (files.get(path) ?? '').split('\n').filter((line) => line !== '');
    const units = [...files.keys()].filter((path) => path.endsWith('.service'));
    return units.map((path) => {
      const unit = Object.fromEntries(
        linesOf(path).flatMap((line) => [/^Environment=(\w+)=(.*)$/.exec(line)?.slice(1) ?? []].filter(({ length }) => length > 0)),
      );
      const folder = `/etc/container-machine/${unit.CONTAINER}`;
      return {
        machine,
        name: String(unit.CONTAINER),
        image: String(unit.IMAGE),
        variables: Object.fromEntries(linesOf(`${folder}.env`).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
        secrets: new Map(linesOf(`${folder}.secrets`).map((line) => line.split(' ') as [string, string])),
      };
    });
  });
}
