import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import type { HostSecretNeed } from '../../../constructs/core/need';
import { storeOf } from '../../../scripts/support/secrets/store';
import { typedValues } from '../../../scripts/support/secrets/values';

const secret = (host: string, name: string) => {
  const need: HostSecretNeed = {
    kind: 'secret',
    type: 'host',
    environment: 'prod',
    name,
    stack: 'vulpine-host-prod',
    is: 'x',
    from: 'y',
    host,
    user: 'admin',
    folder: '/etc/vulpine',
    file: name,
  };
  return { need, store: storeOf(need), versions: [] };
};

test('what several hosts need is asked for once, and they all get that', async () => {
  const terminal = Object.assign(new PassThrough(), { setRawMode: () => terminal, isTTY: true }) as unknown as ReadStream;
  const screen = new PassThrough({ encoding: 'utf8' });
  const lines = ['first\r', 'second\r'];
  let shown = '';
  screen.on('data', (text: string) => {
    shown += text;
    if (text.includes('(hidden;')) (terminal as unknown as PassThrough).write(lines.shift());
  });
  const wanted = [secret('smithwicks.vulpine.club', 'a/DB_PASS'), secret('murphys.vulpine.club', 'a/OTP_SECRET'), secret('murphys.vulpine.club', 'a/DB_PASS')];
  const got: string[] = [];
  for await (const { secret: one, value } of typedValues(wanted, terminal, screen)) got.push(`${one.need.name} ${value}`);
  expect(got).toEqual(['a/DB_PASS first', 'a/OTP_SECRET second', 'a/DB_PASS first']);
  expect(shown).not.toMatch(/first|second/);
});
