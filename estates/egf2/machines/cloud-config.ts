/** A file that a machine gets. */
export interface MachineFile {
  readonly path: string;
  /** Ends with one line break; its first line starts with no space. */
  readonly content: string;
  /** @default '0644' */
  readonly mode?: '0600' | '0644' | '0755';
}

/** User data for cloud-init: files, then one command. The files' lines stand in it as they are, so that people can read them. */
export function cloudConfig(files: readonly MachineFile[], command: readonly string[]): string {
  return [
    '#cloud-config',
    'write_files:',
    ...files.flatMap(({ path, content, mode = '0644' }) => [`  - path: ${path}`, `    permissions: '${mode}'`, '    content: |', ...indented(content)]),
    'runcmd:',
    `  - [${command.map((word) => JSON.stringify(word)).join(', ')}]`,
    '',
  ].join('\n');
}

function indented(content: string): string[] {
  return content
    .split('\n')
    .slice(0, -1)
    .map((line) => (line === '' ? '' : `      ${line}`));
}
