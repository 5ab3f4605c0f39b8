import { fail, type Printed, print } from './gcloud';
import type { CloudState } from './project';

const server = (reason: string, what: string) => fail(`Error from server (${reason}): ${what}`);

/** What kubectl answers to a question about a namespace, or a key of a secret. */
export function kubectl(args: readonly string[], state: CloudState): Printed {
  const [verb, kind, name = ''] = args;
  if (state.namespaces === undefined) return fail('The connection to the server localhost:8080 was refused - did you specify the right host or port?');
  if (state.denied.includes('kubectl')) return server('Forbidden', `${kind}s "${name}" is forbidden: User "me" cannot get resource "${kind}s" in API group ""`);
  if (verb !== 'get') return fail(`the stand-in kubectl does not know: ${args.join(' ')}`);
  const namespace = kind === 'namespace' ? name : (args.find((arg) => arg.startsWith('--namespace='))?.slice('--namespace='.length) ?? '');
  const empty = state.namespaces[namespace];
  if (kind === 'namespace') return empty === undefined ? server('NotFound', `namespaces "${name}" not found`) : print(namespace);
  const key = /index \. "([^"]+)"/.exec(args.at(-1) ?? '')?.[1] ?? '';
  if (empty === 'nothing has a value') return print(); // --ignore-not-found
  return print(empty?.includes(`${name}/${key}`) ? null : '4711');
}
