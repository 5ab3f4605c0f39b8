import * as z from 'zod';
import { defineEstate } from '../../../constructs/core/estate';
import { chosenNeeds } from '../../../scripts/support/chosen-needs';
import { command } from '../../../scripts/support/command';
import { fillSecrets } from '../../../scripts/support/secrets/fill';

// make secrets, for an estate that has several.
const secret = { kind: 'secret', type: 'gcp', project: 'films', stack: 'films-data-shared', from: "from Discord's developer portal" } as const;
const films = defineEstate({
  name: 'films',
  schema: z.strictObject({}),
  values: {},
  stacks: () => {},
  needs: () => [
    { ...secret, environment: 'dev', name: 'DEV_TOKEN', is: "the development bot's token" },
    { ...secret, environment: 'prod', name: 'PROD_TOKEN', is: "the bot's token" },
    { ...secret, environment: 'shared', name: 'API_KEY', is: 'the key of the film database' },
  ],
});

command(
  'help',
  (line) => {
    const { env, rotate } = line.options as Record<string, string | undefined>;
    return fillSecrets(chosenNeeds([films], { environment: env }), { ...line, rotate });
  },
  { env: 'value', rotate: 'value' },
);
