import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';
import { eventually } from '../support/service-process';

describeReal(['script'], 'a question at a terminal', () => {
  /** Types when the question has stood there for a while; returns the exit code. */
  async function answered(typed: string, before = ''): Promise<number> {
    const program = join(mkdtempSync(join(tmpdir(), 'question-')), 'ask.ts');
    writeFileSync(program, `import { confirmed } from '${ROOT}/scripts/support/steps';\n${before}process.exitCode = confirmed('Go ahead?') ? 0 : 3;\n`);
    const command = `${process.execPath} --import tsx ${program}`;
    const shell = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(shell, 'exit');
    let screen = '';
    shell.stdout.on('data', (data) => {
      screen += data;
    });
    await eventually(() => screen.includes('Go ahead? [y/N] ') || shell.exitCode !== null);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    shell.stdin.on('error', () => {}).write(typed);
    const [code] = await ended;
    return code;
  }

  test.each([
    ['y', 'y\n', 0],
    ['YES', 'YES\n', 0],
    ['no', 'no\n', 3],
    ['return', '\n', 3],
    ['end of input', '\x04', 3],
  ])('waits for its answer: %s', async (_, typed, code) => {
    expect(await answered(typed)).toBe(code);
  });

  test('waits also where somebody has looked at standard input before', async () => {
    expect(await answered('y\n', 'void process.stdin.isTTY;\n')).toBe(0);
  });
});
