import { stripVTControlCharacters } from 'node:util';
import { UsageError } from '../../../rehearsal/runner/failure';
import { type Outcome, run } from '../../../rehearsal/runner/process';

/** Somebody else may be at it for a moment: a run that is about to end, or what was started before this was killed. */
const LOCK_TIMEOUT = '-lock-timeout=30s';

/** The real Terraform in a stack's folder, with the person's own environment. */
export class TerraformIn {
  constructor(
    private readonly folder: string,
    private readonly signal: AbortSignal,
  ) {}

  async init(): Promise<void> {
    await this.must('init', '-input=false');
  }

  /** The state where it is now; an empty text where there is none yet. */
  pull(): Promise<string> {
    return this.must('state', 'pull');
  }

  /** Terraform refuses another lineage, and a serial that is not above the one there. @param file from the folder that commands run in */
  async push(file: string): Promise<void> {
    await this.must('state', 'push', LOCK_TIMEOUT, file);
  }

  /**
   * What would change, in Terraform's words; undefined when nothing would. Without a lock: a plan only reads, and one whose caller is killed
   * dies of the closed pipe and leaves its lock behind for ever.
   */
  async changes(): Promise<string | undefined> {
    const outcome = await this.start('plan', '-input=false', '-no-color', '-detailed-exitcode', '-lock=false');
    if (outcome.code === 0) return undefined;
    if (outcome.code === 2) return outcome.stdout;
    throw this.failure('plan', outcome);
  }

  private async must(...args: string[]): Promise<string> {
    const outcome = await this.start(...args);
    if (outcome.code !== 0) throw this.failure(args.join(' '), outcome);
    return outcome.stdout;
  }

  private async start(...args: string[]): Promise<Outcome> {
    try {
      return await run('terraform', args, { cwd: this.folder, env: { ...process.env, TF_IN_AUTOMATION: '1' }, signal: this.signal });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new UsageError('terraform is not on PATH: install Terraform 1.11 or newer');
    }
  }

  private failure(command: string, { stdout, stderr }: Outcome): UsageError {
    const says = stripVTControlCharacters(stderr.trim() || stdout.trim());
    const id = /^\W*ID:\s+(\S+)/m.exec(says)?.[1];
    const lock = `\nSomebody holds the lock. Where nobody is at it, because whoever was has been killed: terraform -chdir=${this.folder} force-unlock ${id}`;
    return new UsageError(`terraform ${command}:\n${says}${/acquiring the state lock|workspace already locked/i.test(says) ? lock : ''}`);
  }
}
