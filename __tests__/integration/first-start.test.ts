import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nowhere } from '../../services/runtime/start/nowhere';
import { endProcesses, ServiceProcess } from '../support/service-process';

interface Line {
  readonly severity: string;
  readonly message: string;
  readonly error?: object;
}

afterAll(() => endProcesses());

describe.each(['scraper', 'shard'])('%s, at its first start', (service) => {
  const folder = mkdtempSync(join(tmpdir(), 'first-'));
  const embedded = { BUS: 'embedded', STORE: 'embedded', EMBEDDED_FILE: join(folder, 'film.db'), LOG_LEVEL: 'info' };
  /** Everything it says before it ends, with 1. */
  const said = async (env: NodeJS.ProcessEnv) => {
    const process = new ServiceProcess<Line>(`../../../services/${service}/main.ts`, {}, { ...nowhere(), ...env });
    expect(await process.ended).toEqual({ code: 1, signal: null });
    expect(process.complaints).toBe('');
    for (const { error } of process.lines) expect(error).toBeUndefined();
    return process.lines.filter(({ severity }) => severity !== 'INFO').map(({ severity, message }) => `${severity} ${message}`);
  };

  test('a wrong LOG_LEVEL is one of all problems', async () => {
    const [line, ...others] = await said({ LOG_LEVEL: 'loud', ENVIRONMENT: 'test', PROJECT: ' ', LETTERBOXD_URL: 'gopher://x/' });
    expect(others).toEqual([]);
    expect(line).toContain('CRITICAL The environment is not usable, 4 problems:');
    for (const name of ['LOG_LEVEL', 'ENVIRONMENT', 'PROJECT', 'LETTERBOXD_URL']) expect(line).toContain(`\n  ${name}: found`);
  });

  test('without credentials of Google it says in one line how to have some', async () => {
    const without = { PUBSUB_EMULATOR_HOST: '', FIRESTORE_EMULATOR_HOST: '', HOME: folder, CLOUDSDK_CONFIG: folder, GOOGLE_APPLICATION_CREDENTIALS: '' };
    const lines = await said({ ...without, LOG_LEVEL: 'info' });
    expect(lines).toEqual([
      expect.stringMatching(
        /^CRITICAL Google's credentials are missing, and BUS=pubsub and STORE=firestore need them: .*gcloud auth application-default login/,
      ),
    ]);
    const file = join(folder, 'no-key.json');
    const [line] = await said({
      ...without,
      LOG_LEVEL: 'info',
      GOOGLE_APPLICATION_CREDENTIALS: file,
      STORE: 'embedded',
      EMBEDDED_FILE: embedded.EMBEDDED_FILE,
    });
    expect(line).toMatch(/BUS=pubsub needs them: .*no-key\.json/);
  });

  test('a file in a folder that is not there, and one that is no database', async () => {
    const lost = join(folder, 'typo', 'film.db');
    expect(await said({ ...embedded, EMBEDDED_FILE: lost })).toEqual([
      `CRITICAL EMBEDDED_FILE: found "${lost}"; there is no folder ${join(folder, 'typo')}. Make it, or change EMBEDDED_FILE.`,
    ]);
    expect(readdirSync(folder)).not.toContain('typo');
    const text = join(folder, 'text.db');
    writeFileSync(text, 'no database '.repeat(1000));
    expect(await said({ ...embedded, EMBEDDED_FILE: text })).toEqual([
      expect.stringMatching(/^CRITICAL EMBEDDED_FILE: found ".*text\.db"; it cannot be used: /),
    ]);
    expect(await said({ ...embedded, EMBEDDED_FILE: folder })).toEqual([expect.stringMatching(/^CRITICAL EMBEDDED_FILE: found ".*"; it cannot be used: /)]);
  });

  test('a port that another process has', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, () => resolve()));
    const { port } = other.address() as { port: number };
    const lines = await said({ ...embedded, PORT: String(port) });
    other.close();
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^CRITICAL PORT: found ${port}; another process listens there\\.`))]);
  });
});
