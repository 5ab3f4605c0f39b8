import * as z from 'zod';
import { http } from '../http';

const storedObject = z.object({
  name: z.string(),
  size: z.string().transform(Number),
  generation: z.string(),
  /** Of composite objects there is none. */
  md5Hash: z.string().optional(),
  crc32c: z.string().optional(),
  contentEncoding: z.string().optional(),
});
export type StoredObject = z.output<typeof storedObject>;

const page = z.object({ items: z.array(storedObject).default([]), nextPageToken: z.string().optional() });

/** Cloud Storage's JSON API, as far as it is read here. */
export class Storage {
  constructor(
    /** `https://storage.googleapis.com`, or an emulator. */
    private readonly endpoint: string,
    /** undefined: nobody asks for one. */
    private readonly accessToken: (() => Promise<string>) | undefined,
  ) {}

  /** One page of a bucket's objects. */
  async list(bucket: string, pageToken: string | undefined, signal: AbortSignal): Promise<z.output<typeof page>> {
    const query = new URLSearchParams({ ...(pageToken && { pageToken }), fields: 'items(name,size,generation,md5Hash,crc32c,contentEncoding),nextPageToken' });
    return page.parse(await (await this.get(`b/${encodeURIComponent(bucket)}/o?${query}`, signal, 30_000)).json());
  }

  /** The content, of the generation that was listed. */
  async read(bucket: string, { name, generation }: StoredObject, signal: AbortSignal): Promise<Response> {
    return this.get(`b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}?alt=media&generation=${generation}`, signal, 600_000);
  }

  private async get(path: string, signal: AbortSignal, limit: number): Promise<Response> {
    const headers: Record<string, string> = this.accessToken ? { authorization: `Bearer ${await this.accessToken()}` } : {};
    return http(`${this.endpoint}/storage/v1/${path}`, { headers, signal, limit });
  }
}

/** With the emulator's address of `STORAGE_EMULATOR_HOST`, as Google's own clients take it; with an account's token otherwise. */
export function storageFrom(environment: NodeJS.ProcessEnv, accessToken: () => Promise<string>): Storage {
  const emulator = environment.STORAGE_EMULATOR_HOST;
  if (!emulator) return new Storage('https://storage.googleapis.com', accessToken);
  return new Storage(/^https?:/.test(emulator) ? emulator.replace(/\/$/, '') : `http://${emulator}`, undefined);
}
