import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';

/**
 * Whether the other end of a loopback connection is held by the process `pid` or one that it started. Undefined where the system does not
 * tell who holds it: not Linux, or no /proc.
 */
export function isHeldBy(socket: Socket, pid: number): boolean | undefined {
  const inodes = inodesOf(socket);
  if (inodes === undefined) return undefined;
  return tree(pid).some((process) => listed(`/proc/${process}/fd`).some((fd) => inodes.has(linkOf(`/proc/${process}/fd/${fd}`))));
}

/** What links to the other end look like in /proc/PID/fd. */
function inodesOf({ remotePort = 0, localPort = 0 }: Socket): Set<string> | undefined {
  const port = (number: number) => `:${number.toString(16).toUpperCase().padStart(4, '0')}`;
  // tcp6 too: a program may write 127.0.0.1 as ::ffff:127.0.0.1
  const tables = ['tcp', 'tcp6'].map((name) => textOf(`/proc/self/net/${name}`)).filter((text) => text !== undefined);
  if (tables.length === 0) return undefined;
  const rows = tables.flatMap((text) => text.split('\n').map((line) => line.trim().split(/\s+/)));
  const own = rows.filter(([, local, remote]) => local?.endsWith(port(remotePort)) && remote?.endsWith(port(localPort)));
  return new Set(own.map((row) => `socket:[${row[9]}]`));
}

/** A process and all below it. */
function tree(pid: number): number[] {
  const children = listed(`/proc/${pid}/task`).flatMap((thread) =>
    (textOf(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(tree)];
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // it has ended meanwhile, or is not ours to look at
  }
}

const textOf = (file: string): string | undefined => orUndefined(() => readFileSync(file, 'utf8'));
const linkOf = (file: string): string => orUndefined(() => readlinkSync(file)) ?? '';
const listed = (folder: string): string[] => orUndefined(() => readdirSync(folder)) ?? [];
