import type { Answer, Call } from '../../../services/functions/handler';
import { callOf } from '../functions/bench';
import type { VirtualClock } from './virtual-clock';

export interface PushMessage {
  readonly id: string;
  readonly data: string;
  readonly publishedAt: Date;
}

/** Resolves never when the process died. */
export type Receiver = (call: Call, message: PushMessage, attempt: number) => Promise<Answer>;

const ACK_DEADLINE = 120_000;
const FIRST_BACKOFF = 10_000;
const LONGEST_BACKOFF = 600_000;

/** A push subscription with a dead-letter topic, on virtual time: what is not answered 2xx within the deadline comes again. */
export class PushSubscription {
  readonly deadLetters: PushMessage[] = [];
  deliveries = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly receive: Receiver,
    /** Deliveries until a message goes to the dead-letter topic. */
    private readonly maxDeliveryAttempts = 10,
  ) {}

  deliver(message: PushMessage, attempt = 1): void {
    this.deliveries += 1;
    let isOver = false;
    const over = (isAcknowledged: boolean): void => {
      if (isOver) return;
      isOver = true;
      if (isAcknowledged) return;
      if (attempt >= this.maxDeliveryAttempts) this.deadLetters.push(message);
      else this.clock.after(Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1)), () => this.deliver(message, attempt + 1));
    };
    const { id: messageId, publishedAt, data } = message;
    const body = { messageId, publishTime: publishedAt.toISOString(), data: Buffer.from(data).toString('base64') };
    const call = callOf({ message: body, subscription: 'projects/p-dev/subscriptions/s', deliveryAttempt: attempt });
    this.receive(call, message, attempt).then(
      ({ status }) => over(status < 300),
      () => over(false),
    );
    this.clock.after(ACK_DEADLINE, () => over(false));
  }
}
