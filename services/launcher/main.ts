import { problemsOf } from './check';
import { HELP, type Launch, parseCommandLine } from './command-line';
import { fetchDocument } from './document';
import { LaunchError } from './failure';
import { Handover } from './handover';
import type { JsonObject } from './json';
import { merged, overridesOf, withoutOverrides } from './overrides';
import { Patience } from './patience';
import { references, withSecrets } from './secrets';
import { Service } from './service';
import { shownUrl } from './shown-url';
import { isHeldBy } from './socket-owner';

const say = (line: string): void => {
  process.stderr.write(`launcher: ${line}\n`);
};

/** What the service gets. Throws a {@link LaunchError} with every problem. */
async function prepared({ config, service, seconds, command }: Launch, env: NodeJS.ProcessEnv): Promise<JsonObject> {
  const patience = new Patience(seconds);
  const overrides = overridesOf(env);
  const whole = merged(await fetchDocument(config, patience), overrides);
  const isPlain = command === undefined || references(whole).length === 0;
  const { document, secret, problems } = isPlain
    ? { document: whole, secret: new Set<string>(), problems: [] }
    : await withSecrets(whole, (await import('./aws/read-secret')).readSecret, patience);
  const all = [...problems, ...problemsOf(document, { service, secret, overrides })];
  if (all.length > 0) throw new LaunchError(all.map((problem) => `${shownUrl(config)}: ${problem}`));
  return document;
}

async function main(): Promise<number> {
  const env = { ...process.env };
  // lookups cannot be ended early, and the process does not end before them
  process.env.RES_OPTIONS ??= 'timeout:2 attempts:1';
  const launch = parseCommandLine(process.argv.slice(2));
  if (!launch) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const { command, config, seconds } = launch;
  if (!command) {
    await prepared(launch, env);
    process.stdout.write(`${shownUrl(config)}: a good document of ${launch.service}; secrets were not asked for\n`);
    return 0;
  }
  let pid = 0;
  // where the system does not tell who asks, the path alone is the key
  const handover = await Handover.start(await prepared(launch, env), { limit: seconds * 1000, isOurs: (socket) => isHeldBy(socket, pid) ?? true, say });
  const service = Service.start([...command, '--config', handover.url], withoutOverrides(env));
  pid = service.pid;
  return service.ended();
}

main().then(
  (code) => process.exit(code),
  (error) => {
    const { problems, exitCode } =
      error instanceof LaunchError ? error : { problems: [`an error of the launcher itself: ${(error as Error).stack}`], exitCode: 1 };
    for (const problem of problems) say(problem);
    process.exit(exitCode);
  },
);
