import { tmpdir } from 'node:os';
import { loadConfig } from '../../../config/load';
import type { Estate } from '../../../constructs/core/estate';
import type { EstateStack } from '../../../constructs/core/estate-stack';
import { EstatesApp } from '../../../constructs/core/estates-app';
import { picturedBelow } from '../../../constructs/core/picture';
import type { PicturedStack } from './resources';

/** An estate's stacks as the committed values make them: a picture in the repository is of no one's own project. */
export function picturedStacks(estate: Estate): readonly PicturedStack[] {
  const config = loadConfig([estate], { env: {}, root: NOWHERE });
  const app = new EstatesApp({ outdir: tmpdir() }); // nothing is written
  estate.stacks(app, config.estates[estate.name], {});
  const problems = app.validate();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const pictured = picturedBelow(app);
  return app.node.children.map((child) => {
    const stack = child as EstateStack;
    return { name: stack.node.id, environment: stack.environment, json: stack.toTerraform(), pictured };
  });
}

/** Without an override file. */
const NOWHERE = '/nonexistent';
