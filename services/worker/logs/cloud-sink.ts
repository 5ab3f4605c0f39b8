import * as z from 'zod';
import type { Clock } from '../../runtime/clock';
import { retrying } from '../../runtime/retry';
import { textOf } from '../failure';
import { HttpFailure, http, isTransient } from '../http';
import type { Log } from '../log';
import { type Line, type LogSink, labelsOf, SEVERITY, type Source } from './sink';

export interface CloudSinkOptions {
  readonly project: string;
  readonly source: Source;
  readonly instance: string;
  /** `https://logging.googleapis.com`, or a stand-in. */
  readonly endpoint: string;
  /** undefined: nobody asks for one. */
  readonly accessToken: (() => Promise<string>) | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a batch is tried again, milliseconds. @default 300000 */
  readonly patience?: number;
}

/** Cloud Logging by REST. It drops an entry whose time and `insertId` it has already: lines that are sent twice are stored once. */
export class CloudSink implements LogSink {
  /** A batch was given up, and none has succeeded since: the next ones get one try each. */
  private down = false;

  constructor(private readonly options: CloudSinkOptions) {}

  async write(lines: readonly Line[], signal: AbortSignal): Promise<number> {
    const { clock, log, patience = 300_000 } = this.options;
    try {
      await retrying(() => this.send(lines, signal), {
        clock,
        signal,
        patience: this.down ? 0 : patience,
        worthIt: isTransient,
        onFailure: (error, wait) => log.warn({ error: textOf(error), wait }, 'Cloud Logging did not take the container’s output, trying again'),
      });
      this.down = false;
      return 0;
    } catch (error) {
      const refused = refusedOf(error);
      if (refused > 0 && refused < lines.length) {
        log.error({ error: textOf(error), lines: refused }, 'Cloud Logging does not take some lines of the container’s output');
        this.down = false;
        return refused;
      }
      if (!this.down) log.error({ error: textOf(error), lines: lines.length }, 'Cloud Logging does not take the container’s output: lines are dropped');
      this.down = true;
      return lines.length;
    }
  }

  private async send(lines: readonly Line[], signal: AbortSignal): Promise<void> {
    const { project, source, instance, endpoint, accessToken } = this.options;
    const response = await http(`${endpoint}/v2/entries:write`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(accessToken && { authorization: `Bearer ${await accessToken()}` }) },
      body: JSON.stringify({
        logName: `projects/${project}/logs/docker-worker`,
        resource: { type: 'generic_task', labels: { project_id: project, location: 'global', namespace: instance, job: source.task, task_id: source.taskId } },
        labels: { ...labelsOf(source), instance },
        partialSuccess: true,
        entries: lines.map(({ stream, text, time, id }) => ({
          textPayload: text,
          timestamp: time,
          insertId: id,
          severity: SEVERITY[stream],
          labels: { stream },
        })),
      }),
      signal,
    });
    await response.arrayBuffer();
  }
}

const partial = z.object({ error: z.object({ details: z.array(z.object({ logEntryErrors: z.record(z.string(), z.unknown()).default({}) })) }) });

/** How many entries an answer speaks of: `partialSuccess` has stored the others, whatever the status. 0: it speaks of none. */
function refusedOf(error: unknown): number {
  if (!(error instanceof HttpFailure)) return 0;
  try {
    const { details } = partial.parse(JSON.parse(error.body)).error;
    return details.reduce((sum, { logEntryErrors }) => sum + Object.keys(logEntryErrors).length, 0);
  } catch {
    return 0;
  }
}
