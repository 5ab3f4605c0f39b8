import { blocks, isReference, valueAt } from './blocks';
import { nameProblem } from './names';
import type { Rule } from './rule';
import { plainSecret } from './secrets';
import { STATEFUL } from './stateful';

export const statefulProtected: Rule = {
  id: 'any-stateful-protected',
  why: 'a renamed construct or a wrong destroy takes the data with it',
  check: ({ type, config }, context) => {
    const stateful = STATEFUL[type];
    if (!stateful || !context.protected) return undefined;
    const wanted = (stateful.deletionProtection ?? []).filter(({ argument, off, onByDefault }) => {
      const value = valueAt(config, argument);
      return value === undefined ? !onByDefault : String(value) === String(off) || isReference(value);
    });
    const settings = wanted.map(({ argument, on }) => `${argument} = ${JSON.stringify(on)}`);
    if (blocks(config, 'lifecycle')[0]?.prevent_destroy !== true) settings.unshift('lifecycle.prevent_destroy = true');
    return settings.length > 0 ? `set ${settings.join(' and ')}: it holds ${stateful.holds}` : undefined;
  },
};

export const nameLegal: Rule = {
  id: 'any-name-legal',
  why: 'the cloud refuses the name in the middle of a deploy',
  check: ({ type, config }) => {
    const problem = nameProblem(type, config);
    return problem && `choose another name; ${problem}`;
  },
};

export const noPlainSecrets: Rule = {
  id: 'any-no-plain-secrets',
  why: 'whoever reads the repository or the state has the secret',
  check: ({ config }) => {
    const where = plainSecret(config);
    return where && `take the secret in '${where}' out: refer to Secret Manager, Secrets Manager or a sensitive Terraform variable`;
  },
};

export const GENERAL: readonly Rule[] = [statefulProtected, nameLegal, noPlainSecrets];
