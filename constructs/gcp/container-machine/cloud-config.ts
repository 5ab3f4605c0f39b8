/** A file that the machine gets; only its root reads it. */
export interface MachineFile {
  readonly path: string;
  /** Starts with no space, ends with one line break, or is empty. */
  readonly content: string;
}

/** User data for cloud-init. The files' lines stand in it as they are, so that a plan, and whatever looks for secrets, can read them. */
export function cloudConfig(files: readonly MachineFile[], commands: readonly string[]): string {
  return [
    '#cloud-config',
    'write_files:',
    ...files.flatMap(({ path, content }) => [`  - path: ${path}`, `    permissions: '0600'`, '    content: |', ...indented(content)]),
    'runcmd:',
    ...commands.map((command) => `  - ${command}`),
    '',
  ].join('\n');
}

function indented(content: string): string[] {
  return content
    .split('\n')
    .slice(0, -1)
    .map((line) => (line === '' ? '' : `      ${line}`));
}
