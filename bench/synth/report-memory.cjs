/**
 * Preloaded (NODE_OPTIONS) into every Node process of a measured command: leaves its peak resident memory, in kB, in a file
 * of its own. Node has no way to ask for the peak of a child; `/usr/bin/time` exists on few machines.
 */
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

process.on('exit', () => writeFileSync(join(process.env.BENCH_MEMORY_FOLDER, String(process.pid)), String(process.resourceUsage().maxRSS)));
