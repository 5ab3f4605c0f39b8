import type { MoshiConfig } from '../../config/moshi';
import { deployed, type FirstDeploy, needsIn, ofKind, person, type Step, stateBucket } from '../../constructs/core/first-deploy';
import { type Environment, stackName } from '../../constructs/core/naming';
import type { ImageNeed, Need } from '../../constructs/core/need';
import { moshiNeeds } from './needs';

/** As the runbook (docs/runbooks/moshi.md) does it: from an empty project to a served page. */
export function moshiFirstDeploy(config: MoshiConfig, environment: Environment): FirstDeploy {
  const needs = needsIn(environment, moshiNeeds(config));
  const images = ofKind(needs, 'image');
  const { project, domain } = config.shared;
  const shared = (stack: string) => stackName('moshi', stack, 'shared');
  const own = (stack: string) => stackName('moshi', stack, environment);
  const host = hostOf(config, environment);
  return {
    steps: [
      prepared(needs),
      ...stateBucket('moshi', needs),
      deployed('the APIs', shared('apis')),
      deployed('the package repository', shared('pypi')),
      {
        title: 'the base of the images',
        done: images.map(({ family }) => ({ kind: 'base-image', project, family })),
        does: { kind: 'make', target: 'bake-base', values: {} },
      },
      deployed('what GitHub may do', shared('github')),
      {
        title: "GitHub's secrets, and who approves",
        done: [{ kind: 'nothing-to-do', target: 'github-secrets' }],
        does: { kind: 'make', target: 'github-secrets', values: {} },
      },
      ...published(images),
      ...images.map((need): Step => ({ title: "the server's image", done: [{ kind: 'need', need }], does: baked(need) })),
      deployed('users, and the zone', shared('firebase'), shared('dns')),
      deployed('the storage', own('storage')),
      deployed('the server', own('server')),
      {
        title: 'the domain leads here, and the server answers',
        done: [{ kind: 'answers', url: `https://${host}/healthz`, statuses: [200] }],
        does: person(
          `At the registrar of ${domain}, enter the name servers that this prints:`,
          `  gcloud dns managed-zones describe ${domain.replaceAll('.', '-')} --project=${project} --format='value(nameServers)'`,
          'Certificates wait for that, up to an hour. make healthcheck says what is wrong otherwise.',
        ),
      },
    ],
    next: 'step 11 of docs/runbooks/moshi.md: make delivery ESTATE=moshi TO=../moshi, so that a push publishes, bakes and replaces; and the DS record of the zone.',
  };
}

/** The project with its billing and first APIs, and the account that Terraform borrows. */
function prepared(needs: readonly Need[]): Step {
  return {
    title: 'the project',
    done: [
      ...ofKind(needs, 'project', 'api').map((need) => ({ kind: 'need', need }) as const),
      { kind: 'nothing-to-do', target: 'new-project-setup' }, // also the account, which is no need
    ],
    does: { kind: 'make', target: 'new-project-setup', values: {} },
  };
}

function published(images: readonly ImageNeed[]): Step[] {
  return images.flatMap(({ project, installs }) =>
    installs
      ? [{ title: "the server's package", done: [{ kind: 'package', project, published: installs }], does: { kind: 'make', target: 'publish', values: {} } }]
      : [],
  );
}

/** A pinned one gets its name by its version. */
function baked({ family, name }: ImageNeed): Step['does'] {
  const variables = name === undefined ? {} : { variables: { PKR_VAR_version: name.slice(family.length + 1) } };
  return { kind: 'make', target: 'bake', values: {}, ...variables };
}

function hostOf({ shared: { domain }, ...environments }: MoshiConfig, environment: Environment): string {
  const { host } = environments[environment === 'dev' ? 'dev' : 'prod'].server;
  return host === '@' ? domain : `${host}.${domain}`;
}
