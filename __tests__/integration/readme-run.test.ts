import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../services/testbench/free-port';
import { ROOT } from '../support/repository';
import { eventually } from '../support/service-process';

/** What a README says under Run, with ports that are free, and a folder of the test's. Bundles are there already. */
async function runBlock(service: string, folder: string): Promise<{ script: string; port: number }> {
  const text = readFileSync(join(ROOT, 'services', service, 'README.md'), 'utf8');
  let script = /## Run\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  for (const [port] of script.matchAll(/\b80\d\d\b/g)) script = script.replaceAll(port, String(await freePort()));
  return { script: script.replace(/^make build$/m, ':').replaceAll('.cache/local', folder), port: Number(/PORT=(\d+)/.exec(script)?.[1]) };
}

test.each(['scraper', 'shard'])('what the README of %s says under Run works', async (service) => {
  const folder = join(tmpdir(), `readme-${service}`);
  const { script, port } = await runBlock(service, folder);
  const env = { PATH: process.env.PATH, HOME: tmpdir(), TMPDIR: tmpdir() };
  const shell = spawn('sh', ['-c', script], { cwd: ROOT, detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (data) => said.push(String(data)));
  try {
    const answer = async () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually(answer, 30, () => said.join(''));
    expect(said.join('')).not.toMatch(/"severity":"(ERROR|CRITICAL)"/);
  } finally {
    process.kill(-(shell.pid as number), 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
