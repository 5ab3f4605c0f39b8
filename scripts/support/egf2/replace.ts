import { setTimeout as delay } from 'node:timers/promises';
import { type Replaceable, SERVICES_STACK } from '../../../estates/egf2/restart';
import { UsageError } from '../../../rehearsal/runner/failure';
import { count } from '../../../rehearsal/runner/format';
import { type Group, type Groups, hasEnded, inService, type Refresh } from './groups';
import { BLIND_LOOKS, type Going, sayOnInterrupt } from './waiting';
import { began, progress, rows, took, whyItFailed } from './words';

export interface Replacing {
  readonly groups: Groups;
  /** One after the other; what is in one wave at the same time. */
  readonly waves: readonly (readonly Replaceable[])[];
  /** What goes on with these, when this has ended or died: the same command. */
  readonly again: (left: readonly Replaceable[]) => string;
  /** Seconds between two looks. */
  readonly every: number;
  readonly say: (line: string) => void;
}

interface Seen {
  readonly group: Group;
  /** One that goes on already. */
  readonly going?: Refresh;
}

type Result = Replaceable & { readonly refresh: Refresh };

const HEAD = ['service', 'Auto Scaling group', 'machines', 'stay in service', 'what happens'];

/** Replaces the machines of groups by instance refreshes: each new machine is ready before the next old one goes, wherever there are two. */
export class Replacement {
  private readonly seen: ReadonlyMap<string, Seen>;
  private readonly all: readonly Replaceable[];
  private going: Replaceable[] = [];
  private readonly results: Result[] = [];

  /** Looks at the groups. @throws UsageError when one is not there */
  constructor(private readonly props: Replacing) {
    const { groups, waves } = props;
    this.all = waves.flat();
    const described = groups.described(
      this.all.map(({ group }) => group),
      `Run make deploy STACKS='${SERVICES_STACK}'`,
    );
    this.seen = new Map(
      [...described].map(([name, group]) => {
        const newest = groups.newest(name);
        return [name, { group, ...(newest && !hasEnded(newest) && { going: newest }) }];
      }),
    );
  }

  /** What will be done, as a table, and what to know before. */
  plan(): string {
    const lines = this.props.waves.flatMap((wave, index) =>
      wave.map(({ label, group, minHealthyPercentage }) => {
        const { group: now, going } = this.of(group);
        const what = going ? `followed: ${going.Status} since ${began(going)}` : `replaced${index > 0 ? ', when all above are' : ''}`;
        return [label, group, `${inService(now).length} of ${now.DesiredCapacity}`, `${minHealthyPercentage} %`, what];
      }),
    );
    const warnings = [...this.aloneWarnings(), ...this.followedWarnings()];
    return [...rows(HEAD, ...lines), '', `About ${count(this.minutes(), 'minute')}: a machine installs itself, and is given its time to.`, ...warnings].join(
      '\n',
    );
  }

  /** Does it, and waits. Returns the exit code. */
  async carryOut(): Promise<number> {
    const { waves, say } = this.props;
    const listening = sayOnInterrupt(() => this.state());
    try {
      for (const wave of waves) {
        const begun = await this.begin(wave);
        const ended = await this.followed(begun);
        this.results.push(...ended);
        this.going = [];
        if (ended.some(({ refresh }) => refresh.Status !== 'Successful')) break;
      }
    } finally {
      listening.stop();
    }
    say(`\n${this.report()}`);
    const failed = this.results.filter(({ refresh }) => refresh.Status !== 'Successful');
    for (const { label, group, refresh } of failed)
      say(`\n${whyItFailed({ label, group, refresh, region: this.props.groups.region, added: this.added(group) })}`);
    const left = [...failed, ...this.untouched()];
    if (left.length === 0) return 0;
    say(`\nNext, when the reason is mended: ${this.props.again(left)}`);
    return 1;
  }

  private async begin(wave: readonly Replaceable[]): Promise<(Replaceable & { id: string })[]> {
    const { groups, say } = this.props;
    const begun = [];
    for (const each of wave) {
      const { label, group, minHealthyPercentage } = each;
      try {
        const known = this.of(group).going?.InstanceRefreshId;
        const started = known ? 'goes on already' : groups.start(group, minHealthyPercentage);
        const id = started === 'goes on already' ? (known ?? this.begunByOthers(group)) : started.id;
        this.going.push(each);
        say(`${label}: ${started === 'goes on already' ? 'follows' : 'started'} instance refresh ${id}`);
        begun.push({ ...each, id });
      } catch (error) {
        await delay(50); // an interruption is said by who listens for it
        throw this.withState(error);
      }
    }
    return begun;
  }

