/** Bytes. A page of a hundred entries with long reviews has a tenth. */
const LONGEST_ANSWER = 5_000_000;

/** `fetch` that follows no redirect and reads no more than an answer may have. */
export async function boundedFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > LONGEST_ANSWER) throw new Error(`the answer is longer than ${LONGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  const { status, headers } = response;
  return new Response(length > 0 ? Buffer.concat(chunks) : null, { status, headers });
}
