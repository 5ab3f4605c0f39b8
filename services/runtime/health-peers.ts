import { health } from '../contracts/health';
import type { HealthServer } from './server';

/** Milliseconds: a peer's own checks end within two seconds, and a health checker waits five. */
const LIMIT = 3000;

/** This process lives only while its peers on the machine do: the machine has one health check, and it comes here. A peer is named by its address. */
export function watchPeers(server: HealthServer, peers: readonly string[]): void {
  for (const peer of peers) server.live(peer, (signal) => askPeer(peer, signal), LIMIT);
}

async function askPeer(peer: string, signal: AbortSignal): Promise<void> {
  let status: number;
  let text: string;
  try {
    // a connection that was kept may be of a process that is gone
    const response = await fetch(peer, { signal, redirect: 'manual', headers: { connection: 'close' } });
    [status, text] = [response.status, await response.text()];
  } catch (error) {
    throw new Error(signal.aborted ? `no answer within ${LIMIT} ms` : `cannot be asked: ${reason(error as Error)}`);
  }
  if (status !== 200) throw new Error(`answers ${status}: ${failing(text)}`);
}

/** fetch itself says no more than that it failed. */
function reason({ cause, message }: Error): string {
  return (cause as Error | undefined)?.message || message;
}

/** What the peer's own words say is wrong. */
function failing(text: string): string {
  try {
    const { checks } = health.parse(JSON.parse(text));
    const wrong = Object.entries(checks).filter(([, problem]) => problem !== null);
    return wrong.map(([name, problem]) => `${name}: ${problem}`).join('; ');
  } catch {
    return text.slice(0, 100).trim();
  }
}
