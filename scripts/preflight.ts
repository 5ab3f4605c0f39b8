import { allEstates } from '../estates/index';
import { SECTIONS, settingsOf } from '../packer/images/settings';
import { UsageError } from '../rehearsal/runner/failure';
import { paintFor } from '../rehearsal/runner/format';
import { chosenNeeds } from './support/chosen-needs';
import { command } from './support/command';
import { load, loadEstates } from './support/config';
import { whyAbsent } from './support/estate-stacks';
import { baseImage } from './support/preflight/base-image';
import { nameServersOf } from './support/preflight/name-servers';
import { lookForOrganization } from './support/preflight/organization';
import { preflight } from './support/preflight/preflight';
import { findingsTable, mendReport } from './support/preflight/report';
import { aws, gcloud, git, kubectl, ssh } from './support/tool';

const HELP = `Looks for what a deployment needs and Terraform does not make: projects and billing, accounts, the first APIs, baked images, values
of secrets, repositories, container images, delegated domains, the state's bucket or organization. Says for each what is missing, and at the end the commands that
mend it, in their order. Only looks: changes nothing.

  make preflight                        every estate
  make preflight ESTATE=docker-worker   one
  make preflight ENV=prod               what production needs, and what is shared
  make preflight JSON=1                 for programs: a list of { estate, what, state, remark, mend }

Exit code: 0 nothing is missing, 1 something is or cannot be told, 2 not started.
The same without make: npx tsx scripts/preflight.ts [--estate NAME] [--env NAME] [--json]`;

command(
  HELP,
  async ({ options }) => {
    const chosen = chosenNeeds(allEstates, { estate: text(options.estate), environment: text(options.env) });
    const estate = text(options.estate);
    const absent = estate === undefined ? '' : whyAbsent(estate, []);
    if (absent && chosen.every(({ needs }) => needs.length === 0)) throw new UsageError(`${estate} needs nothing yet${absent}`);
    const { terraformCloud } = load(allEstates);
    const settings = settingsOf(loadEstates(SECTIONS));
    const organization = terraformCloud ? [{ estate: 'terraform-cloud', ...(await lookForOrganization(terraformCloud, [], process.env)) }] : [];
    const looked = preflight(chosen, {
      gcloud,
      aws,
      ssh,
      kubectl,
      git,
      baseOf: (family) => baseImage(family, settings),
      nameServers: await nameServersOf(chosen),
      env: process.env,
    });
    const findings = [...looked, ...organization];
    if (options.json) console.log(JSON.stringify(findings, null, 2));
    else {
      const paint = paintFor(process.stdout, process.env);
      const names = [...new Set(findings.map(({ estate }) => estate))];
      for (const name of names)
        console.log(
          `${findingsTable(
            name,
            findings.filter(({ estate }) => estate === name),
            paint,
          )}\n`,
        );
      console.log(mendReport(findings));
    }
    return findings.some(({ state }) => state !== 'ok') ? 1 : 0;
  },
  { estate: 'value', env: 'value', json: 'flag' },
);

function text(option: string | boolean | undefined): string | undefined {
  return typeof option === 'string' ? option : undefined;
}
