import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { HEALTH } from '../../../services/contracts/health';
import type { Secret } from '../secret';

export interface ContainerProps {
  /** Name of unit and container, unique on the machine, such as `scraper`. */
  readonly name: string;
  /** With registry and tag, such as `us-central1-docker.pkg.dev/p/filmlinkd/scraper:prod`. Pulled at every start: Terraform holds no digest. */
  readonly image: string;
  /** MB that it may use; with more it is killed, and starts again. */
  readonly memoryMb: number;
  /** What the container finds in its environment, secrets, PORT and HEALTH_PEERS apart. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variables whose values are fetched from Secret Manager at each start: into a file in memory, never into metadata or state. */
  readonly secrets: Readonly<Record<string, Secret>>;
  /** Where its /healthz is; it is told as PORT. @default 8080 for the machine's first container, 8081 for the next */
  readonly port?: number;
}

export interface Container extends ContainerProps {
  readonly port: number;
}

/** One at least; the first answers for the machine's health. */
export type Containers = readonly [Container, ...Container[]];

const FIRST_PORT = 8080;
/** What this construct says itself. */
const OWN = ['PORT', 'HEALTH_PEERS'];

const NAME = /^[a-z][-a-z0-9]{0,39}$/;
const IMAGE = /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9][a-z0-9._-]*)+:\w[\w.-]*$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What stands in one line of a file that YAML carries. */
const LINE = /^[\t\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** The containers with their ports. Throws one error that names everything that cannot work. */
export function containersOf(scope: Construct, given: readonly ContainerProps[]): Containers {
  const containers = given.map((container, index) => ({ ...container, port: container.port ?? FIRST_PORT + index }));
  const problems = [
    ...twice('container', 'name', containers, ({ name }) => name),
    ...twice('port', 'port', containers, ({ port }) => `${port}`),
    ...containers.flatMap((container) => problemsOf(container).map((problem) => `container '${container.name}': ${problem}`)),
  ];
  if (containers.length === 0) problems.push('a machine without containers does nothing; name at least one');
  if (problems.length > 0) throw new Error(`${scope.node.path}: ${problems.join('\n  ')}`);
  return containers as unknown as Containers;
}

/** The same with PORT and HEALTH_PEERS among their variables: the first asks the others, who do not ask back. */
export function environmentOf([first, ...others]: Containers): Containers {
  const peers = others.map(({ port }) => `http://127.0.0.1:${port}${HEALTH.live}`);
  const withPort = (container: Container, more: Record<string, string> = {}): Container => ({
    ...container,
    variables: { ...container.variables, PORT: `${container.port}`, ...more },
  });
  return [withPort(first, peers.length > 0 ? { HEALTH_PEERS: peers.join(',') } : {}), ...others.map((container) => withPort(container))];
}

function twice(kind: string, property: string, containers: readonly Container[], of: (container: Container) => string): string[] {
  const all = containers.map(of);
  const repeated = new Set(all.filter((value, index) => all.indexOf(value) !== index));
  return [...repeated].map((value) => `${kind} '${value}' is there twice; give each container a ${property} of its own`);
}

function problemsOf({ name, image, memoryMb, variables, secrets, port }: Container): string[] {
  const problems: string[] = [];
  if (!NAME.test(name)) problems.push('its name must be lower-case letters, digits and hyphens, starting with a letter, at most 40');
  if (Token.isUnresolved(image) || !IMAGE.test(image)) {
    problems.push(`its image '${image}' must name registry, path and tag, in plain text, such as us-central1-docker.pkg.dev/p/r/scraper:prod`);
  }
  if (!Number.isInteger(memoryMb) || memoryMb < 6) problems.push(`memoryMb is ${memoryMb}; Docker wants a whole number, 6 at least`);
  if (!Number.isInteger(port) || port < 1024 || port > 65_535) problems.push(`port is ${port}; choose one from 1024 to 65535`);
  for (const variable of [...Object.keys(variables), ...Object.keys(secrets)]) {
    if (!VARIABLE.test(variable)) problems.push(`'${variable}' is no name of a variable; use letters, digits and underscores`);
    if (OWN.includes(variable)) problems.push(`${variable} is said by the machine; take it out`);
  }
  for (const [variable, value] of Object.entries(variables)) {
    if (variable in secrets) problems.push(`${variable} is a variable and a secret; take it out of one of them`);
    if (Token.isUnresolved(value)) problems.push(`the value of ${variable} is known only to Terraform; give the plain value`);
    else if (!LINE.test(value))
      problems.push(`the value of ${variable} holds a line break or a control character, which no environment file can carry; take it out`);
  }
  return problems;
}
