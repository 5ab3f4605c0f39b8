import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Values } from '../provider/values';

export interface CloudObject {
  /** Type and identity, for example `google_pubsub_topic/moshi-3/calls`. */
  readonly key: string;
  readonly type: string;
  /** Everything the provider knows of it, by attribute. */
  readonly state: Values;
  /** It ran before Terraform knew of it: attributes that its import could not tell are null. @default false */
  readonly adopted?: boolean;
}

type Entry = { readonly put: CloudObject } | { readonly remove: string };

/** What exists in the stand-in cloud. With a file, a second run sees what the first one left, even one that was killed. */
export class Cloud {
  private readonly byKey = new Map<string, CloudObject>();

  private constructor(private readonly file?: string) {}

  /** @param file journal, one JSON entry a line; made when it does not exist. @default in memory only */
  static open(file?: string): Cloud {
    const cloud = new Cloud(file);
    if (file) cloud.replay(file);
    return cloud;
  }

  objects(): CloudObject[] {
    return [...this.byKey.values()];
  }

  get(key: string): CloudObject | undefined {
    return this.byKey.get(key);
  }

  /** All objects of a type that fit. */
  find(type: string, fits: (state: Values) => boolean = () => true): CloudObject[] {
    return this.objects().filter((object) => object.type === type && fits(object.state));
  }

  put(object: CloudObject): void {
    this.record({ put: object });
  }

  remove(key: string): void {
    if (this.byKey.has(key)) this.record({ remove: key });
  }

  private record(entry: Entry): void {
    if (this.file) appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
    this.enter(entry);
  }

  private enter(entry: Entry): void {
    if ('put' in entry) this.byKey.set(entry.put.key, entry.put);
    else this.byKey.delete(entry.remove);
  }

  private replay(file: string): void {
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) return;
    const content = readFileSync(file);
    const complete = content.lastIndexOf('\n') + 1; // what follows was being written when the process died
    if (complete < content.length) truncateSync(file, complete);
    const lines = content.subarray(0, complete).toString().split('\n').slice(0, -1);
    for (const [i, line] of lines.entries()) {
      try {
        this.enter(JSON.parse(line));
      } catch (error) {
        throw new Error(`${file}:${i + 1} is not a journal entry (${(error as Error).message}); delete the file to start with an empty cloud`);
      }
    }
  }
}
