import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostSetup } from '../../../estates/vulpine/host/setups';
import { UsageError } from '../../../rehearsal/runner/failure';
import { quoted, SSH } from '../secrets/store';
import type { Tool } from '../tool';

/** Files, by path: prints their modes and contents as JSON, null for one that is not there. */
const LOOK = [
  'set -eu',
  'first=1',
  "printf '['",
  'for file; do',
  '  [ -n "$first" ] || printf \',\'',
  '  first=',
  '  if [ -f "$file" ]; then printf \'{"mode":"0%s","content":"%s"}\' "$(stat -c %a "$file")" "$(base64 -w 0 "$file")"; else printf null; fi',
  'done',
  "printf ']'",
].join('\n');

/** Path, mode and bytes of each: their contents are one after the other on standard input. None takes its place before all have arrived whole. */
const WRITE = [
  'set -eu',
  'umask 022',
  'each() { do=$1; shift; while [ $# -gt 0 ]; do "$do" "$1" "$2" "$3"; shift 3; done; }',
  'arrive() {',
  '  mkdir -p "${1%/*}"',
  '  head -c "$3" >"$1.new"',
  '  [ "$(wc -c <"$1.new")" -eq "$3" ] || { echo "$1 did not arrive whole" >&2; exit 1; }',
  '  chmod "$2" "$1.new"',
  '}',
  'place() { mv -f "$1.new" "$1"; }',
  'drop() { rm -f "$1.new"; }',
  'trap \'each drop "$@"\' EXIT',
  'each arrive "$@"',
  'each place "$@"',
].join('\n');

interface Found {
  readonly mode: string;
  readonly content: string;
}

export interface Difference {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
  /** What is there. @default nothing */
  readonly was?: Found;
}

/** A host that is there already: it does not read its user data again. */
export class RemoteSetup {
  constructor(
    private readonly setup: HostSetup,
    private readonly ssh: Pick<Tool, 'write'>,
  ) {}

  /** Files that are other than they should be, or not there. */
  differences(): Difference[] {
    const { files, host } = this.setup;
    const answer = this.ssh.write(this.asRoot(['sh', '-c', LOOK, 'sh', ...files.map(({ path }) => path)]));
    let found: (Found | null)[];
    try {
      found = JSON.parse(answer);
    } catch {
      throw new UsageError(`${host} answered what is no list of files. Does its login print something of its own?`);
    }
    return files.flatMap(({ path, content, mode = '0600' }, i) => {
      const there = found[i];
      const was = there ? { mode: there.mode, content: Buffer.from(there.content, 'base64').toString() } : undefined;
      return was?.content === content && was.mode === mode ? [] : [{ path, content, mode, ...(was && { was }) }];
    });
  }

  write(differences: readonly Difference[]): void {
    if (differences.length === 0) return;
    const contents = differences.map(({ content }) => Buffer.from(content));
    const words = differences.flatMap(({ path, mode }, i) => [path, mode, `${contents[i]?.length}`]);
    this.ssh.write(this.asRoot(['sh', '-c', WRITE, 'sh', ...words]), Buffer.concat(contents));
  }

  /** For ssh, to set the host up with our terminal. */
  get run(): string[] {
    return this.asRoot(this.setup.command);
  }

  /** ssh hands one line to the shell of whoever logs in. */
  private asRoot(words: readonly string[]): string[] {
    return [...SSH, `${this.setup.user}@${this.setup.host}`, ['sudo', '-n', ...words].map(quoted).join(' ')];
  }
}

/** As people read it: a file that is new, or the lines that change. */
export function shown({ path, mode, content, was }: Difference): string {
  if (!was) return `new    ${path} (${content.split('\n').length - 1} lines, ${mode})`;
  const modes = was.mode === mode ? '' : ` (${was.mode} becomes ${mode})`;
  return `other  ${path}${modes}${was.content === content ? '' : `\n${linesOf(was.content, content)}`}`;
}

function linesOf(was: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'host-setup-'));
  try {
    const [before, after] = ['is', 'will-be'].map((name) => join(folder, name)) as [string, string];
    writeFileSync(before, was, { mode: 0o600 });
    writeFileSync(after, content, { mode: 0o600 });
    const { stdout, error } = spawnSync('diff', ['-U', '1', before, after], { encoding: 'utf8' });
    if (error) return '         (no diff on PATH: its lines cannot be shown)';
    const [, , ...lines] = stdout.trimEnd().split('\n');
    return lines.map((line) => `         ${line}`).join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
