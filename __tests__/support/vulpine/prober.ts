import { execFile, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fewAtATime } from '../docker-api';
import { HOST, type HostEngine, OUTSIDE } from './host-engine';
import { COMMON_PORT, standIn } from './stand-ins';

export interface Address {
  /** Of a container, `host` or `outside`. */
  readonly of: string;
  /** Docker's network; of the host and outside, none. */
  readonly network?: string;
  readonly address: string;
  readonly ports: readonly number[];
}

/** Somebody has answered. */
export interface Answer {
  readonly from: string;
  readonly to: Address;
  readonly port: number;
  /** Who: whose address it is, or at a port that the host publishes a container. */
  readonly by: string;
  /** The address of the asker, as who answered sees it. */
  readonly seenAs: string;
}

export const familyOf = ({ address }: Pick<Address, 'address'>) => (address.includes(':') ? 'ipv6' : 'ipv4');

/** Asks all at the same time; whom nothing leads to has five seconds. */
const ASK = `
ask() {
  reply=$(printf 'GET /cgi-bin/who HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 5 "$1" "$2" 2>/dev/null) || return
  reply=\${reply##*"
"}
  [ -z "$reply" ] || echo "$1 $2 $reply"
}
for target in "$@"; do ask "\${target% *}" "\${target#* }" & done
wait`;

/** What somebody's resolver says to names: a line for each, the name and its addresses. */
const RESOLVE = `
ask() { echo "$1" $(busybox nslookup "$1" 127.0.0.11 2>/dev/null | awk '/^Name:/ { found = 1 } found && /^Address/ { print $NF }'); }
for name in "$@"; do ask "$name" & done
wait`;

/** A name that the outside's name server knows. */
export const OUTSIDE_NAME = 'outside.example';

/** Who reaches whom on a real engine: containers, the host, and somebody outside, by asking. */
export class Prober {
  constructor(private readonly engine: HostEngine) {}

  /** Listens on the host, and outside. */
  async listen(): Promise<void> {
    for (const where of ['host', 'outside'] as const) {
      const folder = mkdtempSync(join(this.engine.folder, 'www-'));
      const [shell = '', flag = '', script = '', ...rest] = standIn(where, []);
      const [command = '', ...args] = this.engine.on(where, shell, flag, script.replaceAll('/srv', folder), ...rest);
      spawn(command, args, { stdio: 'ignore' });
    }
    const [command = '', ...args] = this.engine.on('outside', process.execPath, join(__dirname, 'name-server.cjs'), OUTSIDE.ipv4, OUTSIDE_NAME, OUTSIDE.ipv4);
    spawn(command, args, { stdio: 'ignore' });
    const own = [
      { of: 'host', address: HOST.ipv4, ports: [COMMON_PORT] },
      { of: 'outside', address: OUTSIDE.ipv6, ports: [COMMON_PORT] },
    ];
    for (let attempt = 0; attempt < 50; attempt += 1) {
      if ((await this.ask('host', own)).length === 2) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`nobody listens on the host and outside\n${this.engine.log()}`);
  }

  /** Every address of every container, and of the host's ends of their networks. */
  async addresses(portsOf: (name: string) => readonly number[]): Promise<Address[]> {
    const containers = (await this.engine.ask('GET', '/containers/json')) as { Names: [string]; NetworkSettings: { Networks: Networks } }[];
    const networks = (await this.engine.ask('GET', '/networks')) as { Name: string; IPAM: { Config: { Subnet: string; Gateway?: string }[] | null } }[];
    const ofContainers = containers.flatMap(({ Names: [path], NetworkSettings }) =>
      Object.entries(NetworkSettings.Networks).flatMap(([network, { IPAddress, GlobalIPv6Address }]) =>
        [IPAddress, GlobalIPv6Address]
          .filter(Boolean)
          .map((address) => ({ of: path.slice(1), network, address, ports: [...portsOf(path.slice(1)), COMMON_PORT] })),
      ),
    );
    const gateways = networks.flatMap(({ Name, IPAM }) =>
      (IPAM.Config ?? []).map(({ Subnet, Gateway }) => ({ of: 'host', network: Name, address: Gateway ?? firstOf(Subnet), ports: [COMMON_PORT] })),
    );
    const plain = (of: string, own: { ipv4: string; ipv6: string }) => [own.ipv4, own.ipv6].map((address) => ({ of, address, ports: [COMMON_PORT] }));
    // where the host has no end, its first address may be a container's
    const taken = new Set(ofContainers.map(({ address }) => address));
    return [...ofContainers, ...gateways.filter(({ address }) => !taken.has(address)), ...plain('host', HOST), ...plain('outside', OUTSIDE)];
  }

