import type { DockerReach } from '../docker-reach';
import type { Documented } from './documents';
import { type Address, type Answer, familyOf } from './prober';

type Family = 'ipv4' | 'ipv6';

/** What somebody has found out on an engine by asking. */
export class Matrix {
  constructor(
    readonly all: readonly Documented[],
    private readonly addresses: readonly Address[],
    private readonly answers: readonly Answer[],
  ) {}

  /** Other containers that one reaches, at any address. */
  from(name: string, family: Family): string[] {
    return this.sorted(this.answers.filter(({ from, to }) => from === name && this.isContainer(to) && familyOf(to) === family).map(({ to }) => to.of));
  }

  /** Containers that reach the host, or outside. */
  reaching(of: 'host' | 'outside', family: Family): string[] {
    return this.sorted(this.answers.filter(({ to }) => to.of === of && familyOf(to) === family).map(({ from }) => from));
  }

  /** Addresses of containers, by which containers see them. */
  seenOutside(family: Family): ReadonlyMap<string, string> {
    return new Map(this.answers.filter(({ to }) => to.of === 'outside' && familyOf(to) === family).map(({ from, seenAs }) => [from, seenAs]));
  }

  /** Addresses of one container, in a network or in all. */
  addressesOf(name: string, network?: string): string[] {
    return this.addresses.filter((one) => one.of === name && (network === undefined || one.network === network)).map(({ address }) => address);
  }

  /** `from > network of to` of each address that answered a container, and of each that ought to: who has a network in common with it. */
  byAddress(model: DockerReach): { readonly answered: string[]; readonly wanted: string[] } {
    const cell = (from: string, to: Address) => `${from} > ${to.of} in ${to.network}`;
    const wanted = this.all.flatMap(({ name }) =>
      this.addresses.filter((to) => this.isContainer(to) && to.of !== name && model.shares(name, to.of, to.network, familyOf(to))).map((to) => cell(name, to)),
    );
    return { answered: this.sorted(this.answers.filter(({ to }) => this.isContainer(to)).map(({ from, to }) => cell(from, to))), wanted: this.sorted(wanted) };
  }

  /** As a table: a row for each container, a column for each that it may reach; `4` and `6` where it does. */
  table(): string {
    const columns = [...this.all.map(({ name }) => name), 'host', 'outside'];
    const width = Math.max(...columns.map((name) => name.length));
    const cell = (from: string, to: string) => {
      const families = new Set(this.answers.filter((answer) => answer.from === from && answer.to.of === to).map((answer) => familyOf(answer.to)));
      return from === to ? ' -' : `${families.has('ipv4') ? 4 : '.'}${families.has('ipv6') ? 6 : '.'}`;
    };
    const header = columns.map((_, i) => `${i + 1}`.padStart(3)).join('');
    const rows = this.all.map(({ name }, i) => `${`${i + 1}`.padStart(2)} ${name.padEnd(width)}${columns.map((to) => ` ${cell(name, to)}`).join('')}`);
    const rest = ['host', 'outside'].map((name, i) => `${this.all.length + i + 1} ${name}`);
    return [`${' '.repeat(width + 3)}${header}`, ...rows, ...rest].join('\n');
  }

  private isContainer({ of }: Address): boolean {
    return of !== 'host' && of !== 'outside';
  }

  private sorted(names: readonly string[]): string[] {
    return [...new Set(names)].sort();
  }
}
