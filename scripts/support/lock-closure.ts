interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** npm's package-lock.json, as far as it is looked at. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** The part of a lock file that one package needs: a lock file of its own, with the same versions and checksums. */
export function lockClosure(lock: LockFile, manifest: { readonly name: string; readonly dependencies: Readonly<Record<string, string>> }): object {
  const kept = new Map<string, LockedPackage>();
  const visit = (path: string, { dependencies = {}, optionalDependencies = {} }: LockedPackage) => {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = resolve(lock, path, name);
      if (found === undefined) {
        if (name in optionalDependencies) continue;
        throw new Error(`package-lock.json has no ${name}, which ${path || manifest.name} needs`);
      }
      if (kept.has(found)) continue;
      const { dev, devOptional, peer, ...locked } = lock.packages[found] as LockedPackage;
      kept.set(found, locked);
      visit(found, locked);
    }
  };
  visit('', { dependencies: manifest.dependencies });
  return {
    name: manifest.name,
    lockfileVersion: 3,
    requires: true,
    packages: { '': manifest, ...Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

/** Where Node finds `name` from inside the package at `path`: beside it, or further up. */
function resolve({ packages }: LockFile, path: string, name: string): string | undefined {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
    if (candidate in packages) return candidate;
    if (from === '') return undefined;
  }
}
