import type { Clock } from '../../runtime/clock';
import { retrying } from '../../runtime/retry';
import { HttpFailure, http, isTransient } from '../http';

/** A machine that cannot reach its own metadata server within this will not: milliseconds. */
const PATIENCE_MS = 60_000;

/** Milliseconds. */
const PREEMPTED_MS = 3000;

/** GCE's metadata server: what the machine was made with, and tokens of its account. */
export class MetadataServer {
  private token: { readonly value: string; readonly expires: number } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly host: string,
    private readonly patience = PATIENCE_MS,
  ) {}

  /** The machine's custom metadata. */
  async attributes(signal?: AbortSignal): Promise<Record<string, unknown>> {
    return (await (await this.get('instance/attributes/?recursive=true', signal)).json()) as Record<string, unknown>;
  }

  async instance(signal?: AbortSignal): Promise<string> {
    return (await this.get('instance/name', signal)).text();
  }

  /** Whether Google is taking the machine back; rejects when the server does not say so soon: there are 30 seconds in all. */
  async preempted(): Promise<boolean> {
    return (await (await this.get('instance/preempted', AbortSignal.timeout(PREEMPTED_MS))).text()).trim() === 'TRUE';
  }

  /** OAuth token of the machine's account, good for a few minutes at least. */
  async accessToken(signal?: AbortSignal): Promise<string> {
    if (!this.token || this.token.expires < this.clock.now() + 180_000) {
      const answer = (await (await this.get('instance/service-accounts/default/token', signal)).json()) as { access_token: string; expires_in: number };
      this.token = { value: answer.access_token, expires: this.clock.now() + answer.expires_in * 1000 };
    }
    return this.token.value;
  }

  private get(path: string, signal?: AbortSignal): Promise<Response> {
    const url = `http://${this.host}/computeMetadata/v1/${path}`;
    const ask = async () => {
      const response = await http(url, { headers: { 'Metadata-Flavor': 'Google' }, limit: 5000, signal });
      // Other networks have servers at this name or address, too.
      if (response.headers.get('metadata-flavor') !== 'Google') throw new HttpFailure(400, url, 'no metadata server: it does not say Metadata-Flavor: Google');
      return response;
    };
    return retrying(ask, { clock: this.clock, signal, patience: this.patience, longest: 5000, worthIt: isTransient });
  }
}
