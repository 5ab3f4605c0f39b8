import type { Stack } from './stacks';
import { table } from './table';

/** The stacks as people compare them. */
export function listing(stacks: readonly Stack[]): string {
  return table([
    ['stack', 'resources', 'protected', 'state', 'needs'],
    ...stacks.map(({ name, resources, protects, backend, dependencies }) => [
      name,
      `${resources}`,
      protects.length > 0 ? `${protects.length}` : '-',
      backend,
      dependencies.join(' ') || '-',
    ]),
  ]);
}
