import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { LaunchError } from './failure';

const FORWARDED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];
/** As shells say that a program is not there, or cannot be run. */
const NOT_FOUND = 127;
const NOT_RUN = 126;

/** Runs a program with our input and output. It gets the signals that we get. */
export class Service {
  private constructor(private readonly child: ChildProcess) {}

  static start([program, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv): Service {
    const service = new Service(spawn(program, args, { env, stdio: 'inherit' }));
    for (const signal of FORWARDED) process.on(signal, () => service.child.kill(signal));
    return service;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Its exit code, or 128 and the number of the signal that ended it. Throws when it could not be run. */
  async ended(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.child.on('error', ({ message, code }: NodeJS.ErrnoException) => {
        // without a process: anything else is a signal that came too late
        if (this.child.pid === undefined) reject(new LaunchError([`the service cannot be run: ${message}`], code === 'ENOENT' ? NOT_FOUND : NOT_RUN));
      });
      this.child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal as NodeJS.Signals]));
    });
  }
}
