import { describeReal } from '../support/real';
import { RepositoryCopy, repositoryFiles } from '../support/repository';

const variants = repositoryFiles().filter((file) => /^estates\/[^/]+\/variants\/[^/]+\.json$/.test(file));
const estateOf = (file: string) => file.split('/')[1] as string;

describeReal(['terraform'], 'the variants of the estates', () => {
  test('there are some', () => {
    expect(variants.length).toBeGreaterThan(2);
  });

  test.each(variants)('%s deploys, plans nothing more, and is destroyed', (file) => {
    const copy = new RepositoryCopy();
    const { code, output } = copy.run('node', ['--import', 'tsx', 'rehearsal/main.ts', '--estate', estateOf(file)], { ESTATES_CONFIG: file });
    const stacks = output.split('\n').filter((line) => /^\S+ +\d+ resources/.test(line));
    expect(stacks.length).toBeGreaterThan(1);
    for (const line of stacks) expect(line).toMatch(/applied .* second plan empty .* destroyed/);
    expect(code).toBe(0);
  });
});

describeReal(['terraform'], 'egf2 grows from small to scalable', () => {
  test('and no data store is destroyed or replaced', () => {
    const copy = new RepositoryCopy();
    copy.write('small.json', '{}');
    const { code, output } = copy.run('node', ['--import', 'tsx', 'rehearsal/main.ts', '--from', 'small.json', '--estate', 'egf2'], {
      ESTATES_CONFIG: 'estates/egf2/variants/scalable.json',
    });
    expect(output).toMatch(/^egf2-queue-prod +new stack/m);
    expect(output).not.toMatch(/^ {4}(REPLACED|DESTROYED|replaced|destroyed) +aws_(instance|ebs_volume|s3_bucket|route53_zone|vpc)\./m);
    expect(output).toContain('Nothing that holds data goes.');
    expect(code).toBe(0);
  });
});

describeReal(['terraform'], 'vulpine takes in another instance', () => {
  test('and nothing of the first goes, nor starts again but nginx', () => {
    const copy = new RepositoryCopy();
    copy.write('one.json', '{}');
    const { code, output } = copy.run('node', ['--import', 'tsx', 'rehearsal/main.ts', '--from', 'one.json', '--estate', 'vulpine'], {
      ESTATES_CONFIG: 'estates/vulpine/variants/two-instances.json',
    });
    const touched = [...output.matchAll(/^ {4}(?!created)(\w+) +(\S+?)_resource_/gm)].map(([, what, address]) => `${what} ${address}`);
    expect(touched.sort()).toEqual(['changed docker_container.nginx', 'changed linode_instance.smithwicks']);
    expect(output).toMatch(/created +docker_volume\.corsac-volume-db_/);
    expect(output).toContain('Nothing that holds data goes.');
    expect(code).toBe(0);
  });
});