  /** Since we looked. */
  private begunByOthers(group: string): string {
    const newest = this.props.groups.newest(group);
    if (newest && !hasEnded(newest)) return newest.InstanceRefreshId;
    throw new UsageError(`${group}: AWS says that an instance refresh goes on, and shows none. Run the same command again`);
  }

  /** Looks until all have ended, and says each change. */
  private async followed(begun: readonly (Replaceable & { readonly id: string })[]): Promise<Result[]> {
    const { groups, every, say } = this.props;
    const said = new Map<string, string>();
    const ended = new Map<string, Result>();
    for (let blind = 0; ; await delay(every * 1000)) {
      try {
        for (const { id, ...each } of begun.filter(({ group }) => !ended.has(group))) {
          const refresh = groups.refresh(each.group, id);
          const now = `${each.label}: ${progress(refresh)}`;
          if (said.get(each.group) !== now) say(now);
          said.set(each.group, now);
          if (hasEnded(refresh)) ended.set(each.group, { ...each, refresh });
        }
        blind = 0;
      } catch (error) {
        blind += 1;
        if (!(error instanceof UsageError) || blind >= BLIND_LOOKS) throw this.withState(error);
      }
      this.going = begun.filter(({ group }) => !ended.has(group));
      if (ended.size === begun.length) return begun.flatMap(({ group }) => ended.get(group) ?? []);
    }
  }

  /** What goes on without us, how to follow it, and how to cancel it. */
  private state(): Going {
    const { again, groups } = this.props;
    const cancel = this.going.map(({ group }) => `aws autoscaling cancel-instance-refresh --auto-scaling-group-name ${group} --region ${groups.region}`);
    const left = this.all.filter(({ group }) => !this.results.some((result) => result.group === group));
    return { going: this.going.map(({ label }) => label), notBegun: this.untouched().map(({ label }) => label), again: again(left), cancel };
  }

  private withState(error: unknown): unknown {
    if (!(error instanceof UsageError)) return error;
    const { going, again } = this.state();
    return going.length === 0 ? error : new UsageError(`${error.message}\nIt goes on without us: ${going.join(', ')}. To follow it: ${again}`);
  }

  private untouched(): Replaceable[] {
    const touched = [...this.results, ...this.going].map(({ group }) => group);
    return this.all.filter(({ group }) => !touched.includes(group));
  }

  private report(): string {
    const lines = this.all.map(({ label, group }) => {
      const refresh = this.results.find((result) => result.group === group)?.refresh;
      return [label, group, refresh ? refresh.Status : 'not begun', refresh ? took(refresh) : ''];
    });
    return rows(['service', 'Auto Scaling group', 'ended', 'took'], ...lines).join('\n');
  }

  /** Machines that the group has now and had not before; none when nobody says. */
  private added(group: string): string[] {
    const ids = ({ Instances }: Group) => Instances.map(({ InstanceId }) => InstanceId);
    const before = ids(this.of(group).group);
    try {
      const now = this.props.groups.described([group], '').get(group);
      return now ? ids(now).filter((id) => !before.includes(id)) : [];
    } catch (error) {
      if (error instanceof UsageError) return [];
      throw error;
    }
  }

  private aloneWarnings(): string[] {
    const alone = this.all.filter(({ group }) => !this.of(group).going && this.of(group).group.DesiredCapacity < 2);
    return alone.map(
      ({ label, group }) => `${label}: has one machine. It is away until the new one has installed itself, ${this.warmUp(group)} minutes or so.`,
    );
  }

  private followedWarnings(): string[] {
    return this.all.flatMap(({ label, group }) => {
      const { going } = this.of(group);
      return going ? [`${label}: no second one is started. A document that was changed after ${began(going)}: run this again afterwards.`] : [];
    });
  }

  /** By the warm-up times: one machine after the other. */
  private minutes(): number {
    const wave = (targets: readonly Replaceable[]) => Math.max(...targets.map(({ group }) => this.of(group).group.DesiredCapacity * this.warmUp(group)));
    return this.props.waves.reduce((sum, targets) => sum + wave(targets), 0);
  }

  private warmUp(group: string): number {
    return Math.ceil((this.of(group).group.DefaultInstanceWarmup ?? 600) / 60);
  }

  private of(group: string): Seen {
    return this.seen.get(group) as Seen;
  }
}
