import { setTimeout as delay } from 'node:timers/promises';
import { restartScript, SERVICES_STACK, SHARED_MACHINE, unitName } from '../../../estates/egf2/restart';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { ServiceName } from '../../../services/contracts/egf2-services';
import { type Groups, hasEnded as hasRefreshEnded, inService } from './groups';
import { hasEnded, type Invocation, type SystemsManager } from './systems-manager';
import { BLIND_LOOKS, type Going, sayOnInterrupt } from './waiting';
import { began, lastLine, rows } from './words';

export interface OnMachine {
  readonly groups: Groups;
  readonly manager: SystemsManager;
  /** One after the other. */
  readonly services: readonly ServiceName[];
  /** What goes on with these: the same command. */
  readonly again: (left: readonly ServiceName[]) => string;
  /** The command that replaces the machine. */
  readonly replace: string;
  /** Seconds between two looks. */
  readonly every: number;
  readonly say: (line: string) => void;
}

/**
 * Restarts services on the machine that they share, one after the other until one does not run. Not by an instance refresh: that
 * would take all nine away while a new machine installs itself, up to an hour, for what a launcher reads in seconds.
 */
export class MachineRestart {
  private readonly ended = new Map<ServiceName, string>();
  private now?: { readonly service: ServiceName; readonly id: string };

  private readonly instance: string;

  /** Looks for the machine. @throws UsageError when it is not there, or is being replaced */
  constructor(private readonly props: OnMachine) {
    const { groups, replace } = props;
    const { group } = SHARED_MACHINE;
    const found = groups.described([group], `Run make deploy STACKS='${SERVICES_STACK}'`);
    const newest = groups.newest(group);
    if (newest && !hasRefreshEnded(newest))
      throw new UsageError(
        `The machine of all services is being replaced since ${began(newest)}: the new one reads every document. To follow that: ${replace}`,
      );
    const [instance] = [...found.values()].flatMap(inService);
    if (!instance)
      throw new UsageError(
        `${group} has no machine in service: a new one is installing itself, or none comes. It reads every document when it starts. See docs/runbooks/egf2.md, "A service is down"`,
      );
    this.instance = instance;
  }

  /** What will be done, as a table, and what to know before. */
  plan(): string {
    const lines = this.props.services.map((service) => [service, unitName(service), this.instance]);
    return [
      ...rows(['service', 'unit', 'on machine'], ...lines),
      '',
      'One after the other, over Systems Manager. Each is away until it answers again, a minute or so; who asks it meanwhile gets an error.',
    ].join('\n');
  }

  /** Does it, and waits. Returns the exit code. */
  async carryOut(): Promise<number> {
    const { services, again, say } = this.props;
    const listening = sayOnInterrupt(() => this.state());
    try {
      for (const service of services) {
        if (!(await this.restart(service))) break;
      }
    } finally {
      listening.stop();
    }
    say(`\n${rows(['service', 'ended'], ...services.map((service) => [service, this.ended.get(service) ?? 'not begun'])).join('\n')}`);
    if (this.left().length === 0) return 0;
    say(`\n${this.whereToLook()}\n\nNext, when the reason is mended: ${again(this.left())}`);
    return 1;
  }

  /** Whether it runs again. */
  private async restart(service: ServiceName): Promise<boolean> {
    const { instance, props } = this;
    const { say } = props;
    const id = await this.send(service);
    this.now = { service, id };
    say(`${service}: command ${id} on ${instance}`);
    const { Status, StatusDetails, StandardOutputContent, StandardErrorContent } = await this.followed(service, id);
    this.now = undefined;
    const isWell = Status === 'Success';
    if (isWell) say(`${service}: ${lastLine(StandardOutputContent) || 'runs'}`);
    this.ended.set(service, isWell ? 'restarted' : `${Status}: ${lastLine(StandardErrorContent) || StatusDetails || 'AWS says no reason'}`);
    return isWell;
  }

  private async send(service: ServiceName): Promise<string> {
    const { instance, props } = this;
    const { manager, replace } = props;
    try {
      const id = manager.send(instance, `restart ${service}`, restartScript(service));
      if (id) return id;
    } catch (error) {
      await delay(50); // an interruption is said by who listens for it
      throw error;
    }
    const so = this.ended.size === 0 ? 'Nothing was restarted.' : `Not restarted: ${this.left().join(', ')}.`;
    throw new UsageError(
      `Systems Manager does not reach ${instance}: its agent has not registered yet, or is not installed there. ${so}\nWithout the agent only a new machine helps, which takes all services away until it has installed itself: ${replace}`,
    );
  }

  private async followed(service: ServiceName, id: string): Promise<Invocation> {
    const { instance, props } = this;
    const { manager, every, say } = props;
    let said = '';
    for (let blind = 0; ; await delay(every * 1000)) {
      try {
        const invocation = manager.invocation(instance, id);
        blind = 0;
        if (hasEnded(invocation)) return invocation;
        if (said !== invocation.Status) say(`${service}: ${invocation.Status}`);
        said = invocation.Status;
      } catch (error) {
        blind += 1;
        if (!(error instanceof UsageError)) throw error;
        if (blind >= BLIND_LOOKS) throw new UsageError(`${error.message}\nThe restart of ${service} goes on without us (command ${id})`);
      }
    }
  }

  private state(): Going {
    const { now, instance, props } = this;
    const { again, manager } = props;
    return {
      going: now ? [`the restart of ${now.service} on ${instance}`] : [],
      notBegun: this.left().filter((service) => service !== now?.service),
      again: again(this.left()),
      cancel: now ? [`aws ssm cancel-command --command-id ${now.id} --region ${manager.region}`] : [],
    };
  }

  private left(): ServiceName[] {
    return this.props.services.filter((service) => this.ended.get(service) !== 'restarted');
  }

  private whereToLook(): string {
    const { instance } = this;
    const { region } = this.props.manager;
    return [
      'More of it in a session, by systemctl status egf2-* and journalctl -u egf2-<service>; or the console output:',
      `  aws ssm start-session --target ${instance} --region ${region}`,
      `  aws ec2 get-console-output --instance-id ${instance} --latest --output text --region ${region}`,
    ].join('\n');
  }
}
