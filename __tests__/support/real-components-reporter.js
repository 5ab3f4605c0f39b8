// Says at the end which real components the run exercised, which were missing, and how to get those. See real.ts.
class RealComponentsReporter {
  constructor() {
    this.exercised = new Map();
    this.missing = new Map();
  }

  onTestResult(_test, { testResults }) {
    for (const { ancestorTitles, status } of testResults) {
      const match = /^\[real: ([^\]]+)\](?:.*\(missing: (.+)\)$)?/.exec(ancestorTitles[0] ?? '');
      if (!match) continue;
      const [, components, missing] = match;
      const counts = missing || status === 'pending' ? this.missing : this.exercised;
      const key = missing ?? components;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests }) {
    const lines = [];
    for (const [components, count] of this.exercised) lines.push(`  exercised  ${components} (${count} tests)`);
    for (const [missing, count] of this.missing) lines.push(`  MISSING    ${count} tests did not run. ${missing}`);
    if (lines.length > 0) console.log(`\nReal components:\n${lines.join('\n')}`);
    console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  }
}

module.exports = RealComponentsReporter;
