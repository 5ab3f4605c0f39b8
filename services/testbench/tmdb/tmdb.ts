import { Faults, type Refusal, underFault } from '../http/faults';
import { type HttpAnswer, type HttpRequest, Loopback, type Outcome } from '../http/loopback';

export interface TmdbRequest {
  readonly path: string;
}

/** The Movie Database on loopback: its newest film. */
export class FakeTmdb {
  readonly faults = new Faults<TmdbRequest>();
  /** The id of the newest film. */
  latest = 1_000_000;
  requests = 0;

  private constructor(
    private readonly loopback: Loopback,
    readonly key: string,
  ) {}

  /** @param options.key @default 'tmdb-key' */
  static async start({ key = 'tmdb-key', port }: { readonly key?: string; readonly port?: number } = {}): Promise<FakeTmdb> {
    const loopback = await Loopback.start((request) => fake.handle(request), port);
    const fake = new FakeTmdb(loopback, key);
    return fake;
  }

  get url(): string {
    return `http://${this.loopback.host}/3/`;
  }

  async stop(): Promise<void> {
    await this.loopback.close();
  }

  private handle({ method, path, query }: HttpRequest): Promise<Outcome> {
    this.requests += 1;
    const work = async (): Promise<HttpAnswer> => {
      if (query.get('api_key') !== this.key) return failure(401, 7, 'Invalid API key: You must be granted a valid key.');
      if (method !== 'GET' || path !== '/3/movie/latest') return failure(404, 34, 'The resource you requested could not be found.');
      return { status: 200, body: { id: this.latest, title: 'The newest', adult: false, original_language: 'en' } };
    };
    return underFault(this.faults.for({ path }), work, ({ status, retryAfter }: Refusal) => ({
      ...failure(status, status === 429 ? 25 : 11, 'as injected'),
      ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    }));
  }
}

const failure = (status: number, code: number, message: string): HttpAnswer => ({
  status,
  body: { success: false, status_code: code, status_message: message },
});
