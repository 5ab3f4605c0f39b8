import { type DockerWorkerConfig, dockerWorkerSchema, dockerWorkerValues } from '../../config/docker-worker';
import { type Egf2Config, egf2Schema, egf2Values } from '../../config/egf2';
import { type FilmlinkdConfig, filmlinkdSchema, filmlinkdValues } from '../../config/filmlinkd';
import { type Config, ConfigError, type EstateConfig, loadConfig } from '../../config/load';
import { type MoshiConfig, moshiSchema, moshiValues } from '../../config/moshi';
import { UsageError } from '../../rehearsal/runner/failure';

/** The values of these estates, as `make synth` would use them from this folder. */
export function loadEstates(estates: readonly EstateConfig[]): Config['estates'] {
  return load(estates).estates;
}

/** The same, with the override file that they are made of. */
export function load(estates: readonly EstateConfig[]): Config {
  try {
    return loadConfig(estates, { env: process.env, root: process.cwd() });
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}

/** docker-worker's values. */
export function dockerWorkerConfig(): DockerWorkerConfig {
  return loadEstates([{ name: 'docker-worker', schema: dockerWorkerSchema, values: dockerWorkerValues }])['docker-worker'] as DockerWorkerConfig;
}

/** egf2's values. */
export function egf2Config(): Egf2Config {
  return loadEstates([{ name: 'egf2', schema: egf2Schema, values: egf2Values }]).egf2 as Egf2Config;
}

/** filmlinkd's values. */
export function filmlinkdConfig(): FilmlinkdConfig {
  return loadEstates([{ name: 'filmlinkd', schema: filmlinkdSchema, values: filmlinkdValues }]).filmlinkd as FilmlinkdConfig;
}

/** moshi's values. Its stacks are not loaded: cdktf would take a second of every command. */
export function moshiConfig(): MoshiConfig {
  return loadEstates([{ name: 'moshi', schema: moshiSchema, values: moshiValues }]).moshi as MoshiConfig;
}
