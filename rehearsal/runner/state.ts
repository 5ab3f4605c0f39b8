import { existsSync, readFileSync } from 'node:fs';

export interface StateResource {
  /** With the index of an instance, for example `google_dns_record_set.host["www"]`. */
  readonly address: string;
  readonly type: string;
}

interface StateJson {
  readonly resources: readonly {
    readonly mode: 'managed' | 'data';
    readonly module?: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly index_key?: string | number }[];
  }[];
}

/** What a local state file says exists; nothing when there is no such file. */
export function resourcesInState(file: string | undefined): StateResource[] {
  if (!file || !existsSync(file)) return [];
  const { resources } = JSON.parse(readFileSync(file, 'utf8')) as StateJson;
  return resources
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ module, type, name, instances }) =>
      instances.map(({ index_key: key }) => ({
        type,
        address: `${module ? `${module}.` : ''}${type}.${name}${key === undefined ? '' : `[${JSON.stringify(key)}]`}`,
      })),
    );
}
