import { FetchFailure, LaunchError } from './failure';
import { type JsonObject, json } from './json';
import type { Patience } from './patience';
import { readFileUrl } from './read-file';
import { readHttp } from './read-http';
import { shownUrl } from './shown-url';

type Read = (url: URL, signal: AbortSignal) => Promise<Uint8Array>;

/** AWS's package is loaded only where it is needed. */
const readS3: Read = async (url, signal) => (await import('./aws/read-s3')).readS3(url, signal);
const READ: Readonly<Record<string, Read>> = { 'https:': readHttp, 'http:': readHttp, 's3:': readS3, 'file:': readFileUrl };

/** The JSON object that a URL holds. */
export async function fetchDocument(url: URL, patience: Patience): Promise<JsonObject> {
  const read = READ[url.protocol] as Read;
  try {
    return json(await patience.with((signal) => read(url, signal)));
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    throw new LaunchError([`${shownUrl(url)}: ${error.message}`]);
  }
}
