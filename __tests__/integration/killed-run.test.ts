import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository';
import { eventually } from '../support/service-process';

/** A program of one line, killed like a run that nobody can tell of it; returns what it printed. */
async function killed(code: string, before: (printed: string) => void = () => undefined): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', '-e', code], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const [printed] = await once(child.stdout as NodeJS.ReadableStream, 'data');
    before(`${printed}`.trim());
    return `${printed}`.trim();
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

const isRunning = (pid: string) => existsSync(`/proc/${pid}`);

test('of a run that is killed, nothing that is on a leash goes on', async () => {
  const program = 'echo $$; sleep 1000 & echo $!; wait';
  const code = `
    const child = require('./__tests__/support/leash').leashed(['sh', '-c', ${JSON.stringify(program)}], process.env);
    let said = '';
    child.stdout.on('data', (text) => { said += text; if (said.split('\\n').length === 3) console.log(said.replace('\\n', ' ')); });`;
  const pids = (await killed(code, (printed) => expect(printed.split(' ').map(isRunning)).toEqual([true, true]))).split(' ');
  await eventually(() => !pids.some(isRunning), 10);
}, 60_000);

test('of a run that is killed, its temporary folder goes', async () => {
  const code = "require('./__tests__/support/temporary-folder.js')(); console.log(process.env.TMPDIR); setInterval(() => {}, 1000)";
  const folder = await killed(code, (printed) => {
    mkdirSync(join(printed, 'a'));
    writeFileSync(join(printed, 'a', 'b'), '');
  });
  expect(folder).toMatch(/estates-test-\w+$/);
  await eventually(() => !existsSync(folder), 15);
}, 60_000);
