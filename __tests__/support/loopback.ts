import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { freePort } from '../../services/testbench/free-port';

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves files on loopback: the stand-in for a download site. `files`: path to file, or prefix ending in `/` to folder. */
export async function serveFiles(files: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = normalize(decodeURIComponent(url));
    const prefix = Object.keys(files).find((name) => path === name || (name.endsWith('/') && path.startsWith(name)));
    const file = prefix === undefined ? '' : join(files[prefix] ?? '', path.slice(prefix.length));
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found?.isFile()) {
      response.writeHead(404).end();
    } else {
      response.writeHead(200, { 'content-length': found.size });
      createReadStream(file).pipe(response);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A PyPI server on loopback that lets one user in, like a private registry. Its url is that of the simple index. */
export async function servePackages(folder: string, user: string, password: string): Promise<Server> {
  const passwords = join(mkdtempSync(join(tmpdir(), 'pypi-')), 'passwords');
  writeFileSync(passwords, `${user}:${execFileSync('openssl', ['passwd', '-apr1', password], { encoding: 'utf8' })}`);
  const port = await freePort();
  const options = ['--interface', '127.0.0.1', '--port', String(port), '--passwords', passwords, '--authenticate', 'download,list,update'];
  const child = spawn('pypi-server', ['run', ...options, '--disable-fallback', folder], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/simple/`;
  await answering(url, () => child.exitCode === null);
  return {
    url,
    close: async () => {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

export async function answering(url: string, alive: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100 && alive(); attempt += 1) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers at ${url}`);
}
