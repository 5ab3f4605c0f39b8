import type { Bus } from '../../runtime/bus/bus';
import { appendDurably } from '../durable-file';
import { http } from '../http';

/** Where the result goes: a bus, as far as it is needed. */
export type Publisher = Pick<Bus, 'publish'>;

/**
 * Pub/Sub by REST. Its client library would quadruple the agent and its start for this one call, and its own retries end,
 * where the agent's must not.
 */
export class PubsubPublisher implements Publisher {
  constructor(
    private readonly project: string,
    /** `https://pubsub.googleapis.com`, or an emulator. */
    private readonly endpoint: string,
    /** undefined: nobody asks for one. */
    private readonly accessToken: (() => Promise<string>) | undefined,
  ) {}

  async publish(topic: string, data: string, attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    const response = await http(`${this.endpoint}/v1/projects/${encodeURIComponent(this.project)}/topics/${encodeURIComponent(topic)}:publish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.accessToken && { authorization: `Bearer ${await this.accessToken()}` }) },
      body: JSON.stringify({ messages: [{ data: Buffer.from(data).toString('base64'), attributes }] }),
    });
    const { messageIds } = (await response.json()) as { messageIds?: string[] };
    if (!messageIds?.[0]) throw new Error(`${new URL(this.endpoint).host} accepted the report without giving it an id`);
    return messageIds[0];
  }
}

/** A line of JSON for each report, for runs without a cloud. */
export class FilePublisher implements Publisher {
  constructor(private readonly file: string) {}

  async publish(_topic: string, data: string): Promise<string> {
    appendDurably(this.file, `${data}\n`);
    return this.file;
  }
}

/** With `PUBSUB_EMULATOR_HOST`, as Google's own clients take it; with an account's token otherwise. */
export function pubsubFrom(environment: NodeJS.ProcessEnv, project: string, accessToken: () => Promise<string>): Publisher {
  const emulator = environment.PUBSUB_EMULATOR_HOST;
  return emulator
    ? new PubsubPublisher(project, `http://${emulator.replace(/^https?:\/\//, '')}`, undefined)
    : new PubsubPublisher(project, 'https://pubsub.googleapis.com', accessToken);
}
