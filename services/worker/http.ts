/** An answer that is not 2xx. */
export class HttpFailure extends Error {
  constructor(
    readonly status: number,
    url: string,
    readonly body: string,
  ) {
    super(`${new URL(url).host} answered ${status}${body ? `: ${body.replace(/\s+/g, ' ').slice(0, 600)}` : ''}`);
  }
}

export interface HttpRequest extends RequestInit {
  /** Milliseconds for the whole answer. @default 30000 */
  readonly limit?: number;
}

/** fetch with a time limit, which throws what is not 2xx. The body is under the limit too. */
export async function http(url: string, { limit = 30_000, signal, ...init }: HttpRequest = {}): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.any([AbortSignal.timeout(limit), ...(signal ? [signal] : [])]) });
  if (!response.ok) throw new HttpFailure(response.status, url, await response.text());
  return response;
}

/** Whether the same request may succeed later: a server that is down, busy or not reached. */
export function isTransient(error: unknown): boolean {
  return !(error instanceof HttpFailure) || error.status === 408 || error.status === 429 || error.status >= 500;
}
