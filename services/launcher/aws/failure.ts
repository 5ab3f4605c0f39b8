import { FetchFailure } from '../failure';

/** What AWS's package throws. */
interface AwsError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  /** Of what the service itself said. */
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const THROTTLED = /Throttl|SlowDown|TooManyRequests|RequestLimitExceeded/;
const TLS = /CERT|SSL|TLS|EPROTO|UNABLE_TO/;
/** Without it no request is even sent. */
const SETTINGS: readonly (readonly [RegExp, string])[] = [
  [/CredentialsProviderError|TokenProviderError/, 'give the machine a role'],
  [/Region is missing/, 'set AWS_REGION: no instance tells its region'],
];

/** `hints`: what to do about an error, by its name. */
export function awsFailure(error: unknown, hints: Readonly<Record<string, string>> = {}): FetchFailure {
  const { name = 'Error', message = '', code = '', $fault, $metadata } = error as AwsError;
  const setting = SETTINGS.find(([pattern]) => pattern.test(`${name} ${message}`));
  // of an answer that cannot be read the message quotes what may be secret
  const isSaid = Boolean($fault || code || setting);
  const said = isSaid && message !== name ? `${name === 'Error' ? '' : `${name}: `}${message}` : name;
  if (setting) return new FetchFailure(`${said}; ${setting[1]}`, false);
  const status = $metadata?.httpStatusCode;
  const isTransient = !TLS.test(code) && (!$fault || status === undefined || status >= 500 || status === 429 || THROTTLED.test(name));
  return new FetchFailure([said, hints[name]].filter(Boolean).join('; '), isTransient);
}
