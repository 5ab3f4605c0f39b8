import { join } from 'node:path';
import { images } from '../config/images';
import { ConfigError, loadConfig } from '../config/load';
import { allEstates } from '../estates/index';
import { Failure, UsageError } from './runner/failure';
import { HELP, parseOptions } from './runner/options';
import { rehearse } from './runner/rehearse';

const ROOT = join(__dirname, '..');

async function main(signal: AbortSignal): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) {
      console.log(HELP);
      return 0;
    }
    const loadEstates = (env: NodeJS.ProcessEnv) => loadConfig([...allEstates, images], { env, root: ROOT }).estates;
    const well = await rehearse(options, { root: ROOT, env: process.env, signal, out: process.stdout, err: process.stderr, loadEstates });
    return well ? 0 : 1;
  } catch (error) {
    if (signal.aborted) {
      console.error('interrupted; nothing is left running, nothing was written to the repository');
      return 130;
    }
    if (error instanceof UsageError || error instanceof ConfigError) {
      console.error(error.message);
      return error instanceof UsageError ? 2 : 1;
    }
    if (error instanceof Failure) {
      console.error(`${error.phase} failed:\n\n${error.output}`);
      return 1;
    }
    throw error;
  }
}

// Whoever reads us may stop early, as head does; the rehearsal still ends in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const interruption = new AbortController();
// Once each: a second Ctrl-C ends the process as usual.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort(new Error(name)));
main(interruption.signal).then((code) => {
  process.exitCode = code;
});
