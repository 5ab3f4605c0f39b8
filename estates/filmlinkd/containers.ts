import { type ContainerName, consumer, type FilmlinkdEnvironment } from '../../config/filmlinkd';
import type { ContainerProps } from '../../constructs/gcp/container-machine';
import { googleOf } from '../../constructs/gcp/provider';
import type { Secret } from '../../constructs/gcp/secret';
import type { ScraperVariables, ShardVariables } from '../../services/contracts/filmlinkd-environment';
import type { FilmlinkdBase } from './base';
import type { FilmlinkdData } from './data';
import type { FilmlinkdMessaging } from './messaging';
import { IMAGE_OF } from './rollout-variables';

type ScraperSecret = 'LETTERBOXD_API_KEY' | 'LETTERBOXD_API_SHARED_SECRET';
type ShardSecret = ScraperSecret | 'DISCORD_BOT_TOKEN' | 'THE_MOVIE_DATABASE_API_KEY';
/** What the machine itself sets: it knows which ports are free, and who else is there. */
type OfTheMachine = 'PORT' | 'HEALTH_PEERS';

/** What a runtime's contract asks for, secrets apart: a variable that is left out does not compile. */
export type ScraperContainerVariables = Omit<ScraperVariables, ScraperSecret | OfTheMachine>;
export type ShardContainerVariables = Omit<ShardVariables, ShardSecret | OfTheMachine>;

export interface ContainersProps {
  readonly environment: 'dev' | 'prod';
  readonly base: FilmlinkdBase;
  readonly data: FilmlinkdData;
  readonly messaging: FilmlinkdMessaging;
  readonly containers: FilmlinkdEnvironment['containers'];
}

/** The containers of one environment, each with what its contract asks for. */
export class FilmlinkdContainers {
  constructor(private readonly props: ContainersProps) {}

  /** @param shards The bot's shards on the machine. */
  on(machine: string, container: ContainerName, shards?: string): ContainerProps {
    const { base, containers, environment } = this.props;
    return {
      name: container,
      // by tag: delivery moves it, so Terraform and delivery never disagree about a digest
      image: `${base.images[environment].url}/${IMAGE_OF[container]}:${environment}`,
      memoryMb: containers[container].memoryMb,
      ...(container === 'sharded' ? this.bot(machine, shards) : this.scraper(machine, container)),
    };
  }

  private scraper(machine: string, mode: 'scraper' | 'vip') {
    const { messaging, containers } = this.props;
    const name = consumer(machine, mode);
    const variables: ScraperContainerVariables = {
      ...this.common(name),
      MODE: mode === 'vip' ? 'vip' : 'general',
      SUBSCRIPTION: messaging.commands.subscriptionOf(name),
      ...containers[mode].settings,
    };
    return { variables: asText(variables), secrets: this.letterboxd() };
  }

  private bot(machine: string, shards: string | undefined) {
    const { data, messaging, containers } = this.props;
    const name = consumer(machine, 'sharded');
    const variables: ShardContainerVariables = {
      ...this.common(name),
      SUBSCRIPTION: messaging.logEntries.subscriptionOf(name),
      SHARDS: shards ?? 'auto',
      ...containers.sharded.settings,
    };
    const secrets: Record<ShardSecret, Secret> = {
      ...this.letterboxd(),
      DISCORD_BOT_TOKEN: messaging.botToken,
      THE_MOVIE_DATABASE_API_KEY: data.movieDatabaseKey,
    };
    return { variables: asText(variables), secrets };
  }

  private common(instance: string) {
    const { environment, data, messaging } = this.props;
    return {
      ENVIRONMENT: environment,
      PROJECT: googleOf(messaging).project,
      DATABASE: data.database.name,
      LOG_ENTRY_TOPIC: messaging.logEntries.topic.name,
      COMMAND_TOPIC: messaging.commands.topic.name,
      POISON_TOPIC: messaging.poison.name,
      INSTANCE: instance,
    };
  }

  private letterboxd(): Record<ScraperSecret, Secret> {
    const { data } = this.props;
    return { LETTERBOXD_API_KEY: data.letterboxdKey, LETTERBOXD_API_SHARED_SECRET: data.letterboxdSharedSecret };
  }
}

/** As an environment has it. */
function asText(variables: object): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}
