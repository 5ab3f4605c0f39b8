import type { Printed } from './gcloud';
import type { CloudState } from './project';

const failed = (stderr: string): Printed => ({ status: 255, stdout: '', stderr: `${stderr}\n` });

/** What ssh answers to a question about a file of root's. */
export function ssh(args: readonly string[], state: CloudState): Printed {
  const [user = '', host = ''] = (args.at(-2) ?? '').split('@');
  if (state.denied.includes('ssh')) return failed(`${user}@${host}: Permission denied (publickey).`);
  const empty = state.hosts?.[host];
  if (empty === undefined) return failed(`ssh: Could not resolve hostname ${host}: Name or service not known`);
  const file = args.at(-1)?.match(/'([^']+)'$/)?.[1] ?? '';
  const hasValue = empty !== 'nothing has a value' && !empty.includes(file);
  return { status: 0, stdout: hasValue ? '1760000000\n' : 'null\n', stderr: '' };
}
