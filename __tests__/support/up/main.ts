import { estates } from '../../../estates/index';
import { command } from '../../../scripts/support/command';
import { Tool } from '../../../scripts/support/tool';
import type { Here } from '../../../scripts/support/up/here';
import { upHere } from '../../../scripts/support/up/here';
import { UpWorld } from './world';

// make up, as a process, with its questions answered here instead of by programs on PATH: there are many. What it runs are programs.
const world = new UpWorld(process.env.UP_WORLD as string);
const person = Object.defineProperty(world.person(world.state), 'state', { get: () => world.state });
const { gcloud, aws, ssh, kubectl, git } = person;
const curl = new Tool('curl', '', [], (_program, args) => {
  const status = world.state.answers[args.at(-1) as string];
  return { status: status === undefined ? 6 : 0, signal: null, stdout: `${status ?? '000'}`, stderr: '' };
});
const resolve = (async (domain: string) => {
  const servers = world.state.delegated?.[domain];
  if (!servers) throw new Error('ENOTFOUND');
  return servers;
}) as Here['resolve'];

command('help', (line) => upHere(line, { estates, resolve, tools: { gcloud, aws, ssh, kubectl, git, curl } }), {
  estate: 'value',
  env: 'value',
  patience: 'value',
});
