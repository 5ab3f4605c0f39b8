import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../rehearsal/runner/failure';
import { paintFor } from '../rehearsal/runner/format';
import { Demo, type Surroundings } from './demo/demo';
import { Breakdown } from './demo/fleet';
import { demoOptions } from './demo/options';
import { Teller } from './demo/teller';
import { command } from './support/command';

const HELP = `Plays filmlinkd through on this machine, without an account: Letterboxd and Discord are fakes on loopback; two scrapers (general, vip) and two
bots are processes of what is shipped. People log films; what is found, published, posted and deduplicated is told as it happens. Now
and then a bot is killed at the worst moment, and once a message is poison. A table at the end says whether it adds up.

  make demo                                 until Ctrl-C, which brings to its end what has happened; a second one ends it at once
  make demo FOR=20s                         for so long: 20s, 2m, 1h; then the last posts are waited for
  make demo BUS=pubsub STORE=firestore      on Google's emulators instead of a file; needs gcloud and java
  make demo DRY_RUN=1                       only says what it would start

Where a Docker engine answers (DOCKER_HOST, or the usual socket), docker-worker's agent runs a task beside it.
Nothing is left running, nor on disk.

The same without make: node --import tsx scripts/demo.ts [--for TIME] [--bus embedded|pubsub] [--store embedded|firestore] [--dry-run]
Exit code: 0 it adds up, 1 it does not, or it could not start, 2 an option that cannot be, 130 ended at once. Under make: 130 after any Ctrl-C, also when
it adds up, and 2 for all else but 0.`;

command(
  HELP,
  async ({ options: given, dryRun }) => {
    const options = demoOptions(given);
    if (!('bus' in options)) throw new UsageError(options.join('\n'));
    if (dryRun) {
      const { bus, store, playMs } = options;
      console.log(
        `Would start Letterboxd and Discord on loopback, bus ${bus}, store ${store}, 2 scrapers and 2 bots, ${playMs ? `for ${playMs / 1000} s` : 'until Ctrl-C'}.`,
      );
      return 0;
    }
    const folder = mkdtempSync(join(tmpdir(), 'filmlinkd-demo-'));
    process.env.TMPDIR = folder; // whatever is started keeps to it
    process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    const paint = paintFor(process.stdout, process.env);
    const teller = new Teller(process.stdout, paint);
    const { interrupt, kill } = interruption(teller);
    try {
      return await Demo.run(options, { folder, teller, paint, interrupt, kill });
    } catch (error) {
      if (kill.aborted) process.exit(130);
      if (!(error instanceof Breakdown)) throw error;
      console.error(`\n${error.message}`);
      process.exit(1); // what somebody waits for will not come
    }
  },
  { for: 'value', bus: 'value', store: 'value' },
);

/** Ctrl-C once: come to an end. Twice: at once. Whoever reads no longer ends it, too. */
function interruption(teller: Teller): Pick<Surroundings, 'interrupt' | 'kill'> {
  const interrupt = new AbortController();
  const kill = new AbortController();
  process.on('SIGINT', () => {
    if (interrupt.signal.aborted) return kill.abort();
    teller.line('');
    interrupt.abort();
  });
  for (const name of ['SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
  process.stdout.on('error', () => interrupt.abort());
  return { interrupt: interrupt.signal, kill: kill.signal };
}
