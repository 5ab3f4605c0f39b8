import { ConfigError, loadConfig } from '../../config/load';
import type { MoshiConfig } from '../../config/moshi';
import { estates } from '../../estates/index';
import { UsageError } from '../../rehearsal/runner/failure';

/** The values of every estate, as `make synth` would use them from this folder. */
export function loadEstates(): Readonly<Record<string, unknown>> {
  try {
    return loadConfig(estates, { env: process.env, root: process.cwd() }).estates;
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}

/** moshi's values. */
export function moshiConfig(): MoshiConfig {
  return loadEstates().moshi as MoshiConfig;
}
