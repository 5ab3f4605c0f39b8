import * as z from 'zod';
import { boundedFetch } from '../letterboxd/bounded-fetch';

/** The Movie Database gave no answer that can be used. */
export class TmdbFailure extends Error {
  override readonly name = 'TmdbFailure';
}

export interface TmdbSettings {
  /** With a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
  /** @default one that reads no more than an answer may have */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

const LIMIT_MS = 10_000;
const latest = z.object({ id: z.int().min(2) });

/** The Movie Database: only how many films it has. */
export class Tmdb {
  constructor(private readonly settings: TmdbSettings) {}

  /** The newest film's number; all others are lower. */
  async latest(): Promise<number> {
    const { url, apiKey, fetch = boundedFetch } = this.settings;
    try {
      const response = await fetch(new URL(`movie/latest?api_key=${encodeURIComponent(apiKey)}`, url).href, { signal: AbortSignal.timeout(LIMIT_MS) });
      if (response.status !== 200) throw new TmdbFailure(`The Movie Database answered ${response.status}`);
      return latest.parse(await response.json()).id;
    } catch (error) {
      if (error instanceof TmdbFailure) throw error;
      throw new TmdbFailure(`The Movie Database: ${error instanceof z.ZodError ? 'its answer has no id' : (error as Error).message}`);
    }
  }
}
