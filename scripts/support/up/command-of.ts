import type { Doing, Step } from '../../../constructs/core/first-deploy';
import type { Program } from './run-step';

/** Of `make up` itself, which make would hand on to every make below it. */
const OWN = ['ESTATE', 'ENV', 'YES', 'DRY_RUN', 'PATIENCE', 'MAKEFLAGS', 'MFLAGS', 'MAKEOVERRIDES', 'MAKELEVEL', 'MAKE_TERMOUT', 'MAKE_TERMERR'];

/** What is left of our environment for what we start. */
export function environmentFor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OWN.includes(name)));
}

/** As a person would type it. */
export function typed(does: Exclude<Doing, { kind: 'person' }>): string {
  if (does.kind === 'commands') return does.lines.join('; ');
  const given = Object.entries(does.values).map(([name, value]) => `${name}=${/^[\w.-]+$/.test(value) ? value : `'${value}'`}`);
  const variables = Object.entries(does.variables ?? {}).map(([name, value]) => `${name}=${value}`);
  return [...variables, 'make', does.target, ...given].join(' ');
}

/** What the table says of it. */
export function shortly({ does }: Step): string {
  return does.kind === 'person' ? 'a person' : typed(does);
}

/** How it is run: nobody is asked again, but for secrets at a terminal. */
export function programOf(does: Exclude<Doing, { kind: 'person' }>, env: NodeJS.ProcessEnv, isTerminal: boolean): Program {
  const own = environmentFor(env);
  if (does.kind === 'commands') return { program: 'sh', args: ['-e', '-c', does.lines.join('\n')], env: own };
  const given = Object.entries(does.values).map(([name, value]) => `${name}=${value}`);
  if (does.asks && isTerminal) return { program: 'make', args: [does.target, ...given], env: { ...own, ...does.variables } };
  // cdktf draws its progress otherwise, also where there is no terminal
  return { program: 'make', args: [does.target, ...given, 'YES=1'], env: { ...own, CI: '1', ...does.variables } };
}
