import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCKER, ENGINE as ENGINE_PART } from '../../../estates/vulpine/host/engine';
import { askDocker } from '../docker-api';
import { DockerEngine } from '../docker-engine';
import { end, leashed } from '../leash';

/** The engine that the estate's hosts have, by its major version. */
export const ENGINE = `dockerd-${DOCKER.DOCKER_MAJOR}` as const;

/** Addresses of the host, and of somebody beyond it: documentation's. */
export const HOST = { ipv4: '198.51.100.1', ipv6: '2001:db8:ffff::1' } as const;
export const OUTSIDE = { ipv4: '198.51.100.2', ipv6: '2001:db8:ffff::2' } as const;
/** What is routed to the host. */
export const PREFIX = '2001:db8:0:27b::/64';

/** A host and its outside, with nothing of this machine's network. The outside knows the way to whatever a container may have as its address. */
const WORLD = `
set -eu
exec >"$FOLDER/dockerd.log" 2>&1
mount -t tmpfs tmpfs /run
ip netns add outside
ip link add eth0 type veth peer name eth0 netns outside
ip address add ${HOST.ipv4}/24 dev eth0
ip address add ${HOST.ipv6}/64 dev eth0 nodad
ip -n outside address add ${OUTSIDE.ipv4}/24 dev eth0
ip -n outside address add ${OUTSIDE.ipv6}/64 dev eth0 nodad
for device in lo eth0; do
  ip link set "$device" up
  ip -n outside link set "$device" up
done
ip route add default via ${OUTSIDE.ipv4}
ip -6 route add default via ${OUTSIDE.ipv6}
for range in 172.16.0.0/12 192.168.0.0/16; do ip -n outside route add "$range" via ${HOST.ipv4}; done
for range in ${PREFIX} fc00::/7; do ip -n outside -6 route add "$range" via ${HOST.ipv6}; done
while read -r name _ value; do
  case $name in net.*) echo "$value" >"/proc/sys/$(echo "$name" | tr . /)" ;; esac
done <"$FOLDER/sysctl"
"$@" &
wait
`;

/**
 * The engine of an estate's host, with the host's own settings, in networks, mounts and process numbers of its own: other engines on this
 * machine do not meet it, and when its first process goes, whatever ends the test, all of it goes. As root.
 */
export class HostEngine extends DockerEngine {
  private world: ChildProcess | undefined;
  private first = 0;
  private readonly group = `estates-${process.pid}-${this.folder.slice(-6)}`;

  override async start(): Promise<void> {
    const file = (path: string) => ENGINE_PART.files.find((one) => one.path === path)?.content ?? '';
    writeFileSync(join(this.folder, 'daemon.json'), file('/etc/docker/daemon.json'));
    writeFileSync(join(this.folder, 'sysctl'), file('/etc/sysctl.d/90-vulpine.conf'));
    const folders = ['--data-root', join(this.folder, 'data'), '--exec-root', join(this.folder, 'exec'), '--pidfile', join(this.folder, 'pid')];
    const daemon = [ENGINE, '--config-file', join(this.folder, 'daemon.json'), '--host', this.host, '--cgroup-parent', `/${this.group}`, ...folders];
    const world = leashed(
      ['unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL', 'sh', '-c', WORLD, 'world', ...daemon, '--dns', OUTSIDE.ipv4],
      { PATH: process.env.PATH, HOME: this.folder, FOLDER: this.folder },
    );
    this.world = world;
    for (let attempt = 0; attempt < 600 && world.exitCode === null; attempt += 1) {
      if (existsSync(this.socket) && (await this.ask('GET', '/_ping').catch(() => undefined)) === 'OK') {
        this.first = childIn(world.pid as number);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${ENGINE} did not start:\n${this.log()}`);
  }

  ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return askDocker(this.socket, method, path, body);
  }

  /** What the engine, and what made its world, has said. */
  log(): string {
    const file = join(this.folder, 'dockerd.log');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-4000) : '';
  }

  /** A program's command line, as somebody on the host or outside starts it. */
  on(where: 'host' | 'outside', ...command: readonly string[]): string[] {
    const there = where === 'host' ? [] : ['ip', 'netns', 'exec', 'outside'];
    return ['nsenter', '--target', `${this.first}`, '--net', '--mount', '--pid', '--', ...there, ...command];
  }

  override async stop(): Promise<void> {
    if (!this.world) return;
    await end(this.world);
    // the kernel takes the rest away once the first process is gone, and control groups can be removed only then
    for (let attempt = 0; attempt < 100 && this.first > 0 && existsSync(`/proc/${this.first}`); attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const hierarchy of ['', ...readdirSync('/sys/fs/cgroup')]) removeGroup(join('/sys/fs/cgroup', hierarchy, this.group));
  }
}

/** The child of a process that has a network of its own. */
function childIn(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const found = children.find((child) => readlinkSync(`/proc/${child}/ns/net`) !== readlinkSync('/proc/self/ns/net'));
  if (found === undefined) throw new Error(`no child of ${pid} is in a network of its own: ${execFileSync('ps', ['-ef'], { encoding: 'utf8' })}`);
  return found;
}

function removeGroup(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeGroup(join(folder, entry.name));
  rmdirSync(folder);
}
