import type { SourceNeed } from '../../../constructs/core/need';
import { UNREACHED } from '../tool';
import { missing, ok, type Verdict, type World } from './finding';

/** Whether a machine can clone it. Which commits are in it, git tells only who clones it. */
export function checkSource({ repository, commit, configuredBy }: SourceNeed, { git }: World): Verdict {
  const name = `# estates.json: ${configuredBy} names a repository and a commit of it`;
  if (commit === undefined) return missing('nobody has named a commit', name);
  const heads = git.unless(SAYS_SO, 'ls-remote', '--quiet', '--exit-code', repository, 'HEAD');
  return heads === undefined ? missing('it cannot be cloned without a login: git ls-remote does not get there', name) : ok();
}

/** Its host's own word, whatever that is. */
const SAYS_SO = new RegExp(`^(?![^]*(${UNREACHED.source}))`, 'i');
