import type { Construct } from 'constructs';
import { consumersOf, emailId, type FilmlinkdEnvironment } from '../../config/filmlinkd';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { BacklogAlert } from '../../constructs/gcp/backlog-alert';
import { EmailChannel } from '../../constructs/gcp/email-channel';
import { FanOut } from '../../constructs/gcp/fan-out';
import { Secret } from '../../constructs/gcp/secret';
import { Topic } from '../../constructs/gcp/topic';
import type { FilmlinkdData } from './data';
import { BOT_TOKEN } from './names';

export interface FilmlinkdMessagingProps extends EstateStackProps, Pick<FilmlinkdEnvironment, 'machines' | 'plainConsumer' | 'alertEmails'> {
  readonly environment: 'dev' | 'prod';
  readonly data: FilmlinkdData;
}

/** Deliveries without an acknowledgement: a message is acknowledged before anything is done with it, so consumers die of what comes so often. */
const ATTEMPTS = 10;

/** What scrapers and bots of one environment say to each other, and the bot's token. Holds data: protected, changed rarely. */
export class FilmlinkdMessaging extends EstateStack {
  readonly logEntries: FanOut;
  readonly commands: FanOut;
  /** What a runtime could not make sense of, with its reason. */
  readonly poison: Topic;
  readonly botToken: Secret;

  constructor(scope: Construct, id: string, props: FilmlinkdMessagingProps) {
    super(scope, id, props);
    const { data, machines, plainConsumer, alertEmails, environment } = props;
    this.addDependency(data);
    const stem = this.named('filmlinkd');

    this.poison = new Topic(this, 'poison', { name: `${stem}-poison-topic`, keep: true });
    const deadLetters = new Topic(this, 'dead-letters', { name: `${stem}-dead-letter-topic`, keep: true });
    deadLetters.grantDeadLetters(deadLetters);
    const common = { deadLetters: { topic: deadLetters, attempts: ATTEMPTS } };
    this.logEntries = new FanOut(this, 'log-entries', {
      ...common,
      stem: `${stem}-log-entry`,
      consumers: consumersOf(machines, 'sharded'),
      plainConsumer: plainConsumer.logEntries,
    });
    this.commands = new FanOut(this, 'commands', {
      ...common,
      stem: `${stem}-command`,
      consumers: consumersOf(machines, 'scraper', 'vip'),
      plainConsumer: plainConsumer.commands,
    });
    this.botToken = new Secret(this, 'bot-token', { name: BOT_TOKEN[environment] });

    const channels = alertEmails.map((address) => new EmailChannel(this, emailId(address), { address }));
    for (const { topic, means } of [
      { topic: this.poison, means: 'A message could not be read; it lies there with the reason.' },
      { topic: deadLetters, means: `A message was delivered ${ATTEMPTS} times and its consumers died each time.` },
    ]) {
      new BacklogAlert(this, `alert-${topic.node.id}`, {
        name: `${topic.name}-kept`,
        subscription: `${topic.name}-kept`,
        remedy: `${means} docs/runbooks/filmlinkd.md, "Read the parked messages".`,
        channels,
      });
    }
  }
}
