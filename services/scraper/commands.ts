import { commandMessage } from '../contracts/log-entry';
import { json } from '../contracts/worker-metadata';
import type { Bus, Message } from '../runtime/bus/bus';
import { park } from '../runtime/bus/poison';
import type { Clock } from '../runtime/clock';
import type { Log } from './log';
import type { Metrics } from './metrics';
import type { Memory } from './walk/memory';
import type { Roster } from './walk/roster';

export interface CommandsOptions {
  readonly bus: Pick<Bus, 'publish'>;
  readonly roster: Pick<Roster, 'meet'>;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where these commands come from, and where those go that cannot be read. */
  readonly topic: string;
  readonly poisonTopic: string;
}

const schema = json(commandMessage);

/** Handles what comes on the command topic: somebody follows a user, who is asked for next. */
export function commandHandler({ bus, roster, memory, clock, log, metrics, topic, poisonTopic }: CommandsOptions): (message: Message) => Promise<void> {
  return async (received) => {
    const { success, data: command, error } = schema.safeParse(received.data);
    if (!success) {
      metrics.errors.inc({ where: 'command' });
      const reason = error.issues.map(({ path, message }) => `${path.join('.') || 'the message'}: ${message}`).join('; ');
      log.error({ messageId: received.id, reason }, `A command cannot be read: parked on ${poisonTopic}`);
      return park(bus, { topic, poisonTopic }, received, reason);
    }
    memory.follow(command.user, command.entry, clock.now());
    try {
      await roster.meet(command.user);
    } catch (failure) {
      metrics.errors.inc({ where: 'command' });
      log.error({ error: failure, user: command.user }, 'The user could not be read; listening will tell');
    }
    log.info({ user: command.user, entry: command.entry }, 'Somebody follows'); // last: the bench takes it for the end
  };
}
