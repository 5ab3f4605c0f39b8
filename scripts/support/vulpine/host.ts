import { type SpawnOptions, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../../../rehearsal/runner/failure';
import { quoted, SSH } from '../secrets/store';
import { ssh as sshTool, type Tool } from '../tool';

/** A machine that admins reach by ssh. */
export class RemoteHost {
  constructor(
    /** `admin@smithwicks.vulpine.club`. */
    readonly login: string,
    private readonly ssh: Pick<Tool, 'write'> = sshTool,
  ) {}

  /** What a program there prints. @throws UsageError when it fails, in its own words */
  run(words: readonly string[], input?: string): string {
    return this.ssh.write([...SSH, this.login, line(words)], input);
  }

  /** With our terminal. Returns the exit code. */
  async show(words: readonly string[]): Promise<number> {
    return await ended(spawn('ssh', [...SSH, this.login, line(words)], { stdio: ['ignore', 'inherit', 'inherit'] }), this.login);
  }

  /** A file of this machine as its standard input. Returns the exit code. */
  async feed(words: readonly string[], file: string): Promise<number> {
    const child = spawn('ssh', [...SSH, this.login, line(words)], { stdio: ['pipe', 'inherit', 'inherit'] });
    const fed = pipeline(createReadStream(file), child.stdin).catch(unlessItEnded);
    const [code] = await Promise.all([ended(child, this.login), fed]);
    return code;
  }

  /** What a program prints on another host as the standard input of one here, through this machine, which keeps nothing of it. Returns 0 when both ended well. */
  async take(from: RemoteHost, sends: readonly string[], takes: readonly string[]): Promise<number> {
    const options: SpawnOptions = { stdio: ['ignore', 'pipe', 'inherit'] };
    const sender = spawn('ssh', [...SSH, from.login, line(sends)], options);
    const taker = spawn('ssh', [...SSH, this.login, line(takes)], { stdio: ['pipe', 'inherit', 'inherit'] });
    if (!sender.stdout) throw new Error('the sender has no standard output');
    const piped = pipeline(sender.stdout, taker.stdin).catch(unlessItEnded);
    const [sent, taken] = await Promise.all([ended(sender, from.login), ended(taker, this.login), piped]);
    return sent === 0 ? taken : sent;
  }
}

const NO_SSH = "ssh is not on PATH: install OpenSSH's client: apt-get install openssh-client";

/** ssh hands one line to the shell of whoever logs in. */
const line = (words: readonly string[]): string => words.map(quoted).join(' ');

/** Who reads has said himself why he reads no more. */
export function unlessItEnded(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

/** The exit code of a program that talks to `where`. */
export function ended(child: ReturnType<typeof spawn>, where: string, missing = NO_SSH): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new UsageError(missing) : error));
    child.on('close', (code, signal) => {
      if (signal) console.error(`${where}: interrupted (${signal})`);
      resolve(code ?? 130);
    });
  });
}
