import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aws } from '../cloud/aws';
import { gcloud, type Printed, print } from '../cloud/gcloud';
import { type Effect, type UpState, UpWorld } from './world';

// gcloud, docker, ssh, packer and make as programs: `program.js NAME ARGS...`. What they change is in the world beside them, and so are their calls.
const [name = '', ...args] = process.argv.slice(2);
const world = new UpWorld(dirname(process.argv[1] as string));
const state = world.state;
const call = [name, ...args].join(' ');
const isDryRun = args.includes('DRY_RUN=1');

const printed = isDryRun ? dryRun() : changed();
process.stdout.write(printed.stdout);
process.stderr.write(printed.stderr);
process.exitCode = printed.status;

function dryRun(): Printed {
  const nothing = state.nothingToDo.includes(args[0] as string);
  return { status: 0, stdout: nothing ? 'Nothing to do: all is as it should be.\n' : 'Would do:\n  - something\n', stderr: '' };
}

function changed(): Printed {
  const input = process.stdin.isTTY ? '' : readFileSync(0, 'utf8');
  const isQuestion =
    (name === 'gcloud' && / (list|describe|describe-from-family|print-access-token) ?/.test(call)) || (name === 'aws' && /get|list|describe/.test(call));
  if (!isQuestion) world.note(call);
  if (state.fails && call.startsWith(state.fails.call)) return { status: 1, stdout: 'so far so good\n', stderr: `${state.fails.says}\n` };
  if (state.hangs && call.startsWith(state.hangs)) {
    writeFileSync(join(dirname(process.argv[1] as string), 'hanging'), `${process.pid}`);
    spawnSync('sleep', ['60']);
  }
  const result = done(input);
  world.write(state);
  // of several lines, the last
  if (result.status === 0 && state.deadly && !isQuestion && !/ configure-docker | tag /.test(call)) {
    // its own process is not in this one's group
    const { pid } = JSON.parse(readFileSync('.state/up.lock', 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
  }
  return result;
}

function done(input: string): Printed {
  if (name === 'gcloud') return gcloud(args, input, state);
  if (name === 'aws') return aws(args, input, state);
  if (name === 'ssh') return effect(state.effects.ssh);
  if (name === 'packer') return packed();
  if (name === 'docker') return typed(call);
  // the real cdktf has deployed them
  if (name === 'deployed') return typed(`make deploy STACKS='${args.filter((arg) => !arg.startsWith('-')).join(' ')}'`);
  const [target = ''] = args;
  if (target === 'deploy') {
    const failed = applied((args[1] ?? '').replace('STACKS=', '').split(' '));
    if (failed) return failed;
  }
  const result = madeOf(target);
  if (result.status === 0) state.nothingToDo.push(target);
  return result;
}

function madeOf(target: string): Printed {
  if (state.effects[target]) return effect(state.effects[target]);
  if (target === 'bake-base') return typed('make images IMAGE=debian11-python3');
  const version = process.env.PKR_VAR_version;
  const words = args.map((arg) => (arg.includes('=') ? `${arg.slice(0, arg.indexOf('='))}='${arg.slice(arg.indexOf('=') + 1)}'` : arg));
  return typed(`${version ? `PKR_VAR_version=${version} ` : ''}make ${words.join(' ')}`);
}

function typed(line: string): Printed {
  try {
    world.person(state).types(line);
    return print();
  } catch (error) {
    return { status: 1, stdout: '', stderr: `${(error as Error).message}\n` };
  }
}

/** The real Terraform, as cdktf would run it. */
function applied(stacks: readonly string[]): Printed | undefined {
  for (const stack of stacks) {
    for (const command of [
      ['init', '-input=false'],
      ['apply', '-input=false', '-auto-approve'],
    ]) {
      const { status, stdout, stderr } = spawnSync('terraform', [`-chdir=cdktf.out/stacks/${stack}`, ...command, '-no-color'], { encoding: 'utf8' });
      if (status !== 0) return { status: 1, stdout, stderr };
    }
  }
  return undefined;
}

/** `packer build`, which publishes an image of a family, and writes down which. */
function packed(): Printed {
  const folder = args.at(-1) ?? '';
  if (args[0] !== 'build') return print();
  const image = folder.split('/').at(-1) ?? '';
  const version = /version=(\S+)/.exec(call)?.[1] ?? '1';
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ builds: [{ artifact_id: `${image}-${version}`, packer_run_uuid: '1' }], last_run_uuid: '1' }));
  return typed(`PKR_VAR_version=${version} make images IMAGE=${image}`);
}

function effect({ answers = {}, pushed = [], file }: Effect = {}): Printed {
  Object.assign(state.answers, answers);
  for (const { project, place, image } of pushed) (state.projects[project] as UpState['projects'][string]).registries[place]?.push(image);
  if (!file) return print();
  writeFileSync(file.path, file.text);
  // as make deploy would, before it deploys what the file changes
  const { status, stderr } = spawnSync(process.execPath, ['.cache/main.js'], { encoding: 'utf8' });
  return { status: status ?? 1, stdout: '', stderr };
}
