import type { NameRule } from './name-rule';

const dockerName: NameRule = {
  argument: 'name',
  min: 2,
  max: 255,
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]+$/,
  legal: 'letters, digits, underscores, dots and hyphens, starting with a letter or digit',
  source: 'https://github.com/moby/moby/blob/master/daemon/names/names.go',
};

export const DOCKER_NAMES: Readonly<Record<string, NameRule>> = { docker_container: dockerName, docker_volume: dockerName };
