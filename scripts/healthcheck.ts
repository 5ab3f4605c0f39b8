import { command } from './support/command';
import { moshiConfig } from './support/config';
import { chosenEnvironment } from './support/environment';
import { givenUrl } from './support/url';

const HELP = `Asks an environment's server whether it is well (/healthz) and which version it is (/version), from outside, as callers reach it.

  make healthcheck             development
  make healthcheck ENV=prod    production
  make healthcheck URL=http://... another address

The same without make: npx tsx scripts/healthcheck.ts [--env dev|prod] [--url URL] [--dry-run]`;

const TIMEOUT = 10_000;

/** What somebody should look at, by what fetch's cause says. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/ENOTFOUND|EAI_AGAIN/, 'the name has no address: is the server deployed, and the domain delegated (dig +short NS)?'],
  [/ECONNREFUSED/, 'nobody listens there'],
  [/CERT|SSL|TLS|certificate/i, 'the certificate is not valid: it takes up to an hour after the domain was delegated'],
  [/Timeout|aborted/i, `no answer within ${TIMEOUT / 1000} s`],
];

const STATUSES: Readonly<Record<number, string>> = {
  301: 'redirected: the load balancer does not know this path',
  302: 'redirected: the load balancer does not know this path',
  404: 'the server does not know this path: is it moshi?',
  429: 'too many requests from here; let in again after a minute',
  502: 'the load balancer has no healthy machine: gcloud compute backend-services get-health says more',
  503: 'the load balancer has no healthy machine: gcloud compute backend-services get-health says more',
};

command(
  HELP,
  async ({ dryRun, options }) => {
    const environment = chosenEnvironment(options.env);
    const config = moshiConfig();
    const { host } = config[environment].server;
    const served = host === '@' ? config.shared.domain : `${host}.${config.shared.domain}`;
    const base = options.url === undefined ? `https://${served}` : givenUrl(String(options.url), 'http://127.0.0.1:8080').href.replace(/\/$/, '');
    const pages = [`${base}/healthz`, `${base}/version`];
    if (dryRun) {
      console.log(`Would ask ${pages.join(' and ')}`);
      return 0;
    }
    const results = [];
    for (const page of pages) results.push(await ask(page));
    for (const { page, well, says } of results) console.log(`${well ? 'well  ' : 'WRONG '} ${page}  ${says}`);
    const well = results.every((result) => result.well);
    if (!well) console.log('\nNext: docs/runbooks/moshi.md, "At 3 a.m."');
    return well ? 0 : 1;
  },
  { env: 'value', url: 'value' },
);

async function ask(page: string): Promise<{ page: string; well: boolean; says: string }> {
  try {
    const answer = await fetch(page, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT) });
    const text = (await answer.text()).trim().split('\n')[0]?.slice(0, 80) ?? '';
    if (answer.status !== 200) return { page, well: false, says: `HTTP ${answer.status}: ${STATUSES[answer.status] ?? text}` };
    // the server answers in plain text; a parked domain and a website answer everything, with a page
    if (text.startsWith('<')) return { page, well: false, says: `a web page answers, which moshi does not have here: ${text}` };
    return { page, well: true, says: text };
  } catch (error) {
    const cause = `${error} ${(error as { cause?: { code?: string } }).cause?.code ?? ''} ${(error as Error).cause ?? ''}`;
    return { page, well: false, says: CAUSES.find(([pattern]) => pattern.test(cause))?.[1] ?? cause };
  }
}
