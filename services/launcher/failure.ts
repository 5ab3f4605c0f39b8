/** The service cannot be started. Each problem is a line of its own; none shows a secret. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';

  constructor(
    readonly problems: readonly string[],
    readonly exitCode = 1,
  ) {
    super(problems.join('\n'));
  }
}

/** One attempt to get something failed. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';

  /** @param isTransient the same request may succeed later */
  constructor(
    message: string,
    readonly isTransient: boolean,
  ) {
    super(message.replace(/\s+/g, ' ').trim());
  }
}
