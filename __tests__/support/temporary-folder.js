// cdktf's test helpers leave a folder per call in the temporary directory: give the whole run one that goes away with it.
const { spawn } = require('node:child_process');
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// A run that is killed cleans nothing up. This one reads until the run's end, whatever that is; what the run started may take
// a moment to end too. A folder in which something is mounted is left alone: what it shows is elsewhere.
const SWEEP = `read -r _
for again in 1 2 3 4 5; do
  grep -q " $1/" /proc/self/mounts || rm -rf "$1"
  [ -e "$1" ] || exit 0
  sleep 2
done`;

module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'estates-test-'));
  process.env.TMPDIR = folder;
  const sweeper = spawn('sh', ['-c', SWEEP, 'sweep', folder], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  sweeper.stdin.unref();
  sweeper.unref();
};
