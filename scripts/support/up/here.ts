import type { resolveNs } from 'node:dns/promises';
import { buffer } from 'node:stream/consumers';
import type { Estate } from '../../../constructs/core/estate';
import { interruption } from '../../../packer/build/interruption';
import { SECTIONS, settingsOf } from '../../../packer/images/settings';
import { paintFor } from '../../../rehearsal/runner/format';
import type { CommandLine } from '../command';
import { loadEstates } from '../config';
import { baseImage } from '../preflight/base-image';
import { nameServersOf } from '../preflight/name-servers';
import { lookForOrganization } from '../preflight/organization';
import { type Asked, type EstateFinding, googleLogins, preflight } from '../preflight/preflight';
import { refuseUnsafeStates } from '../state/local-states';
import { make, type Tool, terraform } from '../tool';
import { type Chosen, chosenDeploy } from './chosen';
import { environmentFor } from './command-of';
import { up } from './up';
import { patienceOf } from './waiting';

/** What a test has others of. */
export interface Here {
  readonly estates: readonly Estate[];
  readonly resolve: typeof resolveNs;
  /** Programs that are asked, and change nothing. */
  readonly tools: Readonly<Record<'gcloud' | 'aws' | 'ssh' | 'kubectl' | 'git' | 'curl', Tool>>;
}

/** `make up` in this folder, with the programs that are on PATH. */
export async function upHere(line: CommandLine, { estates, resolve, tools: { curl, ...programs } }: Here): Promise<number> {
  const { estate, env: environment, patience } = line.options as Record<string, string | undefined>;
  const patienceMs = patienceOf(patience);
  const chosen = chosenDeploy(estates, estate, environment);
  refuseUnsafeStates(chosen.stacks.values());
  const settings = settingsOf(loadEstates(SECTIONS));
  const env = environmentFor(process.env);
  const tools = { ...programs, baseOf: (family: string) => baseImage(family, settings), env };
  return up(chosen, {
    asker: { ...tools, curl, make: make(env), terraform, resolve },
    entrance: [
      ...(await organizationOf(chosen, env)),
      ...entranceOf(chosen, { ...tools, nameServers: await nameServersOf([{ estate: chosen.estate, needs: chosen.entrance }], resolve) }),
    ],
    patienceMs,
    paint: paintFor(process.stdout, process.env),
    lines: linesOnce(),
    listen,
    ...line,
  });
}

/** What is there before the first step, or nothing of it would go well. */
function entranceOf({ estate, entrance, stacks }: Chosen, asked: Asked): EstateFinding[] {
  const found = preflight([{ estate, needs: entrance }], asked);
  const isAtGoogle = [...stacks.values()].some(({ types }) => types.some((type) => type.startsWith('google_')));
  const hasLogins = entrance.some((need) => 'project' in need);
  return [...(isAtGoogle && !hasLogins ? googleLogins(asked.gcloud, asked.env).map((finding) => ({ estate, ...finding })) : []), ...found];
}

/** Deploying makes the workspaces that are not there yet. */
async function organizationOf({ estate, environment, terraformCloud, stacks }: Chosen, env: NodeJS.ProcessEnv): Promise<EstateFinding[]> {
  if (!terraformCloud) return [];
  const workspaces = [...stacks.keys()].filter((name) => name.endsWith(`-${environment}`) || name.endsWith('-shared'));
  return [{ estate, ...(await lookForOrganization(terraformCloud, workspaces, env)) }];
}

/** What stands on standard input, for each step that asks. */
function linesOnce(): () => Promise<Buffer | undefined> {
  let read: Promise<Buffer> | undefined;
  return async () => {
    if (process.stdin.isTTY) return undefined;
    read ??= buffer(process.stdin);
    return read;
  };
}

function listen() {
  process.on('uncaughtException', () => {
    process.exitCode = 1;
  });
  const meaning = 'the step ends now; Terraform needs a moment to write down what it has made. Ctrl-C to end it at once.';
  return interruption(process, (text) => console.error(text), undefined, meaning);
}
