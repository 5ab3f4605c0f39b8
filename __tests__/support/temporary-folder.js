// cdktf's test helpers leave a folder per call in the temporary directory: give the whole run one that goes away with it.
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'estates-test-'));
};
