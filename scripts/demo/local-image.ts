import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';

/** An image with a shell that the engine has. */
export interface LocalImage {
  readonly name: string;
  /** Takes it away again when it was made for us. */
  readonly remove: () => Promise<void>;
}

/** Images with a shell that many have. */
const USUAL = /^(busybox|alpine|debian|ubuntu):/;
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** One that is there, or one that is made of this machine's busybox; nothing is pulled. Undefined: there is neither. */
export async function localImage(docker: Docker, images: readonly Docker.ImageInfo[], folder: string): Promise<LocalImage | undefined> {
  const present = images.flatMap(({ RepoTags }) => RepoTags ?? []).find((tag) => USUAL.test(tag));
  if (present) return { name: present, remove: async () => {} };
  const { OSType, Architecture } = (await docker.info()) as { OSType?: string; Architecture?: string };
  const busybox = (process.env.PATH ?? '')
    .split(delimiter)
    .map((path) => join(path, 'busybox'))
    .find(isStatic);
  if (!busybox || OSType !== 'linux' || Architecture !== MACHINES[process.arch]) return undefined;
  const name = `filmlinkd-demo:${randomUUID().slice(0, 8)}`;
  const root = join(folder, 'image');
  mkdirSync(join(root, 'bin'), { recursive: true });
  copyFileSync(busybox, join(root, 'bin/busybox'));
  for (const command of ['sh', 'echo', 'sleep']) symlinkSync('busybox', join(root, 'bin', command));
  const { status, stdout, stderr } = spawnSync('tar', ['-C', root, '-cf', '-', '.'], { maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`tar: ${stderr}`);
  const [repo, tag] = name.split(':');
  const answer = await docker.importImage(Readable.from([stdout]) as unknown as NodeJS.ReadableStream, { repo, tag, changes: 'ENV PATH=/bin' });
  await new Promise((resolve, reject) => answer.on('end', resolve).on('error', reject).resume());
  return { name, remove: () => docker.getImage(name).remove({ force: true }) };
}

/** Whether it is a program that needs no library: an ELF file for 64 bits that names no interpreter. */
function isStatic(file: string): boolean {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return false;
  }
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2) return false;
  const [first, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  return Array.from({ length: count }, (_, i) => bytes.readUInt32LE(first + i * size)).every((type) => type !== 3);
}
