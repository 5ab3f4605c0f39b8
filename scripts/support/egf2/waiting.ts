/** Looks in a row that may fail: what is waited for goes on without us. */
export const BLIND_LOOKS = 5;

/** What goes on when we stop. */
export interface Going {
  /** By name; may be none. */
  readonly going: readonly string[];
  /** What was to come. */
  readonly notBegun: readonly string[];
  /** The command that follows it, and begins what was not begun. */
  readonly again: string;
  /** Commands. */
  readonly cancel: readonly string[];
}

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Says what an interruption means, and ends: AWS goes on with what it was told. */
export function sayOnInterrupt(state: () => Going): { readonly stop: () => void } {
  const listeners = SIGNALS.map(([signal, code]) => {
    const listener = () => {
      console.error(`\n${signal}: ${interrupted(state())}`);
      process.exit(code);
    };
    process.on(signal, listener);
    return [signal, listener] as const;
  });
  return {
    stop: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}

function interrupted({ going, notBegun, again, cancel }: Going): string {
  const lines = going.length > 0 ? [`stops watching. It goes on without us: ${going.join(', ')}`] : ['stops here'];
  if (notBegun.length > 0) lines.push(`Not begun, and will not be: ${notBegun.join(', ')}`);
  lines.push(`To ${notBegun.length > 0 ? 'go on' : 'follow it'}: ${again}`);
  if (cancel.length > 0) lines.push('To cancel it; machines that are new already stay:', ...cancel.map((command) => `  ${command}`));
  return lines.join('\n');
}
