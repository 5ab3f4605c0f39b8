/** Gives `work` a signal that ends with the process, or after so many milliseconds, and that leaves nothing behind. */
export async function within<T>(limit: number, ending: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(ending.reason);
  if (ending.aborted) stop();
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${limit / 1000} s`)), limit);
  ending.addEventListener('abort', stop, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    ending.removeEventListener('abort', stop);
  }
}
