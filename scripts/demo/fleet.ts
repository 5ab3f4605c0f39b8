import type { LogLine, Pipeline, Runtime } from '../../services/testbench/pipeline/pipeline';

/** The demo cannot go on; the message says why. */
export class Breakdown extends Error {}

interface Member {
  readonly name: string;
  readonly runtime: Runtime;
  /** Of its health server, once it is ready. */
  port?: number;
  /** What it said of its counters last. */
  metrics: string;
  mayEnd: boolean;
}

/** The demo's processes, by name. */
export class Fleet {
  /** Rejects when a process ends by itself. */
  readonly doom: Promise<never>;
  private readonly members: Member[] = [];
  private doomed: (why: Breakdown) => void = () => {};

  constructor(
    private readonly pipeline: Pipeline,
    private readonly onLine: (name: string, line: LogLine) => void,
  ) {
    this.doom = new Promise((_, reject) => {
      this.doomed = reject;
    });
    this.doom.catch(() => {}); // whoever waits for something else hears of it there
  }

  /** Resolves when it is ready. */
  async launch(name: string, start: () => Promise<Runtime>): Promise<void> {
    const runtime = await start();
    const member: Member = { name, runtime, metrics: '', mayEnd: false };
    this.members.push(member);
    runtime.onLine = (line) => this.onLine(name, line);
    void runtime.ended.then(({ code, signal }) => {
      if (!member.mayEnd)
        this.doomed(new Breakdown(`${name} (process ${runtime.pid}) ended by itself, with ${signal ?? code}. It said last: ${lastWords(runtime)}`));
    });
    const ready = this.pipeline.ready(runtime).catch((error: Error) => {
      if (!runtime.isRunning) return this.doom;
      throw new Breakdown(`${name} is ${error.message}`);
    });
    member.port = await Promise.race([ready, this.doom]);
  }

  /** As the kernel does when memory is out. */
  async kill(name: string): Promise<void> {
    const member = this.current(name);
    if (!member) return;
    member.mayEnd = true;
    member.runtime.kill('SIGKILL');
    await member.runtime.ended;
  }

  /** Asks all for their counters. */
  async measure(): Promise<void> {
    await Promise.all(
      this.members.map(async (member) => {
        if (!member.runtime.isRunning || member.port === undefined) return;
        const answer = await fetch(`http://127.0.0.1:${member.port}/metrics`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
        if (answer?.ok) member.metrics = await answer.text();
      }),
    );
  }

  /** A counter as it was measured last, over all processes that ever were, or those of one name. `labels` as in `{result="posted"}`. */
  counted(counter: string, labels = '', name?: string): number {
    const start = `${counter}${labels} `;
    return this.members
      .filter((member) => name === undefined || member.name === name)
      .flatMap(({ metrics }) => metrics.split('\n'))
      .filter((line) => line.startsWith(start))
      .reduce((sum, line) => sum + Number(line.slice(start.length)), 0);
  }

  /** Asks all to end. What did not end well, in words. */
  async end(): Promise<string[]> {
    const running = this.members.filter(({ runtime }) => runtime.isRunning);
    for (const member of running) member.mayEnd = true;
    const late = await this.pipeline.end();
    return Promise.all(
      running.map(async ({ name, runtime }) => {
        if (late.includes(String(runtime.pid))) return `${name} has not ended within 15 s of SIGTERM. It said last: ${lastWords(runtime)}`;
        const { code, signal } = await runtime.ended;
        return code === 0 ? '' : `${name} ended with ${signal ?? code} on SIGTERM. It said last: ${lastWords(runtime)}`;
      }),
    ).then((problems) => problems.filter((problem) => problem !== ''));
  }

  private current(name: string): Member | undefined {
    return this.members.findLast((member) => member.name === name && member.runtime.isRunning);
  }
}

function lastWords({ lines, complaints }: Runtime): string {
  return complaints.split('\n').find((line) => /error/i.test(line)) ?? lines.at(-1)?.message ?? 'nothing';
}
