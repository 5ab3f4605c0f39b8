import { FetchFailure } from '../failure';

/** What AWS's package throws. */
interface AwsError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const THROTTLED = /Throttl|SlowDown|TooManyRequests|RequestLimitExceeded/;
/** Without them no request is even sent. */
const SETTINGS = /CredentialsProviderError|TokenProviderError|Region is missing/;
const TLS = /CERT|SSL|TLS|EPROTO|UNABLE_TO/;

/** `hints`: what to do about an error, by its name. */
export function awsFailure(error: unknown, hints: Readonly<Record<string, string>> = {}): FetchFailure {
  const { name = 'Error', message = '', code = '', $metadata } = error as AwsError;
  const status = $metadata?.httpStatusCode;
  const said = [message === '' || message === name ? name : `${name}: ${message}`, hints[name]].filter(Boolean).join('; ');
  if (SETTINGS.test(`${name} ${message}`)) return new FetchFailure(`${said}; set AWS_REGION, and give the machine a role`, false);
  const isTransient = status === undefined ? !TLS.test(code) : status >= 500 || status === 429 || THROTTLED.test(name);
  return new FetchFailure(said, isTransient);
}
