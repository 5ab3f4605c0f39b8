import { request } from 'node:http';

/** Asks a Docker engine by its socket, and gives back what it answers: parsed where that is JSON. */
export function askDocker(socketPath: string, method: string, path: string, body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const headers = content === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
    const asked = request({ socketPath, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const { statusCode = 500 } = answer;
        if (statusCode >= 400) reject(new Error(`${method} ${path}: ${statusCode} ${text.trim()}`));
        else resolve(/^application\/json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(text) : text);
      });
    });
    asked.on('error', reject).end(content);
  });
}

/** Does something with each of them, a few at a time, in their order. */
export async function fewAtATime<T, R>(all: readonly T[], atATime: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < all.length; i = next++) results[i] = await work(all[i] as T);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, all.length) }, worker));
  return results;
}
