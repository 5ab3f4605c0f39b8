import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Microseconds in which the kernel counts, as container engines set it. */
const PERIOD = 100_000;

let made = 0;

/** A control group of Linux: the processes in it get so much CPU together, and no more. Needs root, as a rule. */
export class CpuLimit {
  private constructor(private readonly folder: string) {}

  /** Undefined where there are no control groups, or none can be made. @param cores such as 0.5 */
  static make(cores: number): CpuLimit | undefined {
    for (const parent of parents()) {
      const folder = join(parent, `bench-pipeline-${process.pid}-${made}`);
      const limit = new CpuLimit(folder);
      try {
        mkdirSync(folder);
        limit.set(cores * PERIOD);
        made += 1;
        return limit;
      } catch {
        limit.remove(); // not ours to use, or without a limit of CPU: the next one above may do
      }
    }
    return undefined;
  }

  /** A command that runs in it from its first moment on. */
  around(command: readonly string[]): string[] {
    return ['sh', '-c', 'echo $$ > "$0" && exec "$@"', join(this.folder, 'cgroup.procs'), ...command];
  }

  /** Whether a process of it was held back. On a busy machine one may never get as much as it is allowed. */
  get isFelt(): boolean {
    return /^nr_throttled [1-9]/m.test(readFileSync(join(this.folder, 'cpu.stat'), 'utf8'));
  }

  /** Once its processes have ended. */
  remove(): void {
    try {
      rmdirSync(this.folder);
    } catch {
      // it was not made, or somebody is still in it: an empty group costs nothing
    }
  }

  private set(quota: number): void {
    if (existsSync(join(this.folder, 'cpu.max'))) {
      writeFileSync(join(this.folder, 'cpu.max'), `${quota} ${PERIOD}`);
      return;
    }
    writeFileSync(join(this.folder, 'cpu.cfs_period_us'), `${PERIOD}`);
    writeFileSync(join(this.folder, 'cpu.cfs_quota_us'), `${quota}`);
  }
}

/** Where a group may be made: below our own, or below one above it. Version 1 of control groups has a tree of its own for CPU, version 2 one for all. */
function parents(): string[] {
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
  const groups = read('/proc/self/cgroup').map((line) => /^\d+:([^:]*):(.*)$/.exec(line)?.slice(1) as [string, string]);
  return read('/proc/self/mounts').flatMap((line) => {
    const [, mount = '', type, options = ''] = line.split(' ');
    const group = groups.find(([controllers]) => (type === 'cgroup2' ? controllers === '' : controllers.split(',').includes('cpu')));
    const isForCpu = type === 'cgroup2' || (type === 'cgroup' && options.split(',').includes('cpu'));
    if (!isForCpu || !group) return [];
    const folders = [join(mount, group[1])];
    while (folders.at(-1) !== mount && (folders.at(-1) as string).startsWith(mount)) folders.push(dirname(folders.at(-1) as string));
    return folders.filter((folder) => existsSync(folder));
  });
}
