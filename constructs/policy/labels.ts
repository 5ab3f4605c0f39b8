import { type Block, blocks } from './blocks';
import type { Rule } from './rule';

/** That one cloud's provider puts the estate's labels on everything, and that no stack forgets to configure it. */
export function labelsComplete(cloud: {
  readonly id: string;
  readonly provider: string;
  readonly argument: string;
  readonly labelsOf: (config: Block) => Block;
}): Rule {
  const { id, provider, argument, labelsOf } = cloud;
  return {
    id,
    why: 'what carries no estate, environment and stack cannot be found, billed or cleaned up',
    check: ({ type, path, config }, { labels }, stack) => {
      if (type === `provider.${provider}` || type === `provider.${provider}-beta`) {
        const missing = Object.entries(labels).filter(([key, value]) => labelsOf(config)[key] !== value);
        return missing.length > 0 ? `add ${missing.map(([key, value]) => `${key} = ${value}`).join(', ')} to the provider's ${argument}` : undefined;
      }
      if (!type.startsWith(`${provider}_`)) return undefined;
      const first = stack.find((other) => other.type.startsWith(`${provider}_`));
      // asked of one resource only: a question about the whole stack for each of its resources is quadratic
      return first?.path === path && !stack.some((other) => other.type === `provider.${provider}`)
        ? `configure the ${provider} provider with ${argument}: without it nothing in the stack is labelled`
        : undefined;
    },
  };
}

export const googleLabels = labelsComplete({
  id: 'gcp-labels-complete',
  provider: 'google',
  argument: 'default_labels',
  labelsOf: (config) => config.default_labels ?? {},
});

export const awsTags = labelsComplete({
  id: 'aws-labels-complete',
  provider: 'aws',
  argument: 'default_tags',
  labelsOf: (config) => blocks(config, 'default_tags')[0]?.tags ?? {},
});
