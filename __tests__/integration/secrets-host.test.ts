import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostSecretNeed } from '../../constructs/core/need';
import { checkSecret } from '../../scripts/support/preflight/secret';
import { storeOf } from '../../scripts/support/secrets/store';
import { aws, gcloud, kubectl, ssh } from '../../scripts/support/tool';
import { describeReal } from '../support/real';
import { Sshd } from '../support/sshd';

const VALUE = Buffer.from(' it\'s "$HOME" `id` $(id) \\ ü😀=\n%s\r\n\u0001 ');

describeReal(['sshd'], "a host's secrets, by the real ssh", () => {
  let sshd: Sshd;
  let need: HostSecretNeed;
  const path = process.env.PATH;
  const tools = { gcloud, aws, ssh, kubectl };
  const file = () => `${need.folder}/${need.file}`;
  const look = (one = need) => {
    const { state, remark } = checkSecret(one, { ...tools, git: { unless: () => '' }, env: {}, nameServers: new Map(), baseOf: () => undefined }, 'vulpine');
    return [state, remark];
  };

  beforeAll(async () => {
    sshd = await Sshd.start('smithwicks.example.org');
    process.env.PATH = `${sshd.bin}:${path}`;
    const folder = sshd.at('etc') as `/etc/${string}`; // a test writes nothing to this machine's own
    need = {
      kind: 'secret',
      type: 'host',
      environment: 'prod',
      name: 'vulpine/DB_PASS',
      stack: 'vulpine-host-prod',
      is: 'x',
      from: 'y',
      host: sshd.host,
      user: 'admin',
      folder,
      file: 'vulpine/database/DB_PASS',
    };
  });
  afterAll(async () => {
    process.env.PATH = path;
    await sshd?.stop();
  });

  test('a host that is not set up, and one that is not there, are to be deployed', () => {
    expect(look()).toEqual(['missing', 'its stack is not deployed']);
    expect(look({ ...need, host: 'nowhere.invalid' })).toEqual(['missing', 'its stack is not deployed']);
  });

  test('a value arrives byte for byte, is for its owner only, and stands in no argument', () => {
    mkdirSync(need.folder);
    expect(look()).toEqual(['missing', 'it has no value']);
    storeOf(need).add(VALUE, tools);
    expect(readFileSync(file())).toEqual(VALUE);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    for (const folder of ['vulpine', 'vulpine/database']) expect(statSync(join(need.folder, folder)).mode & 0o777).toBe(0o700);
    expect(look()).toEqual(['ok', undefined]);
    expect(sshd.calls).toContain('admin@smithwicks.example.org');
    expect(sshd.calls).not.toContain('😀');
  });

  test('a new value takes its place; nothing is left beside it', () => {
    const before = statSync(file()).ino;
    storeOf(need).add(Buffer.from('new'), tools);
    expect(readFileSync(file(), 'utf8')).toBe('new');
    expect(statSync(file()).ino).not.toBe(before);
    expect(readdirSync(join(file(), '..'))).toEqual(['DB_PASS']);
  });

  test('a connection that breaks in the middle leaves the old value, whole', async () => {
    // what the store would have run, with less on its standard input than it says
    let call: readonly string[] = [];
    const caught = ssh.startedBy((_, args) => {
      call = args;
      return { status: 0, signal: null, stdout: '', stderr: '' };
    });
    storeOf(need).add(Buffer.from('a value that is long enough to be cut'), { ...tools, ssh: caught });
    const child = spawn(join(sshd.bin, 'ssh'), call, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.stdin.write('a value');
    const folder = join(file(), '..');
    while (readdirSync(folder).length < 2) await delay(20);
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['DB_PASS']); // containers read all but these
    child.stdin.end(' that');
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([1, expect.stringContaining('did not arrive whole')]);
    expect(readFileSync(file(), 'utf8')).toBe('new');
    expect(readdirSync(join(file(), '..'))).toEqual(['DB_PASS']);
  });

  test('who may not log in is told what it takes, and a host that does not answer is said to', async () => {
    sshd.logsInBy('other-key');
    expect(look()).toEqual(['cannot be told', 'you may not look: it takes ssh as admin on smithwicks.example.org']);
    expect(() => storeOf(need).add(VALUE, tools)).toThrow(/Permission denied/);
    sshd.logsInBy('key');
    await sshd.stop();
    expect(() => look()).toThrow('the host does not answer. Is your address among its admins');
    await sshd.listen();
    expect(look()).toEqual(['ok', undefined]);
  });
});
