/** A step of the rehearsal went wrong; `output` is what the program itself said, whole. */
export class Failure extends Error {
  constructor(
    /** What was being done, for example `apply` or `synth`. */
    readonly phase: string,
    readonly output: string,
  ) {
    super(`${phase}: ${output}`);
  }
}

/** The command line or the environment has to change before anything can be rehearsed; the message says how. */
export class UsageError extends Error {}
