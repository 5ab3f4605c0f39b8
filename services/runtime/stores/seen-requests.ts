/** Signed requests that were let in: the same one is not let in again. */
export interface SeenRequests {
  /** True for the first call with this signature, false for every other, in all processes. It may be forgotten after `until`. */
  remember(signature: string, until: Date): Promise<boolean>;
}
