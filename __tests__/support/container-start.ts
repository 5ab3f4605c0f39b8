import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { MachineFiles } from './container-machine';

/** A machine's unit as systemd starts it: the unit's own variables, and a folder that goes with it. */
export class ContainerStart {
  readonly run = mkdtempSync(join(tmpdir(), 'run-'));
  /** What the script, and what it starts, say. */
  output = '';
  readonly ended: Promise<number | string | null>;
  private readonly child: ChildProcess;

  /** @param environment What is elsewhere than on a real machine. */
  constructor({ files }: MachineFiles, name: string, environment: Readonly<Record<string, string>>) {
    const folder = mkdtempSync(join(tmpdir(), 'etc-'));
    for (const [path, content] of files) writeFileSync(join(folder, basename(path)), content);
    const unit = files.get(`/etc/systemd/system/container-${name}.service`) ?? '';
    const variables = Object.fromEntries([...unit.matchAll(/^Environment=([A-Z_]+)=(.*)$/gm)].map(([, variable, value]) => [variable, value]));
    const [, command = '', script = ''] = /^ExecStart=(\S+) (\S+)$/m.exec(unit) ?? [];
    this.child = spawn(command, [join(folder, basename(script))], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, RUNTIME_DIRECTORY: this.run, CONTAINER_FOLDER: folder, ...variables, ...environment },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.ended = once(this.child, 'close').then(([code, signal]) => code ?? signal);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** To the script, or to what it has become. */
  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** As systemd does: to everything that the unit has started. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    try {
      process.kill(-(this.child.pid as number), signal);
    } catch {
      // all of it has ended
    }
    return this.ended;
  }

  /** What lies in the unit's folder in memory. */
  files(): string[] {
    return readdirSync(this.run, { recursive: true }).map(String).sort();
  }
}

/** Command lines that were seen on this machine while it looked: what `ps` shows to everybody. */
export class CommandLines {
  private readonly seen = new Set<string>();
  private readonly timer = setInterval(() => this.look(), 5);

  stop(): string {
    clearInterval(this.timer);
    return [...this.seen].join('\n');
  }

  private look(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        this.seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // it has ended meanwhile
      }
    }
  }
}
