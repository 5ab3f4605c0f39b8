import type { Answer, Tool } from '../tool';
import type { BaseImage } from './base-image';

/** What became of one need. */
export interface Finding {
  /** The need as a person would name it. */
  readonly what: string;
  readonly state: 'ok' | 'missing' | 'cannot be told';
  readonly remark?: string;
  /** Commands that mend it, in their order; a line for people starts with `#`. */
  readonly mend: readonly string[];
}

/** A finding before it has a name. */
export type Verdict = Omit<Finding, 'what'>;

/** Whom checks ask. */
export interface World {
  readonly gcloud: Pick<Tool, 'ask'>;
  readonly aws: Pick<Tool, 'ask'>;
  readonly ssh: Pick<Tool, 'ask'>;
  readonly kubectl: Pick<Tool, 'ask'>;
  readonly git: Pick<Tool, 'unless'>;
  /** Logins that providers take from it. */
  readonly env: NodeJS.ProcessEnv;
  /** What the world says of domains. */
  readonly nameServers: ReadonlyMap<string, readonly string[]>;
  /** What images of the family are baked from, if that is baked here too. */
  readonly baseOf: (family: string) => BaseImage | undefined;
}

export const ok = (remark?: string): Verdict => ({ state: 'ok', mend: [], ...(remark !== undefined && { remark }) });

export const missing = (remark: string, ...mend: readonly string[]): Verdict => ({ state: 'missing', remark, mend });

/** The same with what is needed first. */
export const after = (first: readonly string[], verdict: Verdict): Verdict => ({ ...verdict, mend: [...first, ...verdict.mend] });

/** You may not look, and who may is named by `role`. */
export function notAllowed(role: string, on: string): Verdict {
  return { state: 'cannot be told', remark: `you may not look: it takes ${role} on ${on}`, mend: [] };
}

/** Somewhere in `project`: what is there and what is not is for the check to say. */
export function judged<T>(
  answer: Answer<T>,
  { project, role }: { readonly project: string; readonly role: string },
  verdicts: {
    readonly there: (value: T | undefined) => Verdict;
    readonly absent: () => Verdict;
    /** Where the API is off nothing is there. @default absent, when the API is on */
    readonly off?: () => Verdict;
  },
): Verdict {
  if (answer.is === 'there') return verdicts.there(answer.value);
  if (answer.is === 'absent') return verdicts.absent();
  if (answer.is === 'refused') return notAllowed(role, project);
  return { ...(verdicts.off?.() ?? after([enable(project, answer.api)], verdicts.absent())), remark: `its API ${answer.api} is off` };
}

export function enable(project: string, ...apis: readonly string[]): string {
  return `gcloud services enable ${apis.join(' ')} --project=${project}`;
}

export function deploy(stack: string): string {
  return `make deploy STACKS='${stack}'`;
}
