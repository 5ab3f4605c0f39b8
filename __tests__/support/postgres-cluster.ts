import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { postgresFolder } from './real';

/** A PostgreSQL server of the test's own, on loopback and a socket in its folder. By the socket one needs no password, as in the image's container. */
export class PostgresCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'pg-'));
  readonly bin = postgresFolder() as string;
  readonly password = 'it\'s "$HOME" `x`';
  private readonly data = join(this.folder, 'data');

  constructor(readonly port: number) {
    mkdirSync(this.data);
    const file = join(this.folder, 'password');
    writeFileSync(file, this.password);
    const [uid, gid] = this.owner;
    for (const path of [this.folder, this.data, file]) chownSync(path, uid, gid);
    for (const path of [this.folder, dirname(this.folder)]) chmodSync(path, 0o711); // of the run's own: the server's user passes
    this.as(
      'initdb',
      '--pgdata',
      this.data,
      '--username=mastodon',
      '--auth-local=trust',
      '--auth-host=scram-sha-256',
      `--pwfile=${file}`,
      '--encoding=UTF8',
      '--no-locale',
      '--no-sync',
    );
    this.start();
    this.sql('create database mastodon', 'postgres');
  }

  start(): void {
    const options = `-p ${this.port} -k ${this.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=16MB`;
    this.as('pg_ctl', '--pgdata', this.data, '--log', join(this.folder, 'log'), '--wait', '--options', options, 'start');
  }

  stop(): void {
    this.as('pg_ctl', '--pgdata', this.data, '--mode=immediate', '--wait', 'stop');
  }

  /** What a program needs to reach it without a password. */
  get env(): Record<string, string> {
    return { PGHOST: this.folder, PGPORT: `${this.port}`, PGUSER: 'mastodon' };
  }

  sql(text: string, database = 'mastodon'): string {
    const { status, stdout, stderr } = this.psql(text, database);
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  psql(text: string, database = 'mastodon'): SpawnSyncReturns<string> {
    const args = ['--dbname', database, '--set=ON_ERROR_STOP=1', '--quiet', '--no-align', '--tuples-only', '--file=-'];
    return spawnSync(join(this.bin, 'psql'), args, { encoding: 'utf8', input: text, env: { ...process.env, ...this.env }, maxBuffer: 2 ** 28 });
  }

  /** The server refuses to be root's. */
  private as(program: string, ...args: readonly string[]): void {
    const [uid, gid] = this.owner;
    execFileSync(join(this.bin, program), args, { cwd: this.folder, uid, gid, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  private get owner(): readonly [uid: number, gid: number] {
    const me = process.getuid?.() ?? 0;
    if (me !== 0) return [me, process.getgid?.() ?? 0];
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    return [id('-u'), id('-g')];
  }
}
