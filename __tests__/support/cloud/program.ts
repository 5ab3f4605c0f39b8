import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gcloud } from './gcloud';

// gcloud as a program of its own: its state and its calls are in files beside it.
const here = dirname(process.argv[1] as string);
const args = process.argv.slice(2);
const input = process.stdin.isTTY ? '' : readFileSync(0).toString('latin1'); // bytes, not text: a value may be anything
appendFileSync(join(here, 'calls'), `${JSON.stringify({ args, input })}\n`);
const file = join(here, 'state.json');
const state = JSON.parse(readFileSync(file, 'utf8'));
const { status, stdout, stderr } = gcloud(args, input, state);
if (state.slow) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, state.slow);
writeFileSync(file, JSON.stringify(state));
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = status;
