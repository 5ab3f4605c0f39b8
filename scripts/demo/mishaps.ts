import type { APIMessage } from 'discord-api-types/v10';
import type { Pipeline, Runtime } from '../../services/testbench/pipeline/pipeline';
import { botOf, channelOf, place } from './cast';
import type { Fleet } from './fleet';
import type { Teller } from './teller';

/** Milliseconds from the beginning. */
const POISON_AFTER = 1500;
const FIRST_KILL_AFTER = 2500;
const BETWEEN_KILLS = 12_000;
/** No message that a scraper would publish. */
const POISON = '{"entry":{"lid":7}}';

export interface MishapsMeans {
  /** Whether no bot must die now, because somebody waits for its answer. */
  readonly isBusy: () => boolean;
  /** Starts a bot anew. */
  readonly start: (bot: string) => Promise<Runtime>;
}

/** What goes wrong, on purpose: bots die at the worst moment, and a message cannot be read. */
export class Mishaps {
  kills = 0;
  poisonSent = 0;
  /** Whether all bots can be asked something: none is dead or being started. */
  areAllUp = true;
  private nextKill = Number.POSITIVE_INFINITY;
  private revival: Promise<void> = Promise.resolve();
  private poison: NodeJS.Timeout | undefined;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly fleet: Fleet,
    private readonly teller: Teller,
    private readonly means: MishapsMeans,
  ) {}

  begin(): void {
    this.nextKill = Date.now() + FIRST_KILL_AFTER;
    this.poison = setTimeout(() => void this.sendPoison(), POISON_AFTER);
  }

  /** Nothing more goes wrong. Resolves when all are up again, or one will never be. */
  async end(): Promise<void> {
    this.nextKill = Number.POSITIVE_INFINITY;
    clearTimeout(this.poison);
    await this.revival;
  }

  /** Discord has the message, and has not answered yet. */
  async accepted(message: APIMessage): Promise<void> {
    if (Date.now() < this.nextKill || this.means.isBusy() || !this.areAllUp) return;
    this.nextKill = Date.now() + BETWEEN_KILLS;
    this.areAllUp = false;
    this.kills += 1;
    const { discord } = this.pipeline;
    const channel = channelOf(discord, message);
    const bot = botOf(channel);
    const killed = this.fleet.kill(bot);
    this.revival = killed.then(() => this.revive(bot)).catch(() => {}); // the fleet's doom
    await killed;
    this.teller.tell(bot, `killed by SIGKILL: Discord has its post in ${place(discord, channel)}, the store has no record of it`);
  }

  private async revive(bot: string): Promise<void> {
    const begun = Date.now();
    await this.fleet.launch(bot, () => this.means.start(bot));
    this.areAllUp = true;
    this.teller.tell(bot, `is back, ready after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  }

  private async sendPoison(): Promise<void> {
    this.poisonSent += 1;
    this.teller.tell('somebody', `publishes poison: ${POISON}`);
    await this.pipeline.publish(POISON);
  }
}
