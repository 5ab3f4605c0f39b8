import { UsageError } from '../../rehearsal/runner/failure';

/** What somebody gave as URL=. Not repeated in the message: it may hold a password. */
export function givenUrl(text: string, example: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError(`URL= (--url) is no URL, such as ${example}`);
  return url;
}
