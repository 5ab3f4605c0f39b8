import { parseArgs } from 'node:util';
import * as z from 'zod';
import { isServiceName } from '../contracts/egf2-config';
import { SERVICE_NAMES, type ServiceName } from '../contracts/egf2-services';
import { LaunchError } from './failure';

export const HELP = `launcher --config URL [--service NAME] [--timeout SECONDS] -- COMMAND [ARGUMENT...]
launcher --config URL [--service NAME] [--timeout SECONDS] --check

Fetches the config document of an EGF2 service, puts egf_* of the environment over it, puts its secrets in, checks it, and runs COMMAND with
--config <an address on loopback> behind it, where that process gets the document once.

  --config URL       https, http, s3://bucket/key or file
  --service NAME     ${SERVICE_NAMES.join(', ')}; the document's name without .json if not given
  --timeout SECONDS  for everything until COMMAND is started; 60 if not given
  --check            fetch and check only, without asking for secrets`;

export interface Launch {
  readonly config: URL;
  readonly service: ServiceName;
  readonly seconds: number;
  /** @default nothing is run: --check */
  readonly command?: readonly [string, ...string[]];
}

const SCHEMES = ['https:', 'http:', 's3:', 'file:'];
const services = `must be one of ${SERVICE_NAMES.join(', ')}`;

const options = z.object({
  config: z
    .string('must be given: --config URL')
    .refine((text) => URL.canParse(text) && SCHEMES.includes(new URL(text).protocol), 'must be a URL with https, http, s3 or file')
    .transform((text) => new URL(text)),
  service: z.string().refine(isServiceName, services).optional(),
  timeout: z.coerce.number('must be seconds').min(1, 'must be seconds, 1 to 3600').max(3600, 'must be seconds, 1 to 3600').default(60),
  check: z.boolean().default(false),
  help: z.boolean().default(false),
});

/** What was asked for, or undefined for help. Throws a {@link LaunchError} with every problem. */
export function parseCommandLine(line: readonly string[]): Launch | undefined {
  const end = line.includes('--') ? line.indexOf('--') : line.length;
  const [program, ...rest] = line.slice(end + 1);
  const values = given(line.slice(0, end));
  if (values.help) return undefined;
  const { success, data, error } = options.safeParse(values);
  const problems = success ? [] : error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
  if (program === undefined && !values.check) problems.push('no command to run: put it behind --, as in launcher --config URL -- node service.js');
  if (program !== undefined && values.check) problems.push('--check runs nothing: leave out what stands behind --');
  const service = data && (data.service ?? named(data.config));
  if (data && service === undefined) problems.push(`--service: not given, and the document is not named by a service; ${services}`);
  if (problems.length > 0 || !data || !service) throw new LaunchError(problems, 2);
  return { config: data.config, service, seconds: data.timeout, command: program === undefined ? undefined : [program, ...rest] };
}

function given(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({ args: [...args], options: { config: text, service: text, timeout: text, check: flag, help: { ...flag, short: 'h' } } }).values;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    // what stands there may be an address with a password in it
    const said = code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL' ? 'an argument belongs to no option' : message.split(/[.\n]/)[0];
    throw new LaunchError([`${said}; launcher --help says what there is`], 2);
  }
}

/** The service that the document is named by: `.../auth.json` is of auth. */
function named({ pathname }: URL): ServiceName | undefined {
  const name = /([^/]+)\.json$/.exec(pathname)?.[1] ?? '';
  return isServiceName(name) ? name : undefined;
}
