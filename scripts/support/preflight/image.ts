import type { ContainerImageNeed, ImageNeed, PublishedPackage } from '../../../constructs/core/need';
import { after, deploy, judged, missing, ok, type Verdict, type World } from './finding';

interface Image {
  readonly name: string;
  readonly deprecated?: { readonly state: string };
}

export function checkImage(need: ImageNeed, world: World): Verdict {
  const { project, family, name, configuredBy } = need;
  const asked = name === undefined ? ['describe-from-family', family] : ['describe', name];
  const bake = name === undefined ? need.bake : `PKR_VAR_version=${name.slice(family.length + 1)} ${need.bake}`;
  const or = configuredBy ? `; or set ${configuredBy} in estates.json to one that is` : '';
  return judged(world.gcloud.ask<Image>('compute', 'images', ...asked, `--project=${project}`, '--format=json'), role(project), {
    there: (image) => {
      const state = image?.deprecated?.state;
      // a deprecated one still starts machines
      if (state !== 'OBSOLETE' && state !== 'DELETED') return ok(image?.name === name ? undefined : image?.name);
      return missing(
        `it is marked as ${state}: no machine starts from it`,
        `gcloud compute images deprecate ${image?.name} --state=ACTIVE --project=${project}`,
      );
    },
    absent: () => after(beforeBake(need, world), missing(`it is not baked${or}`, bake)),
  });
}

const role = (project: string) => ({ project, role: 'roles/compute.viewer' });

/** What is not there of what the bake itself starts from. */
function beforeBake({ project, family, installs }: ImageNeed, world: World): string[] {
  const base = world.baseOf(family);
  const found = base && world.gcloud.ask('compute', 'images', 'describe-from-family', base.family, `--project=${project}`, '--format=json');
  return [...(installs ? publish(project, installs, world) : []), ...(base && found?.is !== 'there' ? [`make images IMAGE=${base.image}`] : [])];
}

function publish(project: string, published: PublishedPackage, world: World): string[] {
  const state = isPublished(project, published, world);
  if (state === 'published') return [];
  return state === 'no version' ? [published.publish] : [deploy(published.stack), published.publish];
}

/** Whether some version of it is there, or not even the repository. */
export function isPublished(
  project: string,
  { package: name, region, repository }: PublishedPackage,
  { gcloud }: Pick<World, 'gcloud'>,
): 'published' | 'no version' | 'no repository' {
  const at = [`--package=${name}`, `--repository=${repository}`, `--location=${region}`, `--project=${project}`];
  const versions = gcloud.ask<object[]>('artifacts', 'versions', 'list', ...at, '--limit=1', '--format=json');
  if (versions.is !== 'there') return 'no repository';
  return versions.value?.length ? 'published' : 'no version';
}

export function checkContainerImage(need: ContainerImageNeed, { gcloud }: World): Verdict {
  const { project, region, repository, image, tag, stack, deliver } = need;
  const at = [`--repository=${repository}`, `--location=${region}`, `--project=${project}`, '--format=json'];
  const full = `projects/${project}/locations/${region}/repositories/${repository}/packages/${image.replaceAll('/', '%2F')}/tags/${tag}`;
  const answer = tag.includes(':')
    ? gcloud.ask<object[]>('artifacts', 'versions', 'describe', tag, `--package=${image}`, ...at)
    : gcloud.ask<object[]>('artifacts', 'tags', 'list', `--package=${image}`, `--filter=name="${full}"`, ...at);
  const unmade = () => missing('nobody has pushed it', ...(stack === undefined ? [] : [deploy(stack)]), ...deliver);
  return judged(
    answer,
    { project, role: 'roles/artifactregistry.reader' },
    {
      there: (found) => (Array.isArray(found) && found.length === 0 ? missing('nobody has pushed it', ...deliver) : ok()),
      absent: unmade,
      ...(stack !== undefined && { off: unmade }), // deploying the stack enables its API too
    },
  );
}
