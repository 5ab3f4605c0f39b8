/** Tests of which each stands on the one before: after a failure nothing more is tried. @param limit milliseconds for each */
export function inSteps(limit: number): (title: string, body: () => Promise<unknown>) => void {
  let isBroken = false;
  return (title, body) =>
    test(
      title,
      async () => {
        if (isBroken) throw new Error('not tried: the step before failed');
        isBroken = true;
        await body();
        isBroken = false;
      },
      limit,
    );
}