  /** Who answers somebody, of these. An answer by another than whose address it is, unless that is the host's, is thrown. */
  async ask(from: string, targets: readonly Address[]): Promise<Answer[]> {
    const args = targets.flatMap(({ address, ports }) => ports.map((port) => `${address} ${port}`));
    const said = await this.run(from, ['/bin/sh', '-c', ASK, 'ask', ...args]);
    return said.map(([address, port, by = '', seenAs = '']) => {
      const to = targets.find((target) => target.address === address);
      if (!to || (to.of !== by && to.of !== 'host')) throw new Error(`${from} asked ${to?.of} at ${address} port ${port}, and ${by} answered`);
      return { from, to, port: Number(port), by, seenAs: seenAs.replace(/^\[(::ffff:(?=\d+\.))?|\]$/g, '') };
    });
  }

  /** The same of several, a few at a time. */
  async askAll(from: readonly string[], targets: readonly Address[]): Promise<Answer[]> {
    const all = await fewAtATime(from, 5, (one) =>
      this.ask(
        one,
        targets.filter(({ of }) => of !== one),
      ),
    );
    return all.flat();
  }

  /** Addresses that containers get for names, by container and name. */
  async resolveAll(from: readonly string[], names: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>> {
    const all = await fewAtATime(from, 5, async (one) => [one, await this.resolve(one, names)] as const);
    return new Map(all);
  }

  private async resolve(from: string, names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const said = await this.run(from, ['/bin/sh', '-c', RESOLVE, 'resolve', ...names]);
    return new Map(said.map(([name = '', ...addresses]) => [name, addresses]));
  }

  /** What a container's interfaces have of IPv6, without loopback. */
  async ipv6Of(from: string): Promise<string[]> {
    const said = await this.run(from, ['cat', '/proc/net/if_inet6']);
    return said.filter((words) => words.at(-1) !== 'lo').map(([address = '']) => address);
  }

  /** Words of each line that a program says, in a container, on the host, or outside. */
  private async run(where: string, command: readonly string[]): Promise<string[][]> {
    const text = where === 'host' || where === 'outside' ? await this.runOn(where, command) : await this.exec(where, command);
    return text.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]));
  }

  private async runOn(where: 'host' | 'outside', command: readonly string[]): Promise<string> {
    const [program = '', ...args] = this.engine.on(where, ...command);
    return (await promisify(execFile)(program, args, { encoding: 'utf8' })).stdout;
  }

  private async exec(container: string, command: readonly string[]): Promise<string> {
    const { Id } = (await this.engine.ask('POST', `/containers/${container}/exec`, { AttachStdout: true, Tty: true, Cmd: command })) as { Id: string };
    return String(await this.engine.ask('POST', `/exec/${Id}/start`, { Detach: false, Tty: true }));
  }
}

type Networks = Readonly<Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address: string }>>;

/** Where a bridge would have the host's end. */
function firstOf(subnet: string): string {
  const [base = ''] = subnet.split('/');
  return base.endsWith('::') ? `${base}1` : base.replace(/\d+$/, (last) => `${Number(last) + 1}`);
}
