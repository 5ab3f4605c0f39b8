/** The name under which a provider's barrel exports each of its modules: `storage-bucket` -> `storageBucket`. */
export type BarrelNames = ReadonlyMap<string, string>;

/** Reads the names from the barrel's own declarations (`export * as storageBucket from './storage-bucket';`). */
export function barrelNames(declarations: string): BarrelNames {
  return new Map([...declarations.matchAll(/^export \* as (\w+) from '\.\/([^']+)';$/gm)].map(([, name = '', module = '']) => [module, name]));
}

/**
 * Imports by path, as this repository writes them, become what cdktf's documentation shows: an import from the provider's
 * root. The alias after it keeps both the type and the value, so that the rest of the file stays as it is.
 */
export function toBarrelImports(source: string, namesOf: (provider: string) => BarrelNames): string {
  const rewritten = source.replace(
    /^import (?:type )?\{([^}]*)\} from '(@cdktf\/provider-[\w-]+)\/lib\/([^']+)';$/gm,
    (_statement, specifiers: string, provider: string, module: string) => {
      const name = namesOf(provider).get(module);
      if (name === undefined) throw new Error(`${provider} exports no module ${module} from its root`);
      const local = `${name}Module`;
      const aliases = specifiers
        .split(',')
        .map((specifier) => specifier.trim().replace(/^type /, ''))
        .filter((specifier) => specifier !== '')
        .map((specifier) => {
          const [exported, alias = exported] = specifier.split(' as ');
          return ` import ${alias} = ${local}.${exported};`;
        });
      return `import { ${name} as ${local} } from '${provider}';${aliases.join('')}`;
    },
  );
  const missed = /^.*['"]@cdktf\/provider-[\w-]+\/lib\/.*$/m.exec(rewritten);
  if (missed) throw new Error(`cannot turn this into an import from the provider's root: ${missed[0]}`);
  return rewritten;
}
