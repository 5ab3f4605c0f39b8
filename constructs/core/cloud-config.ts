/** A file that a machine gets. */
export interface MachineFile {
  readonly path: string;
  /** Its first line starts with no space; it ends with one line break, or is empty. */
  readonly content: string;
  /** @default '0600': only the machine's root reads it */
  readonly mode?: '0600' | '0644' | '0755';
}

/** A line for the shell, or a program with its arguments. */
type Command = string | readonly string[];

/** User data for cloud-init: files, then commands. The files' lines stand in it as they are, so that a plan, people, and whatever looks for secrets can read them. */
export function cloudConfig(files: readonly MachineFile[], commands: readonly Command[]): string {
  return [
    '#cloud-config',
    'write_files:',
    ...files.flatMap(({ path, content, mode = '0600' }) => [`  - path: ${path}`, `    permissions: '${mode}'`, '    content: |', ...indented(content)]),
    'runcmd:',
    ...commands.map((command) => `  - ${typeof command === 'string' ? command : `[${command.map((word) => JSON.stringify(word)).join(', ')}]`}`),
    '',
  ].join('\n');
}

function indented(content: string): string[] {
  return content
    .split('\n')
    .slice(0, -1)
    .map((line) => (line === '' ? '' : `      ${line}`));
}
