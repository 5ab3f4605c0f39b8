import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person } from '../cloud/person';
import type { CloudState } from '../cloud/project';

/** The stand-in cloud, and what else a first deployment asks. */
export interface UpState extends CloudState {
  /** Whose stacks are deployed. */
  estate: string;
  /** What addresses answer. */
  answers: Record<string, number>;
  /** Make targets that find nothing to do. */
  nothingToDo: string[];
  /** What make targets do besides, by target. */
  effects: Record<string, Effect>;
  /** Each `make up` dies of each thing that it does, when that is done. */
  deadly?: boolean;
  /** How calls begin that fail, and what they say. */
  fails?: { readonly call: string; readonly says: string };
  /** What calls begin with that do nothing until somebody ends them. */
  hangs?: string;
}

/** What comes to be there. */
export interface Effect {
  readonly answers?: Record<string, number>;
  /** `image@tag`, by project and repository. */
  readonly pushed?: readonly { readonly project: string; readonly place: string; readonly image: string }[];
  /** A file of the folder that the command runs in. */
  readonly file?: { readonly path: string; readonly text: string };
}

/** The cloud in files of a folder: every program that runs in front of it sees what the others did. */
export class UpWorld {
  private readonly file: string;

  constructor(private readonly folder: string) {
    this.file = join(folder, 'state.json');
  }

  get state(): UpState {
    return JSON.parse(readFileSync(this.file, 'utf8'));
  }

  write(state: UpState): void {
    writeFileSync(`${this.file}.new`, JSON.stringify(state));
    renameSync(`${this.file}.new`, this.file);
  }

  /** Commands that change something, in their order. */
  get calls(): string[] {
    const file = join(this.folder, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  }

  note(call: string): void {
    appendFileSync(join(this.folder, 'calls'), `${call}\n`);
  }

  /** In front of it, with what is synthesized in the folder that they work in. */
  person(state: UpState): Person {
    return new Person(state, synthesized(state.estate));
  }
}

function synthesized(estate: string): ReadonlyMap<string, string> {
  const out = 'cdktf.out/stacks';
  if (!existsSync(out)) return new Map();
  const own = readdirSync(out).filter((name) => name.startsWith(`${estate}-`));
  return new Map(own.map((name) => [name, readFileSync(join(out, name, 'cdk.tf.json'), 'utf8')]));
}
