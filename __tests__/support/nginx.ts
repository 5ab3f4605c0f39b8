import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts an nginx that stays in the foreground, and waits ten seconds until it answers. @throws with what nginx says */
export async function startNginx(program: string, args: readonly string[], answers: () => Promise<unknown>): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr?.on('data', (text) => {
    complaint += text;
  });
  for (let tries = 0; tries < 100; tries += 1) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${complaint}`);
    const isUp = await answers().then(
      () => true,
      () => false,
    );
    if (isUp) return child;
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`nginx does not answer: ${complaint}`);
}
