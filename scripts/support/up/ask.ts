import type { resolveNs } from 'node:dns/promises';
import { existsSync, readFileSync } from 'node:fs';
import type { Check, Step } from '../../../constructs/core/first-deploy';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { Stacks } from '../../../rehearsal/runner/stack';
import type { World } from '../preflight/finding';
import { isPublished } from '../preflight/image';
import { look, remembering } from '../preflight/look';
import { nameServersOf } from '../preflight/name-servers';
import { quoted, SSH } from '../secrets/store';
import type { Tool } from '../tool';
import { type Answer, done, notAsked, toDo } from './answer';
import { stackState } from './stack-state';

/** Whom the checks ask. */
export interface Asker extends Omit<World, 'nameServers' | 'gcloud' | 'aws' | 'ssh' | 'kubectl'> {
  readonly estate: string;
  readonly stacks: Stacks;
  readonly gcloud: Pick<Tool, 'ask'>;
  readonly aws: Pick<Tool, 'ask'>;
  readonly ssh: Pick<Tool, 'ask'>;
  readonly kubectl: Pick<Tool, 'ask'>;
  readonly curl: Pick<Tool, 'unless'>;
  readonly make: Pick<Tool, 'unless'>;
  readonly terraform: Pick<Tool, 'write'>;
  readonly resolve: typeof resolveNs;
  /** See {@link stackState}. */
  readonly mayInitialize: boolean;
}

/** One that asks each question once. */
export function onceEach(asker: Asker): Asker {
  const { gcloud, aws, ssh, kubectl } = asker;
  return { ...asker, gcloud: remembering(gcloud), aws: remembering(aws), ssh: remembering(ssh), kubectl: remembering(kubectl) };
}

/** Whether all that a step is for holds. What is left for a person is told in full; otherwise the first that does not hold is enough. */
export async function askStep({ done: checks, does }: Step, asker: Asker): Promise<Answer> {
  const open: Answer[] = [];
  for (const check of checks) {
    const answer = await ask(check, asker);
    if (answer.is === 'done') continue;
    open.push(answer);
    if (does.kind !== 'person') break;
  }
  const [first] = open;
  if (!first) return done();
  const is = open.find((one) => one.is === 'not asked')?.is ?? 'to do';
  const remarks = [...new Set(open.flatMap(({ remark }) => (remark === undefined ? [] : [remark])))];
  return { is, mend: [...new Set(open.flatMap(({ mend }) => mend))], ...(remarks.length > 0 && { remark: remarks.join('; ') }) };
}

/** It throws for nothing that the world says. */
async function ask(check: Check, asker: Asker): Promise<Answer> {
  try {
    return await answerOf(check, asker);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return notAsked(error.message.split('\n').slice(0, 2).join(' ').slice(0, 300));
  }
}

async function answerOf(check: Check, asker: Asker): Promise<Answer> {
  switch (check.kind) {
    case 'stack': {
      const stack = asker.stacks.get(check.stack);
      if (!stack) throw new Error(`a step deploys ${check.stack}, which is not synthesized`);
      return stackState(stack, asker);
    }
    case 'need': {
      const nameServers = await nameServersOf([{ estate: asker.estate, needs: [check.need] }], asker.resolve);
      const { what, state, remark, mend } = look(check.need, { ...asker, nameServers }, asker.estate);
      const said = remark === undefined ? what : `${what}: ${remark}`;
      if (state === 'ok') return done();
      return state === 'missing' ? toDo(said, mend) : { ...notAsked(said), mend };
    }
    case 'base-image': {
      const base = asker.baseOf(check.family);
      const found = base && asker.gcloud.ask('compute', 'images', 'describe-from-family', base.family, `--project=${check.project}`, '--format=json');
      if (!found || found.is === 'there') return done();
      return found.is === 'refused' ? notAsked(`you may not look for images in ${check.project}`) : toDo(`${base?.image} is not baked`);
    }
    case 'package':
      return isPublished(check.project, check.published, asker) === 'published' ? done() : toDo(`${check.published.package} is not published`);
    case 'nothing-to-do':
      return /^Nothing to do/m.test(asker.make.unless(/^/, check.target, 'DRY_RUN=1') ?? '') ? done() : toDo();
    case 'keys': {
      const found = existsSync(check.file) ? Object.keys(JSON.parse(readFileSync(check.file, 'utf8'))) : [];
      const missing = check.keys.filter((key) => !found.includes(key));
      return missing.length === 0 ? done() : toDo(`${check.file} has no ${missing.join(', ')}`);
    }
    case 'host-file':
      return hostFile(check, asker);
    case 'in-cluster': {
      const place = check.namespace === undefined ? [] : [`--namespace=${check.namespace}`];
      const found = asker.kubectl.ask('get', check.what, check.name, ...place, '--output=jsonpath="{.metadata.name}"');
      if (found.is === 'refused') return notAsked(`you may not see ${check.what} ${check.name}`);
      return found.is === 'there' ? done() : toDo(`there is no ${check.what} ${check.name}, or KUBECONFIG names another cluster`);
    }
    case 'answers': {
      const asked = ['--silent', '--output', '/dev/null', '--max-time', '10', '--write-out', '%{http_code}', check.url];
      const status = asker.curl.unless(/^/, ...asked);
      if (status !== undefined && check.statuses.includes(Number(status))) return done();
      return toDo(status === undefined ? `${check.url} does not answer` : `${check.url} answers ${status}`);
    }
  }
}

/** `$1`: the file. Prints when it was written, null when it is not there or empty. */
const LOOK = 'if [ -s "$1" ]; then stat -c %Y "$1"; else echo null; fi';

function hostFile({ host, user, file }: Extract<Check, { kind: 'host-file' }>, { ssh }: Asker): Answer {
  const line = ['sudo', '-n', 'sh', '-c', LOOK, 'sh', file].map(quoted).join(' ');
  const found = ssh.ask<number>(...SSH, `${user}@${host}`, line);
  if (found.is === 'refused') return notAsked(`${host} does not let ${user} in`);
  if (found.is !== 'there') return toDo(`${host} is not there`);
  return typeof found.value === 'number' ? done() : toDo(`${file} is not on ${host}`);
}
