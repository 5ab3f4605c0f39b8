import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../services/testbench/free-port';

/** A real authority that speaks ACME, on loopback, which nobody believes: it looks names up at `nameServer`, and asks them for challenges at `httpPort`. */
export class Pebble {
  readonly folder = mkdtempSync(join(tmpdir(), 'pebble-'));
  /** What its own https is believed by. */
  readonly certificate = join(this.folder, 'cert.pem');
  private child?: ChildProcess;
  private port = 0;
  private management = 0;

  private constructor() {}

  /** `days`: how long its certificates are good for. */
  static async start({ httpPort, nameServer, days }: { readonly httpPort: number; readonly nameServer: number; readonly days: number }): Promise<Pebble> {
    const pebble = new Pebble();
    const { folder, certificate } = pebble;
    const key = join(folder, 'key.pem');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...subject, '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    [pebble.port, pebble.management] = [await freePort(), await freePort()];
    const config = {
      listenAddress: `127.0.0.1:${pebble.port}`,
      managementListenAddress: `127.0.0.1:${pebble.management}`,
      certificate,
      privateKey: key,
      httpPort,
      tlsPort: await freePort(),
      retryAfter: { authz: 1, order: 1 },
      keyAlgorithm: 'ecdsa',
      profiles: { default: { description: 'the only one', validityPeriod: days * 86_400 } },
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ pebble: config }));
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
    const child = spawn('pebble', ['-config', join(folder, 'config.json'), '-dnsserver', `127.0.0.1:${nameServer}`], { env, stdio: 'ignore' });
    pebble.child = child;
    for (let tries = 0; tries < 100; tries += 1) {
      if (child.exitCode !== null) throw new Error(`pebble ended with ${child.exitCode}`);
      if (await pebble.root().catch(() => undefined)) return pebble;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('pebble does not answer');
  }

  /** For certbot's `server`. */
  get directory(): string {
    return `https://localhost:${this.port}/dir`;
  }

  /** The root of its certificates. */
  root(): Promise<string> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.management, path: '/roots/0', rejectUnauthorized: false, agent: false }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve(text));
      }).on('error', reject);
    });
  }

  async stop(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
