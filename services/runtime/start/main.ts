import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, resolve } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { nowhere } from './nowhere';

/**
 * Starts a bundle with what V8 compiled of it beforehand: a start is half compiling otherwise.
 *
 *   node start.js BUNDLE             with BUNDLE.compiled beside it, where that is there and fits; nothing is written
 *   node start.js --compile BUNDLE   writes BUNDLE.compiled: lets the service run for a moment, where it reaches nobody
 *
 * What was compiled fits the Node that did it, with the same options of V8. A bundle may `require`, but not `import()`: compiled code has lost
 * where it came from. esbuild writes the one for the other with --supported:dynamic-import=false.
 */

/** Milliseconds until everything is loaded. */
const RUNNING = 4000;

/** The checksum of a source, before what V8 compiled of it: V8 itself compares only the length. */
function sealed(source: Buffer): Buffer {
  const seal = Buffer.alloc(4);
  seal.writeUInt32LE(crc32(source));
  return seal;
}

function readCompiled(file: string, seal: Buffer): Buffer | undefined {
  try {
    const content = readFileSync(file);
    return content.subarray(0, seal.length).equals(seal) ? content.subarray(seal.length) : undefined;
  } catch {
    return undefined;
  }
}

function run(bundle: string, isCompiling: boolean): void {
  const compiled = `${bundle}.compiled`;
  const source = readFileSync(bundle);
  const seal = sealed(source);
  const cachedData = isCompiling ? undefined : readCompiled(compiled, seal);
  const script = new Script(Module.wrap(source.toString()), { filename: bundle, ...(cachedData && { cachedData }) });
  if (script.cachedDataRejected) process.emitWarning(`${compiled} is of another Node, or of other options: the start takes longer`);
  if (isCompiling) {
    if (/\bimport\(/.test(source.toString())) throw new Error(`${bundle} has import(): build it with esbuild's --supported:dynamic-import=false`);
    Object.assign(process.env, nowhere());
    process.on('exit', () => {
      writeFileSync(compiled, Buffer.concat([seal, script.createCachedData()]));
      process.exitCode = 0; // it could not work, and need not
    });
    setTimeout(() => process.exit(), RUNNING).unref(); // or when it has nothing left to do
  }
  const module = new Module(bundle);
  module.filename = bundle;
  script.runInThisContext().call(module.exports, module.exports, createRequire(bundle), module, bundle, dirname(bundle));
}

const [first = '', second] = process.argv.slice(2);
const isCompiling = first === '--compile';
const bundle = isCompiling ? second : first;
if (bundle) {
  run(resolve(bundle), isCompiling);
} else {
  console.error('Which bundle? node start.js [--compile] BUNDLE');
  process.exitCode = 2;
}
